import { MessageChannel } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { RemoteListener } from '../../src/runner/accept.ts';
import { Channels } from '../../src/rpc/channels.ts';
import type { FromProcess, ToProcess, WirePort } from '../../src/rpc/contract.ts';
import { noTrace } from '../../src/trace/tracer.ts';

const address = { host: '127.0.0.1', port: 8000 };

function listener() {
  const posted: FromProcess[] = [];
  return { posted, it: new RemoteListener(address, 5, noTrace, new Channels(() => {}, { opensLater: true }), (message) => posted.push(message)) };
}

function connection(id: number) {
  const { port1, port2 } = new MessageChannel();
  const message: Extract<ToProcess, { type: 'connection' }> = { type: 'connection', id, local: address, remote: { host: '127.0.0.1', port: 50_000 }, clock: 1, port: port1 as unknown as WirePort };
  return { message, far: port2 };
}

test('every accept asks for one connection, and gets them in order', async () => {
  const { it, posted } = listener();
  const accepted = [it.accept(), it.accept()];
  expect(posted).toEqual([{ type: 'accept', clock: 0 }, { type: 'accept', clock: 0 }]);
  const made = [connection(1), connection(2)];
  for (const { message } of made) it.take(message);
  const sockets = await Promise.all(accepted);
  expect(sockets.map(({ id, role, local }) => [id, role, local])).toEqual([[1, 'server', address], [2, 'server', address]]);
  for (const { far } of made) far.close();
});

test('closed, it lets nobody wait and resets what still comes', async () => {
  const { it } = listener();
  const waiting = it.accept();
  it.close();
  await expect(waiting).rejects.toMatchObject({ code: 'EBADF' });
  await expect(it.accept()).rejects.toMatchObject({ code: 'EBADF' });
  const { message, far } = connection(3);
  const said = new Promise((resolve) => far.once('message', resolve));
  it.take(message);
  expect(await said).toMatchObject({ rst: true });
  far.close();
});
