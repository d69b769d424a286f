/**
 * `wsgi.input`: the request body as a file. The body is complete before the application is called, so nothing here waits,
 * and reading past its end is an end of file like any other.
 */
import { uncleared } from '../../core/http1/memory.ts';
import type { WsgiInput } from './types.ts';

const nothing = new Uint8Array(0);
const LF = 0x0a;

/** Told about each call, with the octets given. */
export type ReadListener = (call: string, size: number) => void;

/** A body in memory, as a file. What it returns is the app's: it may do with it what it likes. */
export class BodyInput implements WsgiInput {
  #body: Uint8Array;
  readonly #listener: ReadListener | undefined;
  #at = 0;

  /** `body` is given away for good. */
  constructor(body: Uint8Array, listener?: ReadListener) {
    this.#body = body;
    this.#listener = listener;
  }

  /** What a trace calls it; the name of the class does not survive a build of the page. */
  get [Symbol.toStringTag](): string {
    return 'BodyInput';
  }

  /** Octets not read yet. */
  get remaining(): number {
    return this.#body.length - this.#at;
  }

  read(size?: number): Uint8Array {
    const bytes = this.#take(wanted(size, this.remaining));
    this.#listener?.(size === undefined ? 'read()' : `read(${size})`, bytes.length);
    return bytes;
  }

  readline(size?: number): Uint8Array {
    const line = this.#line(wanted(size, this.remaining));
    this.#listener?.(size === undefined ? 'readline()' : `readline(${size})`, line.length);
    return line;
  }

  readlines(hint?: number): Uint8Array[] {
    const lines: Uint8Array[] = [];
    // As in Python: a hint of 0 or less, or none, means all of them.
    const enough = hint === undefined || hint === null || !(hint > 0) ? Infinity : hint;
    let size = 0;
    while (this.remaining > 0 && size < enough) {
      const line = this.#line(this.remaining);
      lines.push(line);
      size += line.length;
    }
    this.#listener?.(hint === undefined ? 'readlines()' : `readlines(${hint})`, size);
    return lines;
  }

  *[Symbol.iterator](): Iterator<Uint8Array> {
    while (this.remaining > 0) {
      const line = this.#line(this.remaining);
      this.#listener?.('iteration', line.length);
      yield line;
    }
  }

  #line(limit: number): Uint8Array {
    const end = this.#body.indexOf(LF, this.#at);
    return this.#take(Math.min(limit, end < 0 ? this.remaining : end + 1 - this.#at));
  }

  #take(count: number): Uint8Array {
    if (count === 0) return nothing.slice();
    if (count === this.#body.length) {
      // All of it at once, as most do: nothing is left here that it could be shared with.
      const all = this.#body;
      this.#body = nothing;
      return all;
    }
    // A plain array, whatever the platform's buffer class is.
    const bytes = uncleared(count);
    bytes.set(this.#body.subarray(this.#at, this.#at + count));
    this.#at += count;
    return bytes;
  }
}

/** As in Python: no size, `None` and negative numbers ask for all. */
function wanted(size: number | null | undefined, remaining: number): number {
  if (size === undefined || size === null) return remaining;
  if (typeof size !== 'number' || Number.isNaN(size)) throw new TypeError(`size is ${typeof size === 'number' ? 'NaN' : `a ${typeof size}`}; it must be a number of bytes`);
  return size < 0 ? remaining : Math.min(Math.trunc(size), remaining);
}

/** Gathers a body while it arrives. */
export class BodyBuffer {
  #bytes: Uint8Array = nothing;
  #size = 0;
  /** Octets announced by Content-Length; -1: unknown. */
  readonly #announced: number;

  constructor(announced: number) {
    this.#announced = announced;
  }

  get size(): number {
    return this.#size;
  }

  /** Append; `bytes` is copied. */
  append(bytes: Uint8Array): void {
    const needed = this.#size + bytes.length;
    if (needed > this.#bytes.length) {
      // An announced length is believed up to 1 MiB: memory is for octets that came, not for those somebody promised.
      const believed = Math.min(this.#announced, 1_048_576);
      const grown = uncleared(Math.max(needed, believed, needed < this.#announced || this.#announced < 0 ? this.#bytes.length * 2 : 0));
      grown.set(this.#bytes.subarray(0, this.#size));
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.#size);
    this.#size = needed;
  }

  /** Of a request without a body. */
  static readonly none: BodyBuffer = new BodyBuffer(0);

  /** The whole body; not copied. */
  get bytes(): Uint8Array {
    return this.#bytes.length === this.#size ? this.#bytes : this.#bytes.subarray(0, this.#size);
  }
}
