import { describe, expect, test } from 'vitest';
import type { WsgiViolation } from '../../src/gateway/errors.ts';
import { siteReader } from '../../src/gateway/site.ts';
import { buildEnviron } from '../../src/gateway/wsgi/environ.ts';
import { ErrorStream } from '../../src/gateway/wsgi/error-stream.ts';
import { BodyInput } from '../../src/gateway/wsgi/input.ts';
import { validate } from '../../src/gateway/wsgi/validate.ts';
import type { StartResponse, WsgiApp, WsgiEnviron } from '../../src/gateway/wsgi/types.ts';
import { facts, requestOf } from './requests.ts';

const good = (): WsgiEnviron => buildEnviron({ request: requestOf('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc'), facts, input: new BodyInput(new TextEncoder().encode('abc')), errors: new ErrorStream({ wroteErrors() {} }), bodyBytes: 3 });
const startResponse: StartResponse = () => () => {};
const ok: WsgiApp = (_environ, start) => {
  start('200 OK', [['Content-Type', 'text/plain']]);
  return [new Uint8Array(1)];
};

/** Run an application as a decent server would, and list what was complained about. */
function complaints(app: WsgiApp, environ: WsgiEnviron = good(), start: StartResponse = startResponse): WsgiViolation[] {
  const found: WsgiViolation[] = [];
  const result = validate(app, { report: (violation) => found.push(violation), sites: siteReader((file) => (file.endsWith('validate.test.ts') ? 'test' : undefined)) })(environ, start);
  try {
    for (const block of result ?? []) void block;
  } catch { /* not iterable: was told */ }
  result?.close?.();
  return found;
}

const codes = (found: readonly WsgiViolation[]): string[] => found.map(({ clause, code }) => `${clause} ${code}`);

test('a good application under a good server hears nothing', () => {
  expect(complaints(ok)).toEqual([]);
  expect(complaints(function* (environ, start) {
    start('204 No Content', []);
    environ['wsgi.input'].read(1);
    environ['wsgi.input'].readline();
    environ['wsgi.errors'].write('x\n');
    yield new Uint8Array();
  })).toEqual([]);
});

describe('the server\'s side', () => {
  const change = (changes: Record<string, unknown>): string[] => codes(complaints(ok, Object.assign(good(), changes)));
  test.each([
    ['PEP3333-environ-1 environ-missing', { REQUEST_METHOD: '' }],
    ['PEP3333-environ-6 environ-missing', { SERVER_NAME: '' }],
    ['PEP3333-environ-9 environ-not-string', { SERVER_PORT: 80 }],
    ['PEP3333-unicode-1 environ-not-latin1', { PATH_INFO: '/€' }],
    ['PEP3333-environ-5 environ-http-content', { HTTP_CONTENT_TYPE: 'x' }],
    ['PEP3333-environ-2 script-name', { SCRIPT_NAME: '/' }],
    ['PEP3333-environ-2 script-name', { SCRIPT_NAME: 'shop' }],
    ['PEP3333-environ-3 path-info', { PATH_INFO: 'x' }],
    ['PEP3333-environ-5 content-length', { CONTENT_LENGTH: '3x' }],
    ['PEP3333-environ-10 url-scheme', { 'wsgi.url_scheme': 'ftp' }],
    ['PEP3333-environ-10 wsgi-version', { 'wsgi.version': [1, 1] }],
  ])('%s %j', (complaint, changes) => {
    expect(change(changes)).toEqual([complaint]);
  });

  test('PEP3333-environ-10: a key that is missing', () => {
    const environ = good();
    delete (environ as Record<string, unknown>)['wsgi.multithread'];
    expect(codes(complaints(ok, environ))).toEqual(['PEP3333-environ-10 environ-missing']);
  });

  test('PEP3333-details-2: environ is a Map', () => {
    expect(codes(complaints(ok, Object.assign(new Map(), good()) as unknown as WsgiEnviron))).toEqual(['PEP3333-details-2 environ-type']);
  });

  test('PEP3333-streams-1 and -6: streams that lack a method', () => {
    expect(codes(complaints(ok, Object.assign(good(), { 'wsgi.input': { read() {}, readline() {}, readlines() {} }, 'wsgi.errors': { write() {} } })))).toEqual(['PEP3333-streams-1 input-methods', 'PEP3333-streams-6 errors-methods', 'PEP3333-streams-6 errors-methods']);
  });

  test('PEP3333-details-1: called with one argument', () => {
    const found: WsgiViolation[] = [];
    (validate(() => [], { report: (violation) => found.push(violation) }) as unknown as (environ: WsgiEnviron) => unknown)(good());
    expect(codes(found)[0]).toBe('PEP3333-details-1 server-arguments');
  });

  test('PEP3333-details-4: a startResponse that returns no write', () => {
    expect(codes(complaints(ok, good(), (() => undefined) as unknown as StartResponse))).toEqual(['PEP3333-details-4 no-write']);
  });

  test('PEP3333-streams-1: a read that gives too much, or no bytes', () => {
    const environ = good();
    environ['wsgi.input'] = { read: () => new Uint8Array(9), readline: () => 'x' as unknown as Uint8Array, readlines: () => [], [Symbol.iterator]: () => [][Symbol.iterator]() };
    expect(codes(complaints((given, start) => {
      given['wsgi.input'].read(1);
      given['wsgi.input'].readline();
      return ok(given, start);
    }, environ))).toEqual(['PEP3333-streams-1 input-too-much', 'PEP3333-streams-1 input-not-bytes']);
  });

  test('PEP3333-details-8: iterating after close()', () => {
    const found: WsgiViolation[] = [];
    const result = validate(function* (_environ, start) {
      start('204 No', []);
      yield new Uint8Array(1);
    }, { report: (violation) => found.push(violation) })(good(), startResponse) as unknown as Generator<Uint8Array>;
    result.return(undefined);
    result.next();
    expect(codes(found)).toEqual(['PEP3333-details-8 next-after-close']);
  });
});

describe('the application\'s side', () => {
  const app = (body: (environ: WsgiEnviron, start: StartResponse) => unknown): string[] => codes(complaints(body as WsgiApp));
  test.each<[string, (environ: WsgiEnviron, start: StartResponse) => unknown]>([
    ['PEP3333-start-1 status-not-string', (_e, start) => { start(200 as unknown as string, []); return []; }],
    ['PEP3333-start-3 headers-not-list', (_e, start) => { start('200 OK', {} as never); return []; }],
    ['PEP3333-start-7 hop-by-hop', (_e, start) => { start('200 OK', [['Keep-Alive', '1']]); return []; }],
    ['PEP3333-details-3 start-arguments', (_e, start) => { (start as (...given: unknown[]) => void)('200 OK', [['Content-Type', 'a/b']], undefined, 1); return []; }],
    ['PEP3333-start-10 exc-info-type', (_e, start) => { start('200 OK', [['Content-Type', 'a/b']], 'boom' as unknown as Error); return []; }],
    ['PEP3333-start-6 no-content-type', (_e, start) => { start('200 OK', []); return []; }],
    ['PEP3333-start-6 content-length-204', (_e, start) => { start('204 No', [['Content-Length', '0']]); return []; }],
    ['PEP3333-unicode-2 body-not-bytes', (_e, start) => { start('204 No', []); return ['x']; }],
    ['PEP3333-details-5 async-app', async (_e, start) => { start('204 No', []); return []; }],
    ['PEP3333-details-10 no-start', () => [new Uint8Array(1)]],
    ['PEP3333-streams-7 input-closed', (environ, start) => { (environ['wsgi.input'] as unknown as { close(): void }).close(); return ok(environ, start); }],
    ['PEP3333-streams-7 errors-closed', (environ, start) => { (environ['wsgi.errors'] as unknown as { close(): void }).close(); return ok(environ, start); }],
    ['PEP3333-streams-1 input-size', (environ, start) => { environ['wsgi.input'].read(1.5); return ok(environ, start); }],
    ['PEP3333-streams-6 errors-not-string', (environ, start) => { environ['wsgi.errors'].write(1 as unknown as string); return ok(environ, start); }],
  ])('%s', (complaint, body) => {
    expect(app(body)).toEqual([complaint]);
  });

  test('RFC9110-8.3-5: content has a Content-Type; an empty response and a redirect need none', () => {
    expect(app((_e, start) => { start('200 OK', []); return [new Uint8Array(1)]; })).toEqual(['PEP3333-start-6 no-content-type']);
    expect(app((_e, start) => { start('200 OK', [['Content-Length', '0']]); return []; })).toEqual([]);
    expect(app((_e, start) => { start('302 Found', [['Location', '/']]); return []; })).toEqual([]);
  });

  test('each complaint tells what was given, what was expected, and where', () => {
    const [violation] = complaints((_environ, start) => {
      start('200', []);
      return [];
    });
    expect(violation).toMatchObject({ given: '"200"', expected: 'a code from 200 to 599, a space, and a reason', site: { file: 'test' } });
    expect(violation!.site!.line).toBeGreaterThan(100);
  });

  test('a generator that yields before it has started: even an empty block', () => {
    expect(codes(complaints(function* (_environ, start) {
      yield new Uint8Array();
      start('204 No', []);
    }))).toEqual(['PEP3333-details-10 no-start']);
  });

  test('without a listener, a violation is thrown where it happens', () => {
    expect(() => validate((_environ, start) => { start('200', []); return []; })(good(), startResponse)).toThrow(/not a three-digit code/);
  });

  test('close() reaches the application through the validator', () => {
    let closed = 0;
    const result = validate((_environ, start) => {
      start('204 No', []);
      return { *[Symbol.iterator]() {}, close: () => { closed += 1; } } as ReturnType<WsgiApp>;
    })(good(), startResponse) as unknown as Generator;
    result.return(undefined);
    expect(closed).toBe(1);
  });
});
