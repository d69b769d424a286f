import { describe, expect, test } from 'vitest';
import type { VirtualHost } from '../../src/host/seeded.ts';
import type { LaneShape } from '../../src/net/lane.ts';
import { socketPair } from '../../src/net/memory.ts';
import { bothWays, shapeSocket, type ConnectionShape } from '../../src/net/shaping.ts';
import { fakeHost, passTime, settle } from '../helpers/fake-clock.ts';
import { ascii, Collector, expectBytes, pattern } from './collect.ts';
import { describeSocket } from './socket-contract.ts';

/** A pair whose client end is shaped. */
function shaped(shape: ConnectionShape, host: VirtualHost = fakeHost()) {
  const [inner, server] = socketPair();
  return { client: shapeSocket(inner, shape, host), server, host };
}

const road = (shape: LaneShape) => async () => {
  const { client, server, host } = shaped(bothWays(shape));
  return { client, server, settle: () => passTime(host, 500) };
};

describeSocket('an unshaped shaped socket', road({}), { inTheAir: 65_536 + 16_384 });
describeSocket('a shaped socket, short segments', road({ segmentBytes: 700 }), { keepsSegments: false, inTheAir: 65_536 + 16_384, runs: 40 });
describeSocket('a shaped socket, late, narrow and ragged', road({ segmentBytes: 9000, ragged: true, latencyMs: 20, jitterMs: 30, bytesPerSecond: 5_000_000 }), {
  keepsSegments: false, inTheAir: 65_536 + 16_384, runs: 40,
});

describe('shaping', () => {
  test('segmentBytes cuts what is written', async () => {
    const { client, server } = shaped({ send: { segmentBytes: 4 } });
    const reader = new Collector().attach(server);
    new Collector().attach(client);
    client.write(ascii('GET / HTTP/1.1'));
    await settle();
    expect(reader.segments.map((bytes) => new TextDecoder().decode(bytes))).toEqual(['GET ', '/ HT', 'TP/1', '.1']);
  });

  test('latency delays each segment, bandwidth spaces them out', async () => {
    const { client, server, host } = shaped({ send: { segmentBytes: 100, latencyMs: 50, bytesPerSecond: 1000 } });
    const reader = new Collector();
    const times: number[] = [];
    reader.onBytes = () => times.push(host.clock.now());
    reader.attach(server);
    client.write(new Uint8Array(300));
    await passTime(host, 1000);
    // 100 octets take 100 ms through the narrow place, then 50 ms on the way.
    expect(times).toEqual([150, 250, 350]);
  });

  test('the way back is shaped too', async () => {
    const { client, server, host } = shaped({ receive: { latencyMs: 30 } });
    const reader = new Collector().attach(client);
    server.write(ascii('late'));
    server.end();
    await passTime(host, 29);
    expect([reader.size, reader.eofs]).toEqual([0, 0]);
    await passTime(host, 1);
    expect([reader.text, reader.eofs]).toEqual(['late', 1]);
  });

  test('jitter never swaps segments', async () => {
    const { client, server, host } = shaped({ send: { segmentBytes: 1, jitterMs: 100 } });
    const reader = new Collector().attach(server);
    client.write(pattern(0, 200));
    await passTime(host, 200);
    expectBytes(reader.bytes, pattern(0, 200));
  });

  test('the same seed repeats a run, segment by segment and millisecond by millisecond; another seed does not', async () => {
    const run = async (seed: number): Promise<string[]> => {
      const { client, server, host } = shaped({ send: { segmentBytes: 50, ragged: true, jitterMs: 20, latencyMs: 5 } }, fakeHost({ seed }));
      const reader = new Collector();
      const log: string[] = [];
      reader.onBytes = (bytes) => log.push(`${host.clock.now()} ${bytes.length}`);
      reader.attach(server);
      client.write(new Uint8Array(500));
      await passTime(host, 100);
      return log;
    };
    expect(await run(3)).toEqual(await run(3));
    expect(await run(3)).not.toEqual(await run(4));
  });

  test('a slow reader fills the sender: bytes not yet through count as buffered', async () => {
    const { client, server, host } = shaped({ receive: { segmentBytes: 1000, bytesPerSecond: 10_000 } });
    const reader = new Collector().attach(client);
    const writer = new Collector().attach(server);
    let sent = 0;
    while (server.write(new Uint8Array(1000))) {
      sent += 1000;
      await settle(1);
      if (sent > 1_000_000) throw new Error('no back-pressure');
    }
    await passTime(host, 1000);
    expect(reader.size).toBe(10_000);
    await passTime(host, 60_000);
    expect(writer.drains).toBe(1);
  });

  test('cutAfterBytes: both ends see a reset after exactly so many octets', async () => {
    const { client, server } = shaped({ receive: { cutAfterBytes: 10 } });
    const reader = new Collector().attach(client);
    const writer = new Collector().attach(server);
    server.write(ascii('HTTP/1.1 200 OK'));
    await settle();
    expect(reader.text).toBe('HTTP/1.1 2');
    expect([reader.error?.code, writer.error?.code]).toEqual(['ECONNRESET', 'ECONNRESET']);
    expect([reader.closes, writer.closes]).toEqual([1, 1]);
  });

  test('a cut while we write is not told from within our write', async () => {
    const { client, server } = shaped({ send: { cutAfterBytes: 3 } });
    const writer = new Collector().attach(client);
    const reader = new Collector().attach(server);
    writer.do(() => client.write(ascii('abcdef')));
    await settle();
    expect(writer.complaints).toEqual([]);
    expect([writer.error?.code, reader.error?.code]).toEqual(['ECONNRESET', 'ECONNRESET']);
  });

  test('silence: nothing arrives and nobody is told; the sender fills up', async () => {
    const { client, server, host } = shaped({ send: { cutAfterBytes: 5, cut: 'silence' } });
    const reader = new Collector().attach(server);
    const writer = new Collector().attach(client);
    client.write(ascii('0123456789'));
    client.write(new Uint8Array(65_536));
    expect(client.write(ascii('x'))).toBe(false);
    client.end();
    await passTime(host, 100_000);
    expect([reader.text, reader.eofs, reader.closes, writer.closes]).toEqual(['01234', 0, 0, 0]);
    client.reset();
    await settle();
    expect([reader.closes, writer.closes]).toEqual([1, 1]);
  });

  test('no timer is left behind', async () => {
    const { client, server, host } = shaped(bothWays({ latencyMs: 10 }));
    new Collector().attach(client);
    new Collector().attach(server);
    client.write(ascii('x'));
    server.write(ascii('y'));
    client.reset();
    await settle();
    expect(host.pendingTimers).toBe(0);
  });
});
