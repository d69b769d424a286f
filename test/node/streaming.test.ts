import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import type { WsgiApp } from '../../src/gateway/wsgi/types.ts';
import { serve } from '../../src/node/serve.ts';
import { decode, encode } from '../helpers/apps.ts';

/** A client in a thread of its own, since the application keeps ours: counts the octets that have come, for `Atomics.wait`. */
const client = `
  const { workerData: { port, shared }, parentPort } = require('node:worker_threads');
  const counter = new Int32Array(shared);
  const socket = require('node:net').connect({ port, host: '127.0.0.1' });
  const parts = [];
  socket.on('data', (bytes) => {
    parts.push(bytes);
    Atomics.add(counter, 0, bytes.length);
    Atomics.notify(counter, 0);
  });
  socket.on('close', () => parentPort.postMessage(Buffer.concat(parts)));
  socket.write('GET / HTTP/1.0\\r\\n\\r\\n');
`;

test('PEP3333-streaming-1: the client has each block before the next is asked for', async () => {
  const shared = new SharedArrayBuffer(4);
  const counter = new Int32Array(shared);
  const waited: string[] = [];
  /** Keeps the thread, as an application that computes does, until something has come at the other end. */
  const untilMore = (seen: number): void => { waited.push(Atomics.wait(counter, 0, seen, 5000)); };
  const app: WsgiApp = function* (_environ, startResponse) {
    startResponse('200 OK', []);
    for (const block of ['first ', 'second ', 'third']) {
      const seen = Atomics.load(counter, 0);
      yield encode(block);
      if (Atomics.load(counter, 0) === seen) untilMore(seen);
    }
  };
  const serving = await serve(app, { bind: '127.0.0.1:0' });
  const worker = new Worker(client, { eval: true, workerData: { port: serving.address.port, shared } });
  const [response] = await once(worker, 'message') as [Uint8Array];
  expect(decode(response)).toMatch(/\r\n\r\nfirst second third$/);
  expect(waited).not.toContain('timed-out');
  await serving.close(0);
});
