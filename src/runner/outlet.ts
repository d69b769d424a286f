import type { Host, TimerHandle } from '../host/effects.ts';
import { batchBytes, batchEvents, batchMs, traceCredit } from '../rpc/limits.ts';
import type { Stream, Token, TraceInput, TraceType } from '../trace/events.ts';
import { isEnd } from '../trace/facts.ts';
import { Recorder, type TraceBatch } from '../trace/recorder.ts';
import type { Section } from '../trace/section.ts';
import type { Moment, Tracer } from '../trace/tracer.ts';

/** Batches per frame that are sent ahead of time. */
const eagerPerFrame = 4;

/** What an outlet needs. */
export interface OutletOptions {
  readonly process: string;
  readonly host: Host;
  /** Send a batch to the page. */
  readonly send: (batch: TraceBatch) => void;
  /** Batches that may be sent to begin with. Default: what the page grants. */
  readonly credit?: number;
}

/** Writes an error's stack in terms of the snippet's files. */
export type StackWriter = (error: { readonly name: string; readonly message: string; readonly stack: string }) => string;

/**
 * The tracer of a process: records, and sends what is recorded in batches: a frame after the first event, at once when
 * {@link batchEvents} wait or the app is about to be called, as soon as the job is over when a response is.
 *
 * A batch costs credit, which the page gives back when it has taken it. Without credit nothing is sent and the recorder
 * does what it does with too much: it drops the oldest and leaves a gap that says how many.
 */
export class TraceOutlet implements Tracer {
  readonly enabled = true;
  readonly #recorder: Recorder;
  readonly #host: Host;
  readonly #send: (batch: TraceBatch) => void;
  #readable: StackWriter | undefined;
  #credit: number;
  #timer: TimerHandle;
  #timerIsSoon = false;
  #frameBegan = -Infinity;
  #eager = 0;
  #muted = false;

  constructor(options: OutletOptions) {
    this.#recorder = new Recorder({ process: options.process, clock: options.host.clock, budgetBytes: batchBytes });
    this.#host = options.host;
    this.#send = options.send;
    this.#credit = options.credit ?? traceCredit;
  }

  get clock(): number {
    return this.#recorder.clock;
  }

  get now(): number {
    return this.#recorder.now;
  }

  witness(clock: number): void {
    this.#recorder.witness(clock);
  }

  /** From now on, stacks are told in terms of the snippet's files. The gateway cannot do this: it does not know how the app was loaded. */
  readStacksWith(readable: StackWriter): void {
    this.#readable = readable;
  }

  emit(event: TraceInput, moment?: Moment): void {
    if (this.#muted) return;
    this.#recorder.emit(event.type === 'app.error' && this.#readable ? { ...event, stack: this.#readable(event) } : event, moment);
    this.#recorded(event.type);
  }

  later(type: TraceType, bytes: number, make: () => TraceInput, moment?: Moment): void {
    if (this.#muted) return;
    this.#recorder.later(type, bytes, make, moment);
    this.#recorded(type);
  }

  #recorded(type: TraceType): void {
    // The app may never come back from here, and nothing would be sent any more: send what led to it.
    if (type === 'app.call' || type === 'log') this.#flushEagerly();
    this.#due(type === 'http.end' || type === 'app.return' || type === 'http.error');
  }

  token(token: Token, connection: number, exchange: number, stream: Stream, start: number, end: number): void {
    this.#recorder.token(token, connection, exchange, stream, start, end);
    this.#due(false);
  }

  fact(code: number, connection: number, exchange: number, a: number, b: number, sameMoment: boolean): void {
    if (this.#muted) return;
    this.#recorder.fact(code, connection, exchange, a, b, sameMoment);
    this.#due(isEnd(code));
  }

  section(section: Section, connection: number, exchange: number, sameMoment: boolean): void {
    if (this.#muted) return;
    this.#recorder.section(section, connection, exchange, sameMoment);
    this.#due(false);
  }

  /** Nothing is told any more. */
  get muted(): boolean {
    return this.#muted;
  }

  /** The program is over: what it still does is not told. */
  mute(): void {
    this.#muted = true;
  }

  /** Send what waits, credit permitting. */
  flush(): void {
    if (this.#timer !== undefined) this.#host.timers.cancel(this.#timer);
    this.#timer = undefined;
    if (this.#credit === 0 || this.#recorder.pending === 0) return;
    this.#credit -= 1;
    this.#send(this.#recorder.drain());
  }

  /** The page has taken so many batches. */
  addCredit(batches: number): void {
    this.#credit = Math.min(traceCredit, this.#credit + batches);
    this.#due(false);
  }

  /** At once, but only so often per frame. */
  #flushEagerly(): void {
    if (this.#credit === 0) return;
    const now = this.#host.clock.now();
    if (now - this.#frameBegan >= batchMs) {
      this.#frameBegan = now;
      this.#eager = 0;
    }
    this.#eager += 1;
    if (this.#eager <= eagerPerFrame) this.flush();
  }

  #due(soon: boolean): void {
    const { pending } = this.#recorder;
    if (pending === 0) return;
    if (pending >= batchEvents && this.#credit > 0) {
      this.flush();
      return;
    }
    if (this.#timer !== undefined) {
      if (!soon || this.#timerIsSoon) return;
      this.#host.timers.cancel(this.#timer);
    }
    this.#timerIsSoon = soon;
    this.#timer = this.#host.timers.after(soon ? 0 : batchMs, () => this.flush());
  }
}
