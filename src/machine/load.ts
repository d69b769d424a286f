import { HttpClient } from '../client/http-client.ts';
import type { Host } from '../host/effects.ts';
import type { MemoryNetwork } from '../net/network.ts';
import { SocketError, type Address } from '../net/socket.ts';
import type { TraceEvent } from '../trace/events.ts';
import type { Tracer } from '../trace/tracer.ts';
import type { LoadPlan, LoadReport, LoadRequest } from './load-types.ts';

/** What a burst needs. */
export interface BurstOptions {
  readonly network: MemoryNetwork;
  readonly address: Address;
  readonly host: Host;
  readonly tracer: Tracer;
  readonly onProgress: (answered: number) => void;
}

const maxCount = 2000;
const maxConcurrency = 200;

/** A request that is being measured. */
type Measured = { -readonly [K in keyof LoadRequest]: LoadRequest[K] };

/**
 * Sends a burst and notes when what happened to each request. The client's end is measured here; who accepted a connection
 * is told by the arbiter, and when the app was called by the trace. Nothing is computed that was not seen.
 */
export class Burst {
  readonly #plan: LoadPlan;
  readonly #options: BurstOptions;
  readonly #requests: Measured[] = [];
  /** By `connection.exchange`. */
  readonly #open = new Map<string, Measured>();
  readonly #accepted = new Map<number, { readonly at: number; readonly process: string }>();
  readonly #clients = new Set<HttpClient>();
  #began = 0;
  #answered = 0;
  #stopped = false;

  constructor(plan: LoadPlan, options: BurstOptions) {
    const clamp = (value: number, most: number): number => Math.min(Math.max(1, Math.trunc(value) || 1), most);
    this.#plan = { ...plan, count: clamp(plan.count, maxCount), concurrency: clamp(plan.concurrency, maxConcurrency), thinkMs: Math.max(0, plan.thinkMs || 0) };
    this.#options = options;
  }

  /** Resolves when every request has its answer, or has none to expect. */
  async run(): Promise<void> {
    this.#began = this.#options.host.clock.now();
    const { count, concurrency } = this.#plan;
    await Promise.all(Array.from({ length: Math.min(count, concurrency) }, (_, client) => this.#client(client)));
  }

  /** Cut what is under way. */
  stop(): void {
    this.#stopped = true;
    for (const client of this.#clients) client.reset();
  }

  /** A process has accepted a connection. */
  accepted(connection: number, process: string): void {
    this.#accepted.set(connection, { at: this.#now(), process });
  }

  /** Events of a process; calls of the app and ends of responses are wanted. */
  traced(events: readonly TraceEvent[]): void {
    for (const event of events) {
      if (event.type !== 'app.call' && !(event.type === 'http.end' && event.stream === 's2c')) continue;
      const request = this.#open.get(`${event.connection}.${event.exchange}`);
      if (request) request[event.type === 'app.call' ? 'startedAt' : 'servedAt'] = event.at - this.#began;
    }
  }

  report(processes: readonly string[]): LoadReport {
    const requests = this.#requests.filter((request) => request.endedAt >= 0).map((request) => this.#complete(request));
    const ms = requests.reduce((latest, { endedAt }) => Math.max(latest, endedAt), 0);
    return { plan: this.#plan, requests, ms, processes };
  }

  #complete(request: Measured): LoadRequest {
    const accepted = this.#accepted.get(request.connection);
    const { startedAt, servedAt, ...rest } = request;
    // What a process tells was put on this clock with the precision of a heartbeat's round trip (see `Process`); nothing of
    // it can have been before the request was there, or after the answer was.
    const within = (at: number): number => Math.min(Math.max(at, request.queuedAt, accepted?.at ?? 0), request.endedAt);
    return {
      ...rest, ...(accepted && { acceptedAt: accepted.at, process: accepted.process }),
      ...(startedAt !== undefined && { startedAt: within(startedAt) }), ...(servedAt !== undefined && { servedAt: within(servedAt) }),
    };
  }

  #now(): number {
    return this.#options.host.clock.now() - this.#began;
  }

  /** One client: a request, its answer, a pause, and again, as long as there are requests left. */
  async #client(number: number): Promise<void> {
    const { count, keepAlive, thinkMs, request: bytes } = this.#plan;
    const { timers } = this.#options.host;
    let kept: Connected | undefined;
    while (this.#requests.length < count && !this.#stopped) {
      const request: Measured = { index: this.#requests.length, client: number, connection: 0, exchange: 0, queuedAt: this.#now(), endedAt: -1 };
      this.#requests.push(request);
      const connected = kept ?? this.#connect(request);
      kept = undefined;
      if (connected) {
        connected.exchanges += 1;
        request.connection = connected.id;
        request.exchange = connected.exchanges;
        this.#open.set(`${request.connection}.${request.exchange}`, request);
        const { responses: [response], failure } = await connected.client.send(bytes);
        if (response) request.status = response.status;
        if (failure) request.failure = failure.message;
        if (keepAlive && response?.keepAlive && !connected.client.closed) kept = connected;
        else this.#close(connected);
      }
      request.endedAt = this.#now();
      this.#answered += 1;
      this.#options.onProgress(this.#answered);
      // Also where nothing has to be waited for: a refusal comes at once, and so would all of them.
      await new Promise<void>((resolve) => timers.after(thinkMs, resolve));
    }
    if (kept) this.#close(kept);
  }

  #connect(request: Measured): Connected | undefined {
    try {
      const socket = this.#options.network.dial(this.#options.address);
      const client = new HttpClient(socket, { host: this.#options.host, tracer: this.#options.tracer });
      this.#clients.add(client);
      return { id: socket.id, client, exchanges: 0 };
    } catch (error) {
      if (!(error instanceof SocketError)) throw error;
      request.failure = error.message;
      return undefined;
    }
  }

  #close({ client }: Connected): void {
    this.#clients.delete(client);
    client.close();
  }
}

interface Connected {
  readonly id: number;
  readonly client: HttpClient;
  exchanges: number;
}
