/**
 * A recorded run: the trace of what has been sent, as plain JSON that a link can carry. Whoever opens it sees the run
 * without a process being started; Run goes live.
 *
 *     { v: 1, interface, processes: [name…], events: [ event | token … ] }
 *
 * An event has `p` (index of its process), `at`, and its payload as in `trace/events.ts`, octets in base64. A token, of which
 * there are most, is a row of numbers: `[p, at, token, stream, connection, exchange, start, end]`. The order of the list is
 * the causal order; sequence numbers and Lamport times are made anew from it.
 *
 * It comes from a stranger. Everything is read member by member, and either all of it is in order or none is shown.
 */
import { fromBase64, toBase64 } from '../client/base64.ts';
import { latin1Text } from '../client/latin1.ts';
import type { SendResult } from '../machine/types.ts';
import type { SnippetRecording } from '../snippet/schema.ts';
import type { Stream, Token, TraceEvent } from '../trace/events.ts';
import { tokenCode, tokenNames } from '../trace/facts.ts';
import { checkProcessName, readTraceInput } from '../trace/shapes.ts';
import { recordedExchanges, type RecordedExchange } from './export/exchange.ts';
import { TraceLog } from './trace-log.ts';

/** How large a recording may be, written and read. */
export const recordingLimits = Object.freeze({
  events: 20_000,
  /** Octets of all segments. */
  octets: 1024 * 1024,
  processes: 40,
  connections: 200,
});

/** What a recording shows. */
export interface Recorded {
  readonly events: readonly TraceEvent[];
  readonly interface?: 'wsgi' | 'asgi';
  /** What was sent, and what came of it, oldest first. */
  readonly sends: readonly { readonly raw: string; readonly result: SendResult }[];
}

/** Too much happened for a link. */
export class RecordingTooLarge extends Error {
  override readonly name = 'RecordingTooLarge';
  /** What there is too much of, and how much there is. */
  readonly of: 'events' | 'octets';
  readonly size: number;

  constructor(of: 'events' | 'octets', size: number, limit: number) {
    super(`${size} ${of} are too many for a recording of at most ${limit}.`);
    this.of = of;
    this.size = size;
  }
}

const round = (ms: number): number => Math.round(ms * 1000) / 1000;

/** The trace as a recording. @throws RecordingTooLarge */
export function record(log: TraceLog, spoken: 'wsgi' | 'asgi' | undefined): SnippetRecording {
  if (log.events.length > recordingLimits.events) throw new RecordingTooLarge('events', log.events.length, recordingLimits.events);
  const processes: string[] = [];
  let octets = 0;
  const events = log.events.map((event) => {
    const { seq: _s, clock: _c, process, at, ...payload } = event;
    let p = processes.indexOf(process);
    if (p < 0) p = processes.push(process) - 1;
    if (payload.type === 'http.token') return [p, round(at), tokenCode[payload.token], payload.stream === 's2c' ? 1 : 0, payload.connection, payload.exchange, ...payload.span];
    if (payload.type !== 'socket.data') return { p, at: round(at), ...payload };
    octets += payload.bytes.length;
    return { p, at: round(at), ...payload, bytes: toBase64(payload.bytes) };
  });
  if (octets > recordingLimits.octets) throw new RecordingTooLarge('octets', octets, recordingLimits.octets);
  return { v: 1, ...(spoken && { interface: spoken }), processes, events };
}

const refuse = (what: string): never => {
  throw new TypeError(`recording: ${what}`);
};

type Loose = Readonly<Record<string, unknown>>;

/** Read a recording. @throws TypeError saying what is wrong with it. */
export function readRecording(recording: SnippetRecording): Recorded {
  const { v, events: given, processes } = recording as Loose;
  if (v !== 1) return refuse('it is of a version that this Porthole does not know');
  if (!Array.isArray(processes) || processes.length > recordingLimits.processes) return refuse('its list of processes is not one');
  if (!Array.isArray(given) || given.length > recordingLimits.events) return refuse(`it is not a list of at most ${recordingLimits.events} events`);
  const names = processes.map(checkProcessName);
  const reader = new EventReader(names);
  const events = given.map((item: unknown, index) => reader.read(item, index));
  const log = new TraceLog();
  log.append(events);
  const spoken = (recording as Loose)['interface'];
  return {
    events,
    ...((spoken === 'wsgi' || spoken === 'asgi') && { interface: spoken }),
    sends: recordedExchanges(log).map((exchange) => ({ raw: latin1Text(exchange.requestBytes), result: resultOf(exchange) })),
  };
}

class EventReader {
  readonly #names: readonly string[];
  readonly #seq = new Map<string, number>();
  /** By process, connection and stream: where its next segment begins. */
  readonly #ends = new Map<string, number>();
  readonly #connections = new Set<number>();
  #octets = 0;

  constructor(names: readonly string[]) {
    this.#names = names;
  }

  read(item: unknown, index: number): TraceEvent {
    const isToken = Array.isArray(item);
    const { p, at } = (isToken ? { p: item[0] as unknown, at: item[1] as unknown } : Object(item)) as Loose;
    const process = this.#names[p as number] ?? refuse('an event is of no process');
    if (typeof at !== 'number' || !Number.isFinite(at)) return refuse('an event has no time');
    const seq = this.#seq.get(process) ?? 0;
    this.#seq.set(process, seq + 1);
    const payload = isToken ? token(item) : readTraceInput(withBytes(item as Loose));
    this.#check(payload as TraceEvent, process);
    return { ...payload, seq, at, clock: index + 1, process } as TraceEvent;
  }

  /** What the indexes of the page rely on: segments without gaps, spans within what a stream may hold, few connections. */
  #check(event: TraceEvent, process: string): void {
    if ('connection' in event && event.connection !== 0) {
      this.#connections.add(event.connection);
      if (this.#connections.size > recordingLimits.connections) refuse(`it has more than ${recordingLimits.connections} connections`);
    }
    if (event.type === 'gateway.environ' || event.type === 'gateway.scope') {
      for (const { origin } of event.entries) if (origin.from === 'bytes') for (const span of origin.spans) inStream(span[1]);
    }
    if ('span' in event) inStream(event.span[1]);
    if (event.type !== 'socket.data') return;
    this.#octets += event.bytes.length;
    if (this.#octets > recordingLimits.octets) refuse(`its segments have more than ${recordingLimits.octets} octets`);
    const key = `${process} ${event.connection} ${event.stream}`;
    if (event.span[0] !== (this.#ends.get(key) ?? 0) || event.span[1] - event.span[0] !== event.bytes.length) refuse('a segment is not where it should be');
    this.#ends.set(key, event.span[1]);
  }
}

const inStream = (end: number): void => {
  // A body may be announced that never came, so this is about numbers only.
  if (end > 2 ** 40) refuse('a span lies beyond any stream');
};

function withBytes(item: Loose): Loose {
  const { bytes } = item;
  return typeof bytes === 'string' ? { ...item, bytes: fromBase64(bytes) } : item;
}

function token(row: readonly unknown[]) {
  const [, , code, stream, connection, exchange, start, end] = row as readonly number[];
  const name: Token = tokenNames[code!] ?? refuse('a token is of no kind');
  for (const value of [connection, exchange, start, end]) if (!Number.isSafeInteger(value) || value! < 0) refuse('a token is nowhere');
  if (end! < start! || (stream !== 0 && stream !== 1)) refuse('a token is nowhere');
  return { type: 'http.token' as const, token: name, stream: (stream === 1 ? 's2c' : 'c2s') as Stream, connection: connection!, exchange: exchange!, span: [start!, end!] as const };
}

/** What `Machine.send` gave when it was recorded, as far as the bytes tell. */
function resultOf({ connection, exchange, response, responseBytes, incomplete, times }: RecordedExchange): SendResult {
  const plain = response && { version: response.version, status: response.status, reason: response.reason, headers: response.headers, body: response.body, trailers: response.trailers, keepAlive: response.keepAlive };
  return {
    connection,
    exchange,
    ...(plain && { response: plain, responses: [plain] }),
    raw: responseBytes,
    ...((!response || incomplete) && { failure: { kind: 'closed', message: 'The recording ends before a whole response.' } as const }),
    ms: (times.lastReceived ?? 0) - (times.firstSent ?? times.lastReceived ?? 0),
  };
}
