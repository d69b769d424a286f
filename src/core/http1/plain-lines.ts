/**
 * The fast road through a section. Lines that are whole, plain and within all limits, which is nearly every line there is, are read here in one sweep, several octets
 * at a time. Anything else is left untouched for `head-reader.ts`, which decides octet by octet what is valid: nothing may be accepted here that it would not accept
 * with the same result, and nothing is refused here.
 *
 * Reads of several octets may look beyond the end of what was received, into what was there before or into the slack, but nothing found there counts: every index is
 * compared with the stop before it is believed.
 */
import type { SpanTable } from '../../trace/section.ts';
import { classOf } from './chars.ts';
import type { Inbox } from './inbox.ts';
import { knownLength, obeyedNames, recognise } from './known-names.ts';
import type { Limits } from './limits.ts';
import type { Steering } from './steering.ts';

// Constants of a module are built into its machine code; imported ones, functions too, are loaded and checked at every use, which takes a sixth of the time here.
// Positions are integers of 32 bits, which a sum of them has to say (`| 0`): else the machine code asks after each whether it has outgrown that, and keeps some in a form
// that it takes apart at every use. That is a tenth.
const classes = classOf;
const numberOf = recognise;
const lengthOf = knownLength;
const TCHAR = 1;
const REG_NAME = 32;
const HTAB = 0x09;
const SP = 0x20;
const COLON = 0x3a;
const SPANS_PER_FIELD = 5;
// Octets read together, little-endian.
const HTTP = 0x50545448;
const SLASH_1_1 = 0x312e312f;
const SLASH_1_0 = 0x302e312f;
const CR_LF = 0x0a0d;
const GET_SPACE = 0x20544547;

/** Bit `n`: one of the names that {@link Steering.note} knows has `n` octets. */
const obeyedLengths = obeyedNames.reduce((bits, { length }) => bits | (1 << length), 0);
/** Known names with a greater number are not of them; unknown ones may be, in another spelling. */
const lastObeyed = obeyedNames.length * 2;

// ── questions about four octets at once ───────────────────────────────────────────────────────────────────────────
//
// They are held in a 32-bit integer as `DataView.getInt32(i, true)` reads them: the first octet lowest. Each answer is a mask with the high bit of an octet set where
// the octet is *not* of the class. The lowest such bit is exact; above it there may be false alarms, because what an octet borrows or carries goes to its upper
// neighbours. So zero means that all four are of the class, and `firstOf` finds the first that is not.

/**
 * Neither of 0x20 to 0x7E: what ends a run of plain value octets. (HTAB and obs-text end it too, although a value may hold them.)
 * The difference marks what is below 0x20 and what is from 0xA0 up, the sum what is from 0x7F to 0xFE: together, all that is not plain.
 */
const notPlain = (word: number): number => ((word - 0x20202020) | (word + 0x01010101)) & 0x80808080;

/** Neither of 0x21 to 0x7E without `#`: what ends a request target. */
const notTarget = (word: number): number => {
  const hash = word ^ 0x23232323;
  return ((word - 0x21212121) | (word + 0x01010101) | word | ((hash - 0x01010101) & ~hash)) & 0x80808080;
};

/** Neither a letter nor `-`: what ends most field names. */
const notNameLike = (word: number): number => {
  // In lower case: a letter is marked by the first sum and not by the second.
  const lower = word | 0x20202020;
  return ((~(lower + 0x1f1f1f1f) | (lower + 0x05050505)) & ((word ^ 0x2d2d2d2d) + 0x7f7f7f7f) | word) & 0x80808080;
};

/** Index from which on fewer than 32 octets lie before `stop`, or not all of the next 32 are plain. A function of its own, because its loop needs every register. */
function skipPlain(view: DataView, from: number, stop: number): number {
  let i = from | 0;
  while (((i + 32) | 0) <= stop) {
    const a = view.getInt32(i, true);
    const b = view.getInt32((i + 4) | 0, true);
    const c = view.getInt32((i + 8) | 0, true);
    const d = view.getInt32((i + 12) | 0, true);
    const e = view.getInt32((i + 16) | 0, true);
    const f = view.getInt32((i + 20) | 0, true);
    const g = view.getInt32((i + 24) | 0, true);
    const h = view.getInt32((i + 28) | 0, true);
    if (
      (((a - 0x20202020) | (a + 0x01010101) | (b - 0x20202020) | (b + 0x01010101) | (c - 0x20202020) | (c + 0x01010101) | (d - 0x20202020) | (d + 0x01010101) |
        (e - 0x20202020) | (e + 0x01010101) | (f - 0x20202020) | (f + 0x01010101) | (g - 0x20202020) | (g + 0x01010101) | (h - 0x20202020) | (h + 0x01010101)) & 0x80808080) !== 0
    ) break;
    i = (i + 32) | 0;
  }
  return i;
}

/** Number of octets before the first one that a mask marks. The mask is not zero. */
const firstOf = (mask: number): number => (31 - Math.clz32(mask & -mask)) >> 3;

// ── lines ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What a sweep finds, and needs of what was found before. Positions count from the section's first octet. */
export interface PlainSection {
  firstEnd: number;
  targetStart: number;
  targetEnd: number;
  versionStart: number;
  versionEnd: number;
  ascii: boolean;
  count: number;
  readonly spans: SpanTable;
  readonly first: number;
  size: number;
  lineStart: number;
  readonly steering: Steering;
}

/** `METHOD SP target SP HTTP/1.x CR LF`. Returns the index behind it; 0: not that plain, or not all there. */
export function sweepRequestLine(section: PlainSection, inbox: Inbox, limits: Limits): number {
  const { view, end, start: origin } = inbox;
  // The version and its line end have ten octets.
  const stop = Math.min(end - 10, origin + limits.maxRequestLineBytes - 8) | 0;
  let i = origin | 0;
  if (view.getInt32(i, true) === GET_SPACE) i = (i + 3) | 0;
  else while (i < stop && (classes[view.getUint8(i)]! & TCHAR) !== 0) i = (i + 1) | 0;
  if (i === origin || i >= stop || view.getUint8(i) !== SP) return 0;
  const targetStart = (i + 1) | 0;
  i = targetStart;
  for (;;) {
    const mark = notTarget(view.getInt32(i, true));
    if (mark !== 0) {
      i = (i + firstOf(mark)) | 0;
      break;
    }
    i = (i + 4) | 0;
    if (i >= stop) return 0;
  }
  if (i >= stop || i === targetStart || view.getUint8(i) !== SP) return 0;
  const version = (i + 1) | 0;
  if (view.getInt32(version, true) !== HTTP) return 0;
  const number = view.getInt32((version + 4) | 0, true);
  if ((number !== SLASH_1_1 && number !== SLASH_1_0) || view.getUint16((version + 8) | 0, true) !== CR_LF) return 0;
  section.firstEnd = targetStart - 1 - origin;
  section.targetStart = targetStart - origin;
  section.targetEnd = i - origin;
  section.versionStart = version - origin;
  section.versionEnd = version + 8 - origin;
  section.steering.version = number === SLASH_1_1 ? 11 : 10;
  section.lineStart = version + 10 - origin;
  return version + 10;
}

/** As many field lines as are plain, and the empty line if it follows. Returns the index behind them; `section.size` is set where the section is complete. */
export function sweepFields(section: PlainSection, inbox: Inbox, from: number, limits: Limits, kind: 'request' | 'response' | 'trailers'): number {
  const { view, end, start: origin } = inbox;
  const { spans, steering, first } = section;
  const { maxFieldLineBytes } = limits;
  // Trailers say nothing to the connection.
  const lengths = kind === 'trailers' ? 0 : obeyedLengths;
  const stop = Math.min(end, origin + limits.maxHeadBytes) | 0;
  // The table's row for the next line, and the last row that may be used.
  let at = (first + section.count * SPANS_PER_FIELD) | 0;
  const lastRow = Math.min(first + (limits.maxFields - 1) * SPANS_PER_FIELD, spans.length - SPANS_PER_FIELD) | 0;
  let line = from | 0;
  lines: while (((line + 2) | 0) <= stop) {
    if (view.getUint16(line, true) === CR_LF) {
      section.size = line + 2 - origin;
      break;
    }
    if (at > lastRow) break;
    let i = line;
    const known = numberOf(view, line) | 0;
    if (known !== 0) i = (i + lengthOf(known)) | 0;
    else {
      for (;;) {
        const low = notNameLike(view.getInt32(i, true));
        const high = notNameLike(view.getInt32((i + 4) | 0, true));
        if ((low | high) === 0) {
          i = (i + 8) | 0;
          if (i >= stop) break lines;
          continue;
        }
        i = (i + (low !== 0 ? firstOf(low) : 4 + firstOf(high))) | 0;
        if (i >= stop) break lines;
        const octet = view.getUint8(i);
        if (octet === COLON) break;
        if ((classes[octet]! & TCHAR) === 0) break lines;
        i = (i + 1) | 0;
      }
    }
    const nameEnd = i;
    // The colon, nearly always one space, and the first octet of the value.
    const separator = view.getInt32(i, true);
    const spaced = (separator & 0xff00) === 0x2000;
    i = (i + (spaced ? 2 : 1)) | 0;
    const valueStart = i;
    const opening = (spaced ? separator >>> 16 : separator >>> 8) & 0xff;
    if (i >= stop || nameEnd === line || opening === SP || opening === HTAB) break;
    for (;;) {
      const a = notPlain(view.getInt32(i, true));
      const b = notPlain(view.getInt32((i + 4) | 0, true));
      const c = notPlain(view.getInt32((i + 8) | 0, true));
      const d = notPlain(view.getInt32((i + 12) | 0, true));
      if ((a | b | c | d) === 0) {
        i = skipPlain(view, (i + 16) | 0, stop) | 0;
        if (i >= stop) break lines;
        continue;
      }
      i = (i + (a !== 0 ? firstOf(a) : b !== 0 ? 4 + firstOf(b) : c !== 0 ? 8 + firstOf(c) : 12 + firstOf(d))) | 0;
      if (((i + 2) | 0) > stop) break lines;
      if (view.getUint16(i, true) === CR_LF && ((i - line) | 0) <= maxFieldLineBytes) break;
      const octet = view.getUint8(i);
      if (octet > 0x7f) section.ascii = false;
      else if (octet !== HTAB) break lines;
      i = (i + 1) | 0;
    }
    let valueEnd = i;
    while (valueEnd > valueStart && view.getUint8((valueEnd - 1) | 0) <= SP) valueEnd = (valueEnd - 1) | 0;
    const nameLength = (nameEnd - line) | 0;
    if (known <= lastObeyed && nameLength < 32 && (lengths & (1 << nameLength)) !== 0) {
      // What cannot stand is noted by nobody: it is refused when the line is read again.
      if (steering.note(inbox.bytes, view, line, nameLength, valueStart, valueEnd, ((at - first) / SPANS_PER_FIELD) | 0, kind === 'request') !== undefined) break;
    }
    spans[at] = line - origin;
    spans[(at + 1) | 0] = nameEnd - origin;
    spans[(at + 2) | 0] = valueStart - origin;
    spans[(at + 3) | 0] = valueEnd - origin;
    spans[(at + 4) | 0] = known;
    at = (at + SPANS_PER_FIELD) | 0;
    line = (i + 2) | 0;
  }
  section.count = ((at - first) / SPANS_PER_FIELD) | 0;
  section.lineStart = line - origin;
  return line;
}

/** Is `[from, to)` a registered name or IPv4 address, with or without a port? Nearly every Host is. False: ask `validAuthority`. */
export function isPlainHost(view: DataView, from: number, to: number): boolean {
  let i = from | 0;
  // Letters and hyphens, four at a time; then one by one what is left.
  while (((i + 4) | 0) <= to) {
    const mark = notNameLike(view.getInt32(i, true));
    if (mark !== 0) {
      i = (i + firstOf(mark)) | 0;
      break;
    }
    i = (i + 4) | 0;
  }
  while (i < to && (classes[view.getUint8(i)]! & REG_NAME) !== 0) i = (i + 1) | 0;
  if (i === from) return false;
  if (i === to) return true;
  if (view.getUint8(i) !== COLON || to - i > 6) return false;
  let port = 0;
  for (i = (i + 1) | 0; i < to; i = (i + 1) | 0) {
    const digit = view.getUint8(i) - 0x30;
    if (digit < 0 || digit > 9) return false;
    port = port * 10 + digit;
  }
  return port <= 65_535;
}
