/**
 * What keeps a program alive: calls that wait and timers that are set. When its top level is done and nothing of this is
 * left, it has ended, as in Node. What else there may be to wait for (a digest that is being computed) is not seen: await it.
 */
export class Activity {
  #count = 0;
  readonly #onIdle: () => void;

  /** `onIdle`: nothing is left. May come several times. */
  constructor(onIdle: () => void) {
    this.#onIdle = onIdle;
  }

  get idle(): boolean {
    return this.#count === 0;
  }

  readonly change = (by: 1 | -1): void => {
    this.#count += by;
    if (this.#count === 0) this.#onIdle();
  };

  /** Hold on until `what` settles. */
  async during<T>(what: Promise<T>): Promise<T> {
    this.change(1);
    try {
      return await what;
    } finally {
      this.change(-1);
    }
  }
}
