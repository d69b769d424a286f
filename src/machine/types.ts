/**
 * The machine as the page sees it: a small computer on which a snippet runs. No DOM; the same in Node tests.
 */
import type { Snippet } from '../snippet/schema.ts';
import type { ErrorFacts, SourceSite, TraceEvent } from '../trace/events.ts';

export type MachineState =
  | 'stopped' // nothing runs
  | 'starting' // processes boot and load the app
  | 'running' // listening; every process answers
  | 'silent' // a process has not answered its heartbeat: an endless loop?
  | 'failed'; // the app could not be loaded

/** Why the app could not be loaded (or a process died), with the place in the snippet's files. */
export interface LoadProblem {
  /** `SyntaxError`, `ImportError`, `TypeError`, … */
  readonly name: string;
  readonly message: string;
  /** What to do. */
  readonly advice: string;
  readonly site?: SourceSite;
}

export interface MachineStatus {
  readonly state: MachineState;
  /** One line for the status element: "Listening at http://127.0.0.1:8000 (wsgi)". */
  readonly text: string;
  /** Interface in force once the app is loaded. */
  readonly interface?: 'wsgi' | 'asgi';
  readonly problem?: LoadProblem;
  /** Living processes. */
  readonly processes: readonly { readonly name: string; readonly state: 'starting' | 'running' | 'silent' | 'exited' }[];
}

/** One request to be sent: raw bytes, cut into segments. */
export interface Outgoing {
  readonly bytes: Uint8Array;
  /** Offsets at which to cut `bytes` into separately delivered segments; default: one segment. */
  readonly cuts?: readonly number[];
  /** Send on this open connection (by id) instead of a new one. */
  readonly connection?: number;
  /** Close our half after sending. Default false. */
  readonly endAfter?: boolean;
}

/** A response as the client's parser saw it. */
export interface MachineResponse {
  readonly version: string;
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
  readonly trailers: readonly (readonly [string, string])[];
  /** The connection stays open for another request. */
  readonly keepAlive: boolean;
}

/** What came back. */
export interface SendResult {
  readonly connection: number;
  /** Number of the first exchange that the bytes began on that connection, from 1. */
  readonly exchange: number;
  /** Final response to the first of the requests, as the client's parser saw it; missing when there was none. */
  readonly response?: MachineResponse;
  /** One for each request that the bytes held (pipelining), in order; missing when there was none. */
  readonly responses?: readonly MachineResponse[];
  /** Every octet received for it, framing included. */
  readonly raw: Uint8Array;
  /** Set where there was no (whole) response: the server closed, was reset, or what came is not HTTP. */
  readonly failure?: { readonly kind: 'refused' | 'closed' | 'reset' | 'not-http' | 'timeout' | 'stopped'; readonly message: string; readonly error?: ErrorFacts };
  /** ms from first byte sent to response complete. */
  readonly ms: number;
}

export type MachineEvent =
  | { readonly type: 'status'; readonly status: MachineStatus }
  /** Batches, in causal (Lamport) order within a batch. `seq` is per process; `at` is on one clock, the machine's. */
  | { readonly type: 'trace'; readonly events: readonly TraceEvent[] };

export interface Machine {
  readonly status: MachineStatus;
  /** (Re)start with this snippet. Resolves once running or failed; stops what ran before. */
  run(snippet: Snippet): Promise<MachineStatus>;
  /** Ends every process and connection. Resolves when done (well under a second even with an endless loop). */
  stop(): Promise<void>;
  /** Needs state 'running' or 'silent'. Never rejects: failures are in the result. */
  send(outgoing: Outgoing): Promise<SendResult>;
  /** Close (FIN) or cut (RST) one connection from the client side. */
  disconnect(connection: number, how: 'close' | 'reset'): void;
  subscribe(listener: (event: MachineEvent) => void): () => void;
}

/** How a process is started: sandbox frame in the page, worker_threads in Node. */
export interface Spawner {
  /** Start a process; resolves when its runtime answers. Rejects when it can't be started. */
  spawn(name: string): Promise<SpawnedProcess>;
}

export interface SpawnedProcess {
  readonly name: string;
  /** The channel to the runtime in the process (contract: `rpc/contract.ts`). */
  readonly port: MessagePortLike;
  /** Kill at once, whatever it does. */
  terminate(): void;
  /** Called once if the process dies by itself. */
  onExit(listener: (reason: string) => void): void;
}

/** What DOM and Node message ports have in common. */
export interface MessagePortLike {
  postMessage(message: unknown, transfer?: readonly object[]): void;
  onmessage: ((event: { readonly data: any }) => void) | null;
  close(): void;
  start?(): void;
}
