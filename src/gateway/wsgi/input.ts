import type { WsgiInput } from './types.ts';

const LF = 0x0a;

/**
 * `wsgi.input` over a body that is complete (PEP 3333, "Input and Error Streams"). It ends where the body ends: an application
 * that reads on gets empty octets, as `wsgi.input_terminated` promises, and never the next request's.
 */
export class BodyInput implements WsgiInput {
  readonly #body: Uint8Array;
  readonly #onRead: ((call: string, size: number) => void) | undefined;
  #at = 0;

  /** `onRead` hears of every call, for the trace. */
  constructor(body: Uint8Array, onRead?: (call: string, size: number) => void) {
    this.#body = body;
    this.#onRead = onRead;
  }

  read(size?: number): Uint8Array {
    return this.#give('read', size === undefined || size < 0 ? this.#body.length : this.#at + size);
  }

  readline(size?: number): Uint8Array {
    return this.#give('readline', this.#lineEnd(size));
  }

  readlines(hint?: number): Uint8Array[] {
    const lines: Uint8Array[] = [];
    let total = 0;
    // PEP 3333, note 3: the hint is optional for caller and implementer; as in Python, 0 and less mean "no hint".
    while (this.#at < this.#body.length && (hint === undefined || hint <= 0 || total < hint)) {
      const line = this.#take(this.#lineEnd());
      lines.push(line);
      total += line.length;
    }
    this.#onRead?.('readlines', total);
    return lines;
  }

  *[Symbol.iterator](): Generator<Uint8Array> {
    while (this.#at < this.#body.length) yield this.#give('iterate', this.#lineEnd());
  }

  #lineEnd(size?: number): number {
    const feed = this.#body.indexOf(LF, this.#at);
    const end = feed < 0 ? this.#body.length : feed + 1;
    return size === undefined || size < 0 ? end : Math.min(end, this.#at + size);
  }

  #give(call: string, end: number): Uint8Array {
    const bytes = this.#take(end);
    this.#onRead?.(call, bytes.length);
    return bytes;
  }

  #take(end: number): Uint8Array {
    const stop = Math.min(end, this.#body.length);
    const bytes = this.#body.slice(this.#at, stop);
    this.#at = stop;
    return bytes;
  }
}
