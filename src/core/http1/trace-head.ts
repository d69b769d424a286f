/** Tells the trace what a section was made of: one token per stretch of octets, without gaps. */
import type { Exchange } from './exchange.ts';
import { SPANS_PER_FIELD } from './fields.ts';
import type { HeadReader, SectionKind } from './head-reader.ts';

/**
 * `offset`: absolute offset of the section's first octet. `end`: how far the section goes, counted from there (where it was refused, up to the refused octet).
 * The hot path of tracing, so it is written out: no closures, one call per token.
 */
export function traceSection(exchange: Exchange, head: HeadReader, kind: SectionKind, offset: number, end: number): void {
  const { tracer, id, number, inStream } = exchange;
  const { spans, count, first } = head;
  // Behind the last complete line.
  const tail = head.lineStart;
  const fieldsStart = offset + (count > 0 ? spans[first]! : tail);
  let at = offset;
  if (kind === 'request' && head.firstEnd > 0) {
    tracer.token('method', id, number, inStream, at, (at = offset + head.firstEnd));
    if (head.targetEnd > 0) {
      tracer.token('separator', id, number, inStream, at, (at += 1));
      tracer.token('target', id, number, inStream, at, (at = offset + head.targetEnd));
    }
    if (head.versionEnd > 0) {
      tracer.token('separator', id, number, inStream, at, (at += 1));
      tracer.token('version', id, number, inStream, at, (at = offset + head.versionEnd));
      if (fieldsStart > at) tracer.token('line-end', id, number, inStream, at, (at = fieldsStart));
    }
  } else if (kind === 'response' && head.versionEnd > 0) {
    tracer.token('version', id, number, inStream, at, (at = offset + head.versionEnd));
    if (head.reasonStart > 0) {
      tracer.token('separator', id, number, inStream, at, (at += 1));
      tracer.token('status', id, number, inStream, at, (at += 3));
      if (offset + head.reasonStart > at) tracer.token('separator', id, number, inStream, at, (at = offset + head.reasonStart));
      if (head.reasonEnd > head.reasonStart) tracer.token('reason', id, number, inStream, at, (at = offset + head.reasonEnd));
      if (fieldsStart > at) tracer.token('line-end', id, number, inStream, at, (at = fieldsStart));
    }
  }
  const nameToken = kind === 'trailers' ? 'trailer-name' : 'field-name';
  const valueToken = kind === 'trailers' ? 'trailer-value' : 'field-value';
  const last = first + count * SPANS_PER_FIELD;
  // A line that was refused for what it says is in the table, but it does not lie before the tail.
  for (let s = first; s < last && spans[s]! < tail; s += SPANS_PER_FIELD) {
    const valueStart = offset + spans[s + 2]!;
    const valueEnd = offset + spans[s + 3]!;
    tracer.token(nameToken, id, number, inStream, at, (at = offset + spans[s + 1]!));
    tracer.token('separator', id, number, inStream, at, valueStart);
    if (valueEnd > valueStart) tracer.token(valueToken, id, number, inStream, valueStart, valueEnd);
    tracer.token('line-end', id, number, inStream, valueEnd, (at = offset + (s + SPANS_PER_FIELD < last ? spans[s + SPANS_PER_FIELD]! : tail)));
  }
  // The empty line.
  if (head.size > 0) tracer.token('line-end', id, number, inStream, at, offset + end);
}
