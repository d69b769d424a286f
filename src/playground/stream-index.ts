import type { Span, Token } from '../trace/events.ts';

/** A token and where it lies. Tokens of one stream do not overlap, except that `refused` may lie over others. */
export interface TokenSpan {
  readonly token: Token;
  readonly start: number;
  readonly end: number;
  readonly exchange: number;
}

interface Chunk { readonly start: number; readonly bytes: Uint8Array }

/** First index whose value is greater than `wanted`, in a list sorted by `of`. */
export function upperBound<T>(list: readonly T[], wanted: number, of: (item: T) => number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (of(list[middle] as T) <= wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

const startOf = (item: { readonly start: number }): number => item.start;

/**
 * One direction of one connection: its bytes, the borders at which they arrived, and what the parser made of them.
 * Bytes are borrowed from the `socket.data` events, not copied.
 */
export class StreamIndex {
  readonly #chunks: Chunk[] = [];
  readonly #tokens: TokenSpan[] = [];
  readonly #refused: TokenSpan[] = [];
  /** Kinds of tokens that there are. */
  readonly kinds = new Set<Token>();
  #length = 0;

  /** One past the last byte known. */
  get length(): number {
    return this.#length;
  }

  /** What the parser made of the bytes, sorted by start. */
  get tokens(): readonly TokenSpan[] {
    return this.#tokens;
  }

  /** Stretches at which an error was raised. */
  get refused(): readonly TokenSpan[] {
    return this.#refused;
  }

  /** Bytes at `start`. Both ends of a connection tell of the same bytes: what is known already is skipped. */
  addBytes(start: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const end = start + bytes.length;
    if (start >= this.#length) {
      this.#chunks.push({ start, bytes });
      this.#length = end;
      return;
    }
    if (end > this.#length) {
      this.#chunks.push({ start: this.#length, bytes: bytes.subarray(this.#length - start) });
      this.#length = end;
    }
  }

  /** A token. Told twice (by the end that wrote and by the end that read) it is kept once. */
  addToken(token: Token, start: number, end: number, exchange: number): void {
    if (!(end > start)) return;
    this.kinds.add(token);
    const list = token === 'refused' ? this.#refused : this.#tokens;
    const item: TokenSpan = { token, start, end, exchange };
    const last = list.at(-1);
    if (!last || last.end <= start) {
      list.push(item);
      return;
    }
    const at = upperBound(list, start, startOf);
    const before = list[at - 1];
    if (before && before.end > start) return; // known
    const after = list[at];
    if (after && after.start < end) return;
    list.splice(at, 0, item);
  }

  /** The token that holds the byte at `offset`. */
  tokenAt(offset: number): TokenSpan | undefined {
    const found = this.#tokens[upperBound(this.#tokens, offset, startOf) - 1];
    return found && offset < found.end ? found : undefined;
  }

  /** Is the byte at `offset` one that was refused? */
  isRefused(offset: number): boolean {
    return this.#refused.some((span) => span.start <= offset && offset < span.end);
  }

  /** Tokens that share at least one byte with `[start, end)`. */
  tokensIn(start: number, end: number): readonly TokenSpan[] {
    let at = Math.max(0, upperBound(this.#tokens, start, startOf) - 1);
    const found: TokenSpan[] = [];
    for (; at < this.#tokens.length; at++) {
      const token = this.#tokens[at] as TokenSpan;
      if (token.start >= end) break;
      if (token.end > start) found.push(token);
    }
    return found;
  }

  /** Octet at `offset`, or -1 where it is not known (a gap in the trace). */
  at(offset: number): number {
    const chunk = this.#chunks[upperBound(this.#chunks, offset, startOf) - 1];
    return chunk?.bytes[offset - chunk.start] ?? -1;
  }

  /** A copy of `[start, end)`; octets that are not known are 0. */
  slice(start: number, end: number): Uint8Array {
    const out = new Uint8Array(Math.max(0, Math.min(end, this.#length) - start));
    for (let at = Math.max(0, upperBound(this.#chunks, start, startOf) - 1); at < this.#chunks.length; at++) {
      const chunk = this.#chunks[at] as Chunk;
      if (chunk.start >= end) break;
      const from = Math.max(start, chunk.start);
      const to = Math.min(end, chunk.start + chunk.bytes.length);
      if (from < to) out.set(chunk.bytes.subarray(from - chunk.start, to - chunk.start), from - start);
    }
    return out;
  }

  /**
   * Where content octets `[from, to)` of an exchange lie on the wire: content is counted without framing, so one stretch
   * of content may be several spans (chunks).
   */
  contentSpans(exchange: number, from: number, to: number): Span[] {
    const spans: Span[] = [];
    let seen = 0;
    for (const token of this.#tokens) {
      if (token.exchange !== exchange || token.token !== 'body') continue;
      const size = token.end - token.start;
      const start = Math.max(from, seen);
      const end = Math.min(to, seen + size);
      if (start < end) spans.push([token.start + start - seen, token.start + end - seen]);
      seen += size;
      if (seen >= to) break;
    }
    return spans;
  }
}
