/**
 * A queue of objects in one array that is used over and over, and holds on to nothing that was taken out. Both matter to the garbage collector where queues are long and
 * objects many: an array that is copied and given up grows old before it is collected, and until then everything that was in it is kept, and grows old with it.
 */
export class PayloadRing<T> {
  /** Its length is a power of two. */
  #slots: (T | undefined)[] = new Array<undefined>(16).fill(undefined);
  #head = 0;
  #count = 0;

  /** Add one at the end. */
  push(payload: T): void {
    if (this.#count === this.#slots.length) this.#grow();
    this.#slots[(this.#head + this.#count) & (this.#slots.length - 1)] = payload;
    this.#count += 1;
  }

  /** Take the oldest out. Undefined: there is none. */
  shift(): T | undefined {
    if (this.#count === 0) return undefined;
    const payload = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#slots.length - 1);
    this.#count -= 1;
    return payload;
  }

  /** One of those that are in it, counted from the oldest. */
  at(index: number): T {
    if (!(index >= 0 && index < this.#count)) throw new RangeError(`payload ${index} of ${this.#count}`);
    return this.#slots[(this.#head + index) & (this.#slots.length - 1)]!;
  }

  /** Let go of all. */
  clear(): void {
    this.#slots.fill(undefined);
    this.#head = 0;
    this.#count = 0;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = Array.from({ length: old.length * 2 }, (_, i) => (i < old.length ? old[(this.#head + i) & (old.length - 1)] : undefined));
    this.#head = 0;
  }
}
