/**
 * Reads a message's content. Delivers one stretch of data at a time, as a view over the inbox.
 * As in `head-reader.ts`, every decision depends on the octets up to where it is made, never on how they were cut.
 */
import type { Span, Token } from '../../trace/events.ts';
import { classOf, CR, hexValue, HTAB, LF, showOctet, SP, TCHAR } from './chars.ts';
import type { Framing } from './events.ts';
import type { Inbox } from './inbox.ts';
import type { Leniency } from './leniency.ts';
import type { Limits } from './limits.ts';
import { refuse, type RefusalCode } from './refusals.ts';

/** What a step came to: `data` (see {@link BodyReader.size}), the content is complete, a trailer section follows, or more octets are needed. */
export type BodyStep = 'data' | 'complete' | 'trailers' | 'need-data';

// Phases of a chunked body.
const SIZE = 0;
const SIZE_LF = 1;
const DATA = 2;
const DATA_CR = 3;
const DATA_LF = 4;
// Within a chunk extension: RFC9112-7.1.1-2 `*( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )`
const EXT_BEFORE_SEMICOLON = 5; // whitespace was seen after the size, a name or a value
const EXT_BEFORE_NAME = 6;
const EXT_NAME = 7;
const EXT_BEFORE_EQUALS = 8; // whitespace was seen after a name
const EXT_BEFORE_VALUE = 9;
const EXT_VALUE = 10;
const EXT_QUOTED = 11;
const EXT_ESCAPED = 12;
const EXT_AFTER_QUOTED = 13;

/** Digits of a chunk size, leading zeros included. 2^53 has 14; a few zeros are tolerated because some senders pad to a fixed width. */
const maxSizeDigits = 16;

/** Told about tokens, when somebody listens. */
export type TokenSink = (token: Token, start: number, end: number) => void;

export class BodyReader {
  /** Octets of the stretch just found: it lies at `inbox.start`, and the caller consumes it. */
  size = 0;
  /** Content octets delivered. */
  received = 0;
  readonly #limits: Limits;
  readonly #leniency: Leniency;
  readonly #sink: TokenSink | undefined;
  #kind: Framing['kind'] = 'none';
  #remaining = 0;
  #phase = SIZE;
  #digits = 0;
  #extension = 0;
  /** The chunk being read is the last one. */
  #last = false;
  /** Absolute offset at which the current line end began. */
  #lineEnd = 0;

  /** `sink`: undefined where nobody listens. */
  constructor(limits: Limits, leniency: Leniency, sink: TokenSink | undefined) {
    this.#limits = limits;
    this.#leniency = leniency;
    this.#sink = sink;
  }

  begin(framing: Framing): void {
    this.#kind = framing.kind;
    this.#remaining = framing.kind === 'content-length' ? framing.length : 0;
    this.#phase = SIZE;
    this.#digits = 0;
    this.#extension = 0;
    this.#last = false;
    this.received = 0;
  }

  /** RFC9112-8-4: may the connection end here? Only where that is how the body ends. */
  get endsWithConnection(): boolean {
    return this.#kind === 'until-close';
  }

  /** Up to `count` octets of content follow: how many of them belong to this message? They are counted. 0 where framing octets may be among them. */
  pass(count: number): number {
    if (this.#kind !== 'content-length') return 0;
    const passed = Math.min(count, this.#remaining);
    this.received += passed;
    this.#remaining -= passed;
    return passed;
  }

  /** Find the next stretch. Consumes framing octets from the inbox, but not the data itself. Throws RemoteProtocolError. */
  step(inbox: Inbox): BodyStep {
    switch (this.#kind) {
      case 'none':
      case 'tunnel':
        return 'complete';
      case 'content-length':
        if (this.#remaining === 0) return 'complete';
        return this.#take(inbox, this.#remaining);
      case 'until-close':
        if (this.received === this.#limits.maxBodyBytes && inbox.size > 0) this.#refuse('body-too-large', inbox.position, inbox.position + 1);
        return this.#take(inbox, this.#limits.maxBodyBytes - this.received);
      case 'chunked':
        return this.#chunk(inbox);
    }
  }

  #take(inbox: Inbox, most: number): BodyStep {
    const size = Math.min(most, inbox.size);
    if (size === 0) return 'need-data';
    this.size = size;
    this.received += size;
    this.#remaining -= size;
    return 'data';
  }

  #chunk(inbox: Inbox): BodyStep {
    for (;;) {
      if (this.#phase === DATA) {
        if (this.#remaining > 0) return this.#take(inbox, this.#remaining);
        // RFC9112-7.1-3: "complete when a chunk with a chunk-size of zero is received, possibly followed by a trailer section".
        if (this.#last) return 'trailers';
        this.#phase = DATA_CR;
      }
      if (inbox.start === inbox.end) return 'need-data';
      const octet = inbox.bytes[inbox.start]!;
      const at = inbox.position;
      switch (this.#phase) {
        case SIZE:
          if (hexValue[octet]! < 16) {
            // RFC9112-7.1-5: "MUST anticipate potentially large hexadecimal numerals and prevent parsing errors due to integer conversion overflows".
            this.#digits += 1;
            this.#remaining = this.#remaining * 16 + hexValue[octet]!;
            if (this.#digits > maxSizeDigits || this.#remaining > Number.MAX_SAFE_INTEGER) this.#refuse('chunk-size-overflow', at - this.#digits + 1, at + 1);
            break;
          }
          if (this.#digits === 0) this.#refuse('bad-chunk-size', at, at + 1, `It begins with ${showOctet(octet)}.`);
          this.#sink?.('chunk-size', at - this.#digits, at);
          if (this.received + this.#remaining > this.#limits.maxBodyBytes) this.#refuse('body-too-large', at - this.#digits, at);
          if (octet === CR || octet === LF) {
            this.#endSizeLine(octet, at);
            break;
          }
          this.#extension = 1;
          if (octet === 0x3b) this.#phase = EXT_BEFORE_NAME;
          else if (octet === SP || octet === HTAB) this.#phase = EXT_BEFORE_SEMICOLON;
          else this.#refuse('bad-chunk-size', at, at + 1, `The size is followed by ${showOctet(octet)}.`);
          break;
        case SIZE_LF:
          if (octet !== LF) this.#refuse('bare-cr', at - 1, at);
          this.#phase = DATA;
          this.#sink?.('line-end', this.#lineEnd, at + 1);
          break;
        case DATA_CR:
          this.#lineEnd = at;
          this.#phase = DATA_LF;
          if (octet === LF && this.#leniency.bareLf) continue;
          if (octet !== CR) this.#refuse('chunk-data-end', at, at + 1);
          break;
        case DATA_LF:
          if (octet !== LF) this.#refuse('chunk-data-end', this.#lineEnd, at + 1);
          this.#sink?.('line-end', this.#lineEnd, at + 1);
          this.#phase = SIZE;
          this.#digits = 0;
          this.#extension = 0;
          break;
        default:
          this.#readExtension(octet, at);
          break;
      }
      inbox.start += 1;
    }
  }

  /** CR (or a tolerated LF) after the size and its extensions. The LF is read as though CR had been there: the caller consumes `octet`. */
  #endSizeLine(octet: number, at: number): void {
    if (octet === LF && !this.#leniency.bareLf) this.#refuse('bare-lf', at, at + 1);
    if (this.#extension > 0) this.#sink?.('chunk-extension', at - this.#extension, at);
    this.#last = this.#remaining === 0;
    this.#lineEnd = at;
    this.#phase = SIZE_LF;
    if (octet === LF) {
      this.#phase = DATA;
      this.#sink?.('line-end', at, at + 1);
    }
  }

  #readExtension(octet: number, at: number): void {
    // The limit counts everything between the size and the line end.
    if (octet !== CR && octet !== LF) {
      this.#extension += 1;
      if (this.#extension > this.#limits.maxChunkExtensionBytes) this.#refuse('chunk-extension-too-long', at - this.#extension + 1, at + 1);
    }
    const blank = octet === SP || octet === HTAB;
    const token = (classOf[octet]! & TCHAR) !== 0;
    switch (this.#phase) {
      case EXT_BEFORE_SEMICOLON:
        if (blank) return;
        if (octet === 0x3b) this.#phase = EXT_BEFORE_NAME;
        else this.#refuseExtension(octet, at);
        return;
      case EXT_BEFORE_NAME:
        if (blank) return;
        if (token) this.#phase = EXT_NAME;
        else this.#refuseExtension(octet, at);
        return;
      case EXT_NAME:
        if (token) return;
        if (octet === 0x3d) this.#phase = EXT_BEFORE_VALUE;
        else if (blank) this.#phase = EXT_BEFORE_EQUALS;
        else this.#endExtension(octet, at);
        return;
      case EXT_BEFORE_EQUALS:
        if (blank) return;
        if (octet === 0x3d) this.#phase = EXT_BEFORE_VALUE;
        else if (octet === 0x3b) this.#phase = EXT_BEFORE_NAME;
        else this.#refuseExtension(octet, at);
        return;
      case EXT_BEFORE_VALUE:
        if (blank) return;
        if (token) this.#phase = EXT_VALUE;
        else if (octet === 0x22) this.#phase = EXT_QUOTED;
        else this.#refuseExtension(octet, at);
        return;
      case EXT_VALUE:
        if (token) return;
        if (blank) this.#phase = EXT_BEFORE_SEMICOLON;
        else this.#endExtension(octet, at);
        return;
      case EXT_QUOTED:
        if (octet === 0x22) this.#phase = EXT_AFTER_QUOTED;
        else if (octet === 0x5c) this.#phase = EXT_ESCAPED;
        else if ((octet < 0x20 && octet !== HTAB) || octet === 0x7f) this.#refuseExtension(octet, at);
        return;
      case EXT_ESCAPED:
        if ((octet < 0x20 && octet !== HTAB) || octet === 0x7f) this.#refuseExtension(octet, at);
        this.#phase = EXT_QUOTED;
        return;
      case EXT_AFTER_QUOTED:
        if (blank) this.#phase = EXT_BEFORE_SEMICOLON;
        else this.#endExtension(octet, at);
        return;
      default:
        throw new Error(`no such phase: ${this.#phase}`);
    }
  }

  /** Where an extension may end: with another one, or with the line. */
  #endExtension(octet: number, at: number): void {
    if (octet === 0x3b) this.#phase = EXT_BEFORE_NAME;
    else if (octet === CR || octet === LF) this.#endSizeLine(octet, at);
    else this.#refuseExtension(octet, at);
  }

  #refuseExtension(octet: number, at: number): never {
    // A line end hidden in an extension is how two parsers are made to see different chunks.
    if (octet === LF) this.#refuse('bare-lf', at, at + 1);
    this.#refuse('bad-chunk-extension', at, at + 1, `There is ${showOctet(octet)} in it.`);
  }

  #refuse(code: RefusalCode, start: number, end: number, detail = ''): never {
    const span: Span = [start, end];
    throw refuse(code, span, detail);
  }
}
