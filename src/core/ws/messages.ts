import { applyMask } from './frames.ts';
import { Utf8Validator } from './utf8.ts';

/** Why a message can't go on; the connection turns it into an error with clause and span. `at`: offset within the piece. */
export type MessageProblem = { readonly problem: 'too big' } | { readonly problem: 'not utf-8'; readonly at: number };

/**
 * Puts the payloads of a message's frames together, within a limit, checking text as it comes.
 *
 * One buffer that doubles: a peer that announces much and sends little makes us hold little, and one that sends octet by
 * octet does not make us hold an object for each.
 */
export class MessageAssembler {
  readonly kind: 'text' | 'binary';
  /** The first frame carried RSV1 (RFC7692-6). */
  readonly compressed: boolean;
  /** Absolute offset of the first frame's first octet. */
  readonly start: number;
  frames = 0;
  size = 0;
  readonly #limit: number;
  readonly #utf8: Utf8Validator | undefined;
  #buffer = new Uint8Array(0);

  constructor(kind: 'text' | 'binary', compressed: boolean, start: number, limit: number) {
    this.kind = kind;
    this.compressed = compressed;
    this.start = start;
    this.#limit = limit;
    this.#utf8 = kind === 'text' ? new Utf8Validator() : undefined;
  }

  /** Octets that may still come. */
  get room(): number {
    return this.#limit - this.size;
  }

  /** Copy `bytes[start, end)` in, unmasking with `mask` (`phase`: payload offset of `start`). */
  push(bytes: Uint8Array, start: number, end: number, mask?: Uint8Array, phase = 0): MessageProblem | undefined {
    const grown = this.size + end - start;
    if (grown > this.#limit) return { problem: 'too big' };
    if (grown > this.#buffer.length) {
      const larger = new Uint8Array(Math.min(this.#limit, Math.max(grown, this.#buffer.length * 2, 64)));
      larger.set(this.#buffer.subarray(0, this.size));
      this.#buffer = larger;
    }
    this.#buffer.set(bytes.subarray(start, end), this.size);
    if (mask) applyMask(this.#buffer, this.size, grown, mask, phase);
    const bad = this.#utf8?.push(this.#buffer, this.size, grown) ?? -1;
    if (bad >= 0) return { problem: 'not utf-8', at: bad - this.size };
    this.size = grown;
    return undefined;
  }

  /** RFC6455-8.1: a text must not end inside a character. */
  get endsCleanly(): boolean {
    return this.#utf8?.complete ?? true;
  }

  /** The whole message; the assembler is not used afterwards. */
  bytes(): Uint8Array {
    return this.#buffer.length === this.size ? this.#buffer : this.#buffer.slice(0, this.size);
  }
}
