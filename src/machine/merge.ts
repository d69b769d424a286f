import type { Host, TimerHandle } from '../host/effects.ts';
import { batchMs } from '../rpc/limits.ts';
import type { TraceEvent } from '../trace/events.ts';
import { materialise, Recorder } from '../trace/recorder.ts';
import type { Tracer } from '../trace/tracer.ts';

/**
 * Makes one trace of many: the processes' batches as they arrive, and the trace of what happens on this thread (the
 * arbiter, the client). Once per frame, or when asked, everything that has come is given out in causal order.
 */
export class TraceMerger {
  readonly #host: Host;
  readonly #give: (events: readonly TraceEvent[]) => void;
  readonly #recorders: Recorder[] = [];
  #events: TraceEvent[] = [];
  #timer: TimerHandle;

  constructor(host: Host, give: (events: readonly TraceEvent[]) => void) {
    this.#host = host;
    this.#give = give;
  }

  /** A tracer for somebody on this thread. */
  tracer(process: string): Tracer {
    const recorder = new Recorder({ process, clock: this.#host.clock });
    this.#recorders.push(recorder);
    const soon = (): void => this.#soon();
    return {
      enabled: true,
      get clock() { return recorder.clock; },
      witness: (clock) => recorder.witness(clock),
      emit(event) {
        recorder.emit(event);
        soon();
      },
      token(...facts) {
        recorder.token(...facts);
        soon();
      },
    };
  }

  /** Events of another thread, in order, checked. */
  add(events: readonly TraceEvent[]): void {
    for (const event of events) this.#events.push(event);
    this.#soon();
  }

  /** Give out what there is. */
  flush(): void {
    if (this.#timer !== undefined) this.#host.timers.cancel(this.#timer);
    this.#timer = undefined;
    for (const recorder of this.#recorders) {
      if (recorder.pending > 0) for (const event of materialise(recorder.drain())) this.#events.push(event);
    }
    if (this.#events.length === 0) return;
    const events = this.#events.sort(causally);
    this.#events = [];
    this.#give(events);
  }

  #soon(): void {
    this.#timer ??= this.#host.timers.after(batchMs, () => this.flush());
  }
}

/** By Lamport time; where that does not decide, any order will do if it is always the same. */
function causally(one: TraceEvent, other: TraceEvent): number {
  if (one.clock !== other.clock) return one.clock - other.clock;
  if (one.process !== other.process) return one.process < other.process ? -1 : 1;
  return one.seq - other.seq;
}
