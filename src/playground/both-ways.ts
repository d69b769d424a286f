/**
 * The same request as WSGI's `environ` and as ASGI's `scope`: what became what, and what is lost on the way.
 *
 * The side that the application was called with is in the trace. The other is built here, from the same bytes and with the gateway's
 * own builders: a second opinion about the rules would be worth nothing.
 */
import { Connection } from '../core/http1/connection.ts';
import { ProtocolError } from '../core/http1/errors.ts';
import type { Request } from '../core/http1/events.ts';
import { extensions } from '../gateway/asgi/http.ts';
import { buildHttpScope, describeScope, type ScopeSource } from '../gateway/asgi/scope.ts';
import type { ConnectionFacts, Endpoint } from '../gateway/channel.ts';
import { environEntries } from '../gateway/wsgi/environ.ts';
import type { SnippetServer } from '../snippet/schema.ts';
import type { ContextEntry, Span } from '../trace/events.ts';
import { noTrace } from '../trace/tracer.ts';
import { joinSpans, overlaps } from './select.ts';
import type { ConnectionIndex, ExchangeIndex } from './trace-log.ts';

/** What is worth knowing about a pair of entries; the words are the catalogue's. */
export type PairNote =
  | 'method' | 'mount' | 'path' | 'raw-path' | 'query' | 'protocol' | 'scheme' | 'server' | 'client' | 'version'
  | 'input' | 'errors' | 'processes' | 'file-wrapper' | 'software' | 'type' | 'state' | 'extensions'
  | 'field' | 'field-joined' | 'field-left-out' | 'length-computed';

/** Entries of both sides that say the same. One side may be empty: then it is lost there. */
export interface Pair {
  readonly environ: readonly ContextEntry[];
  readonly scope: readonly ContextEntry[];
  readonly note: PairNote;
}

/** Both sides of one request. */
export interface BothWays {
  /** Which one the application was called with. */
  readonly called: 'environ' | 'scope';
  readonly pairs: readonly Pair[];
}

/** What the specifications have in common besides the field lines. */
const known: readonly { readonly environ: readonly string[]; readonly scope: readonly string[]; readonly note: PairNote }[] = [
  { environ: ['REQUEST_METHOD'], scope: ['method'], note: 'method' },
  { environ: ['SCRIPT_NAME'], scope: ['root_path'], note: 'mount' },
  { environ: ['PATH_INFO'], scope: ['path'], note: 'path' },
  { environ: ['RAW_URI'], scope: ['raw_path'], note: 'raw-path' },
  { environ: ['QUERY_STRING'], scope: ['query_string'], note: 'query' },
  { environ: ['SERVER_PROTOCOL'], scope: ['http_version'], note: 'protocol' },
  { environ: ['wsgi.url_scheme'], scope: ['scheme'], note: 'scheme' },
  { environ: ['SERVER_NAME', 'SERVER_PORT'], scope: ['server'], note: 'server' },
  { environ: ['REMOTE_ADDR', 'REMOTE_PORT'], scope: ['client'], note: 'client' },
  { environ: ['wsgi.version'], scope: ['asgi'], note: 'version' },
  { environ: [], scope: ['type'], note: 'type' },
];

const lost: typeof known = [
  { environ: ['wsgi.input', 'wsgi.input_terminated'], scope: [], note: 'input' },
  { environ: ['wsgi.errors'], scope: [], note: 'errors' },
  { environ: ['wsgi.multithread', 'wsgi.multiprocess', 'wsgi.run_once'], scope: [], note: 'processes' },
  { environ: ['wsgi.file_wrapper'], scope: [], note: 'file-wrapper' },
  { environ: ['SERVER_SOFTWARE'], scope: [], note: 'software' },
  { environ: [], scope: ['state'], note: 'state' },
  { environ: [], scope: ['extensions'], note: 'extensions' },
];

/** Undefined where the application was not called, or the request's bytes are not known (any more). */
export function bothWays(connection: ConnectionIndex, exchange: ExchangeIndex, server: SnippetServer): BothWays | undefined {
  const { context, request: head } = exchange;
  if (!context || !head) return undefined;
  const request = readHead(connection.c2s.slice(head.span[0], head.span[1]));
  if (!request) return undefined;
  const facts: ConnectionFacts = {
    scheme: 'http', local: endpoint(connection.local), remote: endpoint(connection.remote),
    rootPath: server.rootPath ?? '', multiprocess: (server.workers ?? 1) > 1, software: 'porthole',
  };
  const told = context.entries;
  const built = (context.type === 'gateway.environ' ? scopeEntries(request, facts) : environEntries(request, facts, bodyBytesOf(exchange))).map((entry) => shifted(entry, head.span[0]));
  const called = context.type === 'gateway.environ' ? 'environ' : 'scope';
  const [environ, scope] = called === 'environ' ? [told, built] : [built, told];
  return { called, pairs: pair(environ, scope) };
}

/** The head once more through the parser that accepted it. */
function readHead(bytes: Uint8Array): Request | undefined {
  const parser = new Connection({ role: 'server', id: 0, tracer: noTrace });
  try {
    parser.receiveData(bytes);
    const event = parser.nextEvent();
    return event.type === 'request' ? event : undefined;
  } catch (error) {
    // Accepted by a server that is more lenient than the parser is by itself.
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

function endpoint(address: string): Endpoint {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, Math.max(0, colon)).replace(/^\[|\]$/g, ''), port: Number(address.slice(colon + 1)) || 0 };
}

/** Octets of content that were received. */
const bodyBytesOf = (exchange: ExchangeIndex): number => exchange.events.reduce((sum, event) => (event.type === 'http.data' && event.stream === 'c2s' ? sum + event.span[1] - event.span[0] : sum), 0);

function scopeEntries(request: Request, facts: ConnectionFacts): ContextEntry[] {
  const source: ScopeSource = { request, facts, state: undefined, extensions };
  return describeScope(buildHttpScope(source), source);
}

/** Spans of a head that was read by itself, moved to where it lies in the stream. */
function shifted(entry: ContextEntry, by: number): ContextEntry {
  if (entry.origin.from !== 'bytes') return entry;
  return { ...entry, origin: { ...entry.origin, spans: entry.origin.spans.map(([start, end]): Span => [start + by, end + by]) } };
}

const spansOf = ({ origin }: ContextEntry): readonly Span[] => (origin.from === 'bytes' ? joinSpans(origin.spans) : []);

const isField = (key: string): boolean => key.startsWith('HTTP_') || key === 'CONTENT_TYPE' || key === 'CONTENT_LENGTH';

/** Fixed keys by name, field lines by the bytes they came from. Nothing that either side has is left out. */
function pair(environ: readonly ContextEntry[], scope: readonly ContextEntry[]): Pair[] {
  const left = new Map(environ.map((entry) => [entry.key, entry]));
  const right = new Map(scope.map((entry) => [entry.key, entry]));
  const take = (from: Map<string, ContextEntry>, keys: readonly string[]): ContextEntry[] => keys.flatMap((key) => {
    const entry = from.get(key);
    from.delete(key);
    return entry ? [entry] : [];
  });
  const some = (found: Pair): Pair[] => (found.environ.length + found.scope.length > 0 ? [found] : []);
  const byName = (rows: typeof known): Pair[] => rows.flatMap(({ environ: a, scope: b, note }) => some({ environ: take(left, a), scope: take(right, b), note }));
  const fixed = byName(known);
  const ends = byName(lost);
  right.delete('headers');

  const fields: Pair[] = [];
  for (const entry of [...left.values()].filter(({ key }) => isField(key))) {
    left.delete(entry.key);
    const lines = [...right.values()].filter((line) => overlaps(spansOf(entry), spansOf(line)));
    for (const line of lines) right.delete(line.key);
    fields.push({ environ: [entry], scope: lines, note: lines.length > 1 ? 'field-joined' : lines.length === 1 ? 'field' : 'length-computed' });
  }
  for (const line of right.values()) fields.push({ environ: [], scope: [line], note: 'field-left-out' });
  // What a middleware or a later version has put there: shown, and not explained.
  for (const entry of left.values()) fields.push({ environ: [entry], scope: [], note: 'field' });
  return [...fixed, ...fields, ...ends];
}
