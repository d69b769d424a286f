/**
 * Reads a header section (or a trailer section) out of an {@link Inbox}, once, from left to right.
 *
 * Two things are asked of it. It must be fast: octets are classified by table, positions go into a table of numbers, no string is made.
 * And its answer must not depend on how the octets were cut: it stops at any octet, remembers the phase it was in, and every
 * refusal is decided by the octets up to the refused one alone, never by what happened to arrive with it.
 */
import type { Span, Stream } from '../../trace/events.ts';
import { requestSection, responseSection, type Section, type SpanTable, trailerSection } from '../../trace/section.ts';
import { BLANK, classOf, COLON, CR, DIGIT, HTAB, LF, showOctet, SLASH, SP, TARGET, TCHAR, VALUE, VALUE_ASCII } from './chars.ts';
import { equalsIgnoringCase, SPANS_PER_FIELD } from './fields.ts';
import type { Inbox } from './inbox.ts';
import { decodeLatin1 } from './latin1.ts';
import type { Leniency } from './leniency.ts';
import type { Limits } from './limits.ts';
import { LineMemory, type RememberedLines } from './line-memory.ts';
import { sweepFields, sweepRequestLine } from './plain-lines.ts';
import { refuse, type RefusalCode } from './refusals.ts';
import { knownRequestLine, type RequestLine } from './request-lines.ts';
import { shelfFor, type SpanShelf } from './span-shelf.ts';
import { Steering } from './steering.ts';

/** What the section begins with. */
export type SectionKind = 'request' | 'response' | 'trailers';

// Phases: what the next octet is read as.
const METHOD = 0;
const TARGET_PART = 1;
const VERSION = 2;
const LINE_CR = 3;
const LINE_LF = 4;
const FIELD_START = 5;
const NAME = 6;
const VALUE_START = 7;
const VALUE_PART = 8;
const VALUE_LF = 9;
const LAST_LF = 10;
const STATUS_VERSION = 11;
const STATUS_CODE = 12;
const REASON = 13;

const HTTP_SLASH = [0x48, 0x54, 0x54, 0x50, 0x2f];

/** Fields that are never joined from several lines, even where {@link Leniency.obsFold} allows it. */
const neverFolded = ['host', 'expect', 'upgrade', 'connection', 'content-length', 'transfer-encoding'];

export class HeadReader {
  // ── result; positions count from the section's first octet ──
  /** End of the method, or of the version in a status line. */
  firstEnd = 0;
  targetStart = 0;
  targetEnd = 0;
  versionStart = 0;
  versionEnd = 0;
  reasonStart = 0;
  reasonEnd = 0;
  status = 0;
  /** No octet that was read so far is above 0x7F. (Repeated lines are not read.) */
  ascii = true;
  /** Number of field lines. Their positions are `spans[first + i * SPANS_PER_FIELD …]`. */
  count = 0;
  spans: SpanTable;
  first = 0;
  /** Length of the section, once complete. */
  size = 0;
  /** Where the current line begins; once complete, the empty line (not looked for where the lines are {@link repeated}). */
  lineStart = 0;
  /** The lines are those of an earlier section: `spans` is theirs, and counts from the first of them. */
  repeated: RememberedLines | undefined;
  /** …and so is the line before them, of some earlier request. */
  line: RequestLine | undefined;
  /** What the fields say to the connection. */
  steering: Steering;

  readonly #limits: Limits;
  readonly #leniency: Leniency;
  readonly #memory = new LineMemory();
  readonly #shelf: SpanShelf;
  /** The table is for this section alone: others may have come to the shelf since it began. */
  #apart = false;
  #kind: SectionKind = 'request';
  /** Not that of repeated lines. */
  #steering: Steering;
  #phase = METHOD;
  #pos = 0;
  #mark = 0;

  constructor(limits: Limits, leniency: Leniency) {
    this.#limits = limits;
    this.#leniency = leniency;
    this.steering = this.#steering = new Steering(leniency);
    this.#shelf = shelfFor(limits.maxHeadBytes);
    this.spans = this.#shelf.table;
  }

  /** Has any octet of the section been read? */
  get started(): boolean {
    return this.#pos > 0;
  }

  /** Octets of the section read so far. */
  get position(): number {
    return this.#pos;
  }

  /** Get ready for a section. The numbers of the last one stay as they are. */
  begin(kind: SectionKind): void {
    this.#kind = kind;
    this.#phase = kind === 'request' ? METHOD : kind === 'response' ? STATUS_VERSION : FIELD_START;
    this.#pos = 0;
    this.lineStart = 0;
    this.#mark = 0;
    this.#apart = false;
    this.count = 0;
    this.firstEnd = this.targetStart = this.targetEnd = this.versionStart = this.versionEnd = this.reasonStart = this.reasonEnd = 0;
    this.ascii = true;
    this.size = 0;
    if (this.repeated !== undefined) {
      this.repeated = undefined;
      this.line = undefined;
      this.steering = this.#steering;
    }
    this.steering.clear();
  }

  /** Read on. True: the section is complete, `inbox.start` is still at its first octet. Throws RemoteProtocolError. */
  read(inbox: Inbox): boolean {
    if (this.#apart) return this.#read(inbox);
    const shelf = this.#shelf;
    if (this.spans !== shelf.table) this.spans = shelf.table;
    this.first = shelf.taken;
    if (this.#read(inbox)) {
      if (this.repeated === undefined) this.#claim(this.count);
      return true;
    }
    if (this.count > 0 || (this.#phase >= NAME && this.#phase <= VALUE_LF)) this.#stepAside();
    return false;
  }

  #read(inbox: Inbox): boolean {
    const { bytes, end } = inbox;
    const origin = inbox.start;
    const limits = this.#limits;
    let i = origin + this.#pos;
    while (i < end) {
      switch (this.#phase) {
        // RFC9112-3-1: method, one space, target, one space, version.
        case METHOD: {
          if (i === origin) {
            const after = sweepRequestLine(this, inbox, limits);
            if (after > 0) {
              i = after;
              this.#phase = FIELD_START;
              break;
            }
          }
          const stop = Math.min(end, origin + limits.maxRequestLineBytes);
          while (i < stop && (classOf[bytes[i]!]! & TCHAR) !== 0) i += 1;
          if (i === end) break;
          const octet = bytes[i]!;
          if (octet !== SP || i === origin) this.#refuseMethod(inbox, i, octet);
          this.firstEnd = i - origin;
          i += 1;
          this.targetStart = i - origin;
          this.#phase = TARGET_PART;
          break;
        }
        case TARGET_PART: {
          const stop = Math.min(end, origin + limits.maxRequestLineBytes);
          while (i < stop && (classOf[bytes[i]!]! & TARGET) !== 0) i += 1;
          if (i === end) break;
          const octet = bytes[i]!;
          if (octet !== SP || i === origin + this.targetStart) this.#refuseTarget(inbox, i, octet);
          this.targetEnd = i - origin;
          i += 1;
          this.versionStart = i - origin;
          this.#phase = VERSION;
          break;
        }
        case VERSION:
          i = this.#readVersion(inbox, i);
          break;
        case STATUS_VERSION:
          i = this.#readVersion(inbox, i);
          break;
        case STATUS_CODE:
          i = this.#readStatus(inbox, i);
          break;
        case REASON: {
          const stop = Math.min(end, origin + limits.maxRequestLineBytes);
          while (i < stop && (classOf[bytes[i]!]! & VALUE) !== 0) {
            if (bytes[i]! > 0x7f) this.ascii = false;
            i += 1;
          }
          if (i === end) break;
          if ((classOf[bytes[i]!]! & VALUE) !== 0) this.#refuse(inbox, 'status-line-too-long', 0, i - origin);
          if (bytes[i] !== CR && bytes[i] !== LF) this.#refuseAt(inbox, 'bad-reason', i);
          this.reasonEnd = i - origin;
          this.#phase = LINE_CR;
          break;
        }
        case LINE_CR: {
          const octet = bytes[i]!;
          if (octet === LF) {
            if (!this.#leniency.bareLf) this.#refuseAt(inbox, 'bare-lf', i);
            this.#phase = LINE_LF;
            break;
          }
          if (octet !== CR) this.#refuseLineEnd(inbox, i, octet);
          i += 1;
          this.#phase = LINE_LF;
          break;
        }
        case LINE_LF:
          if (bytes[i] !== LF) this.#refuse(inbox, 'bare-cr', i - 1 - origin, i - origin);
          // The version follows the target unchecked by its scan, hence the check of the whole line.
          if (this.#kind === 'request' && this.versionEnd > limits.maxRequestLineBytes) this.#refuse(inbox, 'target-too-long', 0, this.versionEnd);
          i += 1;
          this.lineStart = i - origin;
          this.#phase = FIELD_START;
          break;
        case FIELD_START: {
          if (this.count === 0 && this.#memory.lines !== undefined && this.#recall(inbox, i)) {
            this.#pos = this.size;
            return true;
          }
          const after = sweepFields(this, inbox, i, limits, this.#kind);
          if (this.size > 0) {
            this.#pos = this.size;
            return true;
          }
          if (after > i) {
            i = after;
            break;
          }
          const octet = bytes[i]!;
          // With the empty line that ends it the section has at least two octets more.
          if (i - origin + 2 > limits.maxHeadBytes) this.#refuseAt(inbox, 'head-too-large', i);
          if (octet === CR) {
            i += 1;
            this.#phase = LAST_LF;
            break;
          }
          if (octet === LF) {
            if (!this.#leniency.bareLf) this.#refuseAt(inbox, 'bare-lf', i);
            this.#phase = LAST_LF;
            break;
          }
          if ((classOf[octet]! & BLANK) !== 0) {
            if (this.count === 0) this.#refuseAt(inbox, 'whitespace-before-fields', i);
            if (!this.#mayUnfold(bytes, origin)) this.#refuseAt(inbox, 'obs-fold', i);
            this.#unfold(bytes, i);
            break;
          }
          if (this.count >= limits.maxFields) this.#refuseAt(inbox, 'too-many-fields', i);
          this.#mark = i - origin;
          this.#phase = NAME;
          break;
        }
        // RFC9112-5-1: name, colon, optional whitespace, value, optional whitespace.
        case NAME: {
          const stop = Math.min(end, this.#lineStop(origin));
          while (i < stop && (classOf[bytes[i]!]! & TCHAR) !== 0) i += 1;
          if (i === end) break;
          const octet = bytes[i]!;
          if (octet !== COLON || i === origin + this.#mark) this.#refuseName(inbox, i, octet);
          this.#openField(i - origin);
          i += 1;
          this.#phase = VALUE_START;
          break;
        }
        case VALUE_START: {
          const stop = Math.min(end, this.#lineStop(origin));
          while (i < stop && (classOf[bytes[i]!]! & BLANK) !== 0) i += 1;
          if (i === end) break;
          if ((classOf[bytes[i]!]! & BLANK) !== 0) this.#refuseLength(inbox, i);
          this.spans[this.first + this.count * SPANS_PER_FIELD + 2] = i - origin;
          this.#phase = VALUE_PART;
          break;
        }
        case VALUE_PART: {
          const stop = Math.min(end, this.#lineStop(origin));
          while (i < stop && (classOf[bytes[i]!]! & VALUE_ASCII) !== 0) i += 1;
          if (i === end) break;
          const octet = bytes[i]!;
          if (octet !== CR) {
            if ((classOf[octet]! & VALUE) !== 0) {
              if (i === stop) this.#refuseLength(inbox, i);
              this.ascii = false;
              i += 1;
              break;
            }
            if (octet === LF && this.#leniency.bareLf) {
              this.#closeValue(bytes, origin, i);
              this.#phase = VALUE_LF;
              break;
            }
            this.#refuseAt(inbox, octet === LF ? 'bare-lf' : octet === 0 ? 'nul-in-value' : 'control-in-value', i);
          }
          this.#closeValue(bytes, origin, i);
          i += 1;
          this.#phase = VALUE_LF;
          break;
        }
        case VALUE_LF:
          if (bytes[i] !== LF) this.#refuse(inbox, 'bare-cr', i - 1 - origin, i - origin);
          i += 1;
          this.#closeField(inbox);
          this.lineStart = i - origin;
          this.#phase = FIELD_START;
          break;
        case LAST_LF:
          if (bytes[i] !== LF) this.#refuse(inbox, 'bare-cr', i - 1 - origin, i - origin);
          this.size = this.#pos = i + 1 - origin;
          return true;
        default:
          throw new Error(`no such phase: ${this.#phase}`);
      }
    }
    this.#pos = i - origin;
    return false;
  }

  /** Where its parts lie, for the trace. `offset`: absolute offset of its first octet. */
  section(offset: number, stream: Stream): Section {
    const request = this.#kind === 'request';
    const bit = stream === 's2c' ? 1 : 0;
    return {
      code: (request ? requestSection : this.#kind === 'response' ? responseSection : trailerSection) + bit,
      offset, a: request ? this.firstEnd : this.versionEnd, b: request ? this.targetEnd : this.reasonStart, c: request ? this.versionEnd : this.reasonEnd,
      tail: this.lineStart, size: this.size, spans: this.spans, first: this.first, count: this.count,
    };
  }

  // ── start line ────────────────────────────────────────────────────────────────────────────────────────────────

  /** `HTTP/` DIGIT `.` DIGIT, octet by octet. In a request it ends the line; in a response it begins it. */
  #readVersion(inbox: Inbox, from: number): number {
    const { bytes, end, start: origin } = inbox;
    const request = this.#kind === 'request';
    let i = from;
    for (let k = i - origin - this.versionStart; i < end && k < 8; i += 1, k += 1) {
      const octet = bytes[i]!;
      const good = k < 5 ? octet === HTTP_SLASH[k] : k === 6 ? octet === 0x2e : (classOf[octet]! & DIGIT) !== 0;
      if (good) continue;
      // RFC9112-2.3-2: "HTTP-version is case-sensitive"
      if (!request) this.#refuse(inbox, 'not-http', 0, k + 1);
      if (k === 0 && octet === SP) this.#refuseAt(inbox, 'extra-space', i);
      if (k === 0 && octet === HTAB) this.#refuseAt(inbox, 'tab-in-request-line', i);
      if (k === 0 && (octet === CR || octet === LF)) this.#refuseAt(inbox, 'missing-version', i);
      // RFC9112-3.2-3: "No whitespace is allowed in the request-target"; what follows a space there ends up here.
      this.#refuse(inbox, 'bad-version', this.versionStart, i + 1 - origin);
    }
    if (i - origin < this.versionStart + 8) return i;
    this.versionEnd = this.versionStart + 8;
    const major = bytes[origin + this.versionStart + 5]! - 0x30;
    const minor = bytes[origin + this.versionStart + 7]! - 0x30;
    if (major !== 1) {
      if (!request) this.#refuse(inbox, 'not-http', this.versionStart, this.versionEnd);
      const preface = major === 2 && this.firstEnd === 3 && decodeLatin1(bytes, origin, origin + 3) === 'PRI';
      this.#refuse(inbox, preface ? 'http2-preface' : 'unsupported-version', this.versionStart, this.versionEnd);
    }
    // RFC9110-6.2-8: a higher minor version than ours is processed "as if it were in the highest minor version" that we know.
    this.steering.version = minor === 0 ? 10 : 11;
    if (request) this.#phase = LINE_CR;
    else this.#phase = STATUS_CODE;
    return i;
  }

  /** SP 3DIGIT SP: the middle of a status line (RFC9112-4-1). */
  #readStatus(inbox: Inbox, from: number): number {
    const { bytes, end, start: origin } = inbox;
    let i = from;
    for (; i < end; i += 1) {
      const octet = bytes[i]!;
      const k = i - origin - this.versionEnd;
      if (k === 0) {
        if (octet !== SP) this.#refuseAt(inbox, 'bad-status-line', i);
      } else if (k <= 3) {
        if ((classOf[octet]! & DIGIT) === 0) this.#refuseAt(inbox, 'bad-status-line', i);
        this.status = (k === 1 ? 0 : this.status * 10) + octet - 0x30;
        // RFC9110-15-2: the first digit defines the class; there is no class 0.
        if (k === 1 && octet === 0x30) this.#refuseAt(inbox, 'bad-status-line', i);
      } else {
        if (octet === SP) {
          this.reasonStart = this.reasonEnd = i + 1 - origin;
          this.#phase = REASON;
          return i + 1;
        }
        if ((octet !== CR && octet !== LF) || !this.#leniency.statusWithoutSpace) this.#refuseAt(inbox, 'bad-status-line', i);
        this.reasonStart = this.reasonEnd = i - origin;
        this.#phase = LINE_CR;
        return i;
      }
    }
    return i;
  }

  #refuseMethod(inbox: Inbox, i: number, octet: number): never {
    const empty = i === inbox.start;
    // RFC9112-3-4: a server that receives a method longer than any it implements "SHOULD respond with a 501".
    if ((classOf[octet]! & TCHAR) !== 0) this.#refuse(inbox, 'method-too-long', 0, i - inbox.start);
    if (empty && octet === 0x16) this.#refuseAt(inbox, 'tls-handshake', i);
    if (empty && (octet === SP || octet === HTAB)) this.#refuseAt(inbox, 'missing-method', i);
    if (empty && octet === LF) this.#refuseAt(inbox, 'bare-lf', i);
    if (octet === CR || octet === LF) this.#refuseAt(inbox, 'missing-target', i);
    if (octet === HTAB) this.#refuseAt(inbox, 'tab-in-request-line', i);
    this.#refuseAt(inbox, 'bad-method', i);
  }

  #refuseTarget(inbox: Inbox, i: number, octet: number): never {
    const empty = i === inbox.start + this.targetStart;
    if ((classOf[octet]! & TARGET) !== 0) this.#refuse(inbox, 'target-too-long', this.targetStart, i - inbox.start + (empty ? 1 : 0));
    if (octet === SP) this.#refuseAt(inbox, 'extra-space', i);
    if (octet === HTAB) this.#refuseAt(inbox, 'tab-in-request-line', i);
    if (octet === CR || octet === LF) this.#refuseAt(inbox, empty ? 'missing-target' : 'missing-version', i);
    if (octet === 0x23) this.#refuseAt(inbox, 'fragment-in-target', i);
    this.#refuseAt(inbox, octet > 0x7f ? 'non-ascii-target' : 'control-in-target', i);
  }

  #refuseLineEnd(inbox: Inbox, i: number, octet: number): never {
    if ((classOf[octet]! & BLANK) !== 0) this.#refuseAt(inbox, 'trailing-space', i);
    this.#refuse(inbox, 'bad-version', this.versionStart, i + 1 - inbox.start);
  }

  // ── fields ────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Index at which a line, or the section, becomes too long. */
  #lineStop(origin: number): number {
    return origin + Math.min(this.lineStart + this.#limits.maxFieldLineBytes, this.#limits.maxHeadBytes);
  }

  #refuseLength(inbox: Inbox, i: number): never {
    const at = i - inbox.start;
    this.#refuse(inbox, at - this.lineStart >= this.#limits.maxFieldLineBytes ? 'field-too-large' : 'head-too-large', this.lineStart, at);
  }

  #refuseName(inbox: Inbox, i: number, octet: number): never {
    const empty = i === inbox.start + this.#mark;
    if ((classOf[octet]! & TCHAR) !== 0) this.#refuseLength(inbox, i);
    if (octet === COLON) this.#refuseAt(inbox, 'empty-field-name', i);
    // RFC9112-5.1-2: "A server MUST reject, with a response status code of 400 (Bad Request), any received request message that contains whitespace between a header field name and colon."
    if (!empty && (classOf[octet]! & BLANK) !== 0) this.#refuseAt(inbox, 'whitespace-before-colon', i);
    if (!empty && (octet === CR || octet === LF)) this.#refuse(inbox, 'missing-colon', this.#mark, i - inbox.start);
    this.#refuse(inbox, 'bad-field-name', i - inbox.start, i + 1 - inbox.start, `It is ${showOctet(octet)}.`);
  }

  /** The name is complete: make room for the line in the table. */
  #openField(nameEnd: number): void {
    let at = this.first + this.count * SPANS_PER_FIELD;
    if (at + SPANS_PER_FIELD > this.spans.length) {
      const used = this.spans.subarray(this.first, at);
      if (!this.#apart && this.#shelf.renew(used)) this.spans = this.#shelf.table;
      else this.#moveTo(used.length * 2, used);
      this.first = 0;
      at = used.length;
    }
    this.spans[at] = this.#mark;
    this.spans[at + 1] = nameEnd;
    this.spans[at + 4] = 0;
  }

  /** So many lines are there for good. */
  #claim(lines: number): void {
    if (!this.#apart) this.#shelf.taken = this.first + lines * SPANS_PER_FIELD;
  }

  /** The section stops half-way: make way for others. */
  #stepAside(): void {
    const used = this.spans.subarray(this.first, this.first + (this.count + 1) * SPANS_PER_FIELD);
    this.#moveTo(Math.max(64, used.length * 2), used);
  }

  #moveTo(length: number, used: SpanTable): void {
    this.spans = this.#shelf.newTable(length);
    this.spans.set(used);
    this.first = 0;
    this.#apart = true;
  }

  #mayUnfold(bytes: Uint8Array, origin: number): boolean {
    if (!this.#leniency.obsFold || this.#kind === 'trailers') return false;
    const at = this.first + (this.count - 1) * SPANS_PER_FIELD;
    const start = this.spans[at]!;
    const length = this.spans[at + 1]! - start;
    return !neverFolded.some((name) => name.length === length && equalsIgnoringCase(bytes, origin + start, name));
  }

  /** The line that begins at `i` goes on where the last one ended: reopen that, its line end overwritten by spaces (RFC9112-5.2-4). */
  #unfold(bytes: Uint8Array, i: number): void {
    let at = i - 1;
    bytes[at] = 0x20;
    if (bytes[at - 1] === CR) bytes[at -= 1] = 0x20;
    this.count -= 1;
    this.#phase = VALUE_PART;
    // A value that was empty so far begins behind the fold.
    const s = this.first + this.count * SPANS_PER_FIELD;
    if (this.spans[s + 2] === this.spans[s + 3]) this.#phase = VALUE_START;
  }

  /** The value ends at `end` (the CR): cut the trailing whitespace off (RFC9112-5.1-3). */
  #closeValue(bytes: Uint8Array, origin: number, end: number): void {
    const at = this.first + this.count * SPANS_PER_FIELD;
    const start = origin + this.spans[at + 2]!;
    let last = end;
    while (last > start && (classOf[bytes[last - 1]!]! & BLANK) !== 0) last -= 1;
    this.spans[at + 3] = last - origin;
  }

  /** The line is complete: see whether it says something to the connection. */
  #closeField(inbox: Inbox): void {
    const at = this.first + this.count * SPANS_PER_FIELD;
    const index = this.count;
    this.count += 1;
    // Trailers say nothing about framing, whatever they are called (RFC9112-7.1.2-3).
    if (this.#kind === 'trailers') return;
    const { spans } = this;
    const origin = inbox.start;
    const name = spans[at]!;
    const refusal = this.steering.note(inbox.bytes, inbox.view, origin + name, spans[at + 1]! - name, origin + spans[at + 2]!, origin + spans[at + 3]!, index, this.#kind === 'request');
    if (refusal !== undefined) this.#refuseField(inbox, refusal, index);
  }

  /** Are the lines that begin at `i` known? Only where the start line is in order whatever they say, and said the same to them: so nothing is left to be refused. */
  #recall(inbox: Inbox, i: number): boolean {
    const origin = inbox.start;
    if (this.#kind !== 'request' || inbox.bytes[origin + this.targetStart] !== SLASH) return false;
    const lines = this.#memory.find(inbox, i);
    if (lines === undefined || lines.steering.version !== this.steering.version) return false;
    const size = i - origin + lines.text.length;
    if (size > this.#limits.maxHeadBytes) return false;
    this.repeated = lines;
    this.line = knownRequestLine(inbox.bytes, inbox.view, origin, i - origin, this.targetStart, this.targetEnd);
    this.spans = lines.spans;
    this.first = 0;
    this.count = lines.count;
    this.steering = lines.steering;
    this.size = size;
    return true;
  }

  /** The exchange is over, and nothing of its request was refused: remember its lines, if it is likely that they come again. Called before {@link begin}. */
  learn(inbox: Inbox): void {
    if (this.repeated === undefined && this.#memory.pass() && this.#memory.turnTo(this, inbox)) this.steering = this.#steering = new Steering(this.#leniency);
  }

  // ── refusals ──────────────────────────────────────────────────────────────────────────────────────────────────

  /** Refuse a whole field value (or, where that is empty, its line's name). */
  #refuseField(inbox: Inbox, code: RefusalCode, index: number): never {
    const at = this.first + index * SPANS_PER_FIELD;
    const from = this.spans[at + 2]!;
    const to = this.spans[at + 3]!;
    if (from < to) this.#refuse(inbox, code, from, to);
    this.#refuse(inbox, code, this.spans[at]!, this.spans[at + 1]!);
  }

  #refuseAt(inbox: Inbox, code: RefusalCode, i: number): never {
    this.#refuse(inbox, code, i - inbox.start, i - inbox.start + 1);
  }

  #refuse(inbox: Inbox, code: RefusalCode, from: number, to: number, detail = ''): never {
    this.#pos = from;
    // Whoever watches is shown what was read of it.
    this.#claim(this.count + 1);
    const span: Span = [inbox.position + from, inbox.position + to];
    throw refuse(code, span, detail);
  }
}

