/** What a WebSocket needs of the server besides frames: time, pressure, and an end. The frames themselves: `test/node/websocket.test.ts`. */
import { describe, expect, test } from 'vitest';
import { inject } from '../../src/api/inject.ts';
import type { AsgiApp, AsgiReceive, AsgiSend, WebSocketScope } from '../../src/gateway/asgi/types.ts';
import type { SocketPairOptions } from '../../src/net/memory.ts';
import { noTrace, type Tracer } from '../../src/trace/tracer.ts';
import { echoAsgi, echoWebSocket, echoWsgi } from '../helpers/apps.ts';
import { settle } from '../helpers/fake-clock.ts';
import { clientFrame, closePayload, FrameReader, framesOf, handshakeOf } from '../helpers/ws-script.ts';
import { get, harness, type Harness, type Peer } from './harness.ts';

const latin1 = (bytes: Uint8Array): string => { let text = ''; for (const octet of bytes) text += String.fromCharCode(octet); return text; };
const octets = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

/** A peer that has a WebSocket, and reads frames. */
async function open(it: Harness, target = '/', pair: SocketPairOptions = {}): Promise<{ peer: Peer; frames: () => string; send: (script: string) => Promise<void> }> {
  const peer = it.connect(pair);
  const reader = new FrameReader();
  const frames = (): string => {
    reader.push(octets(peer.take()));
    return reader.take();
  };
  await peer.send(latin1(handshakeOf(target)));
  await it.pass(1);
  return { peer, frames, send: async (script) => { for (const { bytes } of framesOf(script)) await peer.send(latin1(bytes!)); } };
}

/** An application for a WebSocket that was accepted, with what it needs. */
const accepted = (app: (receive: AsgiReceive, send: AsgiSend, scope: WebSocketScope) => Promise<void>): AsgiApp => async (scope, receive, send) => {
  await receive();
  await send({ type: 'websocket.accept' });
  await app(receive, send, scope as WebSocketScope);
};

/** A promise and its handle. */
function gate<T = void>(): { readonly promise: Promise<T>; readonly open: (value: T) => void } {
  let open!: (value: T) => void;
  return { promise: new Promise<T>((resolve) => { open = resolve; }), open };
}

describe('keep-alive', () => {
  const config = { wsPingIntervalMs: 10_000, wsPingTimeoutMs: 5000 };

  test('a Ping after each interval; a client that answers stays', async () => {
    const it = harness(echoWebSocket, config);
    const { frames, peer, send } = await open(it);
    frames();
    await it.pass(9500);
    expect(frames()).toBe('');
    for (let round = 0; round < 3; round += 1) {
      await it.pass(1500);
      const [, payload] = /^ping ((?:[0-9a-f]{2} ?){4})$/.exec(frames())!;
      await send(`raw ${[...clientFrame('pong', Uint8Array.from(payload!.split(' '), (octet) => Number.parseInt(octet, 16)))].map((octet) => octet.toString(16)).join(' ')}`);
      await it.pass(9000);
      expect([peer.eof, frames()]).toEqual([false, '']);
    }
  });

  test('RFC6455-7.4.1 a client that is silent is told 1011, and the application too', async () => {
    const told = gate<unknown>();
    const it = harness(accepted(async (receive) => told.open(await receive())), config);
    const { frames, peer } = await open(it);
    await it.pass(10_500);
    expect(frames()).toMatch(/ping/);
    await it.pass(5500);
    expect(frames()).toBe('close 1011 keepalive ping timeout');
    expect(peer.eof).toBe(true);
    expect(await told.promise).toEqual({ type: 'websocket.disconnect', code: 1011, reason: 'keepalive ping timeout' });
    expect(it.log).toEqual([expect.stringContaining('1011 ws-ping-timeout')]);
  });

  test('a client in the middle of a long message is there', async () => {
    const it = harness(echoWebSocket, config);
    const { frames, peer, send } = await open(it);
    await it.pass(10_500);
    await send('-text half');
    await it.pass(5500);
    await send('continuation  and half');
    expect(frames()).toMatch(/text half and half$/);
    expect(peer.eof).toBe(false);
  });

  test.each([['wsPingIntervalMs', 0], ['wsPingIntervalMs', Infinity]] as const)('%s: %s sends none', async (name, value) => {
    const it = harness(echoWebSocket, { ...config, [name]: value });
    const { frames, peer } = await open(it);
    frames();
    await it.pass(120_000);
    expect([frames(), peer.eof]).toEqual(['', false]);
  });

  test('wsPingTimeoutMs: 0 goes on asking', async () => {
    const it = harness(echoWebSocket, { ...config, wsPingTimeoutMs: 0 });
    const { frames, peer } = await open(it);
    await it.pass(31_000);
    expect(frames().split('\n').filter((line) => line.startsWith('ping'))).toHaveLength(3);
    expect(peer.eof).toBe(false);
  });

  test('a client that we do not listen to need not answer', async () => {
    const release = gate();
    const it = harness(accepted(async (receive) => {
      await release.promise;
      for (let i = 0; i < 100; i += 1) await receive();
      await new Promise(() => {});
    }), config);
    const { frames, peer, send } = await open(it);
    await it.pass(10_500);
    expect(frames()).toMatch(/ping/);
    // It answers, behind more than the application takes.
    await send(Array.from({ length: 100 }, () => 'text x').join('\n'));
    await it.pass(60_000);
    expect([peer.eof, frames()]).toEqual([false, '']);
    release.open();
    await it.pass(12_000);
    expect(frames()).toMatch(/^ping/);
  });
});

describe('pressure', () => {
  test('send() waits while the client does not read, and goes on when it does', async () => {
    let sent = 0;
    const it = harness(accepted(async (receive, send) => {
      await receive();
      for (; sent < 10; sent += 1) await send({ type: 'websocket.send', bytes: new Uint8Array(40_000) });
      await new Promise(() => {});
    }));
    const { peer, send } = await open(it);
    peer.socket.pause();
    await send('text go');
    const stuck = sent;
    expect(stuck).toBeLessThan(5);
    await settle();
    expect(sent).toBe(stuck);
    peer.socket.resume();
    await settle(20);
    expect(sent).toBe(10);
  });

  test('a client that reads nothing at all is cut off, and the application told', async () => {
    const told = gate<string>();
    const it = harness(accepted(async (receive, send) => {
      await receive();
      try {
        for (;;) await send({ type: 'websocket.send', bytes: new Uint8Array(40_000) });
      } catch (error) {
        told.open((error as Error).name);
      }
    }), { sendTimeoutMs: 5000 });
    const { peer, send } = await open(it);
    peer.socket.pause();
    await send('text go');
    await it.pass(6000);
    expect(peer.closed).toBe('ECONNRESET');
    expect(await told.promise).toBe('ClientDisconnected');
  });

  test('messages that the application does not take stop the socket, and none is lost', async () => {
    const release = gate();
    const got: string[] = [];
    const it = harness(accepted(async (receive) => {
      await release.promise;
      for (;;) {
        const event = await receive();
        if (event.type !== 'websocket.receive') return;
        got.push(event.text!);
      }
    }));
    const { peer, frames } = await open(it);
    const texts = Array.from({ length: 100 }, (_, i) => `${i} ${'x'.repeat(4000)}`);
    for (const text of texts) peer.socket.write(clientFrame('text', text));
    peer.socket.write(clientFrame('close', closePayload(1000)));
    await settle(5);
    // Some are with the server, some wait in the socket.
    expect(peer.socket.bufferedAmount).toBeGreaterThan(200_000);
    release.open();
    await settle(50);
    expect(got).toEqual(texts);
    expect(frames()).toMatch(/close 1000$/);
  });

  test('many small messages in one segment wait too: by number, not only by octets', async () => {
    let got = 0;
    const release = gate();
    const it = harness(accepted(async (receive) => {
      await release.promise;
      while ((await receive()).type === 'websocket.receive') got += 1;
    }));
    const { peer } = await open(it);
    const one = clientFrame('text', '');
    const many = new Uint8Array(one.length * 5000);
    for (let i = 0; i < 5000; i += 1) many.set(one, i * one.length);
    peer.socket.write(many);
    peer.socket.write(clientFrame('close', ''));
    await settle();
    release.open();
    await settle(300);
    expect(got).toBe(5000);
  });

  test('RFC6455-5.5.3 of many Pings to a client that does not read, the last is answered', async () => {
    const it = harness(accepted(async (receive, send) => {
      await receive();
      await send({ type: 'websocket.send', bytes: new Uint8Array(100_000) });
      await new Promise(() => {});
    }));
    const { peer, frames, send } = await open(it);
    peer.socket.pause();
    await send('text go');
    await send(Array.from({ length: 50 }, (_, i) => `ping ${i}`).join('\n'));
    peer.socket.resume();
    await settle();
    expect(frames().split('\n').slice(-2)).toEqual(['binary (100000 octets)', 'pong 49']);
  });

  test('an application that closes while it has messages left is done with them', async () => {
    const it = harness(accepted(async (_receive, send) => {
      await new Promise((resolve) => setImmediate(resolve));
      await send({ type: 'websocket.close', code: 3000 });
    }));
    const { peer, frames } = await open(it);
    for (let i = 0; i < 100; i += 1) peer.socket.write(clientFrame('text', 'x'.repeat(4000)));
    peer.socket.write(clientFrame('close', closePayload(3000)));
    await settle(20);
    expect([frames(), peer.eof]).toEqual(['HTTP/1.1 101 Switching Protocols\nclose 3000', true]);
  });

  test('…also where the Close is already here, behind them', async () => {
    const release = gate();
    const it = harness(accepted(async (_receive, send) => {
      await release.promise;
      await send({ type: 'websocket.close', code: 3000 });
    }));
    const { peer, frames, send } = await open(it);
    frames();
    const all = [...Array.from({ length: 50 }, () => clientFrame('text', '')), clientFrame('close', closePayload(1000))];
    await send(`raw ${all.flatMap((frame) => [...frame]).map((octet) => octet.toString(16)).join(' ')}`);
    expect(frames()).toBe('');
    release.open();
    await settle();
    expect([frames(), peer.eof]).toEqual(['close 1000', true]);
  });
});

describe('the end', () => {
  test('RFC6455-7.1.1 the server ends the connection first, and waits for the client\'s FIN', async () => {
    const it = harness(echoWebSocket);
    const { peer, send } = await open(it);
    await send('close 1000');
    expect([peer.eof, peer.closed, it.server.connections]).toEqual([true, undefined, 1]);
    peer.socket.end();
    await settle();
    expect([peer.closed, it.server.connections]).toEqual(['in order', 0]);
  });

  test('a client that does not answer our Close is left after 10 s, and cut off after 2 more', async () => {
    const it = harness(accepted(async () => {}));
    const { peer, frames } = await open(it);
    expect(frames()).toMatch(/close 1000$/);
    await it.pass(9500);
    expect(peer.eof).toBe(false);
    await it.pass(1000);
    expect(peer.eof).toBe(true);
    await it.pass(2500);
    expect([peer.closed, it.server.connections]).toEqual(['ECONNRESET', 0]);
  });

  test('messages after our Close are nobody\'s, and its answer still ends it', async () => {
    const it = harness(accepted(async () => {}));
    const { peer, send, frames } = await open(it);
    frames();
    await send('text a\nping b\nclose 1000');
    expect([frames(), peer.eof]).toEqual(['', true]);
  });

  test('shutdown: 1012, and the application is told; the handshake that is under way too', async () => {
    const told: unknown[] = [];
    const answer = gate();
    const app: AsgiApp = async (scope, receive, send) => {
      await receive();
      if (scope.path === '/late') await answer.promise;
      await send({ type: 'websocket.accept' });
      told.push(await receive());
    };
    const it = harness(app);
    const one = await open(it);
    const late = await open(it, '/late');
    one.frames();
    const over = it.server.shutdown(5000);
    await settle();
    expect(one.frames()).toBe('close 1012');
    answer.open();
    await it.pass(1);
    expect(late.frames()).toBe('HTTP/1.1 101 Switching Protocols\nclose 1012');
    for (const { send } of [one, late]) await send('close 1012');
    for (const { peer } of [one, late]) {
      expect(peer.eof).toBe(true);
      peer.socket.end();
    }
    await settle();
    await over;
    expect(told).toEqual([{ type: 'websocket.disconnect', code: 1012, reason: '' }, { type: 'websocket.disconnect', code: 1012, reason: '' }]);
  });

  test('shutdown lets a message that has come be answered first', async () => {
    const it = harness(accepted(async (receive, send) => {
      const event = await receive();
      await new Promise((resolve) => setImmediate(resolve));
      if (event.type === 'websocket.receive') await send({ type: 'websocket.send', text: event.text! });
      await receive();
    }));
    const { peer, frames } = await open(it);
    frames();
    peer.socket.write(clientFrame('text', 'x'));
    await Promise.resolve();
    const over = it.server.shutdown(5000);
    await settle();
    expect(frames()).toBe('text x\nclose 1012');
    peer.socket.write(clientFrame('close', closePayload(1012)));
    peer.socket.end();
    await settle();
    await over;
  });

  test('shutdown does not wait for a client that does not answer longer than it may', async () => {
    const it = harness(echoWebSocket);
    const { peer } = await open(it);
    const over = it.server.shutdown(1000);
    await it.pass(1000);
    await over;
    expect(peer.closed).toBe('ECONNRESET');
  });

  test('nothing is left: no timer, no task, no connection', async () => {
    const it = harness(echoWebSocket, { wsPingIntervalMs: 1000 });
    const { peer, send } = await open(it);
    await send('text a\nclose 1000');
    peer.socket.end();
    await settle();
    await it.server.shutdown(1000);
    expect([it.server.connections, it.host.nextDue]).toEqual([0, undefined]);
  });

  test('a WebSocket that fails inside our own code takes only its connection along', async () => {
    // A tracer that throws stands for whatever we have overlooked.
    const tracer: Tracer = { ...noTrace, enabled: true, emit: (event) => { if (event.type === 'ws.message' && event.connection === 1) throw new RangeError('planted'); } };
    const it = harness(echoWebSocket, {}, { tracer });
    const broken = await open(it);
    const fine = await open(it);
    await broken.send('text x');
    expect([broken.peer.closed, it.log.join()]).toEqual(['ECONNRESET', expect.stringContaining('server error: Internal error: RangeError: planted')]);
    fine.frames();
    await fine.send('text y');
    expect(fine.frames()).toBe('text y');
  });
});

describe('next to HTTP', () => {
  const both: AsgiApp = (scope, receive, send) => (scope.type === 'http' ? echoAsgi : echoWebSocket)(scope, receive, send);

  test('a request, then a WebSocket on the same connection, in one segment; spans go on counting', async () => {
    const it = harness(both);
    const peer = it.connect();
    const request = get('/first');
    const handshake = latin1(handshakeOf('/second'));
    await peer.send(`${request}${handshake}${latin1(clientFrame('text', 'hi'))}`);
    await it.pass(1);
    const received = peer.take();
    expect(received).toContain('GET /first? ');
    expect(received.endsWith('\r\n\r\n\x81\x02hi')).toBe(true);
    const start = request.length + handshake.length;
    expect(it.events.find((event) => event.type === 'ws.message')).toMatchObject({ exchange: 2, stream: 'c2s', span: [start, start + 8], kind: 'text', detail: 'hi' });
    const sent = it.events.filter((event) => event.type === 'ws.frame' && event.stream === 's2c');
    expect(sent).toMatchObject([{ span: [received.length - 4, received.length] }]);
  });

  test('RFC9110-7.8-3 an Upgrade to something else is ignored', async () => {
    const it = harness(both);
    const peer = it.connect();
    await peer.send(get('/x', 'Upgrade: h2c\r\nConnection: Upgrade\r\n'));
    expect(peer.take()).toContain('GET /x? ');
    await peer.send(get('/y'));
    expect(peer.take()).toContain('GET /y? ');
  });

  test('for a WSGI application a request for a WebSocket is a request', async () => {
    const it = harness(echoWsgi);
    const peer = it.connect();
    await peer.send(latin1(handshakeOf('/chat')));
    expect(peer.take()).toMatch(/^HTTP\/1\.1 200 OK[^]*GET \/chat\? $/);
    await peer.send(get('/next'));
    expect(peer.take()).toContain('GET /next? ');
  });

  test('a sync worker goes on to other connections once it has a WebSocket', async () => {
    const it = harness(both, { workerClass: 'sync' });
    const { frames, send } = await open(it);
    const other = it.connect();
    await other.send(get('/other'));
    expect(other.take()).toContain('GET /other? ');
    frames();
    await send('text still here');
    expect(frames()).toBe('text still here');
  });

  test('a refused handshake: the reason in JSON where that is preferred, in the trace, and in the log', async () => {
    const it = harness(both);
    const peer = it.connect();
    await peer.send(get('/', 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\nAccept: application/json\r\n'));
    const body = JSON.parse(peer.take().split('\r\n\r\n')[1]!) as object;
    expect(body).toMatchObject({ status: 400, code: 'ws-bad-key', clause: 'RFC6455-4.2.1-5', offset: 85 });
    expect(it.events.find(({ type }) => type === 'ws.error')).toMatchObject({ by: 'peer', stream: 'c2s', code: 'ws-bad-key', span: [85, 86] });
    expect(it.log).toEqual([expect.stringMatching(/^server info: 127\.0\.0\.1:49152: 400 ws-bad-key at byte 85 /)]);
    expect(peer.eof).toBe(true);
  });

  test('the access log has one line for a handshake, whatever became of it', async () => {
    const answers: AsgiApp = async (scope, receive, send) => {
      await receive();
      await send(scope.path === '/no' ? { type: 'websocket.close' } : { type: 'websocket.accept' });
      await receive();
    };
    const it = harness(answers, { accessLog: '%(m)s %(U)s %(s)s' });
    const yes = await open(it, '/yes');
    await yes.send('close 1000');
    await open(it, '/no');
    expect(it.log).toEqual(['access info: GET /yes 101', 'access info: GET /no 403']);
  });

  test('RFC9110-7.8-15 a client that waits for 100 Continue gets it before 101', async () => {
    const it = harness(both);
    const peer = it.connect();
    await peer.send(latin1(handshakeOf('/\nExpect: 100-continue\nContent-Length: 0')));
    expect(peer.take()).toMatch(/^(?:HTTP\/1\.1 100 Continue\r\n\r\n)?HTTP\/1\.1 101 /);
  });

  test('deflate is not agreed to where it is switched off', async () => {
    const it = harness(both, { wsPerMessageDeflate: false });
    const peer = it.connect();
    await peer.send(latin1(handshakeOf('/\nSec-WebSocket-Extensions: permessage-deflate')));
    expect(peer.take()).not.toContain('Extensions');
  });
});

test('inject() gives the answer to a handshake, and the trace of what came behind it', async () => {
  const { status, header, trace } = await inject(echoWebSocket, { raw: latin1(handshakeOf('/')) + latin1(clientFrame('text', 'hi')) });
  expect([status, header('upgrade')]).toEqual([101, 'websocket']);
  expect(trace.filter((event) => event.type === 'ws.message')).toMatchObject([{ kind: 'text', detail: 'hi' }]);
});
