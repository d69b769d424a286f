import { describe, expect, test } from 'vitest';
import type { Provenance } from '../../src/trace/events.ts';
import { knownLowerNames } from '../../src/core/http1/known-names.ts';
import type { ConnectionFacts } from '../../src/gateway/channel.ts';
import { buildEnviron, describeEnviron } from '../../src/gateway/wsgi/environ.ts';
import { FileWrapper } from '../../src/gateway/wsgi/file-wrapper.ts';
import { ErrorStream } from '../../src/gateway/wsgi/error-stream.ts';
import { BodyInput } from '../../src/gateway/wsgi/input.ts';
import type { WsgiEnviron } from '../../src/gateway/wsgi/types.ts';
import { facts, requestOf, requestsOf } from './requests.ts';

const environOf = (text: string, changed: Partial<ConnectionFacts> = {}, body = ''): WsgiEnviron =>
  buildEnviron({ request: requestOf(text), facts: { ...facts, ...changed }, input: new BodyInput(new TextEncoder().encode(body)), errors: new ErrorStream({ wroteErrors() {} }), bodyBytes: body.length });
const get = (target: string, fields = ''): string => `GET ${target} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`;

test('PEP3333-environ-5: each field has its key, however often it comes', () => {
  for (const name of knownLowerNames) {
    if (name === '' || name === 'host' || name === 'transfer-encoding' || name === 'content-length' || name === 'expect') continue;
    const key = name === 'content-type' ? 'CONTENT_TYPE' : `HTTP_${name.toUpperCase().replaceAll('-', '_')}`;
    const before = environOf(get('/'));
    expect(environOf(get('/', `${name}: 1\r\n`))).toEqual({ ...before, 'wsgi.input': expect.anything(), 'wsgi.errors': expect.anything(), [key]: '1' });
    expect(environOf(get('/', `${name}: 1\r\n${name}: 2\r\n`))[key]).toBe(name === 'cookie' ? '1; 2' : '1,2');
  }
});

describe('the request line', () => {
  test('PEP3333-environ-1: REQUEST_METHOD, as it was sent', () => {
    expect(environOf(get('/')).REQUEST_METHOD).toBe('GET');
    expect(environOf('brew / HTTP/1.1\r\nHost: a\r\n\r\n').REQUEST_METHOD).toBe('brew');
  });

  test.each([
    ['/a%20b', '/a b'],
    ['/caf%C3%A9', '/caf\u00c3\u00a9'],
    ['/%FF%00', '/\u00ff\u0000'],
    ['/a%2Fb', '/a/b'],
    ['/100%', '/100%'],
    ['/%zz%4', '/%zz%4'],
    ['/%2541', '/%41'],
    ['/a?b=%20', '/a'],
    ['/a;p=1', '/a;p=1'],
  ])('PEP3333-environ-3: PATH_INFO is the path, decoded to octets as latin-1: %s', (target, path) => {
    expect(environOf(get(target))).toMatchObject({ PATH_INFO: path, SCRIPT_NAME: '', RAW_URI: target });
  });

  test.each([
    ['/', ''],
    ['/?', ''],
    ['/?a=%20b&c', 'a=%20b&c'],
    ['/?a?b', 'a?b'],
  ])('PEP3333-environ-4: QUERY_STRING is what follows the first "?", as it was sent: %s', (target, query) => {
    expect(environOf(get(target)).QUERY_STRING).toBe(query);
  });

  test('PEP3333-environ-7: SERVER_PROTOCOL is what the client speaks', () => {
    expect(environOf(get('/')).SERVER_PROTOCOL).toBe('HTTP/1.1');
    expect(environOf('GET / HTTP/1.0\r\n\r\n').SERVER_PROTOCOL).toBe('HTTP/1.0');
  });

  test('RFC9112-3.2.2-8: the host of an absolute-form target counts, not the field', () => {
    expect(environOf('GET http://example.org:81/x?y HTTP/1.1\r\nHost: other\r\n\r\n')).toMatchObject({
      HTTP_HOST: 'example.org:81', PATH_INFO: '/x', QUERY_STRING: 'y', RAW_URI: 'http://example.org:81/x?y',
      // What the client says of the scheme is no proof of TLS.
      'wsgi.url_scheme': 'http',
    });
    expect(environOf('GET http://example.org HTTP/1.1\r\nHost: example.org\r\n\r\n').PATH_INFO).toBe('/');
    expect(environOf('OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n').PATH_INFO).toBe('*');
  });
});

describe('where the application is', () => {
  test.each([
    ['/shop', '/shop', ''],
    ['/shop/', '/shop', '/'],
    ['/shop/tea', '/shop', '/tea'],
    ['/shopping', '/shop', '/shopping'],
    ['/tea', '/shop', '/tea'],
  ])('PEP3333-environ-2: root path /shop and %s', (target, script, path) => {
    expect(environOf(get(target), { rootPath: '/shop' })).toMatchObject({ SCRIPT_NAME: script, PATH_INFO: path });
  });

  test('PEP3333-environ-2: the mount point is the server\'s, also of a request line that another one was asked', () => {
    for (const [rootPath, script, path] of [['', '', '/shop/tea'], ['/shop', '/shop', '/tea'], ['/x', '/x', '/shop/tea'], ['', '', '/shop/tea']] as const) {
      for (const request of requestsOf([1, 2, 3, 4].map(() => get('/shop/tea?a=b')))) {
        const environ = buildEnviron({ request, facts: { ...facts, rootPath }, input: new BodyInput(new Uint8Array()), errors: new ErrorStream({ wroteErrors() {} }), bodyBytes: 0 });
        expect(environ).toMatchObject({ SCRIPT_NAME: script, PATH_INFO: path, QUERY_STRING: 'a=b', RAW_URI: '/shop/tea?a=b' });
      }
    }
  });

  test('PEP3333-environ-6: SERVER_NAME and SERVER_PORT are the socket\'s', () => {
    expect(environOf(get('/'))).toMatchObject({ SERVER_NAME: '127.0.0.1', SERVER_PORT: '8000', REMOTE_ADDR: '192.0.2.1', REMOTE_PORT: '4711' });
  });

  test.each([
    ['example.org:81', 'http', 'example.org', '81'],
    ['example.org', 'https', 'example.org', '443'],
    ['[::1]:81', 'http', '[::1]', '81'],
  ] as const)('PEP3333-environ-6: a Unix socket has neither; the Host %s (%s) has', (host, scheme, name, port) => {
    expect(environOf(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`, { scheme, local: { host: '/run/x.sock', port: 0 } })).toMatchObject({ SERVER_NAME: name, SERVER_PORT: port });
  });

  test('PEP3333-environ-6: never empty, even with nothing to go by', () => {
    expect(environOf('GET / HTTP/1.0\r\n\r\n', { local: { host: '', port: 0 } })).toMatchObject({ SERVER_NAME: 'localhost', SERVER_PORT: '80' });
  });
});

describe('fields', () => {
  test('PEP3333-environ-5: CONTENT_TYPE and CONTENT_LENGTH have no HTTP_ before them', () => {
    const environ = environOf('POST / HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nabc', {}, 'abc');
    expect(environ).toMatchObject({ CONTENT_TYPE: 'text/plain', CONTENT_LENGTH: '3' });
    expect(Object.keys(environ).filter((key) => key.startsWith('HTTP_'))).toEqual(['HTTP_HOST']);
    expect(environOf(get('/'))).not.toHaveProperty('CONTENT_LENGTH');
  });

  test('PEP3333-environ-8: every other field is HTTP_ and its name, repeated ones joined', () => {
    expect(environOf(get('/', 'X-Custom-Thing: 1\r\nAccept: a\r\nCookie: a=1\r\nX-Empty:\r\naccept: b\r\ncookie: b=2\r\n'))).toMatchObject({
      HTTP_X_CUSTOM_THING: '1', HTTP_ACCEPT: 'a,b', HTTP_COOKIE: 'a=1; b=2', HTTP_X_EMPTY: '',
    });
  });

  test('PEP3333-environ-8: a name with an underscore is left out, and told', () => {
    const dropped: unknown[] = [];
    const request = requestOf(get('/', 'X_User: admin\r\nContent_Length: 7\r\nX-User: guest\r\n'));
    const environ = buildEnviron({ request, facts, input: new BodyInput(new Uint8Array()), errors: new ErrorStream({ wroteErrors() {} }), bodyBytes: 0, dropped: (name, span, clause) => dropped.push([name, span, clause]) });
    expect(environ['HTTP_X_USER']).toBe('guest');
    expect(environ).not.toHaveProperty('CONTENT_LENGTH');
    expect(dropped).toEqual([['X_User', [25, 38], 'PEP3333-environ-8'], ['Content_Length', [40, 57], 'PEP3333-environ-8']]);
  });

  test('PEP3333-environ-9: values are strings of octets as latin-1', () => {
    expect(environOf(get('/', 'X-Name: caf\u00c3\u00a9\r\n'))['HTTP_X_NAME']).toBe('caf\u00c3\u00a9');
  });

  test('more names than are remembered', () => {
    for (let i = 0; i < 400; i += 1) expect(environOf(get('/', `X-N${i}: ${i}\r\n`))[`HTTP_X_N${i}`]).toBe(String(i));
  });
});

describe('lines that a client sends again', () => {
  /** What an application is given for each of some requests on one connection; it does with it what it likes. */
  const environsOf = (texts: readonly string[], factsOf: (index: number) => ConnectionFacts = () => facts): WsgiEnviron[] => {
    const environs: WsgiEnviron[] = [];
    const requests = requestsOf(texts);
    texts.forEach((_, i) => {
      const body = new TextEncoder().encode(String(i));
      const environ = buildEnviron({ request: requests.next().value!, facts: factsOf(i), input: new BodyInput(body), errors: new ErrorStream({ wroteErrors() {} }), bodyBytes: body.length });
      environs.push({ ...environ });
      for (const key of Object.keys(environ)) environ[key] = 'changed';
      environ['own'] = 'added';
    });
    return environs;
  };
  const texts = [get('/a?1', 'X-A: 1\r\nx-a: 2\r\nX_B: 3\r\n'), get('/b%20c', 'X-A: 1\r\nx-a: 2\r\nX_B: 3\r\n'), get('/d?e', 'X-A: 1\r\nx-a: 2\r\nX_B: 3\r\n').replace('GET', 'POST'), get('/f', 'X-A: 1\r\nx-a: 2\r\nX_B: 3\r\n'), get('/f', 'X-A: 2\r\n'), get('/f', 'X-A: 1\r\nx-a: 2\r\nX_B: 3\r\n')];

  test('PEP3333-details-2: each request has an environ of its own, as if it were the first', () => {
    const environs = environsOf(texts);
    for (const [i, environ] of environs.entries()) expect(environ).toEqual({ ...environOf(texts[i]!), 'wsgi.input': expect.anything(), 'wsgi.errors': expect.anything() });
    expect(environs.map((environ) => Object.keys(environ).join())).toEqual(texts.map((text) => Object.keys(environOf(text)).join()));
  });

  test('and its own body and error stream', () => {
    const environs = environsOf(texts);
    expect(environs.map((environ) => new TextDecoder().decode(environ['wsgi.input'].read()))).toEqual(texts.map((_, i) => String(i)));
    expect(new Set(environs.map((environ) => environ['wsgi.errors'])).size).toBe(texts.length);
  });

  test('what is not in the lines is as it is now: the address that a proxy speaks of, the mount point', () => {
    const environs = environsOf(texts, (i) => ({ ...facts, remote: { host: `192.0.2.${i}`, port: 1000 + i }, scheme: i % 2 === 0 ? 'http' : 'https' }));
    expect(environs.map((environ) => [environ.REMOTE_ADDR, environ.REMOTE_PORT, environ['wsgi.url_scheme']])).toEqual(texts.map((_, i) => [`192.0.2.${i}`, String(1000 + i), i % 2 === 0 ? 'http' : 'https']));
    const mounted = { ...facts, rootPath: '/shop' };
    expect(environsOf([get('/shop/a'), get('/shop/b'), get('/shopping'), get('/shop')], () => mounted).map((environ) => [environ.SCRIPT_NAME, environ.PATH_INFO])).toEqual([['/shop', '/a'], ['/shop', '/b'], ['/shop', '/shopping'], ['/shop', '']]);
  });
});

describe('wsgi.*', () => {
  test('PEP3333-environ-10: all of them are there', () => {
    expect(environOf(get('/'), { scheme: 'https', multiprocess: true })).toMatchObject({
      'wsgi.version': [1, 0], 'wsgi.url_scheme': 'https', 'wsgi.multithread': false, 'wsgi.multiprocess': true, 'wsgi.run_once': false, 'wsgi.input_terminated': true,
    });
  });

  test('PEP3333-environ-11: server-defined keys have lower-case names with a prefix', () => {
    const own = Object.keys(environOf(get('/'))).filter((key) => !/^[A-Z_]+$/.test(key));
    expect(own.every((key) => /^[a-z_]+\.[a-z_]+$/.test(key))).toBe(true);
  });

  test('PEP3333-file-1: wsgi.file_wrapper gives blocks of the size asked for', () => {
    const text = new TextEncoder().encode('abcdefgh');
    let at = 0;
    const file = { read: (size: number) => text.slice(at, (at += size)) };
    const wrapper = environOf(get('/'))['wsgi.file_wrapper'](file, 3) as FileWrapper;
    expect(wrapper).toBeInstanceOf(FileWrapper);
    expect([...wrapper].map((block) => new TextDecoder().decode(block))).toEqual(['abc', 'def', 'gh']);
    expect(() => environOf(get('/'))['wsgi.file_wrapper']({} as never)).toThrow(TypeError);
  });

  test('PEP3333-file-2: it has close() exactly if the file has', () => {
    let closed = 0;
    expect(new FileWrapper({ read: () => new Uint8Array() }).close).toBeUndefined();
    new FileWrapper({ read: () => new Uint8Array(), close: () => { closed += 1; } }).close!();
    expect(closed).toBe(1);
  });
});

describe('where entries come from', () => {
  test('PEP3333-environ-6: over a Unix socket, name and port come from the bytes of the Host, where it has them', () => {
    const text = 'GET / HTTP/1.1\r\nHost: example.org:81\r\n\r\n';
    const originsOf = (request: string): Map<string, Provenance> => {
      const origins = new Map<string, Provenance>();
      buildEnviron({ request: requestOf(request), facts: { ...facts, local: { host: '/run/x.sock', port: 0 } }, input: new BodyInput(new Uint8Array()), errors: new ErrorStream({ wroteErrors() {} }), bodyBytes: 0, origins });
      return origins;
    };
    const origins = originsOf(text);
    for (const key of ['SERVER_NAME', 'SERVER_PORT']) {
      const origin = origins.get(key)!;
      expect(origin.from === 'bytes' && origin.spans.map(([start, end]) => text.slice(start, end))).toEqual(['Host', 'example.org:81']);
    }
    expect(originsOf('GET / HTTP/1.1\r\nHost: a\r\n\r\n').get('SERVER_PORT')).toEqual({ from: 'setting', name: 'scheme' });
    expect(originsOf('GET / HTTP/1.0\r\n\r\n').get('SERVER_NAME')).toEqual({ from: 'gateway' });
  });

  test('each key has an origin, and spans hold the very octets', () => {
    const text = 'POST http://h:1/shop/x?q=1 HTTP/1.1\r\nHost: h\r\nA: 1\r\nCookie: c\r\na: 22\r\nContent-Length: 0\r\n\r\n';
    const origins = new Map<string, Provenance>();
    const environ = buildEnviron({ request: requestOf(text), facts: { ...facts, rootPath: '/shop' }, input: new BodyInput(new Uint8Array()), errors: new ErrorStream({ wroteErrors() {} }), bodyBytes: 0, origins });
    const entries = describeEnviron(environ, origins);
    expect(entries.map(({ key }) => key).sort()).toEqual(Object.keys(environ).sort());
    const quoted = Object.fromEntries(entries.flatMap(({ key, origin }) => (origin.from === 'bytes' ? [[key, origin.spans.map(([start, end]) => text.slice(start, end)).join('|')]] : [])));
    expect(quoted).toMatchObject({
      REQUEST_METHOD: 'POST', RAW_URI: 'http://h:1/shop/x?q=1', PATH_INFO: '/x', QUERY_STRING: 'q=1', SERVER_PROTOCOL: 'HTTP/1.1', HTTP_HOST: 'h:1', HTTP_A: 'A|1|a|22', HTTP_COOKIE: 'Cookie|c', CONTENT_LENGTH: 'Content-Length|0',
    });
    expect(entries.find(({ key }) => key === 'SCRIPT_NAME')?.origin).toEqual({ from: 'setting', name: 'root-path' });
    expect(entries.find(({ key }) => key === 'wsgi.input')?.origin).toEqual({ from: 'gateway' });
  });

  test('long values are cut', () => {
    const environ = environOf(get('/', `X-Long: ${'x'.repeat(8000)}\r\n`));
    expect(describeEnviron(environ, new Map()).find(({ key }) => key === 'HTTP_X_LONG')!.value.length).toBe(4096);
  });
});
