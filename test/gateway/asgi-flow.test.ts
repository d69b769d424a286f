/** What cannot be said in a case: back-pressure, and disconnects at every point. */
import { describe, expect, test } from 'vitest';
import type { AsgiApp, AsgiReceiveEvent } from '../../src/gateway/asgi/types.ts';
import { settle } from '../helpers/fake-clock.ts';
import { get, harness } from '../server/harness.ts';

const http = (body: (tools: { receive(): Promise<AsgiReceiveEvent>; send(event: object): Promise<void>; path: string }) => Promise<void>): AsgiApp => async (scope, receive, send) => {
  if (scope.type !== 'http') throw new TypeError(scope.type);
  await body({ receive, send: send as (event: object) => Promise<void>, path: scope.path });
};

describe('request body', () => {
  test('ASGI-request-1: what nobody asks for waits in the socket, not in memory', async () => {
    let go!: () => void;
    const wait = new Promise<void>((resolve) => { go = resolve; });
    let size = 0;
    let messages = 0;
    const { connect, pass } = harness(http(async ({ receive, send }) => {
      await wait;
      for (let more = true; more; ) {
        const event = await receive();
        if (event.type !== 'http.request') throw new Error(event.type);
        size += event.body.length;
        messages += 1;
        more = event.more_body;
      }
      await send({ type: 'http.response.start', status: 200 });
      await send({ type: 'http.response.body' });
    }));
    const peer = connect();
    await peer.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n');
    for (let i = 0; i < 30; i += 1) peer.socket.write(new Uint8Array(100_000));
    await settle();
    // The first 64 KiB or a little more have been taken, the rest has not left the client.
    expect(peer.socket.bufferedAmount).toBeGreaterThan(2_700_000);
    go();
    for (let i = 0; i < 100 && !peer.received.includes('200 OK'); i += 1) await pass(1);
    expect(size).toBe(3_000_000);
    expect(messages).toBeGreaterThan(10);
    expect(peer.received).toContain('200 OK');
    expect(peer.socket.bufferedAmount).toBe(0);
  });

  test('a response in the middle of the request body: the rest is read past within the limit, else the connection is closed', async () => {
    const answer = http(async ({ send }) => {
      await send({ type: 'http.response.start', status: 200 });
      await send({ type: 'http.response.body' });
    });
    const kept = harness(answer, { drainBytes: 1000 });
    const near = kept.connect();
    await near.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\n');
    expect(near.take()).toContain('200 OK');
    await near.send('x'.repeat(900) + get());
    expect(near.take()).toContain('200 OK');
    const closed = harness(answer, { drainBytes: 1000 });
    const far = closed.connect();
    await far.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\n');
    await far.send('x'.repeat(2000));
    expect(far.eof).toBe(true);
  });
});

describe('response', () => {
  test('ASGI-body-2: send() waits while the client does not read', async () => {
    let sent = 0;
    const { connect, types } = harness(http(async ({ send }) => {
      await send({ type: 'http.response.start', status: 200 });
      for (let i = 0; i < 100; i += 1) {
        await send({ type: 'http.response.body', body: new Uint8Array(10_000), more_body: true });
        sent += 1;
      }
      await send({ type: 'http.response.body' });
    }));
    const peer = connect();
    peer.socket.pause();
    await peer.send(get());
    expect(sent).toBeLessThan(10);
    const before = sent;
    await settle();
    expect(sent).toBe(before);
    peer.socket.resume();
    await settle(10);
    expect(sent).toBe(100);
    expect(peer.received.endsWith('0\r\n\r\n')).toBe(true);
    expect(types().filter((type) => type === 'socket.pressure').length).toBeGreaterThan(1);
  });

  test('what is sent may be changed once send() has resolved', async () => {
    const { connect } = harness(http(async ({ send }) => {
      const buffer = new Uint8Array(3).fill(97);
      await send({ type: 'http.response.start', status: 200, headers: [[new TextEncoder().encode('content-length'), new TextEncoder().encode('6')]] });
      await send({ type: 'http.response.body', body: buffer, more_body: true });
      buffer.fill(98);
      await send({ type: 'http.response.body', body: buffer });
    }));
    const peer = connect();
    await peer.send(get());
    expect(peer.received.endsWith('aaabbb')).toBe(true);
  });
});

describe('the client goes', () => {
  /** Where the application is when it happens, and what it hears. */
  const points: [string, (tools: { receive(): Promise<AsgiReceiveEvent>; send(event: object): Promise<void> }) => Promise<unknown>, string][] = [
    ['while it waits for the body', async ({ receive }) => (await receive()).type, 'http.disconnect'],
    ['between two receives', async ({ receive }) => { await settle(6); return (await receive()).type; }, 'http.disconnect'],
    ['after start was sent', async ({ send }) => { await send({ type: 'http.response.start', status: 200 }); await settle(6); return send({ type: 'http.response.body' }).catch((error: Error) => error.name); }, 'ClientDisconnected'],
    ['while send waits', async ({ send }) => { await send({ type: 'http.response.start', status: 200 }); return send({ type: 'http.response.body', body: new Uint8Array(200_000), more_body: true }).catch((error: Error) => error.name); }, 'ClientDisconnected'],
    ['several calls wait', async ({ receive, send }) => {
      await send({ type: 'http.response.start', status: 200 });
      const body = new Uint8Array(200_000);
      const all = await Promise.all([receive(), receive(), send({ type: 'http.response.body', body, more_body: true }).catch((error: Error) => error.name), send({ type: 'http.response.body', body, more_body: true }).catch((error: Error) => error.name)]);
      return JSON.stringify(all.map((each) => (typeof each === 'object' ? each.type : each)));
    }, '["http.disconnect","http.disconnect","ClientDisconnected","ClientDisconnected"]'],
  ];
  test.each(points)('ASGI-gone-1, ASGI-disconnect-1: %s', async (_where, body, expected) => {
    let heard: unknown;
    const { connect, server, log, host } = harness(http(async ({ receive, send }) => {
      heard = await body({ receive, send });
    }));
    const peer = connect();
    peer.socket.pause();
    await peer.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n');
    peer.socket.reset();
    await settle(10);
    expect(heard).toBe(expected);
    // Nothing is left behind: no connection, no timer, and nothing that the log should be bothered with.
    expect(server.connections).toBe(0);
    expect(host.pendingTimers).toBe(0);
    expect(log).toEqual([]);
    await server.shutdown(0);
  });

  test('ASGI-gone-2: the exception that comes back is no error; another one is', async () => {
    const { connect, events } = harness(http(async ({ receive, send, path }) => {
      await receive();
      await receive();
      if (path === '/own') throw new Error('mine');
      await send({ type: 'http.response.start', status: 200 });
    }));
    for (const path of ['/', '/own']) {
      const peer = connect();
      await peer.send(get(path));
      peer.socket.reset();
      await settle();
    }
    expect(events.filter(({ type }) => type === 'app.error')).toMatchObject([{ name: 'Error', message: 'mine' }]);
  });

  test('an application that goes on after the response does not hold up the next request, and shutdown waits for it', async () => {
    let finish!: () => void;
    const background = new Promise<void>((resolve) => { finish = resolve; });
    let over = false;
    const { connect, server, pass } = harness(http(async ({ send }) => {
      await send({ type: 'http.response.start', status: 200 });
      await send({ type: 'http.response.body' });
      await background;
    }));
    const peer = connect();
    await peer.send(get() + get());
    expect(peer.take().match(/200 OK/g)).toHaveLength(2);
    peer.socket.end();
    const shutdown = server.shutdown(10_000).then(() => { over = true; });
    await pass(1000);
    expect(server.connections).toBe(0);
    expect(over).toBe(false);
    finish();
    await shutdown;
  });
});
