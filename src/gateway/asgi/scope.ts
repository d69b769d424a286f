/** The only place where an ASGI `scope` is built (ASGI 3.0, HTTP & WebSocket 2.5), and where each of its keys comes from. */
import type { ContextEntry, Provenance, Span } from '../../trace/events.ts';
import type { Exchange } from '../exchange.ts';
import { fromLatin1, latin1, unquote } from '../latin1.ts';
import { pathAndQuery } from '../wsgi/environ.ts';
import type { AsgiHeaders, HttpScope } from './types.ts';

const utf8 = new TextDecoder();

/** Build the http scope. `state`: the lifespan's, copied for this request (lifespan 2.0: "a shallow copy"). */
export function buildHttpScope(exchange: Exchange, state: Record<string, unknown> | undefined): HttpScope {
  const { request, settings, local, remote } = exchange;
  const { path, query } = pathAndQuery(request);
  const { headers } = request;
  const pairs: AsgiHeaders = [];
  const authority = request.targetParts.form === 'absolute' ? request.target.slice(...request.targetParts.authority) : undefined;
  for (let i = 0; i < headers.length; i += 1) {
    const name = headers.lowerName(i);
    // RFC9112-3.2.2: in absolute-form the target's authority replaces Host.
    pairs.push([fromLatin1(name), fromLatin1(name === 'host' && authority !== undefined ? authority : headers.value(i))]);
  }
  // "raw_path": without the query; "path": percent-decoded and UTF-8 decoded, with the root path (2.4: "path includes root_path").
  return {
    type: 'http',
    asgi: { version: '3.0', spec_version: '2.5' },
    http_version: request.version === 11 ? '1.1' : '1.0',
    method: request.method,
    scheme: settings.scheme,
    path: utf8.decode(fromLatin1(unquote(path))),
    raw_path: fromLatin1(path),
    query_string: fromLatin1(query),
    root_path: settings.rootPath,
    headers: pairs,
    client: [remote.host, remote.port],
    server: [local.host, local.port],
    ...(state ? { state: { ...state } } : {}),
    extensions: {},
  };
}

/** Where each key came from: for the trace, so built only while somebody listens. Each header is an entry of its own. */
export function describeScope(exchange: Exchange, scope: HttpScope): ContextEntry[] {
  const { request } = exchange;
  const entries: ContextEntry[] = [];
  for (const [key, value] of Object.entries(scope)) {
    if (key === 'headers') {
      for (let i = 0; i < request.headers.length; i += 1) {
        const spans = [request.headers.nameSpan(i), request.headers.valueSpan(i)];
        entries.push({ key: `headers[${i}]`, value: `(b'${request.headers.lowerName(i)}', b'${latin1(scope.headers[i]![1])}')`.slice(0, longest), kind: 'tuple', origin: { from: 'bytes', stream: 'c2s', spans } });
      }
    } else {
      entries.push({ key, ...render(value), origin: originOf(key, exchange) });
    }
  }
  return entries;
}

function originOf(key: string, { request }: Exchange): Provenance {
  const bytes = (span: Span): Provenance => ({ from: 'bytes', stream: 'c2s', spans: [span] });
  const start = request.targetSpan[0];
  const part = (range: readonly [number, number] | undefined): Provenance => bytes(range && range[1] > range[0] ? [start + range[0], start + range[1]] : request.targetSpan);
  switch (key) {
    case 'method': return bytes(request.methodSpan);
    case 'path':
    case 'raw_path': return part(request.targetParts.path);
    case 'query_string': return part(request.targetParts.query);
    case 'http_version': return bytes(request.versionSpan);
    case 'scheme': return { from: 'setting', name: 'scheme' };
    case 'root_path': return { from: 'setting', name: 'root-path' };
    case 'client': return { from: 'setting', name: 'peer address' };
    case 'server': return { from: 'setting', name: 'bind' };
    case 'state': return { from: 'setting', name: 'lifespan' };
    default: return { from: 'gateway' };
  }
}

const longest = 4096;

function render(value: unknown): { readonly value: string; readonly kind: string } {
  if (typeof value === 'string') return { value: value.slice(0, longest), kind: 'str' };
  if (value instanceof Uint8Array) return { value: `b'${latin1(value.subarray(0, longest))}'`, kind: 'bytes' };
  if (Array.isArray(value)) return { value: `(${value.map((one) => (typeof one === 'string' ? `'${one}'` : String(one))).join(', ')})`, kind: 'tuple' };
  if (value === null || value === undefined) return { value: 'None', kind: 'none' };
  if (typeof value === 'object') return { value: `{${Object.entries(value).map(([name, one]) => `'${name}': ${typeof one === 'string' ? `'${one}'` : String(one)}`).join(', ')}}`.slice(0, longest), kind: 'dict' };
  return { value: String(value), kind: typeof value === 'number' ? 'int' : 'bool' };
}
