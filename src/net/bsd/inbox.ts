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
    const taken = new Uint8Array(Math.min(most, this.#size));
    let at = 0;
    while (at < taken.length) {
      const piece = this.#pieces[0]!;
      const part = piece.subarray(this.#offset, this.#offset + taken.length - at);
      taken.set(part, at);
      at += part.length;
      this.#offset += part.length;
      if (this.#offset === piece.length) {
        this.#pieces.shift();
        this.#offset = 0;
      }
    }
    this.#size -= taken.length;
    return taken;
  }

  clear(): void {
    this.#pieces = [];
    this.#offset = 0;
    this.#size = 0;
  }
}
