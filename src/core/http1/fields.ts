import type { Span } from '../../trace/events.ts';
import type { SpanTable } from '../../trace/section.ts';
import type { Fields, LineNotes } from './headers.ts';
import { knownLowerNames, knownNames } from './known-names.ts';
import { decodeLatin1 } from './latin1.ts';
import type { RememberedLines } from './line-memory.ts';
import type { RequestLine } from './request-lines.ts';

/** Numbers per field line in a span table: name start, name end, value start, value end, counted from the section's start; and which of the {@link knownNames} it is, 0: another. */
export const SPANS_PER_FIELD = 5;

// See `plain-lines.ts` on constants and on `| 0`.
const names = knownNames;
const lowerNames = knownLowerNames;

/**
 * A section as it was read: its octets; where in `spans` the {@link SPANS_PER_FIELD} numbers for each of `count` lines begin; `ascii`: no octet is above 0x7F. `repeated`: the lines were
 * remembered, and the positions count from the first of them; `line`: what is before them is known, too.
 */
export interface Section {
  readonly size: number;
  readonly ascii: boolean;
  readonly spans: SpanTable;
  readonly first: number;
  readonly count: number;
  readonly repeated: RememberedLines | undefined;
  readonly line: RequestLine | undefined;
}

/**
 * The field lines of one message section, in the order received (RFC9110-5.3-2). The section is decoded once, when any of its text is first asked for; until
 * then its octets are kept in the inbox (see `inbox.ts`), though not beyond the exchange. Section and fields are one object because one is made for every message.
 */
export class ReceivedFields implements Fields {
  readonly length: number;
  /** Where the octets are, while they are needed. */
  #bytes: Uint8Array | undefined;
  #start: number;
  readonly #size: number;
  /** Absolute offset of the section's first octet. */
  readonly #offset: number;
  readonly #ascii: boolean;
  readonly #spans: SpanTable;
  readonly #first: number;
  readonly #repeated: RememberedLines | undefined;
  /** The request line, if it is a known one. */
  readonly line: RequestLine | undefined;
  /** The section; of repeated lines, only what is before them. '': not decoded. */
  #text: string;
  /** What names and values are parts of, where the table says. '': not decoded. */
  #lines: string;

  /** The section that `head` has just read, at `bytes[start]`, `offset` octets into the stream. Its table of spans is borrowed for good, `bytes` until {@link decoded}. */
  constructor(bytes: Uint8Array, start: number, offset: number, head: Section) {
    this.length = head.count;
    this.line = head.line;
    this.#bytes = this.line === undefined ? bytes : undefined;
    this.#start = start;
    this.#size = head.size;
    this.#offset = offset;
    this.#ascii = head.ascii;
    this.#spans = head.spans;
    this.#first = head.first;
    this.#repeated = head.repeated;
    this.#text = this.line === undefined ? '' : this.line.text;
    this.#lines = this.#repeated === undefined ? '' : this.#repeated.text;
  }

  /** The octets are not needed any more. */
  get decoded(): boolean {
    return this.#bytes === undefined;
  }

  /** Make the text, so that the octets are not needed any more. */
  decode(): void {
    const bytes = this.#bytes;
    if (bytes === undefined) return;
    const size = this.#repeated === undefined ? this.#size : this.#origin;
    this.#text = decodeLatin1(bytes, this.#start, this.#start + size, this.#ascii);
    if (this.#repeated === undefined) this.#lines = this.#text;
    this.#bytes = undefined;
  }

  /** The octets are about to be overwritten. Positions remain known; of the text, what was decoded. */
  expire(): void {
    this.#bytes = undefined;
  }

  get notes(): LineNotes | undefined {
    return this.#repeated;
  }

  /** The whole section as latin-1. */
  get text(): string {
    return this.#repeated === undefined ? this.#own : this.#own + this.#repeated.text;
  }

  /** Where in the section the table's positions count from. */
  get #origin(): number {
    return this.#repeated === undefined ? 0 : this.#size - this.#repeated.text.length;
  }

  /** What was decoded of the section's own octets. */
  get #own(): string {
    if (this.#bytes !== undefined) this.decode();
    else if (this.#text === '') throw new Error('This head was not read before startNextCycle, which gave up its octets. Read any of its strings earlier: that keeps them all.');
    return this.#text;
  }

  /** A part of the start line; `from` and `to` count from the section's start. */
  slice(from: number, to: number): string {
    return this.#own.slice(from, to);
  }

  /** The first `length` characters, for somebody who will keep them: a slice of a long text would keep all of it. */
  firstLine(length: number): string {
    return this.#bytes === undefined || this.#size <= 1024 ? this.slice(0, length) : decodeLatin1(this.#bytes, this.#start, this.#start + length);
  }

  /** Absolute offsets of a part of the section. */
  span(from: number, to: number): Span {
    return [this.#offset + from, this.#offset + to];
  }

  /** Absolute offsets of the whole section. */
  get sectionSpan(): Span {
    return this.span(0, this.#size);
  }

  name(index: number): string {
    const at = this.#at(index);
    const spans = this.#spans;
    const known = spans[(at + 4) | 0]!;
    return known > 0 ? names[known]! : (this.#lines || this.#own).slice(spans[at]!, spans[(at + 1) | 0]!);
  }

  nameNumber(index: number): number {
    return this.#spans[this.#at(index) + 4]!;
  }

  lowerName(index: number): string {
    const known = this.#spans[this.#at(index) + 4]!;
    return known > 0 ? lowerNames[known]! : this.name(index).toLowerCase();
  }

  value(index: number): string {
    const at = this.#at(index);
    const spans = this.#spans;
    return (this.#lines || this.#own).slice(spans[(at + 2) | 0]!, spans[(at + 3) | 0]!);
  }

  nameSpan(index: number): Span {
    const at = this.#at(index);
    return this.span(this.#origin + this.#spans[at]!, this.#origin + this.#spans[at + 1]!);
  }

  valueSpan(index: number): Span {
    const at = this.#at(index);
    return this.span(this.#origin + this.#spans[at + 2]!, this.#origin + this.#spans[at + 3]!);
  }

  nameHasUnderscore(index: number): boolean {
    return this.name(index).includes('_');
  }

  get(name: string): string | undefined {
    let joined: string | undefined;
    for (let i = this.#find(name, 0); i >= 0; i = this.#find(name, i + 1)) {
      // RFC9110-5.3-1: values of one name are combined "in order, separated by a comma"; "for consistency, use comma SP".
      joined = joined === undefined ? this.value(i) : `${joined}, ${this.value(i)}`;
    }
    return joined;
  }

  getAll(name: string): string[] {
    const values: string[] = [];
    for (let i = this.#find(name, 0); i >= 0; i = this.#find(name, i + 1)) values.push(this.value(i));
    return values;
  }

  has(name: string): boolean {
    return this.#find(name, 0) >= 0;
  }

  *[Symbol.iterator](): Iterator<readonly [name: string, value: string]> {
    for (let i = 0; i < this.length; i += 1) yield [this.name(i), this.value(i)];
  }

  #at(index: number): number {
    if (!(index >= 0 && index < this.length)) throw new RangeError(`field ${index} of ${this.length}`);
    return (this.#first + index * SPANS_PER_FIELD) | 0;
  }

  /** Index of the next line of that name (in lower case), from `from` on; -1 where there is none. */
  #find(name: string, from: number): number {
    const text = this.#lines || this.#own;
    const spans = this.#spans;
    for (let i = from, at = this.#first + from * SPANS_PER_FIELD; i < this.length; i += 1, at += SPANS_PER_FIELD) {
      const start = spans[at]!;
      if (spans[at + 1]! - start !== name.length) continue;
      const known = spans[at + 4]!;
      if (known > 0 ? lowerNames[known] === name : sameName(text, start, name)) return i;
    }
    return -1;
  }
}

/** Does `text` have at `at` the name `lower`, in any case (RFC9110-5.1-3)? The caller has compared the lengths. */
function sameName(text: string, at: number, lower: string): boolean {
  for (let i = 0; i < lower.length; i += 1) {
    const unit = text.charCodeAt(at + i);
    if ((unit >= 0x41 && unit <= 0x5a ? unit | 0x20 : unit) !== lower.charCodeAt(i)) return false;
  }
  return true;
}

/** Do the octets at `at` spell `lower` (ASCII, lower case), ignoring case? The caller has compared the lengths. */
export function equalsIgnoringCase(bytes: Uint8Array, at: number, lower: string): boolean {
  for (let i = 0; i < lower.length; i += 1) {
    const octet = bytes[at + i]!;
    const folded = octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet;
    if (folded !== lower.charCodeAt(i)) return false;
  }
  return true;
}
