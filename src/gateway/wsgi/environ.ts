/** The only place where an `environ` is built (PEP 3333, "environ Variables"), and where each of its keys comes from. */
import type { Request } from '../../core/http1/events.ts';
import type { ContextEntry, Provenance, Span } from '../../trace/events.ts';
import type { Exchange } from '../exchange.ts';
import { unquote } from '../latin1.ts';
import type { WsgiEnviron, WsgiErrors, WsgiInput } from './types.ts';
import { wrapFile } from './file-wrapper.ts';

/** Joined with "; " where a client sent several lines (RFC 9113 §8.2.3 allows it, and no comma can stand between cookies). */
const cookie = 'HTTP_COOKIE';

/** `User-Agent` to `HTTP_USER_AGENT` (RFC 3875 §4.1.18). */
const environKey = (lowerName: string): string => {
  const key = lowerName.toUpperCase().replaceAll('-', '_');
  // PEP 3333: the two that have keys of their own, without the prefix.
  return key === 'CONTENT_TYPE' || key === 'CONTENT_LENGTH' ? key : `HTTP_${key}`;
};

/** Path and query of a request in any of its forms. */
export function pathAndQuery(request: Request): { readonly path: string; readonly query: string } {
  const { target, targetParts: parts } = request;
  // RFC9112-3.2.4: `OPTIONS *` asks about the server; RFC9112-3.2.2: `http://host` has an empty path, which means "/".
  const path = parts.form === 'asterisk' ? '*' : target.slice(...parts.path) || '/';
  return { path, query: parts.query ? target.slice(...parts.query) : '' };
}

/** Build the environ of an exchange. Values are latin-1 strings; see {@link describeEnviron} for their origin. */
export function buildEnviron(exchange: Exchange, input: WsgiInput, errors: WsgiErrors): WsgiEnviron {
  const { request, settings, local, remote } = exchange;
  const { path, query } = pathAndQuery(request);
  const decoded = unquote(path);
  const mounted = settings.rootPath !== '' && (decoded === settings.rootPath || decoded.startsWith(`${settings.rootPath}/`));
  const environ: WsgiEnviron = {
    REQUEST_METHOD: request.method,
    SCRIPT_NAME: settings.rootPath,
    PATH_INFO: mounted ? decoded.slice(settings.rootPath.length) : decoded,
    QUERY_STRING: query,
    RAW_URI: request.target,
    SERVER_PROTOCOL: request.version === 11 ? 'HTTP/1.1' : 'HTTP/1.0',
    SERVER_NAME: local.host,
    SERVER_PORT: String(local.port),
    SERVER_SOFTWARE: settings.software,
    REMOTE_ADDR: remote.host,
    REMOTE_PORT: String(remote.port),
    'wsgi.version': [1, 0],
    'wsgi.url_scheme': settings.scheme,
    'wsgi.input': input,
    'wsgi.errors': errors,
    'wsgi.multithread': settings.multithread,
    'wsgi.multiprocess': settings.multiprocess,
    'wsgi.run_once': false,
    'wsgi.input_terminated': true,
    'wsgi.file_wrapper': wrapFile,
  };
  const { headers } = request;
  for (let i = 0; i < headers.length; i += 1) {
    // `X_User` would become the same key as `X-User`, which a proxy in front may have checked: it is left out.
    if (headers.nameHasUnderscore(i)) continue;
    const key = environKey(headers.lowerName(i));
    const value = headers.value(i);
    const known = environ[key];
    // RFC9110-5.3: several lines of a name are one list, joined with commas.
    environ[key] = typeof known === 'string' && key.startsWith('HTTP_') ? `${known}${key === cookie ? '; ' : ','}${value}` : value;
  }
  // RFC9112-3.2.2: in absolute-form the target's authority replaces Host.
  if (request.targetParts.form === 'absolute') environ.HTTP_HOST = request.target.slice(...request.targetParts.authority);
  return environ;
}

/** Where each key came from: for the trace, so built only while somebody listens. */
export function describeEnviron(exchange: Exchange, environ: WsgiEnviron): ContextEntry[] {
  const { request } = exchange;
  const spans = fieldSpans(request);
  return Object.entries(environ).map(([key, value]) => ({ key, ...render(value), origin: originOf(key, request, spans) }));
}

/** Spans of name and value of every line that went into a key. */
function fieldSpans(request: Request): Map<string, Span[]> {
  const spans = new Map<string, Span[]>();
  const { headers } = request;
  for (let i = 0; i < headers.length; i += 1) {
    if (headers.nameHasUnderscore(i)) continue;
    const key = environKey(headers.lowerName(i));
    spans.set(key, [...(spans.get(key) ?? []), headers.nameSpan(i), headers.valueSpan(i)]);
  }
  return spans;
}

const settingOf: Readonly<Record<string, string>> = {
  SCRIPT_NAME: 'root-path', SERVER_NAME: 'bind', SERVER_PORT: 'bind', SERVER_SOFTWARE: 'server version', REMOTE_ADDR: 'peer address', REMOTE_PORT: 'peer address',
  'wsgi.url_scheme': 'scheme', 'wsgi.multithread': 'worker-class', 'wsgi.multiprocess': 'workers',
};

function originOf(key: string, request: Request, fields: ReadonlyMap<string, Span[]>): Provenance {
  const bytes = (...spans: Span[]): Provenance => ({ from: 'bytes', stream: 'c2s', spans });
  const start = request.targetSpan[0];
  const part = (range: readonly [number, number] | undefined): Provenance => (range && range[1] > range[0] ? bytes([start + range[0], start + range[1]]) : bytes(request.targetSpan));
  const parts = request.targetParts;
  switch (key) {
    case 'REQUEST_METHOD': return bytes(request.methodSpan);
    case 'RAW_URI': return bytes(request.targetSpan);
    case 'PATH_INFO': return part(parts.path);
    case 'QUERY_STRING': return part(parts.query);
    case 'SERVER_PROTOCOL': return bytes(request.versionSpan);
    case 'HTTP_HOST': if (parts.form === 'absolute') return part(parts.authority);
  }
  const spans = fields.get(key);
  if (spans) return bytes(...spans);
  const name = settingOf[key];
  return name === undefined ? { from: 'gateway' } : { from: 'setting', name };
}

const longest = 4096;

/** A value as it is shown. */
function render(value: unknown): { readonly value: string; readonly kind: string } {
  switch (typeof value) {
    case 'string': return { value: value.slice(0, longest), kind: 'str' };
    case 'boolean': return { value: value ? 'True' : 'False', kind: 'bool' };
    case 'number': return { value: String(value), kind: 'int' };
    case 'function': return { value: `function ${value.name}`, kind: 'object' };
    default: return Array.isArray(value) ? { value: `(${value.join(', ')})`, kind: 'tuple' } : { value: `<${(value as object | null)?.constructor?.name ?? 'null'}>`, kind: 'object' };
  }
}
