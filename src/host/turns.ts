import type { Host, TimerHandle } from './effects.ts';
import { replayEpochMs, seededRandom } from './seeded.ts';

/** What one look at the clock adds to it: a loop that waits for a time must end. Unit: ms. */
const tickMs = 0.001;

interface Pending {
  readonly due: number;
  readonly order: number;
  readonly callback: () => void;
}

/**
 * The host of one thread of a replay in which the threads take turns. Time is what the conductor of the turns says, and a
 * thousandth of a millisecond more for each look; a timer fires when it is told to.
 */
export class TurnHost implements Host {
  readonly clock: Host['clock'];
  readonly timers: Host['timers'];
  readonly random: Host['random'];
  #now = 0;
  #order = 0;
  readonly #pending = new Set<Pending>();

  constructor(seed: number) {
    const look = (): number => (this.#now = Math.round((this.#now + tickMs) * 1000) / 1000);
    this.clock = { now: look, wallMs: () => Math.floor(replayEpochMs + look()) };
    this.timers = {
      after: (ms, callback) => {
        const timer: Pending = { due: Math.round((this.#now + Math.max(0, ms)) * 1000) / 1000, order: this.#order, callback };
        this.#order += 1;
        this.#pending.add(timer);
        return timer;
      },
      cancel: (handle: TimerHandle) => void this.#pending.delete(handle as Pending),
    };
    this.random = seededRandom(seed);
  }

  /** What time it is, without a look. ms. */
  get time(): number {
    return this.#now;
  }

  /** When the next timer is due; undefined where none waits. */
  get nextDue(): number | undefined {
    return this.#earliest()?.due;
  }

  /** It is at least this late. */
  reach(now: number): void {
    this.#now = Math.max(this.#now, now);
  }

  /** Call the next timer that is due at the latest at `until`. False where there is none. What it throws comes out here. */
  fire(until: number): boolean {
    const timer = this.#earliest();
    if (!timer || timer.due > until) return false;
    this.#pending.delete(timer);
    this.reach(timer.due);
    timer.callback();
    return true;
  }

  #earliest(): Pending | undefined {
    let first: Pending | undefined;
    for (const timer of this.#pending) {
      if (!first || timer.due < first.due || (timer.due === first.due && timer.order < first.order)) first = timer;
    }
    return first;
  }
}
