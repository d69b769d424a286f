/**
 * `--trace`: the trace as lines of text, as it happens. Lines are written once per turn of the event loop, because a
 * token of a response is told before the bytes that it is a part of.
 */
import type { Span, Stream, TraceEvent, TraceInput, Token } from '../trace/events.ts';
import { formatEvent } from '../trace/format.ts';
import type { Tracer } from '../trace/tracer.ts';
import { RecentBytes } from './recent-bytes.ts';

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
