/** Octets received, kept as long as somebody may ask for them. Offsets are absolute. */
export class ByteLog {
  #parts: Uint8Array[] = [];
  #start = 0;
  #end = 0;

  /** Offset after the last octet. */
  get end(): number {
    return this.#end;
  }

  /** Octets kept. */
  get size(): number {
    return this.#end - this.#start;
  }

  /** Append a copy. */
  append(bytes: Uint8Array): void {
    this.#parts.push(bytes.slice());
    this.#end += bytes.length;
  }

  /** A copy of the octets from `from` to `to`, as far as they are kept. */
  slice(from: number, to: number): Uint8Array {
    const start = Math.max(from, this.#start);
    const out = new Uint8Array(Math.max(0, Math.min(to, this.#end) - start));
    let at = this.#start;
    for (const part of this.#parts) {
      const skip = Math.max(0, start - at);
      if (skip < part.length && at < to) out.set(part.subarray(skip, Math.min(part.length, to - at)), at + skip - start);
      at += part.length;
    }
    return out;
  }

  /** Forget what is before `offset` (whole pieces only). */
  forget(offset: number): void {
    let gone = 0;
    while (gone < this.#parts.length && this.#start + this.#parts[gone]!.length <= offset) {
      this.#start += this.#parts[gone]!.length;
      gone += 1;
    }
    if (gone > 0) this.#parts = this.#parts.slice(gone);
  }
}
