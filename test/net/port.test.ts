import fc from 'fast-check';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { creditBytes } from '../../src/net/port-frame.ts';
import { PortSocket, type PortLike } from '../../src/net/port.ts';
import { Recorder } from '../../src/trace/recorder.ts';
import { systemClock } from '../../src/host/system.ts';
import { settle } from '../helpers/fake-clock.ts';
import { ascii, Collector } from './collect.ts';
import { describeSocket } from './socket-contract.ts';

const client = { host: '127.0.0.1', port: 49_152 };
const server = { host: '127.0.0.1', port: 8000 };

/** Real message ports between two sockets of one thread: the channel copies and queues exactly as between threads. */
function portPair(marks: { highWaterBytes?: number; lowWaterBytes?: number } = {}) {
  const { port1, port2 } = new MessageChannel();
  return {
    client: new PortSocket(port1 as unknown as PortLike, { id: 7, role: 'client', local: client, remote: server, ...marks }),
    server: new PortSocket(port2 as unknown as PortLike, { id: 7, role: 'server', local: server, remote: client, ...marks }),
    settle: () => settle(2),
    dispose() {
      port1.close();
      port2.close();
    },
  };
}

describeSocket('a port socket', async () => portPair(), { keepsSegments: true, runs: 60 });
describeSocket('a port socket with small buffers', async () => portPair({ highWaterBytes: 1000, lowWaterBytes: 10 }), { highWater: 1000, runs: 30 });

describe('a port socket', () => {
  const ports: { close(): void }[] = [];
  afterEach(() => {
    for (const port of ports.splice(0)) port.close();
  });

  /** A socket whose other end is a bare port: what we post is what a hostile process would. */
  function facing() {
    const { port1, port2 } = new MessageChannel();
    ports.push(port1, port2);
    const seen: Record<string, unknown>[] = [];
    port2.on('message', (message) => seen.push(message));
    const socket = new PortSocket(port1 as unknown as PortLike, { id: 1, role: 'server', local: server, remote: client });
    return { socket, seen, enemy: port2, handler: new Collector().attach(socket) };
  }

  test('PEP3333-streaming-1: posts what is written at once, whoever keeps the thread afterwards', () => {
    const { socket, enemy } = facing();
    socket.write(ascii('HTTP/1.1 200 OK\r\n'));
    // Within the job that wrote it.
    expect(receiveMessageOnPort(enemy)?.message).toMatchObject({ lengths: [17] });
    socket.write(ascii('\r\n'));
    expect(receiveMessageOnPort(enemy)?.message).toMatchObject({ lengths: [2] });
  });

  test('packs what waited for credit into one message, boundaries kept', async () => {
    const { socket, seen, enemy } = facing();
    for (let sent = 0; sent < creditBytes; sent += 65_536) socket.write(new Uint8Array(65_536));
    socket.write(ascii('HTTP/1.1 200 OK\r\n'));
    socket.write(ascii('\r\n'));
    socket.end();
    await settle();
    seen.length = 0;
    enemy.postMessage({ ack: 65_536 });
    await settle();
    expect(seen).toMatchObject([{ lengths: [17, 2], fin: true }]);
  });

  test('does not detach or keep what was written', async () => {
    const { socket } = facing();
    const bytes = ascii('mine');
    socket.write(bytes.subarray(1, 3));
    await settle();
    expect(bytes).toEqual(ascii('mine'));
  });

  test('sends no more than its credit, and goes on when credit comes back', async () => {
    const { socket, seen, enemy } = facing();
    socket.write(new Uint8Array(creditBytes + 100));
    await settle();
    const sent = (): number => seen.reduce((sum, frame) => sum + ((frame['bytes'] as Uint8Array | undefined)?.length ?? 0), 0);
    expect(sent()).toBe(creditBytes);
    enemy.postMessage({ clock: 0, ack: 60 });
    await settle();
    expect(sent()).toBe(creditBytes + 60);
    expect(socket.bufferedAmount).toBe(creditBytes + 40);
  });

  test('gives credit back only as the handler takes bytes', async () => {
    const { socket, seen, enemy } = facing();
    socket.pause();
    enemy.postMessage({ bytes: ascii('abc'), lengths: [1, 2] });
    await settle();
    expect(seen).toEqual([]);
    socket.resume();
    await settle();
    expect(seen).toMatchObject([{ ack: 3 }]);
  });

  test('Lamport time travels with the bytes: no event of the receiver is older than its cause', async () => {
    const { port1, port2 } = new MessageChannel();
    ports.push(port1, port2);
    const ours = new Recorder({ process: 'a', clock: systemClock });
    const theirs = new Recorder({ process: 'b', clock: systemClock });
    const a = new PortSocket(port1 as unknown as PortLike, { id: 1, role: 'client', local: client, remote: server, tracer: ours });
    const b = new PortSocket(port2 as unknown as PortLike, { id: 1, role: 'server', local: server, remote: client, tracer: theirs });
    for (let i = 0; i < 10; i += 1) ours.emit({ type: 'process.start', detail: '' });
    new Collector().attach(a);
    const collector = new Collector().attach(b);
    a.write(ascii('x'));
    await settle();
    expect(collector.size).toBe(1);
    expect(theirs.clock).toBe(10);
  });

  test('a port that closes without a word is a reset', async () => {
    const { handler, enemy } = facing();
    enemy.close();
    await settle(10);
    expect([handler.closes, handler.error?.code]).toEqual([1, 'ECONNRESET']);
  });

  test('a thread that is killed is a reset', async () => {
    const { port1, port2 } = new MessageChannel();
    ports.push(port1);
    const worker = new Worker("require('node:worker_threads').workerData.on('message', () => { for (;;); })", { eval: true, workerData: port2, transferList: [port2] });
    const socket = new PortSocket(port1 as unknown as PortLike, { id: 1, role: 'client', local: client, remote: server });
    const handler = new Collector().attach(socket);
    socket.write(ascii('loop for ever'));
    await new Promise((resolve) => worker.once('online', resolve));
    await worker.terminate();
    await handler.closed;
    expect(handler.error?.code).toBe('ECONNRESET');
  });

  test('lose() tells the handler when a process was killed', async () => {
    const { socket, handler } = facing();
    socket.write(ascii('x'));
    socket.lose();
    await settle();
    expect([handler.closes, handler.error?.code, socket.bufferedAmount]).toEqual([1, 'ECONNRESET', 0]);
  });

  describe('against a hostile process', () => {
    const breaches: Record<string, unknown> = {
      'not an object': 'hello',
      null: null,
      'credit it was never given': { ack: 1 },
      'negative credit': { ack: -1 },
      'fractional credit': { ack: 0.5 },
      'bytes that are a string': { bytes: 'abc', lengths: [3] },
      'bytes without lengths': { bytes: new Uint8Array(3) },
      'lengths that lie': { bytes: new Uint8Array(3), lengths: [1, 1] },
      'an empty segment': { bytes: new Uint8Array(3), lengths: [0, 3] },
      'a negative length': { bytes: new Uint8Array(3), lengths: [-1, 4] },
      'more than its credit': { bytes: new Uint8Array(creditBytes + 1), lengths: [creditBytes + 1] },
      'confirming a FIN that was not sent': { seen: true },
      'a flag that is no flag': { fin: 'yes' },
      'leaving before the end': { bye: true },
    };
    for (const [name, message] of Object.entries(breaches)) {
      test(`${name}: reset`, async () => {
        const { handler, enemy } = facing();
        enemy.postMessage(message);
        await settle();
        expect([handler.closes, handler.error?.code, handler.size]).toEqual([1, 'ECONNRESET', 0]);
      });
    }

    test('more than its credit, a little at a time: reset, and nothing is kept', async () => {
      const { socket, handler, enemy } = facing();
      socket.pause();
      const frame = { bytes: new Uint8Array(creditBytes / 4), lengths: [creditBytes / 4] };
      for (let i = 0; i < 4; i += 1) enemy.postMessage(frame);
      await settle();
      expect(handler.closes).toBe(0);
      enemy.postMessage({ bytes: new Uint8Array(1), lengths: [1] });
      await settle();
      socket.resume();
      await settle();
      expect([handler.closes, handler.error?.code, handler.size]).toEqual([1, 'ECONNRESET', 0]);
    });

    test('bytes after its FIN: reset', async () => {
      const { handler, enemy } = facing();
      enemy.postMessage({ fin: true });
      enemy.postMessage({ bytes: new Uint8Array(1), lengths: [1] });
      await settle();
      expect([handler.eofs, handler.closes, handler.size]).toEqual([1, 1, 0]);
    });

    test('whatever is posted, the handler is told lawfully and holds no more than the credit', async () => {
      const anyFrame = fc.oneof(
        fc.anything(),
        fc.record(
          {
            clock: fc.oneof(fc.double(), fc.integer()),
            ack: fc.integer({ min: -2, max: 300_000 }),
            bytes: fc.integer({ min: 0, max: 300_000 }).map((size) => new Uint8Array(size)),
            lengths: fc.array(fc.integer({ min: -1, max: 300_000 }), { maxLength: 3 }),
            fin: fc.boolean(),
            seen: fc.boolean(),
            bye: fc.boolean(),
            rst: fc.boolean(),
          },
          { requiredKeys: [] },
        ),
        fc.integer({ min: 1, max: 100_000 }).map((size) => ({ bytes: new Uint8Array(size), lengths: [size] })),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(anyFrame, { maxLength: 12 }), fc.boolean(), async (frames, paused) => {
          // The port is only a place where messages come in; a fake one lets them come in without a thousand channels.
          const port: PortLike = { postMessage() {}, onmessage: null, close() {} };
          const socket = new PortSocket(port, { id: 1, role: 'server', local: server, remote: client });
          const handler = new Collector().attach(socket);
          if (paused) socket.pause();
          socket.write(ascii('something under way'));
          await Promise.resolve();
          for (const frame of frames) port.onmessage!({ data: frame });
          await settle(1);
          socket.resume();
          await settle(1);
          expect(handler.complaints).toEqual([]);
          if (paused) expect(handler.size).toBeLessThanOrEqual(creditBytes);
          socket.reset();
          await settle(1);
          expect(handler.closes).toBe(1);
        }),
        { numRuns: 200 },
      );
    });
  });
});
