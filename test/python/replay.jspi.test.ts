/**
 * With replay on, two runs of Python programs give the same trace, event for event; on real threads. Chance is left out: here Pyodide has
 * that of Node's crypto. In the page it has the global one, and `test/e2e/python.spec.ts` looks at that.
 */
import { expect, test } from 'vitest';
import type { Snippet } from '../../src/snippet/schema.ts';
import type { TraceEvent } from '../../src/trace/events.ts';
import { formatTrace } from '../../src/trace/format.ts';
import { ended, pythonRig, script } from '../helpers/python-machine.ts';
import { snippetOf, type Rig } from '../machine/rig.ts';

async function traceOf(snippet: Snippet, inputs: (made: Rig) => Promise<unknown>): Promise<string> {
  const made = await pythonRig();
  await made.machine.run({ ...snippet, replay: true });
  await inputs(made);
  await made.machine.stop();
  return formatTrace(made.events as TraceEvent[], { most: Infinity });
}

const both = async (snippet: Snippet, inputs: (made: Rig) => Promise<unknown>): Promise<string> => {
  const one = await traceOf(snippet, inputs);
  expect(await traceOf(snippet, inputs)).toBe(one);
  return one;
};

const told = 'time.time(), time.monotonic(), hash("a"), sorted({"x", "y", "z"}, key=hash)';

test('a WSGI application that asks for the time, with two workers', async () => {
  const text = await both(snippetOf({ 'app.py': `
import time
def app(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    yield repr((${told})).encode()
` }, { lang: 'py', entry: 'app.py:app', server: { workers: 2 }, network: { segmentBytes: 30, ragged: true, jitterMs: 4 } }), async (made) => {
    for (let i = 0; i < 4; i += 1) expect((await made.get('/')).response?.status).toBe(200);
  });
  expect(text.match(/app\.call/g)).toHaveLength(4);
}, 120_000);

test('tasks of an ASGI application, in the order of their time', async () => {
  const text = await both(snippetOf({ 'app.py': `
import asyncio, random, time
waits = random.Random(7)
async def app(scope, receive, send):
    if scope['type'] != 'http': return
    async def task(name):
        await asyncio.sleep(waits.random())
        print(name, ${told})
    await asyncio.gather(*(task(name) for name in 'abcd'))
    await send({'type': 'http.response.start', 'status': 200, 'headers': []})
    await send({'type': 'http.response.body', 'body': b'done'})
` }, { lang: 'py', entry: 'app.py:app' }), async (made) => expect((await made.get('/')).response?.status).toBe(200));
  expect(text.match(/stdout info/g)).toHaveLength(4);
}, 120_000);

test('a server and a client that block', async () => {
  const text = await both(snippetOf({
    'server.py': `
import socket, time
with socket.create_server(('127.0.0.1', 9000)) as listener:
    connection, _ = listener.accept()
    with connection:
        while data := connection.recv(8): print(data, ${told})
`,
    'client.py': `
import random, socket, time
waits = random.Random(7)
with socket.create_connection(('127.0.0.1', 9000)) as connection:
    for i in range(3):
        connection.sendall(b'x' * 12)
        time.sleep(waits.random())
        print(i, ${told})
`,
  }, { lang: 'py', programs: [script('server'), script('client')], network: { segmentBytes: 5, ragged: true, jitterMs: 4 } }), async (made) => {
    await ended(made, 'client');
    await ended(made, 'server');
  });
  expect(text.match(/exit code 0/g)).toHaveLength(2);
}, 120_000);
