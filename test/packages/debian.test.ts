/** Real packages: found on an index of this machine's own, fetched, verified, and installed into a Python that runs them. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocketClient, type WebSocketClientEvent } from '../../src/client/websocket.ts';
import { systemHost } from '../../src/host/system.ts';
import { PackageStore } from '../../src/packages/store.ts';
import { bodyText, only, Served, TestPython } from '../helpers/python.ts';
import { debianWheels } from '../helpers/debian-wheels.ts';

let server: Server;
let store: PackageStore;
let python: TestPython;

beforeAll(async () => {
  const wheels = debianWheels();
  // An index as PEP 691 and PEP 658 describe it, on loopback.
  server = createServer((request, response) => {
    // Python keeps this thread for seconds; a connection that is kept meanwhile would be found closed.
    response.setHeader('Connection', 'close');
    const name = /^\/simple\/([^/]+)\/$/.exec(request.url!)?.[1];
    const own = wheels.filter((wheel) => wheel.name === name);
    const wheel = wheels.find(({ file }) => request.url!.startsWith(`/files/${file}`));
    if (wheel !== undefined) return void response.end(request.url!.endsWith('.metadata') ? wheel.metadata : wheel.content);
    response.statusCode = own.length > 0 ? 200 : 404;
    response.end(JSON.stringify({ files: own.map(({ file, sha256 }) => ({ filename: file, url: `/files/${file}`, hashes: { sha256 }, 'core-metadata': true })) }));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const index = `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple/`;
  store = new PackageStore(async () => ({ index, locked: {}, lockedBase: index, environment: { python_version: '3.14', python_full_version: '3.14.2', sys_platform: 'emscripten' }, fetch }));
  python = await TestPython.start();
}, 300_000);
afterAll(() => server.close());

async function load(files: Readonly<Record<string, string>>): Promise<Served> {
  for (const { content } of await store.collect(files, () => {})) await python.install(await content.arrayBuffer());
  return Served.start(python.load(files), { validate: true });
}

const request = (line: string, more = ''): string => `${line} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;

test('Flask: a template, a form, an error, and the lines of the app', async () => {
  const served = await load({ 'app.py': `
from flask import Flask, request, render_template_string
app = Flask(__name__)
@app.get('/<name>')
def hello(name):
    return render_template_string('<h1>{{ name }}</h1>', name=name)
@app.post('/')
def form():
    return request.form['word'].upper()
@app.get('/boom')
def boom():
    return 1 / 0
` });
  expect(bodyText((await served.ask(request('GET /%3Cb%3E'))).responses[0])).toBe('<h1>&lt;b&gt;</h1>');
  const posted = await served.ask(request('POST /', 'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 8\r\n') + 'word=abc');
  expect(bodyText(posted.responses[0])).toBe('ABC');
  expect(only(posted.events, 'app.violation')).toEqual([]);
  const failed = await served.ask(request('GET /boom'));
  expect(failed.responses[0]!.status).toBe(500);
  expect(python.output().join('\n') + failed.logs.join('\n')).toContain('File "app.py", line 12, in boom');
  await served.stop();
}, 120_000);

test('Starlette: lifespan, streaming, a synchronous endpoint', async () => {
  const served = await load({ 'app.py': `
import contextlib
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route
@contextlib.asynccontextmanager
async def lifespan(app):
    yield {'greeting': 'Hello'}
def sync(request): return PlainTextResponse(f'{request.state.greeting} {request.query_params["name"]}')
async def parts():
    for i in range(3): yield f'{i} '
async def stream(request): return StreamingResponse(parts(), media_type='text/plain')
app = Starlette(routes=[Route('/sync', sync), Route('/stream', stream)], lifespan=lifespan)
` });
  expect(bodyText((await served.ask(request('GET /sync?name=Ada'))).responses[0])).toBe('Hello Ada');
  const streamed = await served.ask(request('GET /stream'));
  expect(bodyText(streamed.responses[0])).toBe('0 1 2 ');
  expect(only(streamed.events, 'app.violation')).toEqual([]);
  await served.stop();
}, 120_000);

test('Starlette: a WebSocket', async () => {
  const served = await load({ 'app.py': `
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
async def echo(websocket):
    await websocket.accept()
    async for message in websocket.iter_text():
        await websocket.send_text(message.upper())
    print('closed')
app = Starlette(routes=[WebSocketRoute('/echo', echo)])
` });
  const events: WebSocketClientEvent[] = [];
  const client = new WebSocketClient(served.socket(), { authority: 'a', target: '/echo', host: systemHost }, (event) => events.push(event));
  await expect.poll(() => events.map(({ type }) => type), { timeout: 30_000 }).toContain('open');
  client.send({ type: 'text', text: 'hé' });
  await expect.poll(() => JSON.stringify(events), { timeout: 30_000 }).toContain('HÉ');
  client.close(1000, '');
  await expect.poll(() => python.output(), { timeout: 30_000 }).toEqual(['closed']);
  await served.stop();
}, 120_000);
