import type { GatewayContext, HttpHead, SocketData, Stream, TraceEvent, TraceType } from '../trace/events.ts';
import { Complaints } from './complaints.ts';
import { OpenCalls } from './open-calls.ts';
import { StreamIndex, upperBound } from './stream-index.ts';

/** Names an event for as long as the trace lives: process and `seq`. */
export type EventId = string;

export const eventId = (event: TraceEvent): EventId => `${event.process}#${event.seq}`;

/** Process name under which the page's own client tells its side. */
export const clientProcess = 'client';

/** Connection an event is about; 0 where it is about none. */
export const connectionOf = (event: TraceEvent): number => ('connection' in event ? event.connection : 0);

/** Exchange an event is about; 0 where it is about none. */
export const exchangeOf = (event: TraceEvent): number => ('exchange' in event ? event.exchange : 0);

/** One request and what came of it, as far as the trace tells. */
export interface ExchangeIndex {
  readonly connection: number;
  readonly number: number;
  /** Every event of this exchange, in causal order. */
  readonly events: TraceEvent[];
  request?: HttpHead & TraceEvent;
  /** The final response as the server wrote it (or, where only the client saw it, as it was read). */
  response?: HttpHead & TraceEvent;
  context?: GatewayContext & TraceEvent;
  /** The request was refused, or the application failed. */
  failed?: boolean;
}

/** One connection: its two streams and its exchanges. */
export interface ConnectionIndex {
  readonly id: number;
  local: string;
  remote: string;
  readonly c2s: StreamIndex;
  readonly s2c: StreamIndex;
  /** Segments in the order in which they passed, told by the server where it told them. */
  readonly segments: (SocketData & TraceEvent)[];
  readonly clientSegments: (SocketData & TraceEvent)[];
  readonly exchanges: Map<number, ExchangeIndex>;
  /** Every event of this connection, in causal order. A step of the scrubber is a position in here. */
  readonly events: TraceEvent[];
  /** Goes up with each event. */
  version: number;
}

/** How much is kept. A trace that grows past it loses its oldest part, and says so with a `trace.gap`. */
export const maxEvents = 200_000;

const byClock = (event: TraceEvent): number => event.clock;

/**
 * The trace of one run, in causal order, with the indexes that the views ask for.
 *
 * It is the one mutable thing in the state: an event log only ever grows, and copying it per batch would cost more than
 * everything else together. `version` goes up with each change, so that what is derived from it can tell that it is stale.
 */
export class TraceLog {
  readonly #events: TraceEvent[] = [];
  /** By process, events at their `seq`. */
  readonly #bySeq = new Map<string, TraceEvent[]>();
  readonly connections = new Map<number, ConnectionIndex>();
  /** What was found wrong with lines of the app. */
  readonly complaints = new Complaints();
  /** Events that are about no connection, in causal order. */
  readonly unconnected: TraceEvent[] = [];
  /** Events that are lines of the console, in causal order. */
  readonly lines: TraceEvent[] = [];
  /** How many events of each type there are. */
  readonly types = new Map<TraceType, number>();
  readonly #calls = new OpenCalls();
  readonly #limit: number;
  #version = 0;

  constructor(limit: number = maxEvents) {
    this.#limit = limit;
  }

  get version(): number {
    return this.#version;
  }

  /** All events, in causal order: a cause never comes after its effect. */
  get events(): readonly TraceEvent[] {
    return this.#events;
  }

  get(id: EventId): TraceEvent | undefined {
    const at = id.lastIndexOf('#');
    return this.#bySeq.get(id.slice(0, at))?.[Number(id.slice(at + 1))];
  }

  /** Position of an event among those of its connection: what a share link calls its step. -1 if unknown. */
  stepOf(id: EventId): number {
    const event = this.get(id);
    const events = event && this.connections.get(connectionOf(event))?.events;
    if (!events) return -1;
    for (let at = upperBound(events, event.clock, byClock) - 1; at >= 0; at--) {
      const candidate = events[at] as TraceEvent;
      if (candidate === event) return at;
      if (candidate.clock < event.clock) break;
    }
    return -1;
  }

  exchange(connection: number, number: number): ExchangeIndex | undefined {
    return this.connections.get(connection)?.exchanges.get(number);
  }

  stream(connection: number, stream: Stream): StreamIndex | undefined {
    return this.connections.get(connection)?.[stream];
  }

  /** Add a batch. Batches of different processes may come in any order; each is sorted in by Lamport time. */
  append(batch: readonly TraceEvent[]): void {
    if (batch.length === 0) return;
    const sorted = (isSorted(batch) ? batch : batch.toSorted((a, b) => a.clock - b.clock)).map((event) => this.#calls.attribute(event));
    for (const event of sorted) {
      this.types.set(event.type, (this.types.get(event.type) ?? 0) + 1);
      let told = this.#bySeq.get(event.process);
      if (!told) this.#bySeq.set(event.process, (told = []));
      told[event.seq] = event;
      this.#index(event);
    }
    merge(this.#events, sorted);
    if (this.#events.length > this.#limit) this.#forget();
    this.#version++;
  }

  /** Drop the oldest quarter. A connection goes when its last event does; the others keep their indexes: their bytes are what is being looked at. */
  #forget(): void {
    const count = Math.ceil(this.#limit / 4);
    const dropped = this.#events.splice(0, count);
    for (const event of dropped) {
      delete this.#bySeq.get(event.process)?.[event.seq];
      this.types.set(event.type, (this.types.get(event.type) ?? 1) - 1);
    }
    const first = this.#events[0];
    if (!first) return;
    for (const list of [this.unconnected, this.lines]) list.splice(0, upperBound(list, first.clock - 1, byClock));
    for (const [id, connection] of this.connections) if ((connection.events.at(-1)?.clock ?? 0) < first.clock) this.connections.delete(id);
    this.#events.unshift({ type: 'trace.gap', count, seq: -1, at: first.at, clock: first.clock, process: first.process });
  }

  #connection(id: number): ConnectionIndex {
    let found = this.connections.get(id);
    if (!found) {
      found = { id, local: '', remote: '', c2s: new StreamIndex(), s2c: new StreamIndex(), segments: [], clientSegments: [], exchanges: new Map(), events: [], version: 0 };
      this.connections.set(id, found);
    }
    return found;
  }

  #index(event: TraceEvent): void {
    this.complaints.add(event);
    if (event.type === 'log' || event.type === 'app.error' || event.type.startsWith('process.')) insert(this.lines, event);
    const id = connectionOf(event);
    if (id === 0) {
      insert(this.unconnected, event);
      return;
    }
    const connection = this.#connection(id);
    connection.version++;
    insert(connection.events, event);
    const number = exchangeOf(event);
    let exchange: ExchangeIndex | undefined;
    if (number > 0) {
      exchange = connection.exchanges.get(number);
      if (!exchange) {
        exchange = { connection: id, number, events: [] };
        connection.exchanges.set(number, exchange);
      }
      insert(exchange.events, event);
    }
    if (exchange && (event.type === 'http.error' || event.type === 'app.error')) exchange.failed = true;
    switch (event.type) {
      case 'socket.accept':
        connection.local = event.local;
        connection.remote = event.remote;
        break;
      case 'socket.connect':
        // The client's remote is the server's local address.
        connection.local ||= event.remote;
        connection.remote ||= event.local;
        break;
      case 'socket.data':
        connection[event.stream].addBytes(event.span[0], event.bytes);
        (event.process === clientProcess ? connection.clientSegments : connection.segments).push(event);
        break;
      case 'http.token':
        connection[event.stream].addToken(event.token, event.span[0], event.span[1], event.exchange);
        break;
      case 'http.error':
      case 'ws.error':
        if (event.by === 'peer') connection[event.stream].addToken('refused', event.span[0], Math.max(event.span[1], event.span[0] + 1), event.exchange);
        break;
      case 'http.request':
        if (exchange && (!exchange.request || event.process !== clientProcess)) exchange.request = event as HttpHead & TraceEvent;
        break;
      case 'http.response':
        if (exchange && (!exchange.response || event.process !== clientProcess)) exchange.response = event as HttpHead & TraceEvent;
        break;
      case 'gateway.environ':
      case 'gateway.scope':
        if (exchange) exchange.context = event;
        break;
      default:
        break;
    }
  }
}

function isSorted(batch: readonly TraceEvent[]): boolean {
  for (let i = 1; i < batch.length; i++) {
    if ((batch[i] as TraceEvent).clock < (batch[i - 1] as TraceEvent).clock) return false;
  }
  return true;
}

/** Put one event where it belongs: nearly always at the end. Equal clocks keep the order of arrival. */
function insert(list: TraceEvent[], event: TraceEvent): void {
  const last = list.at(-1);
  if (!last || last.clock <= event.clock) list.push(event);
  else list.splice(upperBound(list, event.clock, byClock), 0, event);
}

/** Merge sorted `batch` into sorted `list`, in place. Cheap where the batch belongs at or near the end. Equal clocks keep the order of arrival. */
function merge(list: TraceEvent[], batch: readonly TraceEvent[]): void {
  const first = batch[0];
  if (!first) return;
  const last = list.at(-1);
  if (!last || last.clock <= first.clock) {
    for (const event of batch) list.push(event);
    return;
  }
  const tail = list.splice(upperBound(list, first.clock, byClock));
  let a = 0;
  let b = 0;
  while (a < tail.length || b < batch.length) {
    const left = tail[a];
    const right = batch[b];
    if (left && (!right || left.clock <= right.clock)) {
      list.push(left);
      a++;
    } else if (right) {
      list.push(right);
      b++;
    }
  }
}
