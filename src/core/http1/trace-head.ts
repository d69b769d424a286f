/** Tells the trace what a section was made of: one token per stretch of octets, without gaps. */
import { tokenFact } from '../../trace/facts.ts';
import type { Exchange } from './exchange.ts';
import { SPANS_PER_FIELD } from './fields.ts';
import type { HeadReader, SectionKind } from './head-reader.ts';

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

/**
 * `offset`: absolute offset of the section's first octet. `end`: how far the section goes, counted from there (where it was refused, up to the refused octet).
 * The hot path of tracing, so it is written out: no closures, one call per token.
 */
export function traceSection(exchange: Exchange, head: HeadReader, kind: SectionKind, offset: number, end: number): void {
  const { facts, id, number } = exchange;
  const bit = exchange.inStream === 's2c' ? 1 : 0;
  const { spans, count, first } = head;
  // Behind the last complete line.
  const tail = head.lineStart;
  const fieldsStart = offset + (count > 0 ? spans[first]! : tail);
  let at = offset;
  if (kind === 'request' && head.firstEnd > 0) {
    facts.fact(METHOD + bit, id, number, at, (at = offset + head.firstEnd), false);
    if (head.targetEnd > 0) {
      facts.fact(SEPARATOR + bit, id, number, at, (at += 1), true);
      facts.fact(TARGET + bit, id, number, at, (at = offset + head.targetEnd), true);
    }
    if (head.versionEnd > 0) {
      facts.fact(SEPARATOR + bit, id, number, at, (at += 1), true);
      facts.fact(VERSION + bit, id, number, at, (at = offset + head.versionEnd), true);
      if (fieldsStart > at) facts.fact(LINE_END + bit, id, number, at, (at = fieldsStart), true);
    }
  } else if (kind === 'response' && head.versionEnd > 0) {
    facts.fact(VERSION + bit, id, number, at, (at = offset + head.versionEnd), false);
    if (head.reasonStart > 0) {
      facts.fact(SEPARATOR + bit, id, number, at, (at += 1), true);
      facts.fact(STATUS + bit, id, number, at, (at += 3), true);
      if (offset + head.reasonStart > at) facts.fact(SEPARATOR + bit, id, number, at, (at = offset + head.reasonStart), true);
      if (head.reasonEnd > head.reasonStart) facts.fact(REASON + bit, id, number, at, (at = offset + head.reasonEnd), true);
      if (fieldsStart > at) facts.fact(LINE_END + bit, id, number, at, (at = fieldsStart), true);
    }
  }
  const nameCode = (kind === 'trailers' ? TRAILER_NAME : FIELD_NAME) + bit;
  const valueCode = (kind === 'trailers' ? TRAILER_VALUE : FIELD_VALUE) + bit;
  const last = first + count * SPANS_PER_FIELD;
  // A line that was refused for what it says is in the table, but it does not lie before the tail.
  for (let s = first; s < last && spans[s]! < tail; s += SPANS_PER_FIELD) {
    const valueStart = offset + spans[s + 2]!;
    const valueEnd = offset + spans[s + 3]!;
    facts.fact(nameCode, id, number, at, (at = offset + spans[s + 1]!), s > first);
    facts.fact(SEPARATOR + bit, id, number, at, valueStart, true);
    if (valueEnd > valueStart) facts.fact(valueCode, id, number, valueStart, valueEnd, true);
    facts.fact(LINE_END + bit, id, number, valueEnd, (at = offset + (s + SPANS_PER_FIELD < last ? spans[s + SPANS_PER_FIELD]! : tail)), true);
  }
  // The empty line.
  if (head.size > 0) facts.fact(LINE_END + bit, id, number, at, offset + end, count > 0);
}
