/**
 * One request at a time in this process: what a `sync` worker is. A connection takes the turn when its request begins to
 * arrive and gives it back when the response is in the socket; the others wait, with their sockets paused.
 */
export class Turn {
  #holder: object | undefined;
  #queue: { readonly who: object; readonly go: () => void }[] = [];
  #onFree: (() => void)[] = [];

  /** True: `who` has the turn (or had it already). False: `go` is called when it has. */
  take(who: object, go: () => void): boolean {
    if (this.#holder === undefined || this.#holder === who) {
      this.#holder = who;
      return true;
    }
    if (!this.#queue.some((waiting) => waiting.who === who)) this.#queue.push({ who, go });
    return false;
  }

  /** Give it back, or stop waiting for it. */
  release(who: object): void {
    if (this.#holder !== who) {
      this.#queue = this.#queue.filter((waiting) => waiting.who !== who);
      return;
    }
    const next = this.#queue.shift();
    this.#holder = next?.who;
    if (next !== undefined) return next.go();
    const waiting = this.#onFree;
    this.#onFree = [];
    for (const resume of waiting) resume();
  }

  /** Resolves when nobody has it. */
  free(): Promise<void> {
    return this.#holder === undefined ? Promise.resolve() : new Promise((resolve) => this.#onFree.push(resolve));
  }
}
