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
import { encodeLatin1 } from '../../core/http1/latin1.ts';
import { isBelow, latin1Bytes, latin1ToUtf8, percentDecode, readTarget, type Target } from '../target.ts';
import type { AsgiHeaders, AsgiVersions, ConnectionScope, HttpScope, WebSocketScope } from './types.ts';

/** The versions that this gateway speaks. A fresh object each time: the scope is the application's to change. */
export const asgiVersions = (): AsgiVersions => ({ version: '3.0', spec_version: '2.5' });

/** What a scope is made from. */
export interface ScopeSource {
  readonly request: Request;
  readonly facts: ConnectionFacts;
  /** Lifespan's state; undefined where there is no lifespan. */
  readonly state: Readonly<Record<string, unknown>> | undefined;
  readonly extensions: readonly string[];
}

/** ASGI-scope-1 to -8. */
export function buildHttpScope(source: ScopeSource): HttpScope {
  const { request, facts } = source;
  const target = readTarget(request, false);
  // Written out, as `connectionEntries` is: spreading one object into another costs more than filling it.
  const scope: HttpScope = {
    type: 'http',
    asgi: asgiVersions(),
    http_version: request.version === 10 ? '1.0' : '1.1',
    method: request.method,
    scheme: facts.scheme,
    path: pathOf(target.path, facts.rootPath),
    raw_path: latin1Bytes(target.path),
    query_string: latin1Bytes(target.query),
    root_path: latin1ToUtf8(facts.rootPath),
    headers: headersOf(request, target),
    client: clientOf(facts.remote),
    server: serverOf(facts.local),
  };
  addShared(scope, source);
  return scope;
}

/** ASGI-lifespan-5: "a shallow copy of the namespace is passed into each subsequent request"; and what the server offers besides. */
function addShared(scope: ConnectionScope, { state, extensions }: ScopeSource): void {
  if (state !== undefined) scope.state = { ...state };
  const offered: Record<string, Record<string, unknown>> = {};
  for (let i = 0; i < extensions.length; i += 1) offered[extensions[i]!] = {};
  scope.extensions = offered;
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
  return {
    path: pathOf(target.path, facts.rootPath),
    raw_path: latin1Bytes(target.path),
    query_string: latin1Bytes(target.query),
    root_path: latin1ToUtf8(facts.rootPath),
    headers: headersOf(request, target),
    client: clientOf(facts.remote),
    server: serverOf(facts.local),
  };
}

/**
 * ASGI-scope-3. `path` is seen from the outside, so it begins with the mount point; where a proxy has taken it off, it is put
 * back (as uvicorn does). An application finds its own part behind `root_path`.
 */
function pathOf(path: string, rootPath: string): string {
  const decoded = percentDecode(path);
  return latin1ToUtf8(rootPath === '' || isBelow(decoded, rootPath) ? decoded : rootPath + decoded);
}

/** Names as octets. Bounded, since names are the client's. */
const names = new Map<string, Uint8Array>();

/** The octets of a name, shared by all requests that have it: byte strings are immutable where ASGI comes from. */
function nameBytes(lower: string): Uint8Array {
  let bytes = names.get(lower);
  if (bytes === undefined) {
    bytes = latin1Bytes(lower);
    if (names.size < 512) names.set(lower, bytes);
  }
  return bytes;
}

/** ASGI-scope-6. The values are pieces of one array (on Node of a pool, as small Buffers are): one for each would cost more than parsing the request. */
function headersOf(request: Request, target: Target): AsgiHeaders {
  const { headers } = request;
  const values: string[] = [];
  const pairs: AsgiHeaders = [];
  const add = (name: string, value: string): void => {
    values.push(value);
    pairs.push([nameBytes(name), nothing]);
  };
  // RFC9112-3.2.2-8: the host of an absolute-form target counts, and stands where the field would.
  if (target.authority !== undefined) add('host', target.authority);
  for (let i = 0; i < headers.length; i += 1) {
    const name = headers.lowerName(i);
    if (name !== 'host' || target.authority === undefined) add(name, headers.value(i));
  }
  const { buffer, byteOffset } = encodeLatin1(values.join(''));
  let at = byteOffset;
  for (let i = 0; i < pairs.length; i += 1) {
    const { length } = values[i]!;
    pairs[i]![1] = new Uint8Array(buffer, at, length);
    at += length;
  }
  return pairs;
}

const nothing = new Uint8Array(0);

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
