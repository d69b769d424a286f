/** A burst of requests and what became of it. Types only. */

/** What is sent. */
export interface LoadPlan {
  /** Requests, 1 to 2000. */
  readonly count: number;
  /** Clients at a time, 1 to 200. Each sends its next request when the last one is answered. */
  readonly concurrency: number;
  /** A client keeps its connection as long as the server does; else it connects anew for each request. */
  readonly keepAlive: boolean;
  /** Pause of a client between an answer and its next request. ms. */
  readonly thinkMs: number;
  /** Octets of one request. */
  readonly request: Uint8Array;
}

/** One request of the burst. Times are ms since the burst began, on the machine's clock. */
export interface LoadRequest {
  /** From 0, in the order of sending. */
  readonly index: number;
  /** Which of the clients, from 0. */
  readonly client: number;
  readonly connection: number;
  /** Number of the request on its connection. */
  readonly exchange: number;
  /** The client connected (where it had to) and sent it. */
  readonly queuedAt: number;
  /** A process accepted its connection: before `queuedAt` where the connection was kept. Missing where none did. */
  readonly acceptedAt?: number;
  /** The app was called. Missing where it was not, or where the trace of it was dropped. */
  readonly startedAt?: number;
  /** The process had sent the whole response. Missing as `startedAt` is. */
  readonly servedAt?: number;
  /** The client had the whole response, or it was clear that there would be none. */
  readonly endedAt: number;
  /** Who accepted it. */
  readonly process?: string;
  readonly status?: number;
  /** Why there was no whole response. */
  readonly failure?: string;
}

/** What became of a burst. */
export interface LoadReport {
  readonly plan: LoadPlan;
  /** In the order of sending; fewer than asked for where it was stopped. */
  readonly requests: readonly LoadRequest[];
  /** From the first byte sent to the last answer. */
  readonly ms: number;
  /** Processes that served at that time. */
  readonly processes: readonly string[];
}

/** Bursts. */
export interface LoadControl {
  /** Send a burst to the server that `send` would send to. Never rejects. `onProgress`: so many are answered. */
  load(plan: LoadPlan, onProgress?: (answered: number) => void): Promise<LoadReport>;
}
