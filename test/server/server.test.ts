import { describe, expect, test } from 'vitest';
import type { AsgiApp } from '../../src/gateway/asgi/types.ts';
import { MemoryNetwork } from '../../src/net/network.ts';
import { Turn } from '../../src/server/turn.ts';
import type { Tunnel, UpgradeProtocol } from '../../src/server/upgrade.ts';
import { echoWsgi, encode, streamWsgi } from '../helpers/apps.ts';
import { settle } from '../helpers/fake-clock.ts';
import { get, harness, Peer } from './harness.ts';

const address = { host: '127.0.0.1', port: 8000 };

describe('workerClass sync: one request at a time', () => {
  test('while a response is being written to a slow client, nothing else runs', async () => {
    const { connect } = harness(streamWsgi(20, 20_000), { workerClass: 'sync' });
    const slow = connect();
    slow.socket.pause();
    await slow.send(get('/slow'));
    const other = connect();
    await other.send(get('/other'));
    await settle(10);
    expect(other.received).toBe('');
    slow.socket.resume();
    await settle(10);
    expect(slow.received.endsWith('0\r\n\r\n')).toBe(true);
    expect(other.received.endsWith('0\r\n\r\n')).toBe(true);
  });

  test('async does run it', async () => {
    const { connect } = harness(streamWsgi(20, 20_000));
    const slow = connect();
    slow.socket.pause();
    await slow.send(get('/slow'));
    const other = connect();
    await other.send(get('/other'));
    expect(other.received.endsWith('0\r\n\r\n')).toBe(true);
  });

  test('a request that comes in slowly holds the worker, too; a client that goes lets it go', async () => {
    const { connect } = harness(echoWsgi, { workerClass: 'sync' });
    const slow = connect();
    await slow.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n');
    const other = connect();
    await other.send(get('/other'));
    expect(other.received).toBe('');
    slow.socket.reset();
    await settle();
    expect(other.received).toContain('GET /other?');
  });

  test('an idle connection holds nothing', async () => {
    const { connect } = harness(echoWsgi, { workerClass: 'sync' });
    const first = connect();
    await first.send(get('/1'));
    const second = connect();
    await second.send(get('/2'));
    await first.send(get('/3'));
    expect(first.received.match(/GET \/\d\?/g)).toEqual(['GET /1?', 'GET /3?']);
    expect(second.received).toContain('GET /2?');
  });

  test('the next connection is accepted when the request of the last one is answered', async () => {
    const { server } = harness(echoWsgi, { workerClass: 'sync' });
    const network = new MemoryNetwork();
    const listener = await network.listen(address);
    const serving = server.serve(listener);
    const first = new Peer(await network.connect(address));
    const second = new Peer(await network.connect(address));
    await second.send(get('/2'));
    expect(server.connections).toBe(1);
    expect(second.received).toBe('');
    await first.send(get('/1'));
    await settle();
    expect(first.received).toContain('GET /1?');
    expect(second.received).toContain('GET /2?');
    listener.close();
    await serving;
    first.socket.reset();
    second.socket.reset();
  });

  test('the turn goes to those who wait, in order, and never to one who left', () => {
    const turn = new Turn();
    const order: string[] = [];
    const [a, b, c] = [{}, {}, {}];
    expect(turn.take(a, () => order.push('a'))).toBe(true);
    expect(turn.take(a, () => order.push('a'))).toBe(true);
    expect(turn.take(b, () => order.push('b'))).toBe(false);
    expect(turn.take(b, () => order.push('b again'))).toBe(false);
    expect(turn.take(c, () => order.push('c'))).toBe(false);
    turn.release(b);
    turn.release(a);
    expect(order).toEqual(['c']);
    turn.release(c);
    expect(turn.take(b, () => order.push('b'))).toBe(true);
  });
});

describe('shutdown', () => {
  test('a request in flight is finished and told Connection: close; an idle connection is closed after a moment', async () => {
    let finish!: () => void;
    const app: AsgiApp = async (scope, _receive, send) => {
      if (scope['path'] === '/slow') await new Promise<void>((resolve) => { finish = resolve; });
      await send({ type: 'http.response.start', status: 200 });
      await send({ type: 'http.response.body', body: encode('ok') });
    };
    const { server, connect, pass } = harness(app);
    const idle = connect();
    await idle.send(get());
    const busy = connect();
    await busy.send(get('/slow'));
    let over = false;
    const shutdown = server.shutdown(10_000).then(() => { over = true; });
    await pass(1000);
    expect(idle.eof).toBe(true);
    expect(busy.received).toBe('');
    finish();
    await settle();
    expect(busy.received).toMatch(/Connection: close\r\n\r\nok$/);
    expect(busy.eof).toBe(true);
    idle.socket.end();
    busy.socket.end();
    await shutdown;
    expect(over).toBe(true);
    expect(server.connections).toBe(0);
  });

  test('a request that is on its way is answered', async () => {
    const { server, connect, pass } = harness(echoWsgi);
    const fresh = connect();
    const used = connect();
    await used.send(get());
    used.take();
    const shutdown = server.shutdown(10_000);
    await pass(100);
    await fresh.send(get('/fresh'));
    await used.send(get('/used'));
    expect(fresh.received).toMatch(/Connection: close[^]*GET \/fresh\? $/);
    expect(used.received).toMatch(/Connection: close[^]*GET \/used\? $/);
    fresh.socket.end();
    used.socket.end();
    await shutdown;
  });

  test('what is not over after graceMs is cut', async () => {
    const { server, connect, pass } = harness((_scope: unknown, _receive: unknown, _send: unknown) => new Promise(() => {}));
    const peer = connect();
    await peer.send(get());
    const shutdown = server.shutdown(2000);
    await pass(2500);
    await shutdown;
    expect(peer.closed).toBe('ECONNRESET');
  });
});

describe('upgrades', () => {
  /** Answers every octet with its successor. */
  const successor: UpgradeProtocol = {
    claims: (request) => request.headers.get('upgrade') === 'successor',
    begin: (exchange) => {
      let tunnel: ReturnType<typeof exchange.switchProtocols> | undefined;
      return {
        run() {
          if (exchange.context.request.target === '/refuse') {
            exchange.channel.start(403, 'Forbidden', [['Content-Length', '0']]);
            exchange.channel.end();
            exchange.channel.flush();
          } else tunnel = exchange.switchProtocols([['Upgrade', 'successor'], ['Connection', 'Upgrade']]);
          exchange.finished();
        },
        resume() {},
        abort() {},
        tunnelled: (bytes) => { tunnel!.write(bytes.map((octet) => octet + 1)); },
        tunnelEof: () => tunnel!.end(),
        deadline() {},
        drain() {},
      };
    },
  };
  const upgrade = (path: string): string => get(path, 'Upgrade: successor\r\nConnection: upgrade\r\n');

  test('RFC9110-7.8: 101, and the octets behind the request belong to the new protocol', async () => {
    const { connect, pass, server } = harness(echoWsgi, {}, { upgrades: [successor] });
    const peer = connect();
    await peer.send(`${upgrade('/')}abc`);
    await pass(1);
    expect(peer.take()).toBe('HTTP/1.1 101 Switching Protocols\r\nUpgrade: successor\r\nConnection: Upgrade\r\n\r\nbcd');
    await peer.send('xy');
    expect(peer.take()).toBe('yz');
    peer.socket.end();
    await settle();
    expect(peer.closed).toBe('in order');
    expect(server.connections).toBe(0);
  });

  test('octets that come while those behind the request still wait stay behind them', async () => {
    const { connect, pass } = harness(echoWsgi, {}, { upgrades: [successor] });
    const peer = connect();
    await peer.send(`${upgrade('/')}ab`);
    await peer.send('cd');
    peer.socket.end();
    await settle();
    expect(peer.take()).toMatch(/\r\n\r\n$/);
    await pass(1);
    expect(peer.take()).toBe('bcde');
    expect(peer.closed).toBe('in order');
  });

  test('more octets behind the request than HTTP would take do not stop the line', async () => {
    const { connect, pass } = harness(echoWsgi, {}, { upgrades: [successor] });
    const peer = connect();
    await peer.send(`${upgrade('/')}${'a'.repeat(200_000)}`);
    await pass(1);
    await peer.send('x');
    expect(peer.take().endsWith('bby')).toBe(true);
  });

  test('a tunnel that waited for room is told', async () => {
    let tunnel: Tunnel;
    let resumed = 0;
    const talkative: UpgradeProtocol = {
      claims: () => true,
      begin: (exchange) => ({
        run() { tunnel = exchange.switchProtocols([['Upgrade', 'x'], ['Connection', 'Upgrade']]); },
        resume() { resumed += 1; },
        abort() {}, tunnelled() {}, tunnelEof() {}, deadline() {}, drain() {},
      }),
    };
    const { connect } = harness(echoWsgi, {}, { upgrades: [talkative] });
    const peer = connect();
    peer.socket.pause();
    await peer.send(upgrade('/'));
    expect(tunnel!.write(new Uint8Array(100_000))).toBe(false);
    await settle();
    expect(resumed).toBe(0);
    peer.socket.resume();
    await settle();
    expect(resumed).toBe(1);
  });

  test('a protocol may answer as HTTP, and what it does not claim goes to the application', async () => {
    const { connect } = harness(echoWsgi, {}, { upgrades: [successor] });
    const peer = connect();
    await peer.send(upgrade('/refuse'));
    expect(peer.take()).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    await peer.send(get('/plain'));
    expect(peer.take()).toContain('GET /plain?');
    await peer.send(get('/other', 'Upgrade: something-else\r\nConnection: upgrade\r\n'));
    expect(peer.take()).toContain('GET /other?');
  });
});
