import { describe, expect, test } from 'vitest';
import { socketPair } from '../../src/net/memory.ts';
import { settle } from '../helpers/fake-clock.ts';
import { ascii, Collector } from './collect.ts';
import { describeSocket } from './socket-contract.ts';

describeSocket('a memory pair', async () => {
  const [client, server] = socketPair();
  return { client, server, settle: () => settle(1) };
});

describeSocket(
  'a memory pair with small buffers',
  async () => {
    const [client, server] = socketPair({ highWaterBytes: 100, lowWaterBytes: 0 });
    return { client, server, settle: () => settle(1) };
  },
  { highWater: 100 },
);

describe('a memory pair', () => {
  test('passes bytes by reference', async () => {
    const [client, server] = socketPair();
    const given = ascii('same');
    let got: Uint8Array | undefined;
    server.open({ onData: (bytes) => void (got = bytes), onEof() {}, onDrain() {}, onClose() {} });
    client.write(given);
    await settle();
    expect(got).toBe(given);
  });

  test('write says false above the high-water mark, and onDrain comes at the low one', async () => {
    const [client, server] = socketPair({ highWaterBytes: 10, lowWaterBytes: 4 });
    const writer = new Collector().attach(client);
    const reader = new Collector();
    reader.onBytes = () => server.pause();
    reader.attach(server);
    expect([client.write(new Uint8Array(5)), client.write(new Uint8Array(5)), client.write(new Uint8Array(1))]).toEqual([true, true, false]);
    expect(client.bufferedAmount).toBe(11);
    await settle();
    expect([client.bufferedAmount, writer.drains]).toEqual([6, 0]);
    server.resume();
    await settle();
    expect([client.bufferedAmount, writer.drains]).toEqual([1, 1]);
  });

  test('a handler that throws loses its connection; the writer does not notice but as a reset', async () => {
    const [client, server] = socketPair();
    const writer = new Collector().attach(client);
    const uncaught: unknown[] = [];
    const listener = (error: unknown): void => void uncaught.push(error);
    const before = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', listener);
    try {
      const closes: unknown[] = [];
      server.open({
        onData() {
          throw new Error('a bug in the handler');
        },
        onEof() {},
        onDrain() {},
        onClose: (error) => void closes.push(error),
      });
      expect(client.write(ascii('x'))).toBe(true);
      await settle(5);
      expect(closes).toEqual([undefined]);
      expect(writer.error?.code).toBe('ECONNRESET');
      expect(uncaught).toMatchObject([{ message: 'a bug in the handler' }]);
    } finally {
      process.off('unhandledRejection', listener);
      for (const each of before) process.on('unhandledRejection', each);
    }
  });
});
