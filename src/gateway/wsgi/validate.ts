/**
 * `validate(app)`: stands between a server and an application and checks both, clause by clause. The application sees an
 * ordinary server, the server an ordinary application.
 *
 * What the gateway refuses anyway is checked by the same functions (`checks.ts`), so that a validated application under
 * this gateway hears of each mistake once, and under another server hears of it at all.
 */
import { describeType, isBytes, show, typeTag } from '../render.ts';
import { outsideRuntime, siteReader, type SiteReader } from '../site.ts';
import { checkBlock, checkHeaders, checkResult, checkStatus } from './checks.ts';
import type { WsgiClause } from './clauses.ts';
import type { SourceSite } from '../../trace/events.ts';
import { WsgiViolation } from '../errors.ts';
import { FileWrapper } from './file-wrapper.ts';
import { Result } from './result.ts';
import type { StartResponse, WsgiApp, WsgiEnviron, WsgiErrors, WsgiHeaders, WsgiInput } from './types.ts';

/** How violations are told. */
export interface ValidateOptions {
  /** Called with each violation; the call goes on. Without it, the violation is thrown where it happens. */
  readonly report?: (violation: WsgiViolation) => void;
  /** Finds the app's lines. Default: the first frame outside this package. */
  readonly sites?: SiteReader;
}

/** `site`: the line that is to blame; without it, the one that is calling. */
type Complain = (code: string, clause: WsgiClause, message: string, advice: string, given?: string, expected?: string, site?: SourceSite) => void;

/** Wrap an application. */
export function validate(app: WsgiApp, options: ValidateOptions = {}): WsgiApp {
  const sites = options.sites ?? siteReader(outsideRuntime);
  const raise = options.report ?? ((violation: WsgiViolation): never => {
    throw violation;
  });
  const complain: Complain = (code, clause, message, advice, given, expected, site = sites.here()) => {
    raise(new WsgiViolation({ code, clause, message, advice, ...(given === undefined ? {} : { given }), ...(expected === undefined ? {} : { expected }), ...(site && { site }) }));
  };
  return function validated(environ, startResponse, ...rest: unknown[]) {
    if (rest.length > 0 || typeof startResponse !== 'function') {
      complain('server-arguments', 'PEP3333-details-1', 'The server did not call the application with environ and startResponse.', 'This is the server\'s mistake.');
    }
    checkEnviron(environ, complain);
    const method = String(environ.REQUEST_METHOD);
    environ['wsgi.input'] = new CheckedInput(environ['wsgi.input'], complain);
    environ['wsgi.errors'] = new CheckedErrors(environ['wsgi.errors'], complain);
    const state: State = { started: false, method };
    const result: unknown = app(environ, checkedStart(startResponse, state, complain, sites, raise));
    const site = sites.gave?.(result);
    const violation = checkResult(result, site);
    if (violation !== undefined) {
      raise(violation);
      return result as Iterable<Uint8Array>;
    }
    if (result instanceof FileWrapper) return result;
    if (Array.isArray(result)) {
      // An array stays one: the server may look at its length (PEP3333-length-4).
      if (!state.started) complain('no-start', 'PEP3333-details-10', result.length > 0 ? 'The application gave content without having called startResponse.' : 'The application returned without having called startResponse.', 'Call startResponse(status, headers) before the first block is given.', undefined, undefined, site);
      for (const block of result) report(raise, checkBlock(block, 'the iterable', site));
      return result as Iterable<Uint8Array>;
    }
    return new CheckedResult(result as Iterable<Uint8Array>, state, complain, raise, sites);
  };
}

interface State { started: boolean; readonly method: string }

const report = (raise: (violation: WsgiViolation) => void, violation: WsgiViolation | undefined): void => {
  if (violation !== undefined) raise(violation);
};

// ── the server's side ────────────────────────────────────────────────────────────────────────────────────────────────

const cgiStrings = ['REQUEST_METHOD', 'SCRIPT_NAME', 'PATH_INFO', 'QUERY_STRING', 'CONTENT_TYPE', 'CONTENT_LENGTH', 'SERVER_NAME', 'SERVER_PORT', 'SERVER_PROTOCOL', 'REMOTE_ADDR', 'REMOTE_PORT'] as const;
const wsgiKeys = ['wsgi.version', 'wsgi.url_scheme', 'wsgi.input', 'wsgi.errors', 'wsgi.multithread', 'wsgi.multiprocess', 'wsgi.run_once'] as const;

/** PEP 3333, "environ Variables". */
function checkEnviron(environ: WsgiEnviron, complain: Complain): void {
  const mistake = 'This is the server\'s mistake (or that of a middleware).';
  const server = (code: string, clause: WsgiClause, message: string, expected: string, given?: unknown): void => complain(code, clause, message, mistake, show(given), expected);
  const prototype: unknown = Object.getPrototypeOf(environ);
  if (prototype !== Object.prototype && prototype !== null) server('environ-type', 'PEP3333-details-2', `environ is ${describeType(environ)}.`, 'a plain object', environ);
  for (const key of ['REQUEST_METHOD', 'SERVER_NAME', 'SERVER_PORT'] as const) {
    if (environ[key] === '' || environ[key] === undefined) server('environ-missing', key === 'REQUEST_METHOD' ? 'PEP3333-environ-1' : 'PEP3333-environ-6', `${key} is missing or empty.`, 'a string that is not empty', environ[key]);
  }
  for (const key of wsgiKeys) if (!(key in environ)) server('environ-missing', 'PEP3333-environ-10', `${key} is missing.`, 'all keys that the PEP lists');
  for (const key of Object.keys(environ)) {
    const value = environ[key];
    const cgi = key.startsWith('HTTP_') || (cgiStrings as readonly string[]).includes(key);
    if (!cgi) continue;
    if (typeof value !== 'string') server('environ-not-string', 'PEP3333-environ-9', `${key} is ${describeType(value)}.`, 'a string', value);
    else if ([...value].some((character) => character.codePointAt(0)! > 0xff)) server('environ-not-latin1', 'PEP3333-unicode-1', `${key} contains a character outside latin-1.`, 'octets as latin-1', value);
  }
  for (const key of ['HTTP_CONTENT_TYPE', 'HTTP_CONTENT_LENGTH'] as const) if (key in environ) server('environ-http-content', 'PEP3333-environ-5', `${key} is there; the key is ${key.slice(5)}.`, `no ${key}`, environ[key]);
  const { SCRIPT_NAME: script = '', PATH_INFO: path = '' } = environ as Partial<WsgiEnviron>; // middleware may have left them out
  if (script !== '' && (!script.startsWith('/') || script.endsWith('/'))) server('script-name', 'PEP3333-environ-2', `SCRIPT_NAME is ${show(script)}.`, 'empty, or a path that begins with "/" and does not end with one', script);
  if (path !== '' && !path.startsWith('/') && path !== '*') server('path-info', 'PEP3333-environ-3', `PATH_INFO is ${show(path)}.`, 'empty, or a path that begins with "/"', path);
  if (environ.CONTENT_LENGTH !== undefined && !/^[0-9]*$/.test(environ.CONTENT_LENGTH)) server('content-length', 'PEP3333-environ-5', 'CONTENT_LENGTH is not a number.', 'decimal digits', environ.CONTENT_LENGTH);
  const scheme: string = environ['wsgi.url_scheme'];
  if (scheme !== 'http' && scheme !== 'https') server('url-scheme', 'PEP3333-environ-10', 'wsgi.url_scheme is neither http nor https.', '"http" or "https"', scheme);
  const version: unknown = environ['wsgi.version'];
  if (!Array.isArray(version) || version[0] !== 1 || version[1] !== 0) server('wsgi-version', 'PEP3333-environ-10', 'wsgi.version is not (1, 0).', '[1, 0]', version);
  const input: unknown = environ['wsgi.input'];
  for (const name of ['read', 'readline', 'readlines', Symbol.iterator] as const) {
    if (typeof (Object(input) as Record<PropertyKey, unknown>)[name] !== 'function') server('input-methods', 'PEP3333-streams-1', `wsgi.input has no ${String(name)}.`, 'read, readline, readlines and iteration');
  }
  const errors: unknown = environ['wsgi.errors'];
  for (const name of ['flush', 'write', 'writelines'] as const) {
    if (typeof (Object(errors) as Record<string, unknown>)[name] !== 'function') server('errors-methods', 'PEP3333-streams-6', `wsgi.errors has no ${name}.`, 'flush, write and writelines');
  }
}

// ── the application's side ───────────────────────────────────────────────────────────────────────────────────────────

function checkedStart(startResponse: StartResponse, state: State, complain: Complain, sites: SiteReader, raise: (violation: WsgiViolation) => void): StartResponse {
  return (status: string, headers: WsgiHeaders, ...rest: (Error | undefined)[]) => {
    const [excInfo] = rest;
    const site = sites.here();
    if (rest.length > 1) complain('start-arguments', 'PEP3333-details-3', `startResponse was called with ${rest.length + 2} arguments.`, 'Give status, headers and, in an error handler, the error.');
    if (excInfo !== undefined && excInfo !== null && !(excInfo instanceof Error)) {
      complain('exc-info-type', 'PEP3333-start-10', `excInfo is ${describeType(excInfo)}.`, 'Pass the error that was caught.', show(excInfo), 'an Error');
    }
    const violation = checkStatus(status, site) ?? checkHeaders(headers, site);
    if (violation !== undefined) raise(violation);
    else checkContentType(Number(status.slice(0, 3)), headers, complain);
    state.started = true;
    const write = excInfo === undefined ? startResponse(status, headers) : startResponse(status, headers, excInfo);
    if (typeof write !== 'function') complain('no-write', 'PEP3333-details-4', 'startResponse did not return a write callable.', 'This is the server\'s mistake (or that of a middleware).');
    return write;
  };
}

/** Where the application omits what HTTP asks for, and the server cannot know it: PEP3333-start-6. */
function checkContentType(status: number, headers: WsgiHeaders, complain: Complain): void {
  const has = (wanted: string): boolean => headers.some(([name]) => name.toLowerCase() === wanted);
  const without = status === 204 || status === 304;
  if (without && status === 204 && has('content-length')) {
    complain('content-length-204', 'PEP3333-start-6', 'A 204 response has a Content-Length.', 'Leave it out (RFC 9110 §8.6).');
  }
  // RFC9110-8.3-5: "A sender that generates a message containing content SHOULD generate a Content-Type header field".
  const empty = headers.some(([name, value]) => name.toLowerCase() === 'content-length' && /^0+$/.test(value));
  if (!without && !empty && status < 300 && !has('content-type')) {
    complain('no-content-type', 'PEP3333-start-6', `A ${status} response has no Content-Type.`, "Add ['Content-Type', 'text/plain; charset=utf-8'] or whatever it is.");
  }
}

class CheckedInput implements WsgiInput {
  readonly #input: WsgiInput;
  readonly #complain: Complain;

  constructor(input: WsgiInput, complain: Complain) {
    this.#input = input;
    this.#complain = complain;
  }

  read(...size: number[]): Uint8Array {
    return this.#given('read', size, this.#input.read(...this.#sizes('read', size)));
  }

  readline(...size: number[]): Uint8Array {
    return this.#given('readline', size, this.#input.readline(...this.#sizes('readline', size)));
  }

  readlines(...hint: number[]): Uint8Array[] {
    return this.#input.readlines(...this.#sizes('readlines', hint));
  }

  [Symbol.iterator](): Iterator<Uint8Array> {
    return this.#input[Symbol.iterator]();
  }

  close(): void {
    this.#complain('input-closed', 'PEP3333-streams-7', 'The application closed wsgi.input.', 'Leave it open: it is the server\'s.');
  }

  #sizes(call: string, given: number[]): number[] {
    if (given.length > 1) this.#complain('input-arguments', 'PEP3333-streams-1', `${call} was called with ${given.length} arguments.`, 'Give a size, or nothing.');
    const [size] = given;
    if (size !== undefined && size !== null && !Number.isInteger(size)) this.#complain('input-size', 'PEP3333-streams-1', `${call} was asked for ${show(size)} bytes.`, 'Give a whole number.', show(size), 'a whole number');
    return given.slice(0, 1);
  }

  #given(call: string, [size]: number[], bytes: Uint8Array): Uint8Array {
    const mistake = 'This is the server\'s mistake (or that of a middleware).';
    if (!isBytes(bytes)) this.#complain('input-not-bytes', 'PEP3333-streams-1', `${call} returned ${describeType(bytes)}.`, mistake, show(bytes), 'a Uint8Array');
    else if (size !== undefined && size >= 0 && bytes.length > size) this.#complain('input-too-much', 'PEP3333-streams-1', `${call}(${size}) returned ${bytes.length} bytes.`, mistake);
    return bytes;
  }
}

class CheckedErrors implements WsgiErrors {
  readonly #errors: WsgiErrors;
  readonly #complain: Complain;

  constructor(errors: WsgiErrors, complain: Complain) {
    this.#errors = errors;
    this.#complain = complain;
  }

  write(text: string): void {
    if (typeof text !== 'string') this.#complain('errors-not-string', 'PEP3333-streams-6', `wsgi.errors.write was given ${describeType(text)}.`, 'Give text.', show(text), 'a string');
    this.#errors.write(text);
  }

  writelines(lines: Iterable<string>): void {
    for (const line of lines) this.write(line);
  }

  flush(): void {
    this.#errors.flush();
  }

  close(): void {
    this.#complain('errors-closed', 'PEP3333-streams-7', 'The application closed wsgi.errors.', 'Leave it open: it is the server\'s.');
  }
}

/** The iterable, watched: both what it gives and how it is used. Its own iterator, so that `return()` is its `close()`. */
class CheckedResult implements IterableIterator<Uint8Array> {
  readonly #tag: string;
  readonly #result: Result;
  readonly #state: State;
  readonly #complain: Complain;
  readonly #raise: (violation: WsgiViolation) => void;
  readonly #sites: SiteReader;
  #asked = false;
  #closed = false;

  constructor(iterable: Iterable<Uint8Array>, state: State, complain: Complain, raise: (violation: WsgiViolation) => void, sites: SiteReader) {
    this.#tag = typeTag(iterable);
    this.#result = new Result(iterable);
    this.#state = state;
    this.#complain = complain;
    this.#raise = raise;
    this.#sites = sites;
  }

  /** In the trace it is called what it stands for. */
  get [Symbol.toStringTag](): string {
    return this.#tag;
  }

  [Symbol.iterator](): this {
    if (this.#asked) this.#complain('iterated-twice', 'PEP3333-details-5', 'The result was iterated over twice.', 'This is the server\'s mistake (or that of a middleware).');
    this.#asked = true;
    return this;
  }

  next(): IteratorResult<Uint8Array> {
    if (this.#closed) this.#complain('next-after-close', 'PEP3333-details-8', 'The result was asked for a block after close().', 'This is the server\'s mistake (or that of a middleware).');
    const step = this.#result.next() as IteratorResult<Uint8Array>;
    if (step.done === true) return step;
    const site = this.#sites.gave?.(step.value);
    report(this.#raise, checkBlock(step.value, 'the iterable', site));
    if (!this.#state.started) this.#complain('no-start', 'PEP3333-details-10', 'The application gave content without having called startResponse.', 'Call startResponse(status, headers) before the first block is given.', undefined, undefined, site);
    return step;
  }

  return(): IteratorResult<Uint8Array> {
    this.#closed = true;
    this.#result.close();
    return { done: true, value: undefined };
  }
}
