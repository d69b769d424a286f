import { describe, expect, test } from 'vitest';
import { toPcap } from '../../../src/playground/export/pcap.ts';
import { checksum, maxPayload } from '../../../src/playground/export/tcp-frames.ts';
import type { TraceEvent, TraceInput } from '../../../src/trace/events.ts';
import { epochMs, record } from './recorded.ts';
import { readPcap, type Packet } from './read-pcap.ts';

const hello = (_environ: unknown, startResponse: (status: string, headers: [string, string][]) => void): Uint8Array[] => {
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return [new TextEncoder().encode('Hello')];
};

const get = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n';

/** Told one after the other, 1 ms apart. */
const trace = (...told: readonly TraceInput[]): TraceEvent[] => told.map((event, at): TraceEvent => ({ ...event, seq: at, at, clock: at, process: 'client' }));
const on = { connection: 1, exchange: 1 } as const;
const octets = (count: number): Uint8Array => Uint8Array.from({ length: count }, (_, at) => at);

/** Octets of one direction, put together by sequence number as a receiver would. */
function stream(packets: readonly Packet[], from: number): string {
  const own = packets.filter((packet) => packet.sourcePort === from);
  const first = own.find(({ flags }) => flags.includes('S'))!.seq + 1;
  let text = '';
  for (const { seq, payload } of own) {
    if (payload.length === 0) continue;
    expect(seq - first).toBe(text.length);
    text += String.fromCharCode(...payload);
  }
  return text;
}

describe('a connection of a real client and server', () => {
  test('handshake, both streams whole, both FINs; every checksum holds', async () => {
    const { events, results } = await record(hello, [[get, get, 'close']]);
    const { packets, linkType } = readPcap(toPcap(events, { epochMs }));
    expect(linkType).toBe(1);
    expect(packets.slice(0, 3).map(({ flags }) => flags)).toEqual(['S', 'AS', 'A']);
    expect(stream(packets, 49_152)).toBe(get + get);
    expect(stream(packets, 8000)).toBe(results.map(({ raw }) => String.fromCharCode(...raw)).join(''));
    expect(packets.slice(-3).map(({ flags }) => flags).sort()).toEqual(['A', 'AF', 'AF']);
    for (const { ipChecksum, tcpChecksum } of packets) expect([ipChecksum, tcpChecksum]).toEqual([0, 0]);
  });

  test('nothing acknowledges what was not there yet, and the end acknowledges everything', async () => {
    const { events } = await record(hello, [[get, 'close']]);
    const { packets } = readPcap(toPcap(events, { epochMs }));
    const next = new Map<number, number>();
    for (const { sourcePort, targetPort, seq, ack, flags, payload } of packets) {
      if (flags.includes('A')) expect(ack).toBe(next.get(targetPort));
      next.set(sourcePort, seq + payload.length + (/[SF]/.test(flags) ? 1 : 0));
    }
    const last = packets.at(-1)!;
    expect(last.ack).toBe(next.get(last.targetPort));
  });

  test('times are those of the trace, to the microsecond', async () => {
    const { events } = await record(hello, [[get]]);
    const sent = events.find((event) => event.process === 'client' && event.type === 'socket.data')!;
    const { packets } = readPcap(toPcap(events, { epochMs }));
    const found = packets.find(({ payload }) => payload.length > 0)!;
    expect(found.microseconds).toBe(Math.round((epochMs + sent.at) * 1000));
    expect(packets.map(({ microseconds }) => microseconds)).toEqual(packets.map(({ microseconds }) => microseconds).toSorted((a, b) => a - b));
  });

  test('a cut by the client is its RST; seen from the server too', async () => {
    const { events } = await record(hello, [[get, 'reset']]);
    for (const side of ['client', 'server'] as const) {
      const last = readPcap(toPcap(events, { epochMs, side })).packets.at(-1)!;
      expect(last).toMatchObject({ flags: 'AR', sourcePort: 49_152 });
    }
  });

  test('one connection of several', async () => {
    const { events } = await record(hello, [[get], [get]]);
    const ports = (connection?: number): Set<number> => new Set(readPcap(toPcap(events, { epochMs, ...(connection ? { connection } : {}) })).packets.map((packet) => packet.sourcePort));
    expect(ports()).toEqual(new Set([49_152, 49_153, 8000]));
    expect(ports(2)).toEqual(new Set([49_153, 8000]));
    expect(ports(3)).toEqual(new Set());
  });

  test('the same trace gives the same octets', async () => {
    const { events } = await record(hello, [[get]]);
    expect(toPcap(events, { epochMs })).toEqual(toPcap(structuredClone(events) as TraceEvent[], { epochMs }));
  });
});

describe('from the facts', () => {
  const connect: TraceInput = { type: 'socket.connect', ...on, local: '127.0.0.1:50000', remote: '127.0.0.1:8000' };
  const data = (start: number, bytes: Uint8Array): TraceInput => ({ type: 'socket.data', ...on, flow: 'send', stream: 'c2s', span: [start, start + bytes.length], bytes });

  test('a segment is one packet; what no packet can hold is cut', () => {
    const { packets } = readPcap(toPcap(trace(connect, data(0, octets(3)), data(3, octets(100_000))), { epochMs }));
    expect(packets.slice(3).map(({ payload }) => payload.length)).toEqual([3, maxPayload, 100_000 - maxPayload]);
    for (const { tcpChecksum } of packets) expect(tcpChecksum).toBe(0);
  });

  test('a gap in the trace is a gap in the sequence numbers', () => {
    const { packets } = readPcap(toPcap(trace(connect, data(0, octets(10)), { type: 'trace.gap', count: 5 }, data(500, octets(10))), { epochMs }));
    expect(packets[4]!.seq - packets[3]!.seq).toBe(500);
  });

  test('without a beginning there is no handshake', () => {
    const { packets } = readPcap(toPcap(trace(data(70, octets(10))), { epochMs }));
    expect(packets.map(({ flags }) => flags)).toEqual(['AP']);
  });

  test('half-closed: the other half goes on', () => {
    const { packets } = readPcap(toPcap(trace(connect, data(0, octets(1)),
      { type: 'socket.eof', ...on, flow: 'send', stream: 'c2s', span: [1, 1] },
      { type: 'socket.data', ...on, flow: 'recv', stream: 's2c', span: [0, 2], bytes: octets(2) },
      { type: 'socket.eof', ...on, flow: 'recv', stream: 's2c', span: [2, 2] },
      { type: 'socket.close', ...on, reason: 'in order' }), { epochMs }));
    expect(packets.slice(3).map(({ flags, sourcePort }) => `${flags} ${sourcePort}`)).toEqual(['AP 50000', 'AF 50000', 'AP 8000', 'AF 8000', 'A 50000']);
  });

  test('names and IPv6 get addresses of TEST-NET-1', () => {
    const { packets } = readPcap(toPcap(trace({ ...connect, local: '[::1]:50000', remote: 'app.internal:8000' } as TraceInput), { epochMs }));
    expect([packets[0]!.source, packets[0]!.target]).toEqual(['192.0.2.1', '192.0.2.2']);
  });

  test('no connection: an empty capture', () => {
    expect(readPcap(toPcap([], { epochMs })).packets).toEqual([]);
    expect(toPcap([], { epochMs })).toHaveLength(24);
  });
});

test('RFC 1071 §3: the example of the checksum', () => {
  expect(checksum(Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7))).toBe(~0xddf2 & 0xffff);
});
