/** Writes numbers and octets one after the other, into memory that grows. */
export class ByteWriter {
  #bytes = new Uint8Array(4096);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  readonly #little: boolean;

  /** Default: network byte order. */
  constructor(order: 'big' | 'little' = 'big') {
    this.#little = order === 'little';
  }

  get length(): number {
    return this.#length;
  }

  u8(value: number): void {
    const at = this.#room(1);
    this.#view.setUint8(at, value);
  }

  u16(value: number): void {
    const at = this.#room(2);
    this.#view.setUint16(at, value, this.#little);
  }

  /** Modulo 2³². */
  u32(value: number): void {
    const at = this.#room(4);
    this.#view.setUint32(at, value >>> 0, this.#little);
  }

  bytes(bytes: ArrayLike<number>): void {
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** Put a 16-bit number where one was written before. */
  patch16(at: number, value: number): void {
    this.#view.setUint16(at, value, this.#little);
  }

  /** What has been written: a copy. */
  take(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  /** Offset of `count` new octets. Called before the memory is touched: it may move. */
  #room(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const bigger = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      bigger.set(this.#bytes);
      this.#bytes = bigger;
      this.#view = new DataView(bigger.buffer);
    }
    return at;
  }
}
