/**
 * Payloads on their way to another thread: numbers in one buffer that is transferred, and beside it every string once. A structured clone of the same events as objects
 * takes ten times as long. What the numbers mean is up to `shapes.ts`.
 */

/** What crosses. */
export interface Packed {
  /** Doubles. To be transferred. */
  readonly payloads: ArrayBuffer;
  /** Strings that the numbers refer to. */
  readonly strings: readonly string[];
  /** Octets, in the order in which they are wanted. */
  readonly segments: readonly Uint8Array[];
}

/** Writes payloads, one behind the other. */
export class PayloadWriter {
  #numbers = new Float64Array(256);
  #at = 0;
  #strings: string[] = [];
  readonly #ids = new Map<string, number>();
  #segments: Uint8Array[] = [];

  number(value: number): void {
    if (this.#at === this.#numbers.length) {
      const bigger = new Float64Array(this.#at * 2);
      bigger.set(this.#numbers);
      this.#numbers = bigger;
    }
    this.#numbers[this.#at] = value;
    this.#at += 1;
  }

  text(value: string): void {
    let id = this.#ids.get(value);
    if (id === undefined) {
      id = this.#strings.push(value) - 1;
      this.#ids.set(value, id);
    }
    this.number(id);
  }

  segment(bytes: Uint8Array): void {
    this.#segments.push(bytes);
  }

  /** Everything written; the writer is empty again. */
  take(): Packed {
    const packed: Packed = { payloads: this.#numbers.buffer.slice(0, this.#at * Float64Array.BYTES_PER_ELEMENT), strings: this.#strings, segments: this.#segments };
    this.#at = 0;
    this.#strings = [];
    this.#segments = [];
    this.#ids.clear();
    return packed;
  }
}

/** Reads what may come from hostile code: what is not there throws. */
export class PayloadReader {
  readonly #numbers: Float64Array;
  readonly #strings: readonly string[];
  readonly #segments: readonly unknown[];
  #at = 0;
  #nextSegment = 0;

  /** @throws TypeError where it is not even a {@link Packed}. `text`: makes sure that something is a string, and not too long. */
  constructor(given: { readonly [K in keyof Packed]?: unknown }, text: (value: unknown) => string) {
    const { payloads, strings, segments } = given;
    if (!(payloads instanceof ArrayBuffer) || payloads.byteLength % Float64Array.BYTES_PER_ELEMENT !== 0) throw new TypeError('trace batch: payloads is not a block of numbers');
    this.#numbers = new Float64Array(payloads);
    // One that nothing could refer to would be memory for nothing.
    if (!Array.isArray(strings) || strings.length > this.#numbers.length) throw new TypeError('trace batch: strings is not a list of what payloads refer to');
    this.#strings = strings.map(text);
    if (!Array.isArray(segments)) throw new TypeError('trace batch: segments is not a list');
    this.#segments = segments;
  }

  number(): number {
    const at = this.#at;
    if (at >= this.#numbers.length) throw new TypeError('trace batch: a payload is not complete');
    this.#at = at + 1;
    return this.#numbers[at]!;
  }

  text(): string {
    const value = this.#strings[this.number()];
    if (value === undefined) throw new TypeError('trace batch: a string is missing');
    return value;
  }

  segment(): unknown {
    this.#nextSegment += 1;
    return this.#segments[this.#nextSegment - 1];
  }

  /** Nothing is left over. */
  get done(): boolean {
    return this.#at === this.#numbers.length && this.#nextSegment === this.#segments.length;
  }
}
