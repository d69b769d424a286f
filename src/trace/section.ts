/**
 * A header section told in one call: where its parts lie, as numbers. It stands for one token per stretch of octets, without gaps, which are made of it when somebody
 * takes the trace: telling them one by one takes as long as reading the section.
 */
import { tokenFact, type FactTaker } from './facts.ts';

/** Which section it is of which stream: one of these and, for `s2c`, 1 more. */
export const requestSection = 0;
export const responseSection = 2;
export const trailerSection = 4;

/**
 * Numbers per field line in a table of spans: name start, name end, value start, value end, counted from the section's start; and one that means nothing here.
 */
export const sectionColumns = 5;

/** A table of spans. Sixteen bits are enough for the heads that are usual, and half the memory is a twentieth of the time of reading one. */
export type SpanTable = Uint16Array | Int32Array;

/** Where the parts of a section lie. Positions count from its first octet; 0: not there (it was refused before that). */
export interface Section {
  /** {@link requestSection} and so on. */
  readonly code: number;
  /** Absolute offset of the first octet. */
  readonly offset: number;
  /** Request: ends of method, target and version. Response: end of the version, start and end of the reason phrase. Trailers: nothing. */
  readonly a: number;
  readonly b: number;
  readonly c: number;
  /** Behind the last complete line. */
  readonly tail: number;
  /** Behind the empty line; 0 where the section is not complete. */
  readonly size: number;
  /** `spans[first …]` holds {@link sectionColumns} numbers for each of `count` lines, and is not written to any more. */
  readonly spans: SpanTable;
  readonly first: number;
  readonly count: number;
}

const METHOD = tokenFact('method', 'c2s');
const TARGET = tokenFact('target', 'c2s');
const VERSION = tokenFact('version', 'c2s');
const STATUS = tokenFact('status', 'c2s');
const REASON = tokenFact('reason', 'c2s');
const SEPARATOR = tokenFact('separator', 'c2s');
const LINE_END = tokenFact('line-end', 'c2s');
const FIELD_NAME = tokenFact('field-name', 'c2s');
const FIELD_VALUE = tokenFact('field-value', 'c2s');
const TRAILER_NAME = tokenFact('trailer-name', 'c2s');
const TRAILER_VALUE = tokenFact('trailer-value', 'c2s');

/** Tell the tokens one by one. All are of one moment; `sameMoment`: that of the event before. */
export function sectionFacts(facts: FactTaker, section: Section, id: number, number: number, sameMoment: boolean): void {
  const { code, offset, a, b, c, tail, size, spans, count, first } = section;
  const bit = code & 1;
  const kind = code - bit;
  const fieldsStart = offset + (count > 0 ? spans[first]! : tail);
  let at = offset;
  if (kind === requestSection && a > 0) {
    facts.fact(METHOD + bit, id, number, at, (at = offset + a), sameMoment);
    if (b > 0) {
      facts.fact(SEPARATOR + bit, id, number, at, (at += 1), true);
      facts.fact(TARGET + bit, id, number, at, (at = offset + b), true);
    }
    if (c > 0) {
      facts.fact(SEPARATOR + bit, id, number, at, (at += 1), true);
      facts.fact(VERSION + bit, id, number, at, (at = offset + c), true);
      if (fieldsStart > at) facts.fact(LINE_END + bit, id, number, at, (at = fieldsStart), true);
    }
  } else if (kind === responseSection && a > 0) {
    facts.fact(VERSION + bit, id, number, at, (at = offset + a), sameMoment);
    if (b > 0) {
      facts.fact(SEPARATOR + bit, id, number, at, (at += 1), true);
      facts.fact(STATUS + bit, id, number, at, (at += 3), true);
      if (offset + b > at) facts.fact(SEPARATOR + bit, id, number, at, (at = offset + b), true);
      if (c > b) facts.fact(REASON + bit, id, number, at, (at = offset + c), true);
      if (fieldsStart > at) facts.fact(LINE_END + bit, id, number, at, (at = fieldsStart), true);
    }
  }
  const nameCode = (kind === trailerSection ? TRAILER_NAME : FIELD_NAME) + bit;
  const valueCode = (kind === trailerSection ? TRAILER_VALUE : FIELD_VALUE) + bit;
  const last = first + count * sectionColumns;
  // A line that was refused for what it says is in the table, but it does not lie before the tail.
  for (let s = first; s < last && spans[s]! < tail; s += sectionColumns) {
    const valueStart = offset + spans[s + 2]!;
    const valueEnd = offset + spans[s + 3]!;
    facts.fact(nameCode, id, number, at, (at = offset + spans[s + 1]!), sameMoment || s > first);
    facts.fact(SEPARATOR + bit, id, number, at, valueStart, true);
    if (valueEnd > valueStart) facts.fact(valueCode, id, number, valueStart, valueEnd, true);
    facts.fact(LINE_END + bit, id, number, valueEnd, (at = offset + (s + sectionColumns < last ? spans[s + sectionColumns]! : tail)), true);
  }
  // The empty line.
  if (size > 0) facts.fact(LINE_END + bit, id, number, at, offset + size, sameMoment || count > 0);
}

/** How many tokens a complete head stands for. */
export function headTokens({ code, b, c, spans, first, count }: Section): number {
  // A start line has three parts, two spaces and an end; what follows the status may be missing. Then the empty line.
  let tokens = 7;
  if (code >= responseSection) tokens -= (b > 12 ? 0 : 1) + (c > b ? 0 : 1);
  for (let i = 0, s = first; i < count; i += 1, s += sectionColumns) tokens += spans[s + 3]! > spans[s + 2]! ? 4 : 3;
  return tokens;
}
