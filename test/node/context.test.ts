/** What Node ties to a call (AsyncLocalStorage) is one request's own: no other request must see it. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { AsgiApp } from '../../src/gateway/asgi/types.ts';
import type { WsgiApp } from '../../src/gateway/wsgi/types.ts';
import { serve } from '../../src/node/serve.ts';
import { encode } from '../helpers/apps.ts';

const storage = new AsyncLocalStorage<string>();

/** Send `pipelined` requests at a time, `rounds` times, on each of `connections` connections. */
async function load(port: number, connections: number, rounds: number, request: string, pipelined: number): Promise<void> {
  await Promise.all(Array.from({ length: connections }, () => new Promise<void>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let answers = 0;
    const ask = (): void => void socket.write(request.repeat(pipelined));
    socket.on('connect', ask).on('error', reject).on('close', () => resolve());
    socket.on('data', (bytes) => {
      const before = Math.floor(answers / pipelined);
      answers += bytes.toString('latin1').split('HTTP/1.1 200').length - 1;
      if (answers === pipelined * rounds) socket.destroy();
      else if (Math.floor(answers / pipelined) > before) ask();
    });
  })));
}

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const post = `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n${'x'.repeat(70_000)}`;

const loads = [
  { what: 'pipelined requests', connections: 2, rounds: 3, request: get, pipelined: 8 },
  { what: 'pipelined requests with bodies that have to wait', connections: 2, rounds: 3, request: post, pipelined: 3 },
  { what: 'requests of many clients', connections: 24, rounds: 60, request: get, pipelined: 1 },
];

/** Applications that note what they find, and put something of their own there, for as long as they run or for whatever follows in their call. */
const seen = new Set<string | undefined>();
let calls = 0;
const note = (): string => {
  calls += 1;
  seen.add(storage.getStore());
  return `request ${calls}`;
};
const asgi = (within: (text: string, call: () => Promise<void>) => Promise<void>): AsgiApp => (_scope, receive, send) => within(note(), async () => {
  for (let more = true; more; ) more = (await receive() as { more_body?: boolean }).more_body === true;
  await send({ type: 'http.response.start', status: 200 });
  await send({ type: 'http.response.body', body: encode('ok') });
});
const wsgi: WsgiApp = (_environ, startResponse) => {
  storage.enterWith(note());
  startResponse('200 OK', []);
  return [encode('ok')];
};
const apps = [
  { how: 'ASGI, run', app: asgi((text, call) => storage.run(text, call)) },
  { how: 'ASGI, enterWith', app: asgi((text, call) => { storage.enterWith(text); return call(); }) },
  { how: 'WSGI, enterWith', app: wsgi },
];

describe.each(apps)('$how', ({ app, how }) => {
  test.each(loads)('$what begin without the context of others', async ({ connections, rounds, request, pipelined }) => {
    seen.clear();
    calls = 0;
    const serving = await serve(app, { bind: '127.0.0.1:0', interface: how.startsWith('ASGI') ? 'asgi' : 'wsgi', config: { lifespan: 'off' } });
    await load(serving.address.port, connections, rounds, request, pipelined);
    await serving.close(0);
    expect(calls).toBe(connections * rounds * pipelined);
    expect([...seen]).toEqual([undefined]);
  });
});
