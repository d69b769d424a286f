/**
 * `--trace`: the trace as lines of text, as it happens. Lines are written once per turn of the event loop, because a
 * token of a response is told before the bytes that it is a part of.
 */
import type { Span, Stream, TraceEvent, TraceInput, Token } from '../trace/events.ts';
import { formatEvent } from '../trace/format.ts';
import type { Tracer } from '../trace/tracer.ts';

/** Octets of a stream that are kept for the sake of tokens that lie in them. */
const keptBytes = 131_072;

interface Segment { readonly start: number; readonly bytes: Uint8Array }

/** The last stretch of each stream of each open connection. */
class RecentBytes {
  readonly #streams = new Map<string, Segment[]>();

  add(connection: number, stream: Stream, start: number, bytes: Uint8Array): void {
    const key = `${connection}${stream}`;
    const segments = this.#streams.get(key) ?? [];
    this.#streams.set(key, segments);
    segments.push({ start, bytes });
    while (segments.length > 1 && start + bytes.length - segments[0]!.start > keptBytes) segments.shift();
  }

  /** The octets at `span`; undefined where they are gone or have not passed the socket yet. */
  find(connection: number, stream: Stream, [start, end]: Span): Uint8Array | undefined {
    const segments = this.#streams.get(`${connection}${stream}`) ?? [];
    const found = new Uint8Array(end - start);
    let at = start;
    for (const { start: from, bytes } of segments) {
      if (from > at || from + bytes.length <= at) continue;
      const part = bytes.subarray(at - from, end - from);
      found.set(part, at - start);
      at += part.length;
      if (at === end) return found;
    }
    return at === end ? found : undefined;
  }

  forget(connection: number): void {
    this.#streams.delete(`${connection}c2s`);
    this.#streams.delete(`${connection}s2c`);
  }
}

class PrintingTracer implements Tracer {
  readonly enabled = true;
  readonly #process: string;
  readonly #write: (text: string) => void;
  readonly #recent = new RecentBytes();
  readonly #began = performance.now();
  #waiting: TraceEvent[] = [];
  #seq = 0;
  #clock = 0;

  constructor(process: string, write: (text: string) => void) {
    this.#process = process;
    this.#write = write;
  }

  get clock(): number {
    return this.#clock;
  }

  witness(clock: number): void {
    this.#clock = Math.max(this.#clock, clock);
  }

  emit(event: TraceInput): void {
    if (event.type === 'socket.data') this.#recent.add(event.connection, event.stream, event.span[0], event.bytes);
    if (this.#waiting.length === 0) setImmediate(() => this.flush());
    this.#waiting.push({ ...event, seq: this.#seq++, at: performance.now() - this.#began, clock: (this.#clock += 1), process: this.#process });
  }

  token(token: Token, connection: number, exchange: number, stream: Stream, start: number, end: number): void {
    this.emit({ type: 'http.token', token, connection, exchange, stream, span: [start, end] });
  }

  flush(): void {
    const events = this.#waiting;
    this.#waiting = [];
    const bytesOf = (connection: number, stream: Stream, span: Span): Uint8Array | undefined => this.#recent.find(connection, stream, span);
    this.#write(events.map((event) => `${formatEvent(event, { bytesOf })}\n`).join(''));
    for (const event of events) if (event.type === 'socket.close') this.#recent.forget(event.connection);
  }
}

/** A tracer that hands lines of text to `write`. `process`: its name in the lines. What is still waiting is written when the process exits. */
export function printTrace(process: string, write: (text: string) => void): Tracer {
  const tracer = new PrintingTracer(process, write);
  globalThis.process.on('exit', () => tracer.flush());
  return tracer;
}
