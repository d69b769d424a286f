/** Octets that have arrived and that nobody has asked for yet, as one stream: where one segment ended is forgotten. */
export class Inbox {
  #pieces: Uint8Array[] = [];
  #offset = 0;
  #size = 0;

  /** Octets in it. */
  get size(): number {
    return this.#size;
  }

  /** Add bytes; they belong to the inbox. */
  push(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
    this.#size += bytes.length;
  }

  /** The first octets, at most `most`; they are the caller's. */
  take(most: number): Uint8Array {
    const taken = this.peek(most);
    this.#size -= taken.length;
    for (let left = taken.length + this.#offset; ; left -= this.#pieces.shift()!.length) {
      if (this.#pieces.length === 0 || left < this.#pieces[0]!.length) {
        this.#offset = left;
        return taken;
      }
    }
  }

  /** A copy of the first octets, at most `most`. */
  peek(most: number): Uint8Array {
    const taken = new Uint8Array(Math.min(most, this.#size));
    for (let at = 0, i = 0, from = this.#offset; at < taken.length; i += 1, from = 0) {
      const part = this.#pieces[i]!.subarray(from, from + taken.length - at);
      taken.set(part, at);
      at += part.length;
    }
    return taken;
  }

  clear(): void {
    this.#pieces = [];
    this.#offset = 0;
    this.#size = 0;
  }
}
