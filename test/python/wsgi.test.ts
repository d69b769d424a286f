/**
 * Python applications over WSGI: PEP 3333 to the letter where Python's types are concerned, and the same trace as for
 * TypeScript, with Python's lines in it.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { ClientDisconnected } from '../../src/gateway/errors.ts';
import type { WsgiApp, WsgiEnviron } from '../../src/gateway/wsgi/types.ts';
import { bodyText, only, Served, TestPython, type Asked } from '../helpers/python.ts';

let python: TestPython;
beforeAll(async () => void (python = await TestPython.start()), 120_000);

const get = (path = '/'): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
const post = (body: string): string => `POST / HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

async function ask(source: string, request = get(), config = {}): Promise<Asked> {
  const served = await Served.start(python.load({ 'app.py': source }), config);
  const asked = await served.ask(request);
  await served.stop();
  return asked;
}

const start = "start_response('200 OK', [('Content-Type', 'text/plain')])";

describe('types', () => {
  test('environ is a dict of the types that PEP 3333 names', async () => {
    const { responses } = await ask(`
import json
def app(environ, start_response):
    ${start}
    return [json.dumps({key: type(value).__name__ for key, value in environ.items()} | {'environ': type(environ).__name__, 'version': environ['wsgi.version'] == (1, 0), 'path': environ['PATH_INFO']}).encode()]
`, 'POST /caf%C3%A9/%00?q=1 HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nX-A: 2\r\nContent-Length: 0\r\n\r\n');
    const types = JSON.parse(bodyText(responses[0])) as Record<string, unknown>;
    expect(types).toMatchObject({
      environ: 'dict', version: true, 'wsgi.version': 'tuple', 'wsgi.input': 'Input', 'wsgi.errors': 'Errors', 'wsgi.multithread': 'bool', 'wsgi.file_wrapper': 'type',
      REQUEST_METHOD: 'str', SERVER_PORT: 'str', CONTENT_LENGTH: 'str', HTTP_X_A: 'str', path: '/caf\u00c3\u00a9/\0',
    });
  });

  test('wsgi.input reads as a file does', async () => {
    const { responses, events } = await ask(`
def app(environ, start_response):
    body = environ['wsgi.input']
    got = [body.read(3), body.readline(), body.readline(2), body.readlines(), body.read(), body.read(5), list(body)]
    ${start}
    return [repr(got).encode()]
`, post('abcdef\nghij\nkl\nmn'));
    expect(bodyText(responses[0])).toBe(String.raw`[b'abc', b'def\n', b'gh', [b'ij\n', b'kl\n', b'mn'], b'', b'', []]`);
    expect(only(events, 'app.read')[0]).toMatchObject({ call: 'read(3)', size: 3, site: { file: 'app.py', line: 4, name: 'app' } });
  });

  test('wsgi.input can be iterated over, and wrapped', async () => {
    const { responses } = await ask(`
import io
def app(environ, start_response):
    ${start}
    return [repr([*environ['wsgi.input']]).encode()]
`, post('a\nb'));
    expect(bodyText(responses[0])).toBe(String.raw`[b'a\n', b'b']`);
  });

  test('wsgi.errors takes text and goes to the log', async () => {
    const { logs } = await ask(`
def app(environ, start_response):
    print('hé', 'there', file=environ['wsgi.errors'])
    environ['wsgi.errors'].writelines(['a\\n', 'b'])
    try: environ['wsgi.errors'].write(b'x')
    except TypeError as error: environ['wsgi.errors'].write(str(error))
    ${start}
    return []
`);
    expect(logs).toEqual(['wsgi.errors: hé there', 'wsgi.errors: a', 'wsgi.errors: bwrite() argument must be str, not bytes']);
  });

  test.each([
    ['b"200 OK"', '[]', 'PEP3333-start-1'],
    ["'200 OK'", '()', 'PEP3333-start-3'],
    ["'200 OK'", "[['A', 'b']]", 'PEP3333-start-3'],
    ["'200 OK'", "[('Content-Length', 3)]", 'PEP3333-start-3'],
    ["'200'", '[]', 'PEP3333-start-1'],
    ["'200 OK'", "[('A', 'b\\n')]", 'PEP3333-start-5'],
  ])('start_response(%s, %s) is refused', async (status, headers, clause) => {
    const { responses, events } = await ask(`
def app(environ, start_response):
    start_response(${status}, ${headers})
    return []
`);
    expect(responses[0]!.status).toBe(500);
    expect(only(events, 'app.violation')).toMatchObject([{ clause, site: { file: 'app.py', line: 3 } }]);
  });

  test.each([
    ['None', 'PEP3333-details-5', 'returned None'],
    ["'text'", 'PEP3333-details-5', 'text.encode()'],
    ["b'text'", 'PEP3333-details-5', '[data]'],
    ['7', 'PEP3333-details-5', 'a int'],
    ["['text']", 'PEP3333-unicode-2', 'a str instead of bytes'],
    ["[bytearray(b'x')]", 'PEP3333-unicode-2', 'bytearray'],
    ['later()', 'PEP3333-details-5', 'coroutine'],
  ])('returning %s is refused', async (result, clause, words) => {
    const { responses, events } = await ask(`
async def later(): pass
def app(environ, start_response):
    ${start}
    return ${result}
`);
    expect(responses[0]!.status).toBe(500);
    const [violation] = only(events, 'app.violation');
    expect(violation?.clause).toBe(clause);
    expect(`${violation?.message} ${violation?.advice}`).toContain(words);
  });
});

describe('the response', () => {
  test('a list: its length is known', async () => {
    const { responses } = await ask(`
def app(environ, start_response):
    ${start}
    return [b'Hello, ', b'world']
`);
    expect(responses[0]!.headers).toContainEqual(['Content-Length', '12']);
    expect(bodyText(responses[0])).toBe('Hello, world');
  });

  test('a generator: block by block, with the line of each yield, and closed', async () => {
    const { responses, events } = await ask(`
def app(environ, start_response):
    ${start}
    yield b'one'
    yield from more()
def more():
    try:
        yield b'two'
    finally:
        print('closed')
`);
    expect(bodyText(responses[0])).toBe('onetwo');
    expect(python.output()).toEqual(['closed']);
    // The generator runs only when it is asked for the first block: start_response is called in there.
    expect(only(events, 'app.start')).toMatchObject([{ site: { file: 'app.py', line: 3, name: 'app' } }]);
    expect(only(events, 'app.return')).toMatchObject([{ kind: 'a generator' }]);
    expect(only(events, 'app.body').map(({ via, site }) => [via, site?.line, site?.name])).toEqual([['yield', 4, 'app'], ['yield', 8, 'more']]);
    expect(only(events, 'app.close')).toHaveLength(1);
  });

  test('the iterable of a class: its close() is called once, also when the client has enough', async () => {
    const { responses, events } = await ask(`
class Blocks:
    def __init__(self, start_response): ${start.replace('200 OK', '204 No Content')}
    def __getitem__(self, i):
        if i < 3: return b''
        raise IndexError
    def close(self): print('closed')
def app(environ, start_response): return Blocks(start_response)
`);
    expect(responses[0]!.status).toBe(204);
    expect(only(events, 'app.return')).toMatchObject([{ kind: 'a Blocks' }]);
    expect(python.output()).toEqual(['closed']);
    expect(only(events, 'app.close')).toHaveLength(1);
  });

  test('write() before the iterable', async () => {
    const { responses, events } = await ask(`
def app(environ, start_response):
    write = ${start}
    write(b'first ')
    return [b'second']
`);
    expect(bodyText(responses[0])).toBe('first second');
    expect(only(events, 'app.body').map(({ via, site }) => [via, site?.line])).toEqual([['write', 4], ['yield', undefined]]);
  });

  test('exc_info before the head is out replaces it', async () => {
    const { responses } = await ask(`
import sys
def app(environ, start_response):
    ${start}
    try: 1 / 0
    except ZeroDivisionError:
        start_response('500 Oops', [('Content-Type', 'text/plain')], sys.exc_info())
        return [b'sorry']
`);
    expect(responses[0]).toMatchObject({ status: 500, reason: 'Oops' });
  });

  test('exc_info when the head is out is raised again, with its traceback', async () => {
    const { failure, events } = await ask(`
import sys
def app(environ, start_response):
    ${start}
    yield b'begun'
    try: 1 / 0
    except ZeroDivisionError:
        start_response('500 Oops', [], sys.exc_info())
        yield b'never'
`);
    expect(failure).toBeDefined();
    expect(only(events, 'app.error')).toMatchObject([{ name: 'ZeroDivisionError', message: 'division by zero', stage: 'after body', site: { file: 'app.py', line: 6 } }]);
  });

  test('start_response twice', async () => {
    const { events } = await ask(`
def app(environ, start_response):
    ${start}
    ${start}
    return []
`);
    expect(only(events, 'app.violation')).toMatchObject([{ clause: 'PEP3333-start-12', site: { line: 4 } }]);
  });

  test('wsgi.file_wrapper', async () => {
    const { responses } = await ask(`
import io
def app(environ, start_response):
    ${start}
    return environ['wsgi.file_wrapper'](io.BytesIO(b'x' * 100_000), 8192)
`);
    expect(responses[0]!.body).toHaveLength(100_000);
  });
});

describe('an application that raises', () => {
  test('has a traceback in its own terms, and the line', async () => {
    const { responses, events, logs } = await ask(`
def deep(): raise ValueError('boom')
def app(environ, start_response):
    try: deep()
    except ValueError as error: raise KeyError('k') from error
`, get(), { debug: true });
    expect(responses[0]!.status).toBe(500);
    const [error] = only(events, 'app.error');
    expect(error).toMatchObject({ name: 'KeyError', message: "'k'", stage: 'before start', site: { file: 'app.py', line: 5, name: 'app' } });
    expect(error!.stack).toContain('File "app.py", line 2, in deep');
    expect(error!.stack).toContain('The above exception was the direct cause');
    for (const text of [error!.stack, ...logs, bodyText(responses[0])]) expect(text).not.toMatch(/_porthole|pyodide|\/users\//);
  });

  test.each(['SystemExit(3)', 'KeyboardInterrupt()', 'GeneratorExit()'])('%s does not end the server', async (raised) => {
    const served = await Served.start(python.load({ 'app.py': `
def app(environ, start_response):
    if environ['PATH_INFO'] == '/bad': raise ${raised}
    ${start}
    return [b'fine']
` }));
    const { responses } = await served.ask(get('/bad') + get('/good'));
    expect(responses[0]!.status).toBe(500);
    expect(bodyText((await served.ask(get('/good'))).responses[0])).toBe('fine');
    await served.stop();
  });

  test('in close()', async () => {
    const { responses, events } = await ask(`
class Result(list):
    def close(self): raise RuntimeError('in close')
def app(environ, start_response):
    ${start}
    return Result([b'body'])
`);
    expect(bodyText(responses[0])).toBe('body');
    expect(only(events, 'app.error')).toMatchObject([{ stage: 'close', message: 'in close', site: { line: 3 } }]);
  });

  test('a client that has gone is an OSError in write(), and the gateway gets its own error back', () => {
    const { app } = python.load({ 'app.py': `
def app(environ, start_response):
    try: start_response('200 OK', [])(b'x')
    except OSError as error:
        print(type(error).__name__)
        raise
` });
    const call = (): unknown => (app.app as WsgiApp)({} as WsgiEnviron, () => () => {
      throw new ClientDisconnected();
    });
    expect(call).toThrow(ClientDisconnected);
    expect(python.output()).toEqual(['ClientDisconnected']);
  });
});

describe('wsgiref.validate', () => {
  test('has nothing to say of the gateway, nor the gateway of the application', async () => {
    const { responses, events, failure } = await ask(`
from wsgiref.validate import validator
@validator
def app(environ, start_response):
    body = environ['wsgi.input'].read(100)
    environ['wsgi.errors'].write('fine')
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'You said ', body]
`, post('hello'), { validate: true });
    expect(failure).toBeUndefined();
    expect(bodyText(responses[0])).toBe('You said hello');
    expect(only(events, 'app.violation')).toEqual([]);
  });

  test('is awake', async () => {
    const { responses, events } = await ask(`
from wsgiref.validate import validator
@validator
def app(environ, start_response):
    start_response('200 OK', [])
    return [b'no type']
`);
    expect(responses[0]!.status).toBe(500);
    expect(only(events, 'app.error')[0]?.name).toBe('AssertionError');
  });
});

test('nothing is left of exchanges', async () => {
  const served = await Served.start(python.load({ 'app.py': `
def app(environ, start_response):
    ${start}
    yield environ['wsgi.input'].read()
` }));
  const count = (): unknown => python.python.pyodide.runPython("import gc, _porthole.wsgi; gc.collect(); (len(_porthole.wsgi._results), len(gc.get_objects()))").toJs();
  await served.ask(get().repeat(50));
  const [before, objects] = count() as [number, number];
  await served.ask(get().repeat(300));
  const [after, later] = count() as [number, number];
  expect([before, after]).toEqual([0, 0]);
  expect(later - objects).toBeLessThan(100);
  await served.stop();
});
