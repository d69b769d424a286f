/** Tells the trace what a section was made of: one token per stretch of octets, without gaps. */
import type { Token } from '../../trace/events.ts';
import type { Exchange } from './exchange.ts';
import { SPANS_PER_FIELD } from './fields.ts';
import type { HeadReader, SectionKind } from './head-reader.ts';

/** `offset`: absolute offset of the section's first octet. `end`: how far the section goes, counted from there (less than its size where it was refused). */
export function traceSection({ tracer, id, number, inStream }: Exchange, head: HeadReader, kind: SectionKind, offset: number, end: number): void {
  let at = 0;
  const token = (name: Token, from: number, until: number): void => {
    if (until <= from || until > end) return;
    tracer.token(name, id, number, inStream, offset + from, offset + until);
    at = until;
  };
  // Behind the last complete line.
  const tail = head.lineStart;
  const fieldsStart = head.count > 0 ? head.spans[head.first]! : tail;
  if (kind === 'request' && head.firstEnd > 0) {
    token('method', 0, head.firstEnd);
    if (head.targetEnd > 0) {
      token('separator', at, head.targetStart);
      token('target', head.targetStart, head.targetEnd);
    }
    if (head.versionEnd > 0) {
      token('separator', at, head.versionStart);
      token('version', head.versionStart, head.versionEnd);
      token('line-end', at, fieldsStart);
    }
  } else if (kind === 'response' && head.versionEnd > 0) {
    token('version', 0, head.versionEnd);
    if (head.reasonStart > 0) {
      token('separator', at, head.versionEnd + 1);
      token('status', at, head.versionEnd + 4);
      token('separator', at, head.reasonStart);
      token('reason', head.reasonStart, head.reasonEnd);
      token('line-end', at, fieldsStart);
    }
  }
  const [nameToken, valueToken] = kind === 'trailers' ? (['trailer-name', 'trailer-value'] as const) : (['field-name', 'field-value'] as const);
  for (let i = 0; i < head.count; i += 1) {
    const s = head.first + i * SPANS_PER_FIELD;
    const next = i + 1 < head.count ? head.spans[s + SPANS_PER_FIELD]! : tail;
    token(nameToken, head.spans[s]!, head.spans[s + 1]!);
    token('separator', head.spans[s + 1]!, head.spans[s + 2]!);
    token(valueToken, head.spans[s + 2]!, head.spans[s + 3]!);
    token('line-end', head.spans[s + 3]!, next);
  }
  // The empty line.
  if (head.size > 0) token('line-end', at, end);
}
