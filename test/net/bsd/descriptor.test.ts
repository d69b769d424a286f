/** Sockets that never wait. What they do on a network is in the cases of `contract.ts` and in the scripts of `test/python`. */
import { expect, test } from 'vitest';
import { systemHost } from '../../../src/host/system.ts';
import { Descriptor } from '../../../src/net/bsd/descriptor.ts';
import type { SocketSurroundings } from '../../../src/net/bsd/kernel.ts';
import { MemoryKernel } from '../../../src/net/bsd/memory-kernel.ts';
import { MemoryNetwork } from '../../../src/net/network.ts';
import { noTrace } from '../../../src/trace/tracer.ts';

const surroundings = (): SocketSurroundings => ({ kernel: new MemoryKernel(new MemoryNetwork({ clock: systemHost.clock }), systemHost.timers), host: systemHost, tracer: noTrace });
const text = (bytes: Uint8Array | undefined): string | undefined => bytes && new TextDecoder().decode(bytes);
const octets = (string: string): Uint8Array => new TextEncoder().encode(string);

/** Resolves when something about it has changed. */
const change = (descriptor: Descriptor): Promise<void> => new Promise((resolve) => {
  const leave = descriptor.watch(() => {
    leave();
    resolve();
  });
});

async function connected(): Promise<{ listener: Descriptor; client: Descriptor; server: Descriptor }> {
  const around = surroundings();
  const listener = new Descriptor(around);
  await listener.bind({ host: '127.0.0.1', port: 0 }, { reuseAddress: false });
  await listener.listen(5);
  expect(listener.readiness.readable).toBe(false);
  const client = new Descriptor(around);
  const arrives = change(listener);
  await client.connect(listener.local!);
  await arrives;
  expect(listener.readiness.readable).toBe(true);
  const server = listener.accept()!;
  expect([server.remote, server.connection]).toEqual([client.local, client.connection]);
  expect(listener.accept()).toBeUndefined();
  return { listener, client, server };
}

test('accept, send and receive come at once, with something or with nothing', async () => {
  const { client, server } = await connected();
  expect(server.receive(10)).toBeUndefined();
  const arrives = change(server);
  expect(client.send(octets('hello'))).toBe(5);
  await arrives;
  expect(server.readiness).toEqual({ readable: true, writable: true, over: false });
  expect(text(server.peek(2))).toBe('he');
  expect(text(server.receive(3))).toBe('hel');
  expect(text(server.peek(100))).toBe('lo');
  expect(text(server.receive(100))).toBe('lo');
  const ends = change(server);
  client.shutdown(1);
  await ends;
  expect(text(server.receive(1))).toBe('');
  expect(() => client.send(octets('x'))).toThrow(expect.objectContaining({ code: 'EPIPE' }));
  server.close();
  client.close();
});

test('a full buffer takes nothing, and says when there is room again', async () => {
  const { client, server } = await connected();
  let sent = 0;
  for (let more = client.send(new Uint8Array(10_000)); more !== undefined; more = client.send(new Uint8Array(10_000))) sent += more;
  expect(client.readiness.writable).toBe(false);
  const drains = new Promise<void>((resolve) => client.watch(() => client.readiness.writable && resolve()));
  let received = 0;
  while (!client.readiness.writable) {
    received += server.receive(100_000)?.length ?? 0;
    await Promise.resolve();
  }
  await drains;
  expect(received).toBe(sent);
});

test('what is closed is gone: for those who wait in the backlog, and on the way', async () => {
  const { listener, client } = await connected();
  const second = new Descriptor(surroundings());
  expect(() => second.accept()).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  expect(() => second.receive(1)).toThrow(expect.objectContaining({ code: 'ENOTCONN' }));
  await expect(second.connect({ host: '127.0.0.1', port: 1 })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  expect(second.readiness).toEqual({ readable: false, writable: false, over: true });
  await expect(client.connect({ host: '127.0.0.1', port: 1 })).rejects.toMatchObject({ code: 'EISCONN' });
  await expect(client.listen(1)).rejects.toMatchObject({ code: 'EINVAL' });
  await expect(listener.bind({ host: '127.0.0.1', port: 0 }, { reuseAddress: false })).rejects.toMatchObject({ code: 'EINVAL' });
  const connecting = second.connect({ host: '127.0.0.1', port: 1 });
  second.close();
  second.close();
  await expect(connecting).rejects.toThrow();
  listener.close();
  expect(() => listener.accept()).toThrow(expect.objectContaining({ code: 'EINVAL' }));
});

test('a connection that nobody accepted is reset when its listener goes', async () => {
  const around = surroundings();
  const listener = new Descriptor(around);
  await listener.bind({ host: '127.0.0.1', port: 0 }, { reuseAddress: false });
  await listener.listen(5);
  // Taken from the backlog, since somebody looked.
  void listener.readiness;
  const client = new Descriptor(around);
  await client.connect(listener.local!);
  const resets = change(client);
  listener.close();
  await resets;
  expect(() => client.receive(1)).toThrow(expect.objectContaining({ code: 'ECONNRESET' }));
});

test('a pair is connected with itself', async () => {
  const [one, other] = Descriptor.pair(surroundings());
  const arrives = change(other);
  one.send(octets('x'));
  await arrives;
  expect(text(other.receive(10))).toBe('x');
  const ends = change(one);
  other.close();
  await ends;
  expect(text(one.receive(1))).toBe('');
});
