/** Python applications over ASGI: exact types, streaming in both directions, back-pressure, lifespan, contextvars. */
import { beforeAll, describe, expect, test } from 'vitest';
import { AsgiViolation, ClientDisconnected } from '../../src/gateway/errors.ts';
import type { AsgiApp, AsgiReceiveEvent, AsgiSendEvent, AsgiScope } from '../../src/gateway/asgi/types.ts';
import { bodyText, only, Served, TestPython, type Asked } from '../helpers/python.ts';

let python: TestPython;
beforeAll(async () => void (python = await TestPython.start()), 120_000);

const get = (path = '/'): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

async function ask(source: string, request = get(), config = {}): Promise<Asked> {
  const served = await Served.start(python.load({ 'app.py': source }), { lifespan: 'off', ...config });
  const asked = await served.ask(request);
  await served.stop();
  return asked;
}

const answer = "await send({'type': 'http.response.start', 'status': 200, 'headers': [(b'content-type', b'text/plain')]})";

test('a scope of the types that ASGI names', async () => {
  const { responses } = await ask(`
import json
def types(value):
    if isinstance(value, (list, tuple)): return [type(value).__name__, *(types(each) for each in value)]
    return type(value).__name__
async def app(scope, receive, send):
    ${answer}
    await send({'type': 'http.response.body', 'body': json.dumps({key: types(value) for key, value in scope.items()} | {'sent': [scope['path'], scope['headers'][1][1].decode('latin-1')]}).encode()})
`, 'GET /caf%C3%A9?q=1 HTTP/1.1\r\nHost: a\r\nX-A: \u00e9\r\n\r\n');
  expect(JSON.parse(bodyText(responses[0]))).toMatchObject({
    type: 'str', asgi: 'dict', http_version: 'str', method: 'str', path: 'str', raw_path: 'bytes', query_string: 'bytes', root_path: 'str', extensions: 'dict',
    headers: ['list', ['tuple', 'bytes', 'bytes'], ['tuple', 'bytes', 'bytes']], client: ['tuple', 'str', 'int'], server: ['tuple', 'str', 'int'], sent: ['/café', 'é'],
  });
});

test('the request body streams in, and every step has its line', async () => {
  const { responses, events } = await ask(`
async def app(scope, receive, send):
    sizes = []
    while True:
        event = await receive()
        sizes.append((type(event['body']).__name__, event['more_body']))
        if not event['more_body']: break
    ${answer}
    await send({'type': 'http.response.body', 'body': repr(sizes[-1]).encode()})
`, `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello`, { validate: true });
  expect(bodyText(responses[0])).toBe("('bytes', False)");
  expect(only(events, 'app.read').at(-1)).toMatchObject({ call: 'receive()', site: { file: 'app.py', line: 5, name: 'app' } });
  expect(only(events, 'app.start')).toMatchObject([{ site: { line: 8 } }]);
  expect(only(events, 'app.body')).toMatchObject([{ via: 'send', site: { line: 9 } }]);
  expect(only(events, 'app.violation')).toEqual([]);
});

test('the response streams out, and send() waits for a slow client', async () => {
  const served = await Served.start(python.load({ 'app.py': `
import asyncio
sent = 0
async def app(scope, receive, send):
    global sent
    if scope['path'] == '/sent':
        ${answer}
        return await send({'type': 'http.response.body', 'body': str(sent).encode()})
    ${answer}
    for _ in range(200):
        await send({'type': 'http.response.body', 'body': b'x' * 8192, 'more_body': True})
        sent += 1
    await send({'type': 'http.response.body'})
` }), { lifespan: 'off' });
  const slow = served.socket();
  let received = 0;
  const closed = new Promise<void>((resolve) => slow.open({ onData: (bytes) => void (received += bytes.length), onEof: () => slow.end(), onDrain() {}, onClose: () => resolve() }));
  slow.pause();
  slow.write(new TextEncoder().encode(get().replace('Host', 'Connection: close\r\nHost')));
  // Another connection is served meanwhile, and sees that the first is held.
  const counts: number[] = [];
  for (let i = 0; i < 20; i += 1) counts.push(Number(bodyText((await served.ask(get('/sent'))).responses[0])));
  expect(counts.at(-1)).toBe(counts.at(-2));
  expect(counts.at(-1)).toBeGreaterThan(0);
  expect(counts.at(-1)).toBeLessThan(150);
  slow.resume();
  await closed;
  expect(received).toBeGreaterThan(200 * 8192);
  await served.stop();
});

test('many at a time', async () => {
  const served = await Served.start(python.load({ 'app.py': `
import asyncio, contextvars
user = contextvars.ContextVar('user')
inside = most = 0
async def deeper():
    await asyncio.sleep(0.01)
    return user.get()
async def app(scope, receive, send):
    global inside, most
    user.set(scope['path'])
    inside += 1
    most = max(most, inside)
    name = await deeper()
    inside -= 1
    ${answer}
    await send({'type': 'http.response.body', 'body': f'{name} {most}'.encode()})
` }), { lifespan: 'off' });
  const asked = await Promise.all(Array.from({ length: 10 }, (_, i) => served.ask(get(`/${i}`))));
  // Each has its own context, and all were in there together.
  expect(asked.map(({ responses }) => bodyText(responses[0]).split(' ')[0])).toEqual(Array.from({ length: 10 }, (_, i) => `/${i}`));
  expect(asked.map(({ responses }) => Number(bodyText(responses[0]).split(' ')[1])).at(-1)).toBe(10);
  await served.stop();
});

test('asyncio.to_thread runs inline', async () => {
  const { responses } = await ask(`
import asyncio, contextvars
user = contextvars.ContextVar('user')
def work(): return f'worked for {user.get()}'.encode()
async def app(scope, receive, send):
    user.set('me')
    ${answer}
    await send({'type': 'http.response.body', 'body': await asyncio.to_thread(work)})
`);
  expect(bodyText(responses[0])).toBe('worked for me');
});

describe('lifespan', () => {
  test('its state is Python\'s, and each request has a shallow copy', async () => {
    const served = await Served.start(python.load({ 'app.py': `
async def app(scope, receive, send):
    if scope['type'] == 'lifespan':
        assert (await receive())['type'] == 'lifespan.startup'
        scope['state']['pool'] = {1, 2}
        await send({'type': 'lifespan.startup.complete'})
        assert (await receive())['type'] == 'lifespan.shutdown'
        print('shut down')
        return await send({'type': 'lifespan.shutdown.complete'})
    state = scope['state']
    text = repr([*state.items()])
    state['mine'] = 1
    state['pool'].add(3)
    ${answer}
    await send({'type': 'http.response.body', 'body': text.encode()})
` }), { lifespan: 'on' });
    expect(bodyText((await served.ask(get())).responses[0])).toBe("[('pool', {1, 2})]");
    expect(bodyText((await served.ask(get())).responses[0])).toBe("[('pool', {1, 2, 3})]");
    await served.stop();
    expect(python.output()).toEqual(['shut down']);
  });

  test('a startup that fails', async () => {
    const starting = Served.start(python.load({ 'app.py': `
async def app(scope, receive, send):
    await receive()
    await send({'type': 'lifespan.startup.failed', 'message': 'no database'})
` }), { lifespan: 'on' });
    await expect(starting).rejects.toThrow('no database');
  });

  test('an application that does not know of it', async () => {
    const { responses } = await ask(`
async def app(scope, receive, send):
    assert scope['type'] == 'http'
    ${answer}
    await send({'type': 'http.response.body'})
`, get(), { lifespan: 'auto' });
    expect(responses[0]!.status).toBe(200);
  });
});

describe('an application that breaks the rules', () => {
  test('that raises', async () => {
    const { responses, events } = await ask(`
async def deep(): raise ValueError('boom')
async def app(scope, receive, send):
    await deep()
`);
    expect(responses[0]!.status).toBe(500);
    expect(only(events, 'app.error')).toMatchObject([{ name: 'ValueError', message: 'boom', site: { file: 'app.py', line: 2, name: 'deep' } }]);
    expect(only(events, 'app.error')[0]!.stack).toBe('Traceback (most recent call last):\n  File "app.py", line 4, in app\n    await deep()\n  File "app.py", line 2, in deep\n    async def deep(): raise ValueError(\'boom\')\n                      ^^^^^^^^^^^^^^^^^^^^^^^^\nValueError: boom');
  });

  test.each([
    ["{'type': 'http.response.start', 'status': '200'}", 'ASGI-start-2'],
    ["{'type': 'http.response.start', 'status': 200, 'headers': [('a', 'b')]}", 'ASGI-start-3'],
    ["{'type': 'http.response.start', 'status': 200, 'headers': object()}", 'ASGI-app-2'],
    ["{'type': 'http.response.body', 'body': 'text'}", 'ASGI-body-1'],
    ["{'type': 'http.response.body', 'body': b''}", 'ASGI-start-1'],
    ["['http.response.start']", 'ASGI-app-2'],
  ])('that sends %s', async (message, clause) => {
    const { responses, events } = await ask(`
async def app(scope, receive, send):
    await send(${message})
`);
    expect(responses[0]!.status).toBe(500);
    expect(only(events, 'app.violation')).toMatchObject([{ clause, site: { file: 'app.py', line: 3 } }]);
  });

  test.each(['SystemExit', 'KeyboardInterrupt', 'asyncio.CancelledError'])('that raises %s does not end the loop', async (raised) => {
    const served = await Served.start(python.load({ 'app.py': `
import asyncio
async def app(scope, receive, send):
    if scope['path'] == '/bad':
        await asyncio.sleep(0)
        raise ${raised}
    await asyncio.sleep(0)
    ${answer}
    await send({'type': 'http.response.body', 'body': b'fine'})
` }), { lifespan: 'off' });
    expect((await served.ask(get('/bad'))).responses[0]!.status).toBe(500);
    expect(bodyText((await served.ask(get('/good'))).responses[0])).toBe('fine');
    await served.stop();
  });
});

describe('the interface by hand', () => {
  const scope = { type: 'http', raw_path: new Uint8Array(), query_string: new Uint8Array(), headers: [], client: null, server: null } as unknown as AsgiScope;
  const call = (source: string, receive: () => Promise<AsgiReceiveEvent>, send: (event: AsgiSendEvent) => Promise<void>): Promise<void> => (python.load({ 'app.py': source }).app.app as AsgiApp)(scope, receive, send);

  test('an event that comes when nobody waits any more is there for the next who asks', async () => {
    const asked: ((event: AsgiReceiveEvent) => void)[] = [];
    const running = call(`
import asyncio
async def app(scope, receive, send):
    waiting = asyncio.ensure_future(receive())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.sleep(0)
    await send({'type': 'cancelled'})
    print((await receive())['body'])
`, () => new Promise((resolve) => asked.push(resolve)), async () => asked[0]!({ type: 'http.request', body: new Uint8Array([65]), more_body: false }));
    await running;
    expect(asked).toHaveLength(1);
    expect(python.output()).toEqual(["b'A'"]);
  });

  test('a client that has gone is an OSError in send()', async () => {
    const running = call(`
async def app(scope, receive, send):
    try: await send({'type': 'http.response.body'})
    except OSError as error:
        print(type(error).__name__)
        raise
`, () => new Promise(() => {}), async () => {
      throw new ClientDisconnected();
    });
    await expect(running).rejects.toBeInstanceOf(ClientDisconnected);
    expect(python.output()).toEqual(['ClientDisconnected']);
  });

  test('WebSocket messages, both kinds', async () => {
    const events: AsgiReceiveEvent[] = [{ type: 'websocket.connect' }, { type: 'websocket.receive', text: 'hé' }, { type: 'websocket.receive', bytes: new Uint8Array([1, 2]) }, { type: 'websocket.disconnect', code: 1001, reason: 'away' }];
    const sent: AsgiSendEvent[] = [];
    await call(`
async def app(scope, receive, send):
    await receive()
    await send({'type': 'websocket.accept', 'subprotocol': None, 'headers': ((b'a', b'b') for _ in '1')})
    while True:
        event = await receive()
        if event['type'] == 'websocket.disconnect': break
        await send({'type': 'websocket.send', 'text': event.get('text'), 'bytes': event.get('bytes')})
    await send({'type': 'websocket.close', 'code': event['code'], 'reason': event['reason']})
`, async () => events.shift()!, async (event) => void sent.push(event));
    const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
    expect(sent).toEqual([
      { type: 'websocket.accept', subprotocol: undefined, headers: [[encode('a'), encode('b')]] }, { type: 'websocket.send', text: 'hé', bytes: undefined },
      { type: 'websocket.send', text: undefined, bytes: new Uint8Array([1, 2]) }, { type: 'websocket.close', code: 1001, reason: 'away' },
    ]);
  });

  test('what the gateway refuses can be caught, and is the gateway\'s own error where it is not', async () => {
    const violation = new AsgiViolation({ code: 'c', clause: 'ASGI-app-2', message: 'no', advice: '' });
    await expect(call('async def app(scope, receive, send): await send({})', () => new Promise(() => {}), () => Promise.reject(violation))).rejects.toBe(violation);
  });

  test('nothing is left of calls', async () => {
    const { app } = python.load({ 'app.py': 'async def app(scope, receive, send):\n    await receive()\n    await send({})' });
    const count = (): unknown => python.python.pyodide.runPython("import gc, _porthole.asgi; gc.collect(); (len(_porthole.asgi._connections), len(gc.get_objects()))").toJs();
    const many = async (times: number): Promise<void> => {
      for (let i = 0; i < times; i += 1) await (app.app as AsgiApp)(scope, async () => ({ type: 'http.disconnect' }), async () => {});
    };
    await many(50);
    const [, objects] = count() as [number, number];
    await many(300);
    const [left, later] = count() as [number, number];
    expect(left).toBe(0);
    expect(later - objects).toBeLessThan(100);
  });
});
