import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DuplexSocket } from '../../src/net/socket.ts';
import { ascii, Collector, expectBytes, pattern } from './collect.ts';

/** A connected pair and how to let it get on: a few turns of the loop, or a step of a virtual clock. */
export interface Pair {
  readonly client: DuplexSocket;
  readonly server: DuplexSocket;
  /** Let what can happen without further calls happen. */
  settle(): Promise<void>;
  dispose?(): void;
}

export interface SocketContractOptions {
  /** High-water mark of the sockets made. Octets. Default 65 536. */
  readonly highWater?: number;
  /** What may be in the air beyond the writer's buffer. Octets. Default 0. */
  readonly inTheAir?: number;
  /** One write is one segment at the other end. Default true. */
  readonly keepsSegments?: boolean;
  /** fast-check runs. Default 100. */
  readonly runs?: number;
}

type Action = { readonly who: 'client' | 'server' } & (
  | { readonly do: 'write'; readonly size: number }
  | { readonly do: 'pause' | 'resume' | 'end' | 'settle' | 'open' }
);

const anyAction: fc.Arbitrary<Action> = fc
  .record({
    who: fc.constantFrom('client', 'server'),
    do: fc.oneof({ weight: 6, arbitrary: fc.constant('write' as const) }, { weight: 5, arbitrary: fc.constantFrom('pause' as const, 'resume' as const, 'settle' as const, 'open' as const) }, { weight: 1, arbitrary: fc.constant('end' as const) }),
    size: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 1, max: 200_000 })),
  })
  .map((action) => action as Action);

/** The promises of a DuplexSocket, kept by every road that carries one. */
export function describeSocket(name: string, makePair: () => Promise<Pair>, options: SocketContractOptions = {}): void {
  const { highWater = 65_536, inTheAir = 0, keepsSegments = true, runs = 100 } = options;

  const withPair = async (body: (pair: Pair) => Promise<void>): Promise<void> => {
    const pair = await makePair();
    try {
      await body(pair);
    } finally {
      pair.dispose?.();
    }
  };

  /** Settle until `done`, or fail: nothing here may take more than a thousand turns. */
  const until = async (pair: Pair, done: () => boolean, what: string): Promise<void> => {
    for (let turn = 0; turn < 1000; turn += 1) {
      if (done()) return;
      await pair.settle();
    }
    throw new Error(`never came: ${what}`);
  };

  describe(`${name} is a DuplexSocket`, () => {
    test('both ends agree on who they are', () =>
      withPair(async ({ client, server }) => {
        expect([client.role, server.role]).toEqual(['client', 'server']);
        expect(server.id).toBe(client.id);
        expect(server.local).toEqual(client.remote);
        expect(server.remote).toEqual(client.local);
      }));

    test('bytes written before the peer opens are delivered after, and not within open', () =>
      withPair(async (pair) => {
        pair.client.write(ascii('early'));
        await pair.settle();
        const server = new Collector().attach(pair.server);
        await until(pair, () => server.size === 5, 'the early bytes');
        expect(server.text).toBe('early');
        expect(server.complaints).toEqual([]);
      }));

    if (keepsSegments) {
      test('one write is one segment', () =>
        withPair(async (pair) => {
          const server = new Collector().attach(pair.server);
          for (const part of ['GET / HT', 'TP/1.1\r', '\n', '\r\n']) pair.client.write(ascii(part));
          await until(pair, () => server.size === 18, 'four segments');
          expect(server.segments.map((segment) => segment.length)).toEqual([8, 7, 1, 2]);
        }));
    }

    test('an empty write is no segment', () =>
      withPair(async (pair) => {
        const server = new Collector().attach(pair.server);
        expect(pair.client.write(new Uint8Array(0))).toBe(true);
        pair.client.write(ascii('x'));
        await until(pair, () => server.size === 1, 'x');
        expect(server.complaints).toEqual([]);
      }));

    test('half-close: after our FIN the peer can still write, and both close in order once it ends too', () =>
      withPair(async (pair) => {
        const client = new Collector().attach(pair.client);
        const server = new Collector().attach(pair.server);
        pair.client.write(ascii('ask'));
        pair.client.end();
        await until(pair, () => server.eofs === 1, 'EOF at the server');
        expect(server.text).toBe('ask');
        expect([client.closes, server.closes]).toEqual([0, 0]);
        pair.server.write(ascii('answer'));
        pair.server.end();
        await until(pair, () => client.closes === 1 && server.closes === 1, 'both closed');
        expect(client.text).toBe('answer');
        expect([client.error, server.error]).toEqual([undefined, undefined]);
        expect([...client.complaints, ...server.complaints]).toEqual([]);
      }));

    test('write after end is ignored and says false', () =>
      withPair(async (pair) => {
        const client = new Collector().attach(pair.client);
        const server = new Collector().attach(pair.server);
        pair.client.end();
        expect(pair.client.write(ascii('late'))).toBe(false);
        pair.client.end();
        pair.server.end();
        await until(pair, () => client.closes + server.closes === 2, 'both closed');
        expect(server.size).toBe(0);
      }));

    test('reset: the peer is told ECONNRESET, we are told without an error, and nothing follows', () =>
      withPair(async (pair) => {
        const client = new Collector().attach(pair.client);
        const server = new Collector().attach(pair.server);
        await pair.settle();
        client.do(() => pair.client.reset());
        expect(pair.client.write(ascii('late'))).toBe(false);
        await until(pair, () => client.closes === 1 && server.closes === 1, 'both closed');
        expect(server.error?.code).toBe('ECONNRESET');
        expect(client.error).toBeUndefined();
        pair.client.reset();
        pair.server.reset();
        pair.server.end();
        expect(pair.server.write(ascii('late'))).toBe(false);
        await pair.settle();
        expect([...client.complaints, ...server.complaints]).toEqual([]);
      }));

    test('a second open is refused', () =>
      withPair(async (pair) => {
        new Collector().attach(pair.client);
        expect(() => pair.client.open(new Collector())).toThrow();
      }));

    test('back-pressure: a writer that heeds it holds a bounded number of octets, and every octet arrives', () =>
      withPair(async (pair) => {
        const total = 1_000_000;
        const piece = 10_000;
        const server = new Collector().attach(pair.server);
        const client = new Collector();
        let sent = 0;
        let most = 0;
        const pump = (): void => {
          let more = true;
          while (more && sent < total) {
            more = pair.client.write(pattern(sent, piece));
            sent += piece;
            most = Math.max(most, pair.client.bufferedAmount);
          }
          if (sent === total) pair.client.end();
        };
        client.onDrained = pump;
        client.attach(pair.client);
        pair.server.pause();
        pump();
        for (let turn = 0; turn < 5; turn += 1) await pair.settle();
        // The reader reads nothing: what has been written is what buffers hold.
        expect(sent).toBeLessThanOrEqual(highWater + inTheAir + piece);
        pair.server.resume();
        await until(pair, () => server.eofs === 1, 'everything');
        expectBytes(server.bytes, pattern(0, total));
        expect(most).toBeLessThanOrEqual(highWater + inTheAir + piece);
        expect(client.drains).toBeGreaterThan(0);
        expect([...client.complaints, ...server.complaints]).toEqual([]);
      }));

    test('pause within onData stops delivery at once', () =>
      withPair(async (pair) => {
        const server = new Collector();
        server.onBytes = () => pair.server.pause();
        server.attach(pair.server);
        for (const part of ['one', 'two', 'three']) {
          pair.client.write(ascii(part));
          await pair.settle();
        }
        await until(pair, () => server.size > 0, 'the first');
        const seen = server.segments.length;
        await pair.settle();
        expect(server.segments.length).toBe(seen);
        if (keepsSegments) expect(server.text).toBe('one');
        server.onBytes = undefined;
        pair.server.resume();
        await until(pair, () => server.size === 11, 'the rest');
        expect(server.text).toBe('onetwothree');
      }));

    test('two ends that answer each other do not overflow the stack', () =>
      withPair(async (pair) => {
        const rounds = keepsSegments ? 5000 : 200;
        const client = new Collector();
        const server = new Collector();
        client.onBytes = () => {
          if (client.segments.length < rounds) pair.client.write(ascii('ping'));
        };
        server.onBytes = () => pair.server.write(ascii('pong'));
        client.attach(pair.client);
        server.attach(pair.server);
        pair.client.write(ascii('ping'));
        for (let turn = 0; turn < rounds * 4 && client.segments.length < rounds; turn += 1) await pair.settle();
        expect(client.segments.length).toBeGreaterThanOrEqual(rounds);
      }));

    test('any sequence of writes, pauses, resumes and ends delivers the same bytes in order, and closes once', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyAction, { maxLength: 40 }), (actions) =>
          withPair(async (pair) => {
            const ends = {
              client: { socket: pair.client, collector: new Collector(), open: false, ended: false, written: 0 },
              server: { socket: pair.server, collector: new Collector(), open: false, ended: false, written: 0 },
            };
            const open = (end: (typeof ends)['client']): void => {
              if (!end.open) end.collector.attach(end.socket);
              end.open = true;
            };
            for (const action of actions) {
              const end = ends[action.who];
              const what = action.do;
              if (what === 'settle') await pair.settle();
              else if (what === 'open') open(end);
              else
                end.collector.do(() => {
                  if (what !== 'write') end.socket[what]();
                  else {
                    end.socket.write(pattern(end.written, action.size));
                    if (!end.ended) end.written += action.size;
                  }
                });
              if (what === 'end') end.ended = true;
            }
            for (const end of Object.values(ends)) {
              open(end);
              end.collector.do(() => end.socket.resume());
              end.collector.do(() => end.socket.end());
            }
            const { client, server } = ends;
            await until(pair, () => client.collector.closes > 0 && server.collector.closes > 0, 'the end');
            await pair.settle();
            expectBytes(server.collector.bytes, pattern(0, client.written));
            expectBytes(client.collector.bytes, pattern(0, server.written));
            for (const { collector, socket } of Object.values(ends)) {
              expect([collector.eofs, collector.closes, collector.error]).toEqual([1, 1, undefined]);
              expect(collector.complaints).toEqual([]);
              expect(socket.bufferedAmount).toBe(0);
            }
          }),
        ),
        { numRuns: runs },
      );
    });

    test('a reset at any point: what arrived is a prefix, and each end is told once', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.oneof(fc.integer({ min: 1, max: 100_000 }), fc.constant(0)), { maxLength: 15 }),
          fc.constantFrom('client', 'server'),
          fc.boolean(),
          (writes, who, paused) =>
            withPair(async (pair) => {
              const client = new Collector().attach(pair.client);
              const server = new Collector().attach(pair.server);
              if (paused) pair.server.pause();
              let written = 0;
              for (const size of writes) {
                if (size === 0) await pair.settle();
                else pair.client.write(pattern(written, size));
                written += size;
              }
              pair[who as 'client' | 'server'].reset();
              await until(pair, () => client.closes > 0 && server.closes > 0, 'both closed');
              await pair.settle();
              expectBytes(server.bytes, pattern(0, server.size));
              expect([client.closes, server.closes]).toEqual([1, 1]);
              expect([...client.complaints, ...server.complaints]).toEqual([]);
              expect((who === 'client' ? server : client).error?.code).toBe('ECONNRESET');
            }),
        ),
        { numRuns: Math.ceil(runs / 2) },
      );
    });
  });
}
