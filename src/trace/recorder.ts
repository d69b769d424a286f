import type { Clock } from '../host/effects.ts';
import type { Span, Stream, Token, TraceEvent, TraceInput } from './events.ts';
import type { Tracer } from './tracer.ts';

/** How a recorder is set up. */
export interface RecorderOptions {
  /** Name of this process in the trace. */
  readonly process: string;
  readonly clock: Clock;
  /** Bytes of memory the undrained trace may take, estimated. Oldest events go first, leaving a `trace.gap`. Default 8 MiB. */
  readonly budgetBytes?: number;
}

/** What crosses a thread: a transferable ring of numbers for tokens, objects for the rest, in `seq` order. (Contract.) */
export interface TraceBatch {
  readonly process: string;
  /** Rows of tokens. Layout private to recorder.ts. */
  readonly tokens: ArrayBuffer;
  readonly events: readonly TraceEvent[];
}

/** Keeps a process's trace until it is drained. CONTRACT, being implemented. */
export class Recorder implements Tracer {
  readonly enabled = true;
  constructor(_options: RecorderOptions) {}
  get clock(): number { throw new Error('being built'); }
  witness(_clock: number): void { throw new Error('being built'); }
  emit(_event: TraceInput): void { throw new Error('being built'); }
  token(_token: Token, _connection: number, _exchange: number, _stream: Stream, _start: number, _end: number): void { throw new Error('being built'); }
  /** Number of events waiting. */
  get pending(): number { throw new Error('being built'); }
  /** Take what is waiting. */
  drain(): TraceBatch { throw new Error('being built'); }
}

/** A batch as events, tokens materialised, in order. Throws TypeError where the batch is not well formed (it may come from hostile code). */
export function materialise(_batch: TraceBatch): TraceEvent[] { throw new Error('being built'); }

export type { Span };
