/** Answers to several clients that leave together, at the end of a poll that the test decides about. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { AsgiApp } from '../../src/gateway/asgi/types.ts';
import type { WsgiApp } from '../../src/gateway/wsgi/types.ts';
import type { ServerConfig } from '../../src/server/config.ts';
import { socketPair } from '../../src/net/memory.ts';
import { Batch } from '../../src/server/batch.ts';
import type { Line } from '../../src/server/line.ts';
import { noTrace } from '../../src/trace/tracer.ts';
import { encode, streamWsgi } from '../helpers/apps.ts';
import { settle } from '../helpers/fake-clock.ts';
import { get, harness, type Harness, Peer } from './harness.ts';

const ok: WsgiApp = (_environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return [encode('ok')];
};
const okAsgi: AsgiApp = async (_scope, _receive, send) => {
  await send({ type: 'http.response.start', status: 200 });
  await send({ type: 'http.response.body', body: encode('ok') });
};

function polling(app: unknown, config: Partial<ServerConfig> = {}): Harness & { endOfPoll(): Promise<void> } {
  let waiting: (() => void)[] = [];
  const made = harness(app, config, { tracer: noTrace, afterPoll: (call) => { waiting.push(call); } });
  return Object.assign(made, {
    async endOfPoll() {
      // What was worked on at the end of this poll may be answered at the end of the next.
      while (waiting.length > 0) {
        const calls = waiting;
        waiting = [];
        for (const call of calls) call();
        await settle();
      }
    },
  });
}

describe.each([['WSGI', ok], ['ASGI', okAsgi]])('quick applications (%s)', (_name, app) => {
  test('answers wait for the end of the poll, each for its own client', async () => {
    const { connect, endOfPoll } = polling(app);
    const peers = [connect(), connect(), connect()];
    for (const peer of peers) await peer.send(get());
    expect(peers.map(({ received }) => received)).toEqual(['', '', '']);
    await endOfPoll();
    for (const { received } of peers) expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*ok$/);
    await peers[1]!.send(get('/again'));
    await endOfPoll();
    expect(peers[1]!.received.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
  });

  test('pipelined answers are still one write', async () => {
    const { connect, endOfPoll } = polling(app);
    const peer = connect();
    await peer.send(get('/1') + get('/2') + get('/3'));
    await endOfPoll();
    expect(peer.segments).toHaveLength(1);
    expect(peer.received.match(/HTTP\/1\.1 200/g)).toHaveLength(3);
  });

  test('a connection that ends with its answer ends', async () => {
    const { connect, endOfPoll } = polling(app);
    const peer = connect();
    await peer.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    await endOfPoll();
    expect(peer.received).toMatch(/ok$/);
    expect(peer.eof).toBe(true);
  });

  test('a client that goes before its answer has left takes nobody with it', async () => {
    const { connect, endOfPoll, server } = polling(app);
    const [gone, stays] = [connect(), connect()];
    await gone.send(get());
    await stays.send(get());
    gone.socket.reset();
    await settle();
    await endOfPoll();
    expect(stays.received).toMatch(/ok$/);
    expect(server.connections).toBe(1);
  });
});

test('a pipelined answer does not wait for an application that waits for something', async () => {
  let go = (): void => {};
  const { connect, endOfPoll } = polling((async (scope, receive, send) => {
    if (scope['path'] === '/slow') await new Promise<void>((resolve) => { go = resolve; });
    await okAsgi(scope, receive, send);
  }) satisfies AsgiApp);
  const peer = connect();
  await peer.send(get('/1') + get('/2') + get('/slow') + get('/4'));
  await endOfPoll();
  expect(peer.received.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
  go();
  await settle();
  await endOfPoll();
  expect(peer.received.match(/HTTP\/1\.1 200/g)).toHaveLength(4);
  // The first two together, then the others.
  expect(peer.segments).toHaveLength(2);
});

test('an application that takes its time has its answers sent at once', async () => {
  let slow = false;
  let written = 0;
  const seen: number[] = [];
  const { server, endOfPoll, host } = polling(((environ, startResponse) => {
    // What the application burns is what the clock shows.
    if (slow) host.advance(5);
    seen.push(written);
    return ok(environ, startResponse);
  }) satisfies WsgiApp);
  const peers = [1, 2, 3, 4].map((id) => {
    const [near, far] = socketPair({ id });
    const write = far.write.bind(far);
    far.write = (bytes) => {
      written += 1;
      return write(bytes);
    };
    server.handle(far);
    return new Peer(near);
  });
  for (const peer of peers) await peer.send(get());
  slow = true;
  await endOfPoll();
  // Nobody waits any longer once there was a slow one: neither the slow ones nor those before them.
  expect(seen).toEqual([0, 0, 2, 3]);
  for (const { received, segments } of peers) {
    expect(received).toMatch(/ok$/);
    expect(segments).toHaveLength(1);
  }
});

test.each([1, 2])('keepAliveMs counts from the answer, however long the applications of the poll took (%i clients)', async (clients) => {
  const { connect, endOfPoll, pass, host } = polling(((environ, startResponse) => {
    host.advance(3000);
    return ok(environ, startResponse);
  }) satisfies WsgiApp, { keepAliveMs: 2000 });
  const peers = Array.from({ length: clients }, () => connect());
  for (const peer of peers) await peer.send(get());
  await endOfPoll();
  const last = peers.at(-1)!;
  expect(last.received).toMatch(/ok$/);
  await pass(1900);
  expect(last.eof).toBe(false);
  await pass(500);
  expect(last.eof).toBe(true);
});

test('blocks of a response leave one by one, as PEP 3333 wants it', async () => {
  const { connect, endOfPoll } = polling(streamWsgi(3, 10));
  const peer = connect();
  await peer.send(get());
  await endOfPoll();
  expect(peer.received).toMatch(/0\r\n\r\n$/);
  expect(peer.segments.length).toBeGreaterThanOrEqual(3);
});

test('in a trace an answer leaves with its exchange', async () => {
  const { connect, events } = harness(ok, {}, { afterPoll: () => {} });
  await connect().send(get());
  expect(events.find((event) => event.type === 'socket.data' && event.flow === 'send')).toMatchObject({ exchange: 1 });
});

test('a sync worker sends before it reads on', async () => {
  const { connect } = polling(ok, { workerClass: 'sync' });
  const peer = connect();
  await peer.send(get());
  expect(peer.received).toMatch(/ok$/);
});

describe('requests are read before any of them is worked on', () => {
  const calls: string[] = [];
  const noting: WsgiApp = (environ, startResponse) => {
    calls.push(environ.PATH_INFO);
    return ok(environ, startResponse);
  };
  beforeEach(() => { calls.length = 0; });

  test('in the order in which they came', async () => {
    const { connect, endOfPoll } = polling(noting);
    const [first, second] = [connect(), connect()];
    await second.send(get('/2'));
    await first.send(get('/1'));
    expect(calls).toEqual([]);
    await endOfPoll();
    expect(calls).toEqual(['/2', '/1']);
  });

  test('a head that comes in two polls is answered after the second', async () => {
    const { connect, endOfPoll } = polling(noting);
    const peer = connect();
    await peer.send('GET /1 HTT');
    await endOfPoll();
    expect(calls).toEqual([]);
    await peer.send('P/1.1\r\nHost: a\r\n\r\n');
    await endOfPoll();
    expect(calls).toEqual(['/1']);
  });

  test('a client that is gone by then is not served', async () => {
    const { connect, endOfPoll } = polling(noting);
    const [gone, stays] = [connect(), connect()];
    await gone.send(get('/gone'));
    await stays.send(get('/stays'));
    gone.socket.reset();
    await settle();
    await endOfPoll();
    expect(calls).toEqual(['/stays']);
  });

  test('a client that closed its half behind the request is served (RFC9112-9.6-12)', async () => {
    const { connect, endOfPoll } = polling(noting);
    const peer = connect();
    await peer.send(get('/1'));
    peer.socket.end();
    await settle();
    await endOfPoll();
    expect(peer.received).toMatch(/ok$/);
    expect(peer.eof).toBe(true);
  });

  test('a fault of one leaves the others where they are', () => {
    const waiting: (() => void)[] = [];
    const batch = new Batch((call) => waiting.push(call), { now: () => 0, wallMs: () => 0 });
    const done: number[] = [];
    for (let i = 0; i < 4; i += 1) {
      batch.later({ work: () => {
        if (i === 1 || i === 3) throw new Error('a fault');
        done.push(i);
        batch.add({ flush: () => done.push(i + 10) } as unknown as Line);
      } });
    }
    expect(() => waiting.shift()!()).toThrow('a fault');
    expect(() => waiting.shift()!()).toThrow('a fault');
    expect(done).toEqual([0, 10, 2, 12]);
    for (const call of waiting) call();
    expect(done).toHaveLength(4);
  });
});

describe('the Date of answers that are made together', () => {
  /** How long the application works, and how often the calendar was looked at. */
  const dated = (app: (work: (ms: number) => void) => WsgiApp): ReturnType<typeof polling> & { asked(): number } => {
    const made: ReturnType<typeof polling> = polling(app((ms) => made.host.advance(ms)), { dateHeader: true });
    let asked = 0;
    const wall = made.host.clock.wallMs.bind(made.host.clock);
    made.host.clock.wallMs = () => { asked += 1; return wall(); };
    return Object.assign(made, { asked: () => asked });
  };
  const datesIn = (text: string): string[] => [...text.matchAll(/Date: .*(\d\d:\d\d:\d\d)/g)].map(([, time]) => time!);

  test('is asked for once, and again in the next poll', async () => {
    const { connect, endOfPoll, host, asked } = dated(() => ok);
    const peer = connect();
    await peer.send(get().repeat(4));
    await endOfPoll();
    expect(asked()).toBe(1);
    host.advance(2000);
    await peer.send(get());
    await endOfPoll();
    expect(datesIn(peer.received)).toEqual([...Array.from({ length: 4 }, () => '08:49:37'), '08:49:39']);
  });

  test('follows applications that take their time', async () => {
    const { connect, endOfPoll } = dated((work) => (environ, startResponse) => {
      work(1000);
      return ok(environ, startResponse);
    });
    const peers = [1, 2, 3, 4].map(() => connect());
    for (const peer of peers) await peer.send(get());
    await endOfPoll();
    expect(peers.flatMap(({ received }) => datesIn(received))).toEqual(['08:49:38', '08:49:39', '08:49:40', '08:49:41']);
  });
});

describe('ASGI-request-1: a short body is read before its application is called', () => {
  /** Sizes of the messages that the application was given; '>' where it was called. */
  const seen: (string | number)[] = [];
  const reading: AsgiApp = async (scope, receive, send) => {
    seen.push('>');
    for (let more = true; more; ) {
      const event = await receive();
      if (event.type !== 'http.request') return void seen.push(event.type);
      seen.push(event.body.length);
      more = event.more_body;
    }
    await okAsgi(scope, receive, send);
  };
  beforeEach(() => { seen.length = 0; });
  const post = (length: number | 'chunked'): string => `POST / HTTP/1.1\r\nHost: a\r\n${length === 'chunked' ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`}\r\n\r\n`;
  const most = 131_072;

  test.each([[10_000], [100_000], [most]])('%i octets in several segments come in one message', async (length) => {
    const { connect, endOfPoll } = polling(reading);
    const peer = connect();
    await peer.send(post(length) + 'b'.repeat(6000));
    for (let sent = 6000; sent < length; sent += 30_000) await peer.send('b'.repeat(Math.min(30_000, length - sent)));
    expect([seen, peer.socket.bufferedAmount]).toEqual([[], 0]);
    await endOfPoll();
    expect(seen).toEqual(['>', length]);
    expect(peer.received).toMatch(/ok$/);
  });

  test.each([[most + 1], ['chunked' as const]])('one that is longer, or of unknown length, streams: %s', async (length) => {
    const { connect, endOfPoll } = polling(reading);
    const peer = connect();
    await peer.send(post(length) + (length === 'chunked' ? '1770\r\n' : '') + 'b'.repeat(6000));
    await peer.send('b');
    expect(seen.slice(0, 2)).toEqual(['>', 6000]);
    peer.socket.reset();
    await settle();
    await endOfPoll();
    expect(seen.at(-1)).toBe('http.disconnect');
  });

  test('what has not come by then streams', async () => {
    const { connect, endOfPoll } = polling(reading);
    const peer = connect();
    await peer.send(post(10_000) + 'b'.repeat(5000));
    await endOfPoll();
    expect(seen).toEqual(['>', 5000]);
    await peer.send('b'.repeat(5000));
    // That it was the last of it is said by an empty one.
    expect(seen).toEqual(['>', 5000, 5000, 0]);
    await endOfPoll();
    expect(peer.received).toMatch(/ok$/);
  });

  test('RFC9110-10.1.1: nor is it waited for where the client waits to hear that it is wanted', async () => {
    const { connect, endOfPoll } = polling(reading);
    const peer = connect();
    await peer.send(post(10).replace('\r\n\r\n', '\r\nExpect: 100-continue\r\n\r\n'));
    await endOfPoll();
    expect(peer.take()).toMatch(/^HTTP\/1\.1 100 /);
    await peer.send('b'.repeat(10));
    await endOfPoll();
    expect(seen).toEqual(['>', 10, 0]);
  });

  test('of a client that is gone by then nobody hears', async () => {
    const { connect, endOfPoll } = polling(reading);
    const peer = connect();
    await peer.send(post(10_000) + 'b'.repeat(5000));
    peer.socket.reset();
    await settle();
    await endOfPoll();
    expect(seen).toEqual([]);
  });

  test('what is refused behind it is refused after it was answered', async () => {
    const { connect, endOfPoll } = polling(reading);
    const peer = connect();
    await peer.send(post(5000) + 'b'.repeat(4000));
    await peer.send(`${'b'.repeat(1000)}GET  / HTTP/1.1\r\n\r\n`);
    await endOfPoll();
    expect(peer.received.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
  });

  test('RFC9110-15.5.9-1: what never comes is waited for as long as ever', async () => {
    const { connect, endOfPoll, pass } = polling(reading, { bodyTimeoutMs: 1000 });
    const peer = connect();
    await peer.send(post(10_000) + 'b'.repeat(5000));
    await endOfPoll();
    await pass(3000);
    await endOfPoll();
    expect(seen.at(-1)).toBe('http.disconnect');
    expect(peer.received).toMatch(/^HTTP\/1\.1 408 /);
  });
});
