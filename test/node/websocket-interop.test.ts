/** Our server with the client of `ws`, and our client with its server: two readings of RFC 6455 and RFC 7692 that never met. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer, type ClientOptions, type ServerOptions } from 'ws';
import { WebSocketClient, type WebSocketClientEvent } from '../../src/client/websocket.ts';
import { systemHost } from '../../src/host/system.ts';
import { serve, type ServeOptions } from '../../src/node/serve.ts';
import { tcpNetwork } from '../../src/node/tcp-network.ts';
import { echoWebSocket } from '../helpers/apps.ts';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

/** Sizes around every change in the length's encoding, and beyond our slices and segments. */
const sizes = [0, 1, 125, 126, 127, 16_384, 65_535, 65_536, 1_000_000];
/** Octets that compress badly, and text that compresses well. */
const octets = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, i) => (i * 2_654_435_761) >>> 24);
const text = (size: number): string => 'äbc€'.repeat(Math.ceil(size / 4)).slice(0, size);

const deflates: readonly [what: string, offer: ClientOptions['perMessageDeflate']][] = [
  ['without compression', false],
  ['compressed', { threshold: 0 }],
  ['compressed without context', { threshold: 0, serverNoContextTakeover: true, clientNoContextTakeover: true }],
  ['compressed with small windows', { threshold: 0, serverMaxWindowBits: 9, clientMaxWindowBits: 9 }],
];

describe.each(deflates)('%s', (_what, perMessageDeflate) => {
  test('their client, our server', async () => {
    const socket = await theirClient(echoWebSocket, { perMessageDeflate });
    expect(socket.extensions).toBe(perMessageDeflate === false ? '' : 'permessage-deflate');
    const received: (string | Uint8Array)[] = [];
    socket.on('message', (data, isBinary) => received.push(isBinary ? new Uint8Array(data as Buffer) : (data as Buffer).toString()));
    const sent = sizes.flatMap((size) => [octets(size), text(size)]);
    for (const message of sent) socket.send(message);
    socket.close(3001, 'thank you');
    const [code] = await once(socket, 'close') as [number];
    expect(code).toBe(3001);
    expect(received.map((message) => message.length)).toEqual(sent.map((message) => message.length));
    sent.forEach((message, i) => expect(Buffer.compare(Buffer.from(message), Buffer.from(received[i]!)), `message ${i}`).toBe(0));
  });

  test('our client, their server', async () => {
    const server = await theirServer({ perMessageDeflate });
    server.on('connection', (socket) => socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })));
    const { client, next, messages } = await ourClient(server, perMessageDeflate !== false);
    expect(await next('open')).toMatchObject({ compressed: perMessageDeflate !== false });
    const sent = sizes.flatMap((size) => [octets(size), text(size)]);
    for (const message of sent) client.send(typeof message === 'string' ? { type: 'text', text: message } : { type: 'binary', bytes: message });
    await expect.poll(() => messages.length, { timeout: 10_000 }).toBe(sent.length);
    sent.forEach((message, i) => expect(Buffer.compare(Buffer.from(message), Buffer.from(messages[i]!)), `message ${i}`).toBe(0));
    client.close(3001, 'thank you');
    expect(await next('closed')).toMatchObject({ code: 3001, clean: true });
  });
});

test('their fragments, and a Ping between them', async () => {
  const socket = await theirClient(echoWebSocket, { perMessageDeflate: false });
  const message = once(socket, 'message');
  const pong = once(socket, 'pong');
  socket.send('one, ', { fin: false });
  socket.ping('there?');
  socket.send('two, ', { fin: false });
  socket.send('three', { fin: true });
  expect(String((await pong)[0])).toBe('there?');
  expect(String((await message)[0])).toBe('one, two, three');
});

test('their client answers our Pings, and our client theirs', async () => {
  const socket = await theirClient(echoWebSocket, {}, { config: { wsPingIntervalMs: 250, wsPingTimeoutMs: 5000 } });
  let pings = 0;
  socket.on('ping', () => { pings += 1; });
  await expect.poll(() => pings, { timeout: 10_000 }).toBeGreaterThan(2);
  expect(socket.readyState).toBe(WebSocket.OPEN);
  const server = await theirServer({});
  const pong = new Promise<string>((resolve) => server.on('connection', (theirs) => {
    theirs.on('pong', (payload) => resolve(payload.toString()));
    theirs.ping('there?');
  }));
  await ourClient(server, false);
  expect(await pong).toBe('there?');
});

test('a subprotocol', async () => {
  const socket = await theirClient(echoWebSocket, {}, {}, ['one', 'two']);
  expect(socket.protocol).toBe('one');
});

test('their client sees our refusals: 403, and a response of the application\'s', async () => {
  const url = await ourServer(async (scope, receive, send) => {
    await receive();
    if (scope.path === '/no') return send({ type: 'websocket.close' });
    await send({ type: 'websocket.http.response.start', status: 401, headers: [[new TextEncoder().encode('www-authenticate'), new TextEncoder().encode('Basic')]] });
    await send({ type: 'websocket.http.response.body', body: new TextEncoder().encode('who?') });
  });
  const refusal = async (path: string): Promise<unknown> => {
    const socket = new WebSocket(url + path);
    socket.on('error', () => {});
    const [, response] = await once(socket, 'unexpected-response') as [unknown, import('node:http').IncomingMessage];
    let body = '';
    for await (const piece of response) body += String(piece);
    return [response.statusCode, response.headers['www-authenticate'], body.split('\n')[0]];
  };
  expect(await refusal('/no')).toEqual([403, undefined, '403 Forbidden']);
  expect(await refusal('/who')).toEqual([401, 'Basic', 'who?']);
});

test('our close codes and reasons, as they read them', async () => {
  const socket = await theirClient(async (_scope, receive, send) => {
    await receive();
    await send({ type: 'websocket.accept' });
    await send({ type: 'websocket.close', code: 4321, reason: 'genug für heute' });
  }, {});
  const [code, reason] = await once(socket, 'close') as [number, Buffer];
  expect([code, reason.toString()]).toEqual([4321, 'genug für heute']);
});

test('a message beyond --ws-max-size: 1009', async () => {
  const socket = await theirClient(echoWebSocket, {}, { config: { wsMaxMessageBytes: 1000 } });
  socket.send('x'.repeat(100_000));
  expect((await once(socket, 'close'))[0]).toBe(1009);
});

// ── who is who ─────────────────────────────────────────────────────────────────────────────────────────────────────

type App = (scope: any, receive: any, send: any) => Promise<void>;

async function ourServer(app: App, options: ServeOptions = {}): Promise<string> {
  const serving = await serve(app, { bind: '127.0.0.1:0', ...options, config: { lifespan: 'off', ...options.config } });
  cleanUp.push(() => serving.close(0));
  return serving.urls[0]!.replace('http', 'ws');
}

async function theirClient(app: App, options: ClientOptions, serveOptions: ServeOptions = {}, protocols: string[] = []): Promise<WebSocket> {
  const socket = new WebSocket(await ourServer(app, serveOptions), protocols, options);
  cleanUp.push(() => socket.terminate());
  await once(socket, 'open');
  return socket;
}

async function theirServer(options: ServerOptions): Promise<WebSocketServer> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, ...options });
  cleanUp.push(() => server.close());
  await once(server, 'listening');
  return server;
}

async function ourClient(server: WebSocketServer, compress: boolean) {
  const { port } = server.address() as AddressInfo;
  const events: WebSocketClientEvent[] = [];
  const messages: (string | Uint8Array)[] = [];
  const socket = await tcpNetwork(() => 1).connect({ host: '127.0.0.1', port });
  const client = new WebSocketClient(socket, { host: systemHost, authority: `127.0.0.1:${port}`, target: '/', compress }, (event) => {
    if (event.type === 'message') messages.push(event.data);
    else events.push(event);
  });
  cleanUp.push(() => client.reset());
  const next = async (type: WebSocketClientEvent['type']): Promise<WebSocketClientEvent> => {
    await expect.poll(() => events.some((event) => event.type === type), { timeout: 10_000 }).toBe(true);
    return events.find((event) => event.type === type)!;
  };
  return { client, next, messages };
}
