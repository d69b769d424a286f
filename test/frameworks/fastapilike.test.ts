import { Type } from '@sinclair/typebox';
import { describe, expect, test } from 'vitest';
import { inject } from '../../src/api/inject.ts';
import { WebSocketClient } from '../../src/client/websocket.ts';
import { FastApi } from '../../src/frameworks/fastapilike/app.ts';
import type { Request } from '../../src/frameworks/fastapilike/request.ts';
import { html, HttpException, Response } from '../../src/frameworks/fastapilike/response.ts';
import { WebSocketDisconnect } from '../../src/frameworks/fastapilike/websocket.ts';
import type { AsgiApp, AsgiReceiveEvent, AsgiScope, AsgiSendEvent } from '../../src/gateway/asgi/types.ts';
import { toGatewayApp } from '../../src/gateway/detect.ts';
import { systemHost } from '../../src/host/system.ts';
import { socketPair } from '../../src/net/memory.ts';
import { Server } from '../../src/server/server.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (data: Uint8Array): string => new TextDecoder().decode(data);

/** Calls an ASGI application with these events and gives what it sent. */
async function call(app: AsgiApp, scope: Record<string, unknown>, events: AsgiReceiveEvent[]): Promise<AsgiSendEvent[]> {
  const sent: AsgiSendEvent[] = [];
  const full = { asgi: { version: '3.0', spec_version: '2.5' }, http_version: '1.1', scheme: 'http', raw_path: new Uint8Array(), query_string: new Uint8Array(), root_path: '', headers: [], client: null, server: null, ...scope };
  await app(full as unknown as AsgiScope, () => Promise.resolve(events.shift() ?? { type: 'http.disconnect' }), (event) => {
    sent.push(event);
    return Promise.resolve();
  });
  return sent;
}

interface Answer { readonly status: number; readonly headers: Record<string, string>; readonly text: string; json(): unknown }

async function request(app: AsgiApp, method: string, target: string, options: { json?: unknown; parts?: string[]; headers?: Record<string, string>; state?: Record<string, unknown> } = {}): Promise<Answer> {
  const [path = '/', query = ''] = target.split('?');
  const parts = options.json === undefined ? (options.parts ?? ['']) : [JSON.stringify(options.json)];
  const events = parts.map((part, i): AsgiReceiveEvent => ({ type: 'http.request', body: bytes(part), more_body: i < parts.length - 1 }));
  const headers = Object.entries(options.headers ?? {}).map(([name, value]) => [bytes(name), bytes(value)]);
  const sent = await call(app, { type: 'http', method, path: decodeURIComponent(path), query_string: bytes(query), headers, ...(options.state ? { state: options.state } : {}) }, events);
  const start = sent[0];
  if (start?.type !== 'http.response.start') throw new Error(`expected a start, got ${start?.type}`);
  const body = sent.slice(1).map((event) => (event.type === 'http.response.body' ? text(event.body ?? new Uint8Array()) : '')).join('');
  return { status: start.status, headers: Object.fromEntries([...(start.headers ?? [])].map(([name, value]) => [text(name), text(value)])), text: body, json: () => JSON.parse(body) as unknown };
}

const Book = Type.Object({ title: Type.String({ minLength: 1 }), pages: Type.Integer({ minimum: 1 }), tags: Type.Optional(Type.Array(Type.String())) });

function library(): FastApi & { log: string[] } {
  const log: string[] = [];
  const app = new FastApi({ title: 'Library', version: '2.0' });
  app.get('/books/{id}', { path: { id: Type.Integer() }, query: { full: Type.Optional(Type.Boolean()), limit: Type.Integer({ default: 10, maximum: 100 }), tag: Type.Optional(Type.Array(Type.String())) }, header: { x_token: Type.Optional(Type.String()) } }, function readBook({ path, query, header }) {
    return { ...path, ...query, ...header };
  });
  app.post('/books', { body: Book, status: 201, response: Book, summary: 'Add a book' }, ({ body }) => ({ ...body, title: body.title.toUpperCase() }));
  app.get('/files/{where:path}', { path: { where: Type.String() } }, ({ path }) => path.where);
  app.get('/missing', {}, () => { throw new HttpException(404, { reason: 'gone' }, { 'x-why': 'test' }); });
  app.get('/page', {}, () => html('<h1>hi</h1>'));
  app.delete('/books/{id}', { path: { id: Type.Integer() }, status: 204 }, () => undefined);
  app.get('/stream', {}, () => new Response((async function* () { yield 'a'; yield bytes('b'); })()));
  app.get('/boom', {}, () => { throw new Error('boom'); });
  app.get('/state', {}, ({ request: current }) => current.state);
  app.post('/raw', {}, async ({ request: current }) => ({ size: (await current.body()).length, again: (await current.text()).length }));
  app.get('/user', { depends: { user: async ({ headers }: Request) => headers.get('x-user')?.[0] ?? 'nobody', session: async function* () { log.push('open'); yield { id: 7 }; log.push('close'); } } }, ({ depends, background }) => {
    background.add(() => log.push('background'));
    return { user: depends.user, session: depends.session.id };
  });
  app.websocket('/echo/{room}', async (socket, { room }) => {
    await socket.accept();
    for await (const message of socket) await socket.send(`${room}: ${String(message)}`);
    log.push('left');
  });
  return Object.assign(app, { log });
}

describe('parameters', () => {
  const app = library();

  test('is a function of three parameters, as ASGI servers expect', () => {
    expect([typeof app, app.length]).toEqual(['function', 3]);
  });

  test('path, query and header are converted to what is declared; defaults are filled in', async () => {
    const answer = await request(app, 'GET', '/books/7?full=true&limit=3&tag=a&tag=b', { headers: { 'x-token': 't' } });
    expect(answer.json()).toEqual({ id: 7, full: true, limit: 3, tag: ['a', 'b'], x_token: 't' });
    expect((await request(app, 'GET', '/books/7')).json()).toEqual({ id: 7, limit: 10 });
  });

  test('every mistake is reported at once, with its place (422)', async () => {
    const answer = await request(app, 'GET', '/books/seven?limit=1000');
    expect(answer.status).toBe(422);
    expect((answer.json() as { detail: { loc: unknown }[] }).detail.map((one) => one.loc)).toEqual([['path', 'id'], ['query', 'limit']]);
  });

  test('the body is checked in depth, and is not converted: JSON has types', async () => {
    expect((await request(app, 'POST', '/books', { json: { title: 'dune', pages: 412 } }))).toMatchObject({ status: 201, text: '{"title":"DUNE","pages":412}' });
    const wrong = await request(app, 'POST', '/books', { json: { title: '', pages: '412', tags: ['x', 3] } });
    expect([wrong.status, (wrong.json() as { detail: { loc: unknown }[] }).detail.map((one) => one.loc)]).toEqual([422, [['body', 'title'], ['body', 'pages'], ['body', 'tags', 1]]]);
    expect((await request(app, 'POST', '/books', { parts: ['{'] })).status).toBe(422);
    expect((await request(app, 'POST', '/books')).status).toBe(422);
  });

  test('a path that does not fit its declaration is told when it is added', () => {
    expect(() => app.get('/x/{a}', { path: {} }, () => '')).toThrow(/the path has \{a\}/);
  });
});

describe('answers', () => {
  const app = library();
  test.each([
    ['GET', '/files/a/b.txt', 200, '"a/b.txt"'],
    ['GET', '/missing', 404, '{"detail":{"reason":"gone"}}'],
    ['GET', '/page', 200, '<h1>hi</h1>'],
    ['GET', '/stream', 200, 'ab'],
    ['DELETE', '/books/1', 204, ''],
    ['GET', '/nowhere', 404, '{"detail":"Not Found"}'],
  ])('%s %s', async (method, target, status, body) => {
    const answer = await request(app, method, target);
    expect([answer.status, answer.text]).toEqual([status, body]);
  });

  test('below a mount point: root_path is part of path, and not of the rules', async () => {
    const at = async (path: string, root: string): Promise<unknown> => {
      const [start] = await call(app, { type: 'http', method: 'GET', path, root_path: root, query_string: bytes('') }, [{ type: 'http.request', body: bytes(''), more_body: false }]);
      return start?.type === 'http.response.start' ? start.status : start;
    };
    expect(await Promise.all([at('/shop/books/7', '/shop'), at('/books/7', '/shop'), at('/shopbooks/7', '/shop'), at('/shop', '/shop')])).toEqual([200, 200, 404, 404]);
    // Over a server that is mounted there, whether or not a proxy takes the mount point off.
    const served = await inject(app, { target: '/shop/books/7' }, { config: { rootPath: '/shop' } });
    expect(served.status).toBe(200);
  });

  test('RFC9110-15.5.6 405 names the methods that are allowed', async () => {
    expect((await request(app, 'PUT', '/books/1')).headers.allow).toBe('GET, HEAD, DELETE');
  });

  test('a body in pieces is put together, and can be asked for twice', async () => {
    expect((await request(app, 'POST', '/raw', { parts: ['one', 'two', ''] })).json()).toEqual({ size: 6, again: 6 });
  });

  test('an unexpected error is left to the gateway', async () => {
    await expect(request(app, 'GET', '/boom')).rejects.toThrow('boom');
  });

  test('dependencies: values, generators closed after the response, then background work before the close', async () => {
    expect((await request(app, 'GET', '/user', { headers: { 'x-user': 'ada' } })).json()).toEqual({ user: 'ada', session: 7 });
    expect(app.log).toEqual(['open', 'background', 'close']);
  });
});

describe('document', () => {
  test('OpenAPI 3.1 from the declarations', async () => {
    const document = (await request(library(), 'GET', '/openapi.json')).json() as { openapi: string; info: unknown; paths: Record<string, Record<string, { summary: string; parameters: { name: string; in: string; required: boolean }[]; responses: object }>> };
    expect([document.openapi, document.info]).toEqual(['3.1.0', { title: 'Library', version: '2.0' }]);
    expect(document.paths['/books/{id}']!.get!.parameters.map((one) => [one.name, one.in, one.required])).toEqual([['id', 'path', true], ['full', 'query', false], ['limit', 'query', false], ['tag', 'query', false], ['x-token', 'header', false]]);
    expect(document.paths['/books']!.post).toMatchObject({ summary: 'Add a book', requestBody: { required: true, content: { 'application/json': { schema: { type: 'object', required: ['title', 'pages'] } } } }, responses: { 201: {}, 422: {} } });
  });

  test('the page shows every operation', async () => {
    const page = (await request(library(), 'GET', '/docs')).text;
    expect(page).toContain('<b>POST</b> <code>/books</code>');
    expect(page).not.toContain('<script');
  });
});

describe('WebSocket', () => {
  test('accept, messages, and a loop that ends when the client closes', async () => {
    const app = library();
    const sent = await call(app, { type: 'websocket', path: '/echo/tea', subprotocols: [] }, [{ type: 'websocket.connect' }, { type: 'websocket.receive', text: 'hi' }, { type: 'websocket.receive', bytes: bytes('x') }, { type: 'websocket.disconnect', code: 1001 }]);
    expect(sent).toEqual([{ type: 'websocket.accept', subprotocol: null }, { type: 'websocket.send', text: 'tea: hi' }, { type: 'websocket.send', text: 'tea: 120' }]);
    expect(app.log).toEqual(['left']);
  });

  test('over a server, from the handshake to the close; an unknown path is a 403', async () => {
    const app = library();
    const server = new Server({ app: toGatewayApp(app, 'auto', 'app'), host: systemHost });
    const heard: string[] = [];
    const dial = (target: string): WebSocketClient => {
      const [near, far] = socketPair();
      const client = new WebSocketClient(near, { host: systemHost, authority: 'a', target }, (event) => {
        heard.push(event.type === 'message' ? `message ${String(event.data)}` : event.type === 'closed' ? `closed ${event.code}` : event.type === 'rejected' ? `rejected ${event.status}` : event.type);
      });
      server.handle(far);
      return client;
    };
    const client = dial('/echo/tea');
    await expect.poll(() => heard).toContain('open');
    client.send({ type: 'text', text: 'hi' });
    await expect.poll(() => heard).toContain('message tea: hi');
    client.close(1001);
    await expect.poll(() => heard).toContain('closed 1001');
    await expect.poll(() => app.log).toEqual(['left']);
    dial('/nowhere');
    await expect.poll(() => heard).toContain('rejected 403');
    await server.shutdown(0);
  });

  test('an unknown path is closed before it is accepted', async () => {
    expect(await call(library(), { type: 'websocket', path: '/nowhere', subprotocols: [] }, [{ type: 'websocket.connect' }])).toEqual([{ type: 'websocket.close', code: 1000 }]);
  });

  test('receive throws WebSocketDisconnect with the code', async () => {
    const app = new FastApi();
    let code = 0;
    app.websocket('/', async (socket) => {
      await socket.accept();
      await socket.receive().catch((error: unknown) => { if (error instanceof WebSocketDisconnect) code = error.code; });
    });
    await call(app, { type: 'websocket', path: '/', subprotocols: [] }, [{ type: 'websocket.connect' }, { type: 'websocket.disconnect', code: 1006 }]);
    expect(code).toBe(1006);
  });
});

describe('lifespan', () => {
  const events = (): AsgiReceiveEvent[] => [{ type: 'lifespan.startup' }, { type: 'lifespan.shutdown' }];

  test('one generator: startup, state for the requests, shutdown', async () => {
    const log: string[] = [];
    const app = new FastApi({ lifespan: async function* () { log.push('up'); yield { db: 'open' }; log.push('down'); } });
    app.get('/', {}, ({ request: current }) => current.state);
    expect((await call(app, { type: 'lifespan' }, events())).map((event) => event.type)).toEqual(['lifespan.startup.complete', 'lifespan.shutdown.complete']);
    expect(log).toEqual(['up', 'down']);
    expect((await request(app, 'GET', '/', { state: { own: 1 } })).json()).toEqual({ db: 'open', own: 1 });
  });

  test('a startup that throws is reported, not swallowed', async () => {
    const app = new FastApi({ lifespan: async function* () { await Promise.reject(new Error('no database')); yield {}; } });
    expect(await call(app, { type: 'lifespan' }, events())).toEqual([{ type: 'lifespan.startup.failed', message: 'Error: no database' }]);
  });
});
