/**
 * The one place where an `http` or `websocket` scope is made (HTTP & WebSocket message format 2.5), and told to the trace with the
 * origin of each entry.
 */
import type { ConnectionFacts, Endpoint, ExchangeContext } from '../channel.ts';
import type { Request } from '../../core/http1/events.ts';
import type { ContextEntry, Provenance, Span } from '../../trace/events.ts';
import { emitLater } from '../../trace/tracer.ts';
import { clientOrigin } from '../forwarded.ts';
import { entriesBytes, kindOf, renderValue } from '../render.ts';
import { isBelow, latin1Bytes, latin1ToUtf8, readTarget, type Target } from '../target.ts';
import { addHeadersLater, headersAreWanted } from './lazy-headers.ts';
import type { AsgiHeaders, AsgiVersions, ConnectionScope, HttpScope, WebSocketScope } from './types.ts';

/** The versions that this gateway speaks. A fresh object each time: the scope is the application's to change. */
export const asgiVersions = (): AsgiVersions => ({ version: '3.0', spec_version: '2.5' });

/** What a scope is made from. */
export interface ScopeSource {
  readonly request: Request;
  readonly facts: ConnectionFacts;
  /** Lifespan's state; undefined where there is no lifespan. */
  readonly state: Readonly<Record<string, unknown>> | undefined;
  /** What this gateway offers besides the base specification; made anew for each scope, since it is the application's to change. */
  readonly extensions: () => Record<string, Record<string, unknown>>;
}

/** ASGI-scope-1 to -8. `mayWait`: the octets of the headers may be made when they are asked for. */
export function buildHttpScope(source: ScopeSource, mayWait = false): HttpScope {
  const { request, facts } = source;
  const target = readTarget(request, false);
  const octets = mayWait && !headersAreWanted() ? undefined : octetsOf(request, target);
  // Written out, as `connectionEntries` is: spreading one object into another costs more than filling it.
  const scope = {
    type: 'http',
    asgi: asgiVersions(),
    http_version: request.version === 10 ? '1.0' : '1.1',
    method: request.method,
    scheme: facts.scheme,
    path: pathOf(target.decodedPath, facts.rootPath),
    raw_path: octets?.rawPath ?? latin1Bytes(target.path),
    query_string: octets?.query ?? latin1Bytes(target.query),
    root_path: latin1ToUtf8(facts.rootPath),
  } as HttpScope;
  if (octets === undefined) addHeadersLater(scope, headersOf, request, target);
  else scope.headers = octets.headers;
  scope.client = clientOf(facts.remote);
  scope.server = serverOf(facts.local);
  addShared(scope, source);
  return scope;
}

/** ASGI-lifespan-5: "a shallow copy of the namespace is passed into each subsequent request"; and what the server offers besides. */
function addShared(scope: ConnectionScope, { state, extensions }: ScopeSource): void {
  if (state !== undefined) scope.state = { ...state };
  scope.extensions = extensions();
}

/** ASGI-ws.scope-1, ASGI-ws.scope-2. `subprotocols`: what the client advertised, in its order. */
export function buildWebSocketScope(source: ScopeSource, subprotocols: readonly string[]): WebSocketScope {
  const { request, facts } = source;
  const target = readTarget(request, false);
  const scope: WebSocketScope = {
    type: 'websocket',
    asgi: asgiVersions(),
    http_version: '1.1',
    scheme: facts.scheme === 'https' ? 'wss' : 'ws',
    ...connectionEntries(source, target),
    subprotocols: [...subprotocols],
  };
  addShared(scope, source);
  return scope;
}

/** What both kinds have in common, in the specification's order. */
function connectionEntries({ request, facts }: ScopeSource, target: Target): Pick<ConnectionScope, 'path' | 'raw_path' | 'query_string' | 'root_path' | 'headers' | 'client' | 'server'> {
  const { rawPath, query, headers } = octetsOf(request, target);
  return {
    path: pathOf(target.decodedPath, facts.rootPath),
    raw_path: rawPath,
    query_string: query,
    root_path: latin1ToUtf8(facts.rootPath),
    headers,
    client: clientOf(facts.remote),
    server: serverOf(facts.local),
  };
}

/**
 * ASGI-scope-3. `path` is seen from the outside, so it begins with the mount point; where a proxy has taken it off, it is put
 * back (as uvicorn does). An application finds its own part behind `root_path`.
 */
function pathOf(decoded: string, rootPath: string): string {
  return latin1ToUtf8(rootPath === '' || isBelow(decoded, rootPath) ? decoded : rootPath + decoded);
}

/** What a scope has of the request's octets. */
interface Octets { readonly rawPath: Uint8Array; readonly query: Uint8Array; readonly headers: AsgiHeaders }

/**
 * ASGI-scope-3, -4 and -6. All of it is pieces of one copy of the head (an array for each would cost more than parsing the request), and
 * no two of them overlap: the application may write into them as it likes, and no other request has to do with it.
 */
function octetsOf(request: Request, target: Target): Octets {
  const { headers, span } = request;
  // (Taken out of the loop: engines look these up anew each time.)
  const { buffer, byteOffset } = request.octets();
  const origin = byteOffset - span[0];
  const pairs: AsgiHeaders = [];
  // RFC9112-3.2.2-8: the host of an absolute-form target counts, and stands where the field would.
  if (target.authority !== undefined) pairs.push([latin1Bytes('host'), latin1Bytes(target.authority)]);
  for (let i = 0; i < headers.length; i += 1) {
    if (target.authority !== undefined && headers.lowerName(i) === 'host') continue;
    const [nameStart, nameEnd] = headers.nameSpan(i);
    const [start, end] = headers.valueSpan(i);
    pairs.push([lowered(new Uint8Array(buffer, origin + nameStart, nameEnd - nameStart)), new Uint8Array(buffer, origin + start, end - start)]);
  }
  // The path of an absolute-form target may be missing: then it is `/` all the same.
  if (target.authority !== undefined) return { rawPath: latin1Bytes(target.path), query: latin1Bytes(target.query), headers: pairs };
  const [start, end] = request.targetSpan;
  return {
    rawPath: new Uint8Array(buffer, origin + start, target.path.length),
    query: new Uint8Array(buffer, origin + end - target.query.length, target.query.length),
    headers: pairs,
  };
}

const headersOf = (request: Request, target: Target): AsgiHeaders => octetsOf(request, target).headers;

/** In place, as ASCII. */
function lowered(name: Uint8Array): Uint8Array {
  for (let i = 0; i < name.length; i += 1) {
    const octet = name[i]!;
    if (octet >= 0x41 && octet <= 0x5a) name[i] = octet | 0x20;
  }
  return name;
}

/** ASGI-scope-7. A Unix socket's peer has no address; a client that a proxy speaks of may have no port. */
const clientOf = ({ host, port }: Endpoint): [string, number] | null => (port === 0 && (host === '' || host.startsWith('/')) ? null : [host, port]);
const serverOf = ({ host, port }: Endpoint): [string, number | null] | null => (port > 0 ? [host, port] : host === '' ? null : [host, null]);

/** Where the values of a field are. */
const fieldSpans = ({ headers }: Request, name: string): Span[] =>
  Array.from({ length: headers.length }, (_, i) => i).filter((i) => headers.lowerName(i) === name).map((i) => headers.valueSpan(i));

const setting = (name: string): Provenance => ({ from: 'setting', name });
const gateway: Provenance = Object.freeze({ from: 'gateway' });
const bytes = (...spans: readonly (Span | undefined)[]): Provenance => {
  const known = spans.filter((span) => span !== undefined);
  return known.length > 0 ? { from: 'bytes', stream: 'c2s', spans: known } : gateway;
};

/**
 * The scope as trace entries. `headers` gives one entry for the list and one per field, `headers[0]` and so on, so that each
 * can be linked to its bytes. `state`: how the lifespan's state was rendered when the application was called, where that is long ago.
 */
export function describeScope(scope: HttpScope | WebSocketScope, source: ScopeSource, state?: string): ContextEntry[] {
  const { request } = source;
  const target = readTarget(request, true);
  const origins: Record<string, Provenance> = {
    http_version: bytes(request.versionSpan),
    method: bytes(request.methodSpan),
    path: bytes(target.pathSpan),
    raw_path: bytes(target.pathSpan),
    query_string: bytes(target.querySpan),
    scheme: clientOrigin('scheme', request, source.facts),
    root_path: source.facts.rootPath === '' ? gateway : setting('root-path'),
    client: clientOrigin('remote', request, source.facts),
    server: setting('bind'),
    subprotocols: bytes(...fieldSpans(request, 'sec-websocket-protocol')),
    state: setting('lifespan'),
  };
  const entries: ContextEntry[] = [];
  for (const [key, value] of Object.entries(scope)) {
    if (key !== 'headers') {
      entries.push({ key, value: key === 'state' && state !== undefined ? state : renderValue(value), kind: key === 'client' || key === 'server' ? (value === null ? 'none' : 'tuple') : kindOf(value), origin: origins[key] ?? gateway });
      continue;
    }
    const { headers } = request;
    const spans = Array.from({ length: headers.length }, (_, i): Span => [headers.nameSpan(i)[0], headers.valueSpan(i)[1]]);
    entries.push({ key, value: `${scope.headers.length} field lines`, kind: 'list', origin: bytes(...spans) });
    // The lines that were taken over, in order; the one made from the target comes first.
    const taken = spans.filter((_, i) => target.authority === undefined || headers.lowerName(i) !== 'host');
    if (target.authority !== undefined) taken.unshift(target.authoritySpan ?? [0, 0]);
    scope.headers.forEach((pair, i) => entries.push({ key: `headers[${i}]`, value: renderValue(pair), kind: 'tuple', origin: bytes(taken[i]) }));
  }
  return entries;
}

/**
 * Tell the trace which scope the application is about to be given. `make` makes it again: the application may change its own. `at`: the time now.
 * The state's values are everybody's to change, so how they look now is noted now.
 */
export function traceScope({ tracer, connection, exchange, request }: ExchangeContext, scope: HttpScope | WebSocketScope, source: ScopeSource, make: () => HttpScope | WebSocketScope, at: number): void {
  const state = scope.state === undefined ? undefined : renderValue(scope.state);
  emitLater(tracer, 'gateway.scope', entriesBytes(request), () => ({ type: 'gateway.scope', connection, exchange, entries: describeScope(make(), source, state) }), at);
}
