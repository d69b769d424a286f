/**
 * The standard library's own judge, `wsgiref.validate`, between the gateway and Python applications: it raises where either side
 * breaks PEP 3333, and its warnings are errors here. First over the whole contract of a server, then over what the PEP says beyond it.
 */
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { toGatewayApp } from '../../src/gateway/detect.ts';
import { systemHost } from '../../src/host/system.ts';
import { MemoryNetwork } from '../../src/net/network.ts';
import type { PythonApp } from '../../src/python/load-app.ts';
import { Server } from '../../src/server/server.ts';
import { exchangeContract } from '../contract/exchange.contract.ts';
import { bodyText, only, Served, TestPython, type Asked } from '../helpers/python.ts';

let python: TestPython;
beforeAll(async () => void (python = await TestPython.start()), 120_000);

/** Nothing was said: an iterator that was never closed is complained about on stderr, not raised. */
afterEach(() => {
  python.python.pyodide.runPython('import gc; gc.collect()');
  expect(python.output().join('\n')).not.toContain('without being closed');
});

/** `source` defines `application`; the judge stands around it. */
const judged = (source: string): PythonApp => python.load({ 'app.py': `
import warnings
from wsgiref.validate import validator, WSGIWarning
warnings.simplefilter('error', WSGIWarning)
${source}
app = validator(application)
` });

const start = "start_response('200 OK', [('Content-Type', 'text/plain')])";

const address = { host: '127.0.0.1', port: 8000 };

exchangeContract('a memory network, to Python under the eyes of wsgiref.validate', async (app, config) => {
  const network = new MemoryNetwork();
  const listener = await network.listen(address);
  const own = typeof app === 'object' && app !== null && 'sites' in app ? (app as PythonApp) : undefined;
  const server = new Server({ app: own?.app ?? toGatewayApp(app, 'auto', 'app'), ...(own && { sites: own.sites }), host: systemHost, ...(config && { config }) });
  await server.startup();
  const serving = server.serve(listener);
  return {
    connect: () => network.connect(address),
    async close() {
      listener.close();
      await server.shutdown(0);
      await serving;
    },
  };
}, [{
  name: 'WSGI in Python',
  echo: () => judged(`
def application(environ, start_response):
    body = environ['wsgi.input'].read(int(environ.get('CONTENT_LENGTH') or -1))
    ${start}
    head = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}?{environ['QUERY_STRING']} "
    return [head.encode('latin-1'), body]
`),
  stream: (count, size) => judged(`
def application(environ, start_response):
    ${start}
    for i in range(${count}):
        yield bytes([97 + i % 26]) * ${size}
`),
  failing: () => judged(`
def application(environ, start_response):
    at = environ['PATH_INFO']
    if at == '/fail/before': raise RuntimeError('before start')
    ${start}
    return body(at)
def body(at):
    if at == '/fail/start': raise RuntimeError('before body')
    yield b'begun, '
    if at == '/fail/body': raise RuntimeError('after body')
    yield b'done'
`),
}]);

const get = 'GET /a/b?c=d HTTP/1.1\r\nHost: a\r\n\r\n';
const post = (body: string, more = ''): string => `POST / HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;

/** Both judges look: ours is on as well. */
async function ask(source: string, request = get): Promise<Asked> {
  const served = await Served.start(judged(source), { validate: true });
  const asked = await served.ask(request);
  await served.stop();
  return asked;
}

describe('wsgiref.validate', () => {
  test.each<[string, string, string, string]>([
    ['a list', `
def application(environ, start_response):
    ${start}
    return [b'Hello, ', b'world']`, get, 'Hello, world'],
    ['an empty list', `
def application(environ, start_response):
    start_response('204 No Content', [])
    return []`, get, ''],
    ['a generator that sends while it works', `
def application(environ, start_response):
    ${start}
    return (str(i).encode() for i in range(5))`, get, '01234'],
    ['empty blocks between others', `
def application(environ, start_response):
    ${start}
    return [b'', b'a', b'', b'b', b'']`, get, 'ab'],
    ['write() and an iterable after it', `
def application(environ, start_response):
    write = ${start}
    write(b'one ')
    write(b'two ')
    return [b'three']`, get, 'one two three'],
    ['exc_info before anything was sent', `
import sys
def application(environ, start_response):
    ${start}
    try: 1 / 0
    except ZeroDivisionError:
        start_response('500 Oops', [('Content-Type', 'text/plain')], sys.exc_info())
        return [b'sorry']`, get, 'sorry'],
    ['wsgi.file_wrapper', `
import io
def application(environ, start_response):
    ${start}
    return environ['wsgi.file_wrapper'](io.BytesIO(b'x' * 20000), 4096)`, get, 'x'.repeat(20_000)],
    ['a body, read in every way', `
def application(environ, start_response):
    body = environ['wsgi.input']
    got = [body.read(2), body.readline(), body.readline(2), body.readlines(3), list(body), body.read(1)]
    ${start}
    return [repr(got).encode()]`, post('abc\ndef\nghi\njkl\n'), String.raw`[b'ab', b'c\n', b'de', [b'f\n', b'ghi\n'], [b'jkl\n'], b'']`],
    ['a body that nobody reads', `
def application(environ, start_response):
    ${start}
    return [b'no, thanks']`, post('x'.repeat(100_000)), 'no, thanks'],
    ['wsgi.errors', `
def application(environ, start_response):
    environ['wsgi.errors'].write('one\\n')
    environ['wsgi.errors'].writelines(['two\\n'])
    environ['wsgi.errors'].flush()
    ${start}
    return [b'ok']`, get, 'ok'],
    ['HEAD', `
def application(environ, start_response):
    ${start}
    return [b'not sent']`, get.replace('GET', 'HEAD'), ''],
    ['an application that is a class', `
class application:
    def __init__(self, environ, start_response): self.start = start_response
    def __iter__(self):
        self.${start}
        yield b'hi'`.replace('self.start_response', 'self.start'), get, 'hi'],
  ])('has nothing to say about %s', async (_, source, request, body) => {
    const { responses, events, failure } = await ask(source, request);
    expect(only(events, 'app.error').map(({ name, message }) => `${name}: ${message}`)).toEqual([]);
    expect(only(events, 'app.violation')).toEqual([]);
    expect(failure).toBeUndefined();
    expect(bodyText(responses[0])).toBe(body);
  });

  test('exc_info after the head is raised again, and what had been given is closed', async () => {
    const { failure, events } = await ask(`
import sys
def application(environ, start_response):
    ${start}
    return body(start_response)
def body(start_response):
    yield b'begun'
    try: 1 / 0
    except ZeroDivisionError: start_response('500 Oops', [('Content-Type', 'text/plain')], sys.exc_info())
`);
    expect(failure).toBeDefined();
    expect(only(events, 'app.error')).toMatchObject([{ name: 'ZeroDivisionError', stage: 'after body' }]);
  });

  // It would see it, if there were something.
  test('raises where the application is wrong', async () => {
    const { responses, events } = await ask(`
def application(environ, start_response):
    start_response('200 OK', [])
    return []
`);
    expect(responses[0]!.status).toBe(500);
    expect(only(events, 'app.error')).toMatchObject([{ name: 'AssertionError', message: expect.stringContaining('No Content-Type header') }]);
  });

  test('raises where the gateway is wrong', async () => {
    const served = await Served.start(python.load({ 'app.py': `
from wsgiref.validate import validator
def application(environ, start_response):
    ${start}
    return [b'']
def app(environ, start_response):
    environ['HTTP_CONTENT_LENGTH'] = '0'
    return validator(application)(environ, start_response)
` }));
    const { events } = await served.ask(get);
    await served.stop();
    expect(only(events, 'app.error')).toMatchObject([{ message: expect.stringContaining('HTTP_CONTENT_LENGTH') }]);
  });
});
