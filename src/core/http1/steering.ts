/**
 * The few fields that HTTP/1.1 itself obeys: where the message ends, for whom it is, what becomes of the connection.
 * Everything else in a header section is the application's.
 */
import { BLANK, classOf, DIGIT } from './chars.ts';
import { equalsIgnoringCase } from './fields.ts';
import type { FramingFacts, TransferEncoding } from './framing.ts';
import { decodeLatin1, trimBlanks } from './latin1.ts';
import type { HttpVersion } from './events.ts';
import type { Leniency } from './leniency.ts';
import { isPlainHost } from './plain-lines.ts';
import type { RefusalCode } from './refusals.ts';

/** Options of the Connection field that mean something to the connection itself. */
export const OPTION_CLOSE = 1;
export const OPTION_KEEP_ALIVE = 2;
export const OPTION_UPGRADE = 4;

// Beginnings of our names, as four octets read together, little-endian, in lower case.
const HOST = 0x74736f68;
const EXPE = 0x65707865;
const UPGR = 0x72677075;
const CONN = 0x6e6e6f63;
const ECTI = 0x69746365;
const TION = 0x6e6f6974;
const CONT = 0x746e6f63;
const TRAN = 0x6e617274;
// `keep-alive`
const KEEP = 0x7065656b;
const DASH_ALI = 0x696c612d;
const LIVE = 0x6576696c;

/** What a header section says to the connection. Line numbers count from 0; -1: absent. */
export class Steering implements FramingFacts {
  version: HttpVersion = 11;
  contentLength = -1;
  contentLengthLine = -1;
  transferEncoding: TransferEncoding = 'absent';
  transferEncodingLine = -1;
  /** Line of Host. */
  host = -1;
  /** Its value was seen to be valid; false: ask `validAuthority`. */
  hostIsPlain = false;
  /** OR of the OPTION_ bits. */
  connectionOptions = 0;
  hasUpgrade = false;
  expects100 = false;
  /** Line with an expectation other than 100-continue. */
  unknownExpectation = -1;
  #chunkedSeen = false;
  readonly #leniency: Leniency;

  constructor(leniency: Leniency) {
    this.#leniency = leniency;
  }

  clear(): void {
    this.version = 11;
    this.contentLength = -1;
    this.contentLengthLine = -1;
    this.transferEncoding = 'absent';
    this.transferEncodingLine = -1;
    this.host = -1;
    this.hostIsPlain = false;
    this.connectionOptions = 0;
    this.hasUpgrade = false;
    this.expects100 = false;
    this.unknownExpectation = -1;
    this.#chunkedSeen = false;
  }

  /** RFC9112-9.3-2: does this message let the connection persist? */
  get persists(): boolean {
    // RFC9112-9.3-3.1: "close" is absolute; RFC9112-9.3-3.2: HTTP/1.1 persists; RFC9112-9.3-3.3: HTTP/1.0 where it asks to; RFC9112-9.3-3.4: else not.
    if ((this.connectionOptions & OPTION_CLOSE) !== 0) return false;
    return this.version >= 11 || (this.connectionOptions & OPTION_KEEP_ALIVE) !== 0;
  }

  /**
   * Look at a field line: is it one of ours, in any case (RFC9110-5.1-3)? The lengths of our names are all different, so that one comparison tells.
   * `bytes` and `view` show the same memory, with at least four octets behind any name.
   * A refusal code: the value cannot stand. `request`: of a request (a second Host is nobody's business in a response).
   */
  note(bytes: Uint8Array, view: DataView, name: number, nameLength: number, from: number, to: number, line: number, request: boolean): RefusalCode | undefined {
    // Folding the case of four octets at once is safe here: only "H" and "h" become "h".
    const start = view.getInt32(name, true) | 0x20202020;
    switch (nameLength) {
      case 4: return start === HOST ? this.#noteHost(view, from, to, line, request) : undefined;
      case 6: return start === EXPE && equalsIgnoringCase(bytes, name, 'expect') ? this.#noteExpect(decodeLatin1(bytes, from, to), line) : undefined;
      case 7:
        if (start === UPGR && to > from && equalsIgnoringCase(bytes, name, 'upgrade')) this.hasUpgrade = true;
        return undefined;
      case 10: return start === CONN && (view.getInt32(name + 4, true) | 0x20202020) === ECTI && (view.getInt32(name + 6, true) | 0x20202020) === TION ? this.#noteConnection(bytes, view, from, to) : undefined;
      case 14: return start === CONT && equalsIgnoringCase(bytes, name, 'content-length') ? this.#noteContentLength(bytes, from, to, line) : undefined;
      case 17: return start === TRAN && equalsIgnoringCase(bytes, name, 'transfer-encoding') ? this.#noteTransferEncoding(decodeLatin1(bytes, from, to), line) : undefined;
      default: return undefined;
    }
  }

  #noteHost(view: DataView, from: number, to: number, line: number, request: boolean): RefusalCode | undefined {
    // RFC9112-3.2-6: 400 "to any request message that contains more than one Host header field line"
    if (this.host >= 0 && request) return 'host-repeated';
    this.host = line;
    this.hostIsPlain = isPlainHost(view, from, to);
    return undefined;
  }

  /** RFC9110-10.1.1-2: a list, which may be empty. */
  #noteExpect(value: string, line: number): undefined {
    for (const member of value.split(',')) {
      // RFC9110-10.1.1-3: "The Expect field value is case-insensitive."
      const name = trimBlanks(member).toLowerCase();
      if (name === '100-continue') this.expects100 = true;
      else if (name !== '') this.unknownExpectation = line;
    }
  }

  /** RFC9110-7.6.1-2: a list of tokens; RFC9110-7.6.1-3: in any case. */
  #noteConnection(bytes: Uint8Array, view: DataView, from: number, to: number): undefined {
    // What nearly every browser sends.
    if (to - from === 10 && view.getInt32(from, true) === KEEP && view.getInt32(from + 4, true) === DASH_ALI && view.getInt32(from + 6, true) === LIVE) {
      this.connectionOptions |= OPTION_KEEP_ALIVE;
      return;
    }
    let start = from;
    for (let i = from; i <= to; i += 1) {
      if (i < to && bytes[i] !== 0x2c) continue;
      let a = start;
      let z = i;
      while (a < z && (classOf[bytes[a]!]! & BLANK) !== 0) a += 1;
      while (z > a && (classOf[bytes[z - 1]!]! & BLANK) !== 0) z -= 1;
      if (z - a === 5 && equalsIgnoringCase(bytes, a, 'close')) this.connectionOptions |= OPTION_CLOSE;
      else if (z - a === 10 && equalsIgnoringCase(bytes, a, 'keep-alive')) this.connectionOptions |= OPTION_KEEP_ALIVE;
      else if (z - a === 7 && equalsIgnoringCase(bytes, a, 'upgrade')) this.connectionOptions |= OPTION_UPGRADE;
      start = i + 1;
    }
  }

  #noteContentLength(bytes: Uint8Array, from: number, to: number, line: number): RefusalCode | undefined {
    let length = 0;
    let digits = to > from;
    for (let i = from; i < to && digits; i += 1) {
      // RFC9110-8.6-2: 1*DIGIT. No sign, no space, no hexadecimal, no separators.
      digits = (classOf[bytes[i]!]! & DIGIT) !== 0;
      // The parentheses matter: near 2^53 the sum must not pass through a larger number.
      length = length * 10 + (bytes[i]! - 0x30);
    }
    if (!digits) {
      const members = decodeLatin1(bytes, from, to).split(',').map(trimBlanks);
      if (members.length < 2 || !members.every((member) => /^[0-9]+$/.test(member))) return 'bad-content-length';
      length = Number(members[0]);
      // RFC9110-8.6-13: a list of one value repeated may be rejected or read as that value.
      if (!this.#leniency.equalContentLengths || members.some((member) => Number(member) !== length)) return 'content-length-conflict';
    }
    // RFC9110-8.6-10: a recipient must "prevent parsing errors due to integer conversion overflows or precision loss".
    if (length > Number.MAX_SAFE_INTEGER) return 'content-length-overflow';
    if (this.contentLength >= 0 && (!this.#leniency.equalContentLengths || this.contentLength !== length)) return 'content-length-conflict';
    this.contentLength = length;
    this.contentLengthLine = line;
    return undefined;
  }

  /** Codings over all lines, in order (RFC9110-5.3-1). Judged in `framing.ts`, when the whole section is known. */
  #noteTransferEncoding(value: string, line: number): undefined {
    let state = this.transferEncoding;
    if (state === 'malformed' || state === 'parameters') return;
    this.transferEncodingLine = line;
    for (const member of value.split(',')) {
      // RFC9112-7-2: "All transfer-coding names are case-insensitive".
      const coding = trimBlanks(member).toLowerCase();
      // RFC9110-5.6.1.2-1 would have empty list elements ignored; but here one recipient's empty element is another's unknown coding.
      if (!/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(coding)) {
        // RFC9112-7.1-6: "The chunked coding does not define any parameters. Their presence SHOULD be treated as an error."
        state = /^[!#$%&'*+\-.^_`|~0-9a-z]+[ \t]*;/.test(coding) ? 'parameters' : 'malformed';
        break;
      }
      if (coding === 'chunked') {
        state = this.#chunkedSeen ? 'repeated' : state === 'absent' ? 'chunked' : 'unknown-then-chunked';
        this.#chunkedSeen = true;
      } else if (state !== 'repeated') state = 'chunked-not-last';
    }
    this.transferEncoding = state;
  }
}
