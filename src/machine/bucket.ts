import type { Clock } from '../host/effects.ts';

/** Counts what may be used up faster than it is refilled, for a while. */
export class Bucket {
  readonly #clock: Clock;
  readonly #capacity: number;
  readonly #perSecond: number;
  #level: number;
  #at: number;

  constructor(clock: Clock, capacity: number, perSecond: number) {
    this.#clock = clock;
    this.#capacity = capacity;
    this.#perSecond = perSecond;
    this.#level = capacity;
    this.#at = clock.now();
  }

  /** Take `amount`, whether it is there or not. Returns how long it takes until nothing is owed. ms; 0: nothing is. */
  take(amount: number): number {
    const now = this.#clock.now();
    this.#level = Math.min(this.#capacity, this.#level + ((now - this.#at) / 1000) * this.#perSecond) - amount;
    this.#at = now;
    return this.#level >= 0 ? 0 : (-this.#level / this.#perSecond) * 1000;
  }
}
