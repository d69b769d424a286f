/**
 * The linking rule, in one place.
 *
 * Whatever is selected denotes bytes: a timeline row those that its event speaks of, an `environ` key those that its
 * value came from, a line of the app those that its calls read or wrote. From the bytes everything else follows:
 * the events whose bytes overlap them, the keys that came from them, the lines that touched them. So two ways of
 * pointing at the same bytes light the same set, in every view.
 *
 * What has no bytes (a state change, a log line) stands for itself.
 */
import type { SourceSite, Span, Stream, TraceEvent } from '../trace/events.ts';
import { connectionOf, exchangeOf, type EventId, type ExchangeIndex, type TraceLog } from './trace-log.ts';

/** What a person points at. */
export type Selection =
  | { readonly kind: 'event'; readonly id: EventId }
  | { readonly kind: 'bytes'; readonly connection: number; readonly stream: Stream; readonly span: Span }
  | { readonly kind: 'key'; readonly connection: number; readonly exchange: number; readonly key: string }
  | { readonly kind: 'line'; readonly file: string; readonly line: number };

/** Bytes in both directions of one connection. Spans are sorted and do not touch. */
export interface LinkedBytes {
  readonly c2s: readonly Span[];
  readonly s2c: readonly Span[];
}

/** Everything that a selection lights. */
export interface Linked extends LinkedBytes {
  readonly connection: number;
  /** 0 where the bytes belong to no exchange. */
  readonly exchange: number;
  readonly events: ReadonlySet<TraceEvent>;
  readonly keys: ReadonlySet<string>;
  readonly sites: readonly SourceSite[];
}

const noBytes: LinkedBytes = { c2s: [], s2c: [] };

/** Sort, drop what is empty, join what overlaps or touches. */
export function joinSpans(spans: readonly Span[]): Span[] {
  const sorted = spans.filter((span) => span[1] > span[0]).toSorted((a, b) => a[0] - b[0]);
  const joined: [number, number][] = [];
  for (const [start, end] of sorted) {
    const last = joined.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else joined.push([start, end]);
  }
  return joined;
}

/** Do two sorted lists of spans share a byte? */
export function overlaps(a: readonly Span[], b: readonly Span[]): boolean {
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const x = a[i] as Span;
    const y = b[j] as Span;
    if (x[0] < y[1] && y[0] < x[1]) return true;
    if (x[1] <= y[1]) i++;
    else j++;
  }
  return false;
}

/** Is `offset` in one of the sorted spans? */
export const inSpans = (spans: readonly Span[], offset: number): boolean => spans.some((span) => span[0] <= offset && offset < span[1]);

const oneStream = (stream: Stream, spans: readonly Span[]): LinkedBytes =>
  stream === 'c2s' ? { c2s: joinSpans(spans), s2c: [] } : { c2s: [], s2c: joinSpans(spans) };

/** Spans of the bytes that an event's own fields name; undefined where it speaks of no bytes. */
function ownBytes(event: TraceEvent): LinkedBytes | undefined {
  if ('span' in event && 'stream' in event) return oneStream(event.stream, [event.span]);
  if (event.type === 'gateway.environ' || event.type === 'gateway.scope') {
    const c2s: Span[] = [];
    const s2c: Span[] = [];
    for (const { origin } of event.entries) if (origin.from === 'bytes') (origin.stream === 'c2s' ? c2s : s2c).push(...origin.spans);
    return { c2s: joinSpans(c2s), s2c: joinSpans(s2c) };
  }
  return undefined;
}

/**
 * Bytes of an exchange's application calls, which name none themselves: `startResponse` is the response head, the n-th
 * body piece the content octets that it added, a read those that it took. Content is counted; framing lies in between.
 */
function callBytes(log: TraceLog, exchange: ExchangeIndex): Map<TraceEvent, LinkedBytes> {
  const found = new Map<TraceEvent, LinkedBytes>();
  const connection = log.connections.get(exchange.connection);
  if (!connection) return found;
  let written = 0;
  let read = 0;
  for (const event of exchange.events) {
    switch (event.type) {
      case 'app.start':
        if (exchange.response) found.set(event, oneStream('s2c', [exchange.response.span]));
        break;
      case 'app.body':
        found.set(event, oneStream('s2c', connection.s2c.contentSpans(exchange.number, written, written + event.size)));
        written += event.size;
        break;
      case 'app.read':
        found.set(event, oneStream('c2s', connection.c2s.contentSpans(exchange.number, read, read + event.size)));
        read += event.size;
        break;
      default:
        break;
    }
  }
  return found;
}

/** Bytes of every event of an exchange that has any. */
function exchangeBytes(log: TraceLog, exchange: ExchangeIndex): Map<TraceEvent, LinkedBytes> {
  const found = callBytes(log, exchange);
  for (const event of exchange.events) {
    const own = ownBytes(event);
    if (own) found.set(event, own);
  }
  return found;
}

/**
 * The smallest thing that anybody made of a byte: a token of the parser, the part of it that an `environ` key came from,
 * or the piece that one call of the app wrote or read. What the pointer means when it points at a byte.
 */
export function unitAt(log: TraceLog, connection: number, stream: Stream, offset: number): Span {
  const index = log.stream(connection, stream);
  const token = index?.refused.find((span) => span.start <= offset && offset < span.end) ?? index?.tokenAt(offset);
  if (!token) return [offset, offset + 1];
  let narrowest: Span = [token.start, token.end];
  const consider = (span: Span): void => {
    if (span[0] <= offset && offset < span[1] && span[1] - span[0] < narrowest[1] - narrowest[0]) narrowest = span;
  };
  const exchange = log.exchange(connection, token.exchange);
  if (!exchange) return narrowest;
  for (const { origin } of exchange.context?.entries ?? []) if (origin.from === 'bytes' && origin.stream === stream) origin.spans.forEach(consider);
  if (token.token === 'body') for (const bytes of callBytes(log, exchange).values()) bytes[stream].forEach(consider);
  return narrowest;
}

const hasBytes = (bytes: LinkedBytes): boolean => bytes.c2s.length > 0 || bytes.s2c.length > 0;

const siteOf = (event: TraceEvent): SourceSite | undefined => ('site' in event ? event.site : undefined);

const sameLine = (site: SourceSite | undefined, file: string, line: number): boolean => site?.file === file && site.line === line;

/** The exchange whose bytes these are: the one that has a token there, else the one whose head or data covers it. */
function exchangeAt(log: TraceLog, connection: number, stream: Stream, span: Span): number {
  const index = log.stream(connection, stream);
  const token = index?.tokensIn(span[0], Math.max(span[1], span[0] + 1)).find((candidate) => candidate.exchange > 0);
  return token?.exchange ?? index?.refused.find((candidate) => candidate.start < span[1] && span[0] < candidate.end)?.exchange ?? 0;
}

interface Start { readonly connection: number; readonly exchange: number; readonly bytes: LinkedBytes; readonly events: readonly TraceEvent[]; readonly keys: readonly string[] }

/** What the selection itself denotes, before anything is linked to it. */
function startOf(log: TraceLog, selection: Selection, focus: { readonly connection: number; readonly exchange: number }): Start | undefined {
  switch (selection.kind) {
    case 'event': {
      const event = log.get(selection.id);
      if (!event) return undefined;
      const connection = connectionOf(event);
      let number = exchangeOf(event);
      if (number === 0 && 'span' in event && 'stream' in event) number = exchangeAt(log, connection, event.stream, event.span);
      const exchange = log.exchange(connection, number);
      const bytes = ownBytes(event) ?? (exchange ? callBytes(log, exchange).get(event) : undefined) ?? noBytes;
      return { connection, exchange: number, bytes, events: [event], keys: [] };
    }
    case 'bytes': {
      const { connection, stream, span } = selection;
      if (!log.connections.has(connection)) return undefined;
      return { connection, exchange: exchangeAt(log, connection, stream, span), bytes: oneStream(stream, [span]), events: [], keys: [] };
    }
    case 'key': {
      const { connection, exchange, key } = selection;
      const entry = log.exchange(connection, exchange)?.context?.entries.find((candidate) => candidate.key === key);
      if (!entry) return undefined;
      const bytes = entry.origin.from === 'bytes' ? oneStream(entry.origin.stream, entry.origin.spans) : noBytes;
      return { connection, exchange, bytes, events: [], keys: [key] };
    }
    case 'line': {
      const exchange = log.exchange(focus.connection, focus.exchange);
      const at = exchange?.events.filter((event) => sameLine(siteOf(event), selection.file, selection.line)) ?? [];
      if (!exchange || at.length === 0) return undefined;
      const calls = callBytes(log, exchange);
      const parts = at.map((event) => calls.get(event) ?? noBytes);
      const bytes = { c2s: joinSpans(parts.flatMap((part) => part.c2s)), s2c: joinSpans(parts.flatMap((part) => part.s2c)) };
      return { ...focus, bytes, events: at, keys: [] };
    }
  }
}

/**
 * Everything that `selection` lights; undefined where it points at nothing that is in the trace (any more).
 * `focus` is the exchange being looked at: a line of the app means that line *in this exchange*.
 */
export function link(log: TraceLog, selection: Selection, focus: { readonly connection: number; readonly exchange: number }): Linked | undefined {
  const start = startOf(log, selection, focus);
  if (!start) return undefined;
  const { connection, exchange: number, bytes } = start;
  const events = new Set<TraceEvent>(start.events);
  const keys = new Set<string>(start.keys);
  const sites: SourceSite[] = [];
  const exchange = log.exchange(connection, number);
  if (exchange && hasBytes(bytes)) {
    for (const [event, own] of exchangeBytes(log, exchange)) if (overlaps(own.c2s, bytes.c2s) || overlaps(own.s2c, bytes.s2c)) events.add(event);
    for (const { key, origin } of exchange.context?.entries ?? []) {
      if (origin.from === 'bytes' && overlaps(joinSpans(origin.spans), bytes[origin.stream])) keys.add(key);
    }
  }
  // Segments usually belong to the connection rather than to one exchange.
  const segments = log.connections.get(connection);
  for (const segment of segments ? [...segments.segments, ...segments.clientSegments] : []) {
    if (overlaps([segment.span], bytes[segment.stream])) events.add(segment);
  }
  for (const event of events) {
    const site = siteOf(event);
    if (site && !sites.some((known) => sameLine(known, site.file, site.line))) sites.push(site);
  }
  return { connection, exchange: number, c2s: bytes.c2s, s2c: bytes.s2c, events, keys, sites };
}

/** Two selections that mean the same. */
export function sameSelection(a: Selection | null, b: Selection | null): boolean {
  if (a === b) return true;
  if (!a || !b) return false;
  switch (a.kind) {
    case 'event': return b.kind === 'event' && a.id === b.id;
    case 'bytes': return b.kind === 'bytes' && a.connection === b.connection && a.stream === b.stream && a.span[0] === b.span[0] && a.span[1] === b.span[1];
    case 'key': return b.kind === 'key' && a.connection === b.connection && a.exchange === b.exchange && a.key === b.key;
    case 'line': return b.kind === 'line' && a.file === b.file && a.line === b.line;
  }
}
