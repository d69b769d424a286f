/** Answers to several clients that leave together, at the end of a poll that the test decides about. */
import { describe, expect, test } from 'vitest';
import type { AsgiApp } from '../../src/gateway/asgi/types.ts';
import type { WsgiApp } from '../../src/gateway/wsgi/types.ts';
import type { ServerConfig } from '../../src/server/config.ts';
import { noTrace } from '../../src/trace/tracer.ts';
import { encode, streamWsgi } from '../helpers/apps.ts';
import { settle } from '../helpers/fake-clock.ts';
import { get, harness, type Harness } from './harness.ts';

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
      const calls = waiting;
      waiting = [];
      for (const call of calls) call();
      await settle();
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

  test('a connection that ends with its answer does not wait', async () => {
    const { connect } = polling(app);
    const peer = connect();
    await peer.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
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

test('an application that takes its time has its answers sent at once', async () => {
  let slow = false;
  const { connect, endOfPoll, host } = polling(((environ, startResponse) => {
    // What the application burns is what the clock shows.
    if (slow) host.advance(5);
    return ok(environ, startResponse);
  }) satisfies WsgiApp);
  const [first, second, third] = [connect(), connect(), connect()];
  await first.send(get());
  expect(first.received).toBe('');
  slow = true;
  await second.send(get());
  // Nobody waits any longer, neither the slow one nor the one before it.
  expect(first.received).toMatch(/ok$/);
  expect(second.received).toMatch(/ok$/);
  await third.send(get());
  expect(third.received).toMatch(/ok$/);
  await endOfPoll();
  expect([first, second, third].map(({ segments }) => segments.length)).toEqual([1, 1, 1]);
});

test('blocks of a response leave one by one, as PEP 3333 wants it', async () => {
  const { connect } = polling(streamWsgi(3, 10));
  const peer = connect();
  await peer.send(get());
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
