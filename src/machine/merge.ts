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
  readonly #gather: () => Promise<void>;
  readonly #give: (events: readonly TraceEvent[]) => void;
  readonly #recorders: Recorder[] = [];
  #events: TraceEvent[] = [];
  #latest = 0;
  #timer: TimerHandle;

  /**
   * `gather` resolves when what the processes have traced so far has arrived, or should not be waited for any longer:
   * what comes out of a frame is then ordered not only within itself but after the frame before.
   */
  constructor(host: Host, gather: () => Promise<void>, give: (events: readonly TraceEvent[]) => void) {
    this.#host = host;
    this.#gather = gather;
    this.#give = give;
  }

  /** A tracer for somebody on this thread. They share one Lamport time: here, before is before. */
  tracer(process: string): Tracer {
    const recorder = new Recorder({ process, clock: this.#host.clock });
    this.#recorders.push(recorder);
    const told = (): void => {
      this.#latest = recorder.clock;
      this.#soon();
    };
    const now = (): number => this.#latest;
    return {
      enabled: true,
      get clock() { return now(); },
      witness: (clock) => {
        recorder.witness(clock);
        this.#latest = Math.max(this.#latest, recorder.clock);
      },
      emit: (event) => {
        recorder.witness(this.#latest);
        recorder.emit(event);
        told();
      },
      token: (...facts) => {
        recorder.witness(this.#latest);
        recorder.token(...facts);
        told();
      },
      fact: (...facts) => {
        recorder.witness(this.#latest);
        recorder.fact(...facts);
        told();
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
    this.#timer ??= this.#host.timers.after(batchMs, () => void this.#gather().then(() => this.flush()));
  }
}

/** By Lamport time; where that does not decide, any order will do if it is always the same. */
function causally(one: TraceEvent, other: TraceEvent): number {
  if (one.clock !== other.clock) return one.clock - other.clock;
  if (one.process !== other.process) return one.process < other.process ? -1 : 1;
  return one.seq - other.seq;
}
