/**
 * The one place where `environ` is made.
 *
 * All strings are "bytes as latin-1" (PEP3333-unicode-1). Keys are those of PEP 3333 and the ones that gunicorn adds.
 * Where each entry came from is noted only when somebody listens (`origins`).
 */
import type { ConnectionFacts } from '../channel.ts';
import type { Request } from '../../core/http1/events.ts';
import type { Fields } from '../../core/http1/headers.ts';
import { knownNames } from '../../core/http1/known-names.ts';
import { clientOrigin } from '../forwarded.ts';
import type { ContextEntry, Provenance, Span, Stream } from '../../trace/events.ts';
import { kindOf, renderValue } from '../render.ts';
import { isBelow, readTarget, type Target } from '../target.ts';
import { ErrorStream } from './error-stream.ts';
import { fileWrapper } from './file-wrapper.ts';
import { BodyInput } from './input.ts';
import type { WsgiEnviron, WsgiErrors, WsgiInput } from './types.ts';
import { writerOf } from './usual-keys.ts';

/** A field that was left out of `environ`. */
export type Dropped = (name: string, span: Span, clause: string) => void;

/** What `environ` is made from. */
export interface EnvironSource {
  readonly request: Request;
  readonly facts: ConnectionFacts;
  readonly input: WsgiInput;
  readonly errors: WsgiErrors;
  /** Octets of the body, known since it is complete. */
  readonly bodyBytes: number;
  /** Told about fields that are left out. Only when traced. */
  readonly dropped?: Dropped;
  /** Filled with the origin of each key that was made from bytes or a setting. Only when traced. */
  readonly origins?: Map<string, Provenance>;
}

/** What becomes of a field, by its name. */
interface Rule {
  /** Key in `environ`; '' where the field is left out. */
  readonly key: string;
  /** Writes it. */
  readonly write: (environ: WsgiEnviron, value: string) => void;
  /** The clause by which it is left out; '' where it is not. */
  readonly dropped: string;
  /** Between the values of several lines. */
  readonly separator: string;
  /** Number of the last `environ` that has the key: cheaper to ask than the object. -1: the rule is not shared, so ask the object. */
  usedIn: number;
}

/** Rules by name as received and in lower case: a client spells its names the same way every time. Bounded, since names are the client's. */
const byName = new Map<string, Rule>();
const byLowerName = new Map<string, Rule>();
const maxRules = 512;
/** Those of the well-known names, by their number. */
const byNumber: (Rule | undefined)[] = knownNames.map(() => undefined);
/** Environs made so far. */
let made = 0;

function ruleAt(headers: Fields, index: number): Rule {
  const number = headers.nameNumber(index);
  if (number === 0) return ruleOf(headers.name(index));
  return (byNumber[number] ??= ruleOf(headers.name(index)));
}

function ruleOf(name: string): Rule {
  const known = byName.get(name);
  if (known !== undefined) return known;
  const lower = name.toLowerCase();
  let rule = byLowerName.get(lower);
  if (rule === undefined) {
    rule = makeRule(lower);
    if (byLowerName.size >= maxRules) return { ...rule, usedIn: -1 };
    byLowerName.set(lower, rule);
  }
  // However it is spelled, the key is the same, and so must be what tells that it was used.
  if (byName.size < maxRules) byName.set(name, rule);
  return rule;
}

const leftOut = (clause: string): Rule => ({ key: '', write: () => {}, dropped: clause, separator: '', usedIn: 0 });

/** PEP3333-environ-5 and -8. `name`: in lower case. */
function makeRule(name: string): Rule {
  // `X_User` and `X-User` would be one key: whoever trusts a proxy to set the latter must not be given the former.
  if (name.includes('_')) return leftOut('PEP3333-environ-8');
  // PEP3333-http-1: decoded already; an app that saw it would decode again.
  if (name === 'transfer-encoding') return leftOut('PEP3333-http-1');
  const key = name === 'content-type' ? 'CONTENT_TYPE' : name === 'content-length' ? 'CONTENT_LENGTH' : `HTTP_${name.toUpperCase().replaceAll('-', '_')}`;
  // RFC9110-5.3-1 allows to join lines with a comma; cookies are the exception (RFC 6265 §5.4, RFC 9113 §8.2.3).
  return { key, write: writerOf(key), dropped: '', separator: name === 'cookie' ? '; ' : ',', usedIn: 0 };
}

const c2s: Stream = 'c2s';
const bytes = (...spans: readonly (Span | undefined)[]): Provenance => {
  const known = spans.filter((span) => span !== undefined);
  return known.length > 0 ? { from: 'bytes', stream: c2s, spans: known } : { from: 'gateway' };
};
const setting = (name: string): Provenance => ({ from: 'setting', name });

/** Build `environ` for a request. */
export function buildEnviron(source: EnvironSource): WsgiEnviron {
  const { request, facts, origins } = source;
  const target = readTarget(request, origins !== undefined);
  const [scriptName, pathInfo] = splitPath(target.decodedPath, facts.rootPath);
  const [serverName, serverPort] = serverOf(request, facts, target);
  const environ: WsgiEnviron = {
    REQUEST_METHOD: request.method,
    SCRIPT_NAME: scriptName,
    PATH_INFO: pathInfo,
    QUERY_STRING: target.query,
    RAW_URI: request.target,
    SERVER_NAME: serverName,
    SERVER_PORT: serverPort,
    // PEP3333-environ-7: the client's version, not ours.
    SERVER_PROTOCOL: request.version === 10 ? 'HTTP/1.0' : 'HTTP/1.1',
    SERVER_SOFTWARE: facts.software,
    REMOTE_ADDR: facts.remote.host,
    REMOTE_PORT: String(facts.remote.port),
    'wsgi.version': version,
    'wsgi.url_scheme': facts.scheme,
    'wsgi.input': source.input,
    'wsgi.errors': source.errors,
    'wsgi.multithread': false,
    'wsgi.multiprocess': facts.multiprocess,
    'wsgi.run_once': false,
    'wsgi.input_terminated': true,
    'wsgi.file_wrapper': fileWrapper,
  };
  addFields(environ, source, target);
  if (origins !== undefined) noteFixed(origins, source, target, scriptName);
  return environ;
}

const version = Object.freeze([1, 0] as const);

/**
 * PEP3333-environ-2 and -3. A proxy may or may not have taken the mount point off the path: where the path lies below it, it is
 * split there; where it does not, the whole path is the app's, and SCRIPT_NAME still says where the app is seen from outside.
 */
function splitPath(path: string, rootPath: string): readonly [scriptName: string, pathInfo: string] {
  if (rootPath === '') return ['', path];
  return [rootPath, isBelow(path, rootPath) ? path.slice(rootPath.length) : path];
}

/** PEP3333-environ-6: never empty, so a Unix socket (which has no host or port) falls back on what the client asked for, then on defaults. */
function serverOf(request: Request, facts: ConnectionFacts, target: Target): readonly [name: string, port: string] {
  const { local, scheme } = facts;
  if (local.port > 0) return [local.host, String(local.port)];
  const authority = target.authority ?? request.headers.get('host') ?? '';
  const match = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(authority);
  return [match?.[1] || 'localhost', match?.[2] ?? (scheme === 'https' ? '443' : '80')];
}

function addFields(environ: WsgiEnviron, source: EnvironSource, target: Target): void {
  const { notes } = source.request.headers;
  if (notes === undefined) return readFields(environ, source, target);
  const { made } = notes;
  if (made instanceof FieldEntries) return made.addTo(environ);
  const entries = new FieldEntries(source, target);
  notes.made = entries;
  entries.addTo(environ);
}

/**
 * What becomes of lines that a client has sent more than once. (To copy a whole `environ` would be quicker still for four kinds of clients, and slower than to make it anew
 * for more.) Only of requests in origin-form and without a chunked body it is known that they have been sent before: see `line-memory.ts`.
 */
class FieldEntries {
  readonly #writes: Rule['write'][] = [];
  readonly #values: string[] = [];

  constructor(source: EnvironSource, target: Target) {
    const fields = {} as WsgiEnviron;
    readFields(fields, source, target);
    for (const [key, value] of Object.entries(fields)) {
      this.#writes.push(writerOf(key));
      this.#values.push(value as string);
    }
  }

  addTo(environ: WsgiEnviron): void {
    const values = this.#values;
    for (let i = 0; i < values.length; i += 1) this.#writes[i]!(environ, values[i]!);
  }
}

function readFields(environ: WsgiEnviron, source: EnvironSource, target: Target): void {
  const { request, dropped, origins } = source;
  const { headers } = request;
  const ignoresHost = target.authority !== undefined;
  const count = headers.length;
  made += 1;
  for (let i = 0; i < count; i += 1) {
    const rule = ruleAt(headers, i);
    const { key, dropped: clause } = rule;
    if (clause !== '' || (ignoresHost && key === 'HTTP_HOST')) {
      dropped?.(headers.name(i), [headers.nameSpan(i)[0], headers.valueSpan(i)[1]], clause || 'RFC9112-3.2.2-8');
      continue;
    }
    const value = headers.value(i);
    const repeated = rule.usedIn < 0 ? Object.hasOwn(environ, key) : rule.usedIn === made;
    rule.write(environ, repeated ? `${environ[key] as string}${rule.separator}${value}` : value);
    if (rule.usedIn >= 0) rule.usedIn = made;
    if (origins !== undefined) {
      const earlier = origins.get(key);
      origins.set(key, bytes(...(earlier?.from === 'bytes' ? earlier.spans : []), headers.nameSpan(i), headers.valueSpan(i)));
    }
  }
  if (target.authority !== undefined) {
    environ['HTTP_HOST'] = target.authority;
    origins?.set('HTTP_HOST', bytes(target.authoritySpan));
  }
  // The length of a chunked body is known by now, and code written for CGI reads no further than CONTENT_LENGTH.
  if (request.framing.kind === 'chunked') environ.CONTENT_LENGTH = String(source.bodyBytes);
}

/** Where the keys that every request has come from. */
function noteFixed(origins: Map<string, Provenance>, source: EnvironSource, target: Target, scriptName: string): void {
  const { request, facts } = source;
  origins.set('REQUEST_METHOD', bytes(request.methodSpan));
  origins.set('RAW_URI', bytes(request.targetSpan));
  origins.set('SERVER_PROTOCOL', bytes(request.versionSpan));
  origins.set('PATH_INFO', bytes(pathInfoSpan(target, scriptName)));
  origins.set('QUERY_STRING', bytes(target.querySpan));
  origins.set('SCRIPT_NAME', facts.rootPath === '' ? { from: 'gateway' } : setting('root-path'));
  // A Unix socket has neither: see `serverOf`.
  const host = facts.local.port === 0 ? origins.get('HTTP_HOST') ?? { from: 'gateway' } : setting('bind');
  const port = facts.local.port === 0 && !/:\d+$/.test(target.authority ?? request.headers.get('host') ?? '') ? setting('scheme') : host;
  origins.set('SERVER_NAME', host);
  origins.set('SERVER_PORT', port);
  origins.set('REMOTE_ADDR', clientOrigin('remote', request, facts));
  origins.set('REMOTE_PORT', clientOrigin('remote', request, facts));
  origins.set('wsgi.url_scheme', clientOrigin('scheme', request, facts));
  origins.set('wsgi.multiprocess', setting('workers'));
}

/** The span of what is left of the path, where it can be told: an encoded mount point has no simple length. */
function pathInfoSpan(target: Target, scriptName: string): Span | undefined {
  const span = target.pathSpan;
  if (span === undefined || scriptName === '' || !isBelow(target.path, scriptName)) return span;
  return [span[0] + scriptName.length, span[1]];
}

/**
 * What {@link buildEnviron} made, or would make, as trace entries. The application changes its `environ` as it likes, so this one is made afresh: the trace is told about
 * the one that the application was given. `request` must have been read: see `Tracer.later`.
 */
export function environEntries(request: Request, facts: ConnectionFacts, bodyBytes: number): ContextEntry[] {
  const origins = new Map<string, Provenance>();
  return describeEnviron(buildEnviron({ request, facts, input: someInput, errors: someErrors, bodyBytes, origins }), origins);
}

const someInput = new BodyInput(new Uint8Array());
const someErrors = new ErrorStream({ wroteErrors() {} });

/** `environ` as trace entries, with the origins that {@link buildEnviron} noted. */
export function describeEnviron(environ: WsgiEnviron, origins: ReadonlyMap<string, Provenance>): ContextEntry[] {
  return Object.entries(environ).map(([key, value]) => ({
    key,
    value: renderValue(value),
    kind: key === 'wsgi.version' ? 'tuple' : kindOf(value),
    origin: origins.get(key) ?? { from: 'gateway' },
  }));
}
