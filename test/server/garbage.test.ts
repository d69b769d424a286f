/**
 * What a request leaves behind dies young. An object that is old from its birth (V8 makes such of function literals that are assigned to a property), or that
 * an old one points at, is only given back by a full collection: the server would work half its time for the collector.
 */
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { toGatewayApp } from '../../src/gateway/detect.ts';
import { systemHost } from '../../src/host/system.ts';
import { socketPair } from '../../src/net/memory.ts';
import { Server } from '../../src/server/server.ts';
import { asgiFromWsgi } from '../../src/gateway/asgi/from-wsgi.ts';
import { fileWrapper } from '../../src/gateway/wsgi/file-wrapper.ts';
import type { AsgiApp } from '../../src/gateway/asgi/types.ts';
import type { WsgiApp } from '../../src/gateway/wsgi/types.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('globalThis.gc') as (options?: { readonly type: 'minor' }) => void;
setFlagsFromString('--no-expose-gc');

const body = new TextEncoder().encode('Hello, world!');

const wsgi: WsgiApp = (_environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain'], ['Content-Length', '13']]);
  return [body];
};

const file: WsgiApp = (_environ, startResponse) => {
  startResponse('200 OK', [['Content-Length', '13']]);
  let left = 13;
  return fileWrapper({ read: (size) => { const now = Math.min(size, left); left -= now; return body.subarray(0, now); }, close: () => {} });
};

const asgi: AsgiApp = async (_scope, receive, send) => {
  await receive();
  await send({ type: 'http.response.start', status: 200, headers: [[new TextEncoder().encode('content-length'), new TextEncoder().encode('13')]] });
  await send({ type: 'http.response.body', body });
};

/** Octets among the old objects. */
const old = (): number => getHeapSpaceStatistics().find(({ space_name: name }) => name === 'old_space')!.space_used_size;

const requests = 48_000;
const request = new TextEncoder().encode('GET /a?b=c HTTP/1.1\r\nHost: localhost\r\nUser-Agent: test\r\nAccept: */*\r\nCookie: a=b\r\n\r\n');

/** Octets that a request adds to the old objects. */
async function grown(app: unknown, kind: 'wsgi' | 'asgi'): Promise<number> {
  const server = new Server({ app: toGatewayApp(app, kind, 'app'), host: systemHost, config: { lifespan: 'off' } });
  const [client, served] = socketPair();
  server.handle(served);
  let received = 0;
  let wanted = (): void => {};
  client.open({ onData: (bytes) => { received += bytes.length; wanted(); }, onEof: () => {}, onDrain: () => {}, onClose: () => {} });
  const serve = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i += 1) {
      const before = received;
      client.write(request);
      if (received === before) await new Promise<void>((resolve) => { wanted = resolve; });
    }
  };
  await serve(24_000);
  collect();
  collect({ type: 'minor' });
  const before = old();
  // In parts, as it comes about in a server: the young generation is collected while requests are under way.
  for (let part = 0; part < 8; part += 1) {
    await serve(requests / 8);
    collect({ type: 'minor' });
  }
  collect({ type: 'minor' });
  const after = old();
  client.reset();
  return (after - before) / requests;
}

test.each<[string, unknown, 'wsgi' | 'asgi']>([
  ['a WSGI application', wsgi, 'wsgi'],
  ['a WSGI application that gives a file', file, 'wsgi'],
  ['an ASGI application', asgi, 'asgi'],
  ['a WSGI application as an ASGI application', asgiFromWsgi(wsgi), 'asgi'],
])('requests to %s die young', async (_name, app, kind) => {
  expect(await grown(app, kind)).toBeLessThan(150);
});
