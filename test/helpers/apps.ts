/** Small applications for tests, each in both interfaces where that makes sense. */
import { joinOctets } from '../../src/basics/join.ts';
import type { AsgiApp, AsgiReceiveEvent, WebSocketScope } from '../../src/gateway/asgi/types.ts';
import type { WsgiApp } from '../../src/gateway/wsgi/types.ts';

export const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
export const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const textPlain: [string, string] = ['Content-Type', 'text/plain'];

/** Answers with method, path, query and the body it was sent. */
export const echoWsgi: WsgiApp = (environ, startResponse) => {
  const body = environ['wsgi.input'].read();
  startResponse('200 OK', [textPlain]);
  return [encode(`${environ.REQUEST_METHOD} ${environ.PATH_INFO}?${environ.QUERY_STRING} `), body];
};

export const echoAsgi: AsgiApp = async (scope, receive, send) => {
  if (scope.type !== 'http') throw new TypeError(scope.type);
  const body = await readBody(receive);
  await send({ type: 'http.response.start', status: 200, headers: [[encode('content-type'), encode('text/plain')]] });
  await send({ type: 'http.response.body', body: encode(`${scope.method} ${scope.path}?${decode(scope.query_string)} `), more_body: true });
  await send({ type: 'http.response.body', body });
};

/** Gives `count` blocks of `size` octets, without a length. */
export const streamWsgi = (count: number, size: number): WsgiApp => function* (_environ, startResponse) {
  startResponse('200 OK', [textPlain]);
  for (let i = 0; i < count; i += 1) yield new Uint8Array(size).fill(97 + (i % 26));
};

export const streamAsgi = (count: number, size: number): AsgiApp => async (scope, _receive, send) => {
  if (scope.type !== 'http') throw new TypeError(scope.type);
  await send({ type: 'http.response.start', status: 200 });
  for (let i = 0; i < count; i += 1) await send({ type: 'http.response.body', body: new Uint8Array(size).fill(97 + (i % 26)), more_body: true });
  await send({ type: 'http.response.body' });
};

/** `/fail/before`, `/fail/start`, `/fail/body`: fails at that point; everything else is answered. */
export const failingWsgi: WsgiApp = function* (environ, startResponse) {
  const at = environ.PATH_INFO;
  if (at === '/fail/before') throw new Error('before start');
  startResponse('200 OK', [textPlain]);
  if (at === '/fail/start') throw new Error('before body');
  yield encode('begun, ');
  if (at === '/fail/body') throw new Error('after body');
  yield encode('done');
};

export const failingAsgi: AsgiApp = async (scope, _receive, send) => {
  if (scope.type !== 'http') throw new TypeError(scope.type);
  if (scope.path === '/fail/before') throw new Error('before start');
  await send({ type: 'http.response.start', status: 200 });
  if (scope.path === '/fail/start') throw new Error('before body');
  await send({ type: 'http.response.body', body: encode('begun, '), more_body: true });
  if (scope.path === '/fail/body') throw new Error('after body');
  await send({ type: 'http.response.body', body: encode('done') });
};

/** The whole body, or what came of it before the client went. */
export async function readBody(receive: () => Promise<AsgiReceiveEvent>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (;;) {
    const event = await receive();
    if (event.type !== 'http.request') break;
    parts.push(event.body);
    if (!event.more_body) break;
  }
  return joinOctets(parts);
}

/** A WebSocket that gives back what it gets. It speaks the first subprotocol offered. */
export const echoWebSocket: AsgiApp = async (scope, receive, send) => {
  if (scope.type !== 'websocket') throw new TypeError(scope.type);
  await receive();
  await send({ type: 'websocket.accept', subprotocol: (scope as WebSocketScope).subprotocols[0] ?? null });
  for (;;) {
    const event = await receive();
    if (event.type !== 'websocket.receive') return;
    await send(event.text === undefined ? { type: 'websocket.send', bytes: event.bytes! } : { type: 'websocket.send', text: event.text! });
  }
};
