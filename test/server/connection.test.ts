/** One connection from accept to close, in time that the test moves. */
import { describe, expect, test } from 'vitest';
import type { AsgiApp } from '../../src/gateway/asgi/types.ts';
import type { WsgiApp } from '../../src/gateway/wsgi/types.ts';
import type { TraceInput } from '../../src/trace/events.ts';
import { noTrace } from '../../src/trace/tracer.ts';
import { echoAsgi, echoWsgi, encode, streamAsgi, streamWsgi } from '../helpers/apps.ts';
import { settle } from '../helpers/fake-clock.ts';
import { get, harness } from './harness.ts';

const ok: WsgiApp = (_environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return [encode('ok')];
};
const okAsgi: AsgiApp = async (_scope, _receive, send) => {
  await send({ type: 'http.response.start', status: 200 });
  await send({ type: 'http.response.body', body: encode('ok') });
};

describe('writes', () => {
  test.each([['WSGI', ok], ['ASGI', okAsgi]])('a small response is one write (%s)', async (_name, app) => {
    const peer = harness(app).connect();
    await peer.send(get());
    expect(peer.segments).toHaveLength(1);
    expect(peer.received).toMatch(/ok$/);
  });

  test('answers to requests that came together leave together (WSGI)', async () => {
    const peer = harness(ok).connect();
    await peer.send(get('/1') + get('/2') + get('/3'));
    expect(peer.segments).toHaveLength(1);
    expect(peer.received.match(/HTTP\/1\.1 200/g)).toHaveLength(3);
  });

  test('…and so they do where the application works on its own time (ASGI)', async () => {
    const peer = harness(okAsgi).connect();
    await peer.send(get('/1') + get('/2') + get('/3'));
    expect(peer.segments).toHaveLength(1);
    expect(peer.received.match(/HTTP\/1\.1 200/g)).toHaveLength(3);
  });

  test('…but an answer does not wait for one that takes long', async () => {
    let release = (): void => {};
    const app: AsgiApp = async (scope, receive, send) => {
      if (scope['path'] === '/slow') await new Promise<void>((resolve) => { release = resolve; });
      await okAsgi(scope, receive, send);
    };
    const peer = harness(app).connect();
    await peer.send(get('/1') + get('/slow') + get('/3'));
    expect(peer.received.match(/HTTP\/1\.1 200/g)).toHaveLength(1);
    release();
    await settle();
    expect(peer.received.match(/HTTP\/1\.1 200/g)).toHaveLength(3);
  });

  test('…but a generator\'s blocks are on their way one by one, even then', async () => {
    const peer = harness(streamWsgi(3, 10)).connect();
    await peer.send(get());
    expect(peer.segments.length).toBeGreaterThanOrEqual(3);
  });
});

describe('a long segment', () => {
  const post = (length: number, path: string): string => `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n${path.repeat(length).slice(0, length)}`;
  const chunked = `POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1388\r\n${'c'.repeat(5000)}\r\n3\r\nend\r\n0\r\n\r\n`;
  const padded = get('/p', `X-Long: ${'x'.repeat(4060)}\r\n`);

  test.each([['WSGI', echoWsgi], ['ASGI', echoAsgi]])('is answered as the same octets in pieces are (%s)', async (_name, app) => {
    for (const requests of [
      [post(60_000, '/1')], [post(5000, '/1'), get('/2')], [get('/1'), post(9000, '/2'), chunked, get('/3')], [chunked, post(1, '/1')], [padded, post(8000, '/2'), get('/3')],
      [...Array.from({ length: 200 }, (_, i) => get(`/${i}`))], [post(5000, '/1'), 'BAD\r\n\r\n'], [post(5000, '/1').replace('POST', 'GET'), 'GET / HTTP/1.1\r\n\r\n'],
    ]) {
      const text = requests.join('');
      // Without a trace, in which every octet has its place, a body is handed on by reference.
      const whole = harness(app, {}, { tracer: noTrace }).connect();
      await whole.send(text);
      await settle(20);
      const cut = harness(app).connect();
      for (let at = 0; at < text.length; at += 3000) await cut.send(text.slice(at, at + 3000));
      await settle(20);
      // How a streamed body is cut into messages shows in the chunks of an echo, and nowhere else.
      const joined = (received: string): string => received.replace(/(?<=\r\n)[\da-f]+\r\n/g, '').replaceAll('\r\n', '');
      expect(joined(whole.received)).toBe(joined(cut.received));
      expect(whole.received.match(/HTTP\/1\.1 \d/g)!.length).toBe(requests.length);
    }
  });

  test('a body that fits reaches an ASGI application in one message', async () => {
    const sizes: number[] = [];
    const peer = harness((async (_scope, receive, send) => {
      for (let more = true; more;) {
        const event = await receive();
        if (event.type !== 'http.request') break;
        sizes.push(event.body.length);
        more = event.more_body;
      }
      await send({ type: 'http.response.start', status: 204 });
      await send({ type: 'http.response.body' });
    }) satisfies AsgiApp).connect();
    await peer.send(post(20_000, '/1'));
    expect(sizes).toEqual([20_000]);
  });
});

describe('a section as large as what may wait', () => {
  const many = `X: ${'x'.repeat(7000)}\r\n`.repeat(10);

  test.each([['header section', `GET / HTTP/1.1\r\nHost: a\r\n${many}\r\n`], ['trailer section', `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n${many}\r\n`]])('%s: reading goes on until it is refused', async (_name, text) => {
    const peer = harness(ok).connect();
    // 65,536 octets of the section, and then the rest.
    const cut = (text.includes('0\r\nX') ? text.indexOf('0\r\nX') + 3 : 0) + 65_536;
    await peer.send(text.slice(0, cut));
    await peer.send(text.slice(cut));
    expect(peer.received).toMatch(/^HTTP\/1\.1 431 /);
  });
});

describe('timeouts', () => {
  test('an idle connection is closed, silently, after keepAliveMs', async () => {
    const { connect, pass } = harness(ok, { keepAliveMs: 5000 });
    const peer = connect();
    await peer.send(get());
    peer.take();
    await pass(4900);
    expect(peer.eof).toBe(false);
    await pass(500);
    expect(peer.eof).toBe(true);
    expect(peer.received).toBe('');
  });

  test('a connection on which nothing ever comes is closed after headTimeoutMs', async () => {
    const { connect, pass } = harness(ok, { headTimeoutMs: 1000 });
    const peer = connect();
    await pass(1500);
    expect(peer).toMatchObject({ eof: true, received: '' });
  });

  test('RFC9110-15.5.9-1: half a head is answered with 408, however steadily it drips', async () => {
    const { connect, pass } = harness(ok, { headTimeoutMs: 2000 });
    const peer = connect();
    for (const letter of 'GET / HTTP/1.1\r\nHost: aaaaaaaa') {
      await peer.send(letter);
      await pass(100);
    }
    expect(peer.received).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(peer.received).toContain('head-timeout');
    expect(peer.eof).toBe(true);
  });

  test('the head of the second request has its own time, from its first octet', async () => {
    const { connect, pass } = harness(ok, { headTimeoutMs: 2000, keepAliveMs: 60_000 });
    const peer = connect();
    await peer.send(get());
    peer.take();
    await pass(10_000);
    await peer.send('GET ');
    await pass(1500);
    expect(peer.received).toBe('');
    await pass(1000);
    expect(peer.received).toMatch(/^HTTP\/1\.1 408 /);
  });

  test.each([['WSGI', echoWsgi], ['ASGI', echoAsgi]])('a body may pause for bodyTimeoutMs, not longer (%s)', async (_name, app) => {
    const { connect, pass } = harness(app, { bodyTimeoutMs: 1000 });
    const peer = connect();
    await peer.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n');
    for (let i = 0; i < 5; i += 1) {
      await pass(800);
      await peer.send('x');
    }
    expect(peer.received).toBe('');
    await pass(1500);
    expect(peer.received).toMatch(/^HTTP\/1\.1 408 /);
    expect(peer.received).toContain('body-timeout');
  });

  test('an application may take its time: no timeout runs while it works', async () => {
    let finish!: () => void;
    const slow: AsgiApp = async (scope, receive, send) => {
      await new Promise<void>((resolve) => { finish = resolve; });
      await okAsgi(scope, receive, send);
    };
    const { connect, pass } = harness(slow, { headTimeoutMs: 100, bodyTimeoutMs: 100, keepAliveMs: 100 });
    const peer = connect();
    await peer.send(get());
    await pass(60_000);
    expect(peer.eof).toBe(false);
    finish();
    await settle();
    expect(peer.received).toMatch(/ok$/);
  });

  test.each([['WSGI', streamWsgi(1000, 10_000)], ['ASGI', streamAsgi(1000, 10_000)]])('a client that reads nothing is reset after sendTimeoutMs; one that reads slowly is not (%s)', async (_name, app) => {
    const { connect, pass, server } = harness(app, { sendTimeoutMs: 5000 });
    const slow = connect();
    const stuck = connect();
    slow.socket.pause();
    stuck.socket.pause();
    await slow.send(get());
    await stuck.send(get());
    for (let i = 0; i < 5; i += 1) {
      await pass(3000);
      slow.socket.resume();
      await Promise.resolve();
      slow.socket.pause();
    }
    expect(stuck.closed).toBe('ECONNRESET');
    expect(slow.closed).toBeUndefined();
    slow.socket.reset();
    await settle();
    expect(server.connections).toBe(0);
  });

  test('no timer is left when the last connection is gone', async () => {
    const { connect, host } = harness(ok);
    const peer = connect();
    await peer.send(get());
    expect(host.pendingTimers).toBe(1);
    peer.socket.reset();
    await settle();
    expect(host.pendingTimers).toBe(0);
  });
});

describe('refusals', () => {
  test('code, clause, offset, sentence and advice, as text', async () => {
    const peer = harness(ok).connect();
    await peer.send('GET / HTTP/1.1\r\nHost: a\r\nBad Name: x\r\n\r\n');
    expect(peer.received).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nContent-Type: text\/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nContent-Length: \d+\r\nConnection: close\r\n\r\n400 Bad Request\n\n/);
    expect(peer.received).toMatch(/ at byte \d+ \(RFC9112-[\d.-]+\)\n$/);
    expect(peer.eof).toBe(true);
  });

  test('no octet of the request comes back raw', async () => {
    const peer = harness(ok).connect();
    await peer.send('GET /<script>alert(1)</script>\u0001 HTTP/1.1\r\nHost: <b>\r\n\r\n');
    expect(peer.received).toMatch(/^HTTP\/1\.1 400 /);
    expect(peer.received.split('\u0001')).toHaveLength(1);
    expect(peer.received).not.toContain('<');
  });

  test('as JSON where a request could be read and prefers it', async () => {
    const peer = harness(echoAsgi).connect();
    await peer.send('POST / HTTP/1.1\r\nHost: a\r\nAccept: application/json, text/plain;q=0.5\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n');
    const body = JSON.parse(peer.received.slice(peer.received.indexOf('\r\n\r\n'))) as Record<string, unknown>;
    expect(body).toMatchObject({ status: 400, code: expect.any(String), clause: expect.stringMatching(/^RFC9112-7\.1/), offset: expect.any(Number), message: expect.any(String), advice: expect.any(String) });
  });

  test('RFC9112-9.6-10: after the refusal we listen on, so that no RST destroys it, for a while', async () => {
    const { connect, pass, server } = harness(ok);
    const peer = connect();
    await peer.send('nonsense\r\n\r\n');
    await peer.send('x'.repeat(100_000));
    expect(peer).toMatchObject({ eof: true, closed: undefined });
    expect(server.connections).toBe(1);
    await pass(3000);
    expect(peer.closed).toBe('ECONNRESET');
    expect(server.connections).toBe(0);
  });

  test('…and for so many octets', async () => {
    const { connect } = harness(ok);
    const peer = connect();
    await peer.send('nonsense\r\n\r\n');
    for (let i = 0; i < 20; i += 1) await peer.send('x'.repeat(1_000_000));
    expect(peer.closed).toBe('ECONNRESET');
  });

  test('RFC9112-9.6: after a final answer in place of 100 Continue the connection ends at once, as announced', async () => {
    const peer = harness(okAsgi).connect();
    await peer.send('POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n');
    expect(peer.received).toMatch(/^HTTP\/1\.1 200 [^]*connection: close[^]*ok$/i);
    expect(peer.eof).toBe(true);
  });

  test('a request that is too large is refused before it is sent', async () => {
    const peer = harness(echoWsgi, { limits: { maxBodyBytes: 100 } as never }).connect();
    await peer.send('POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 101\r\n\r\n');
    expect(peer.received).toMatch(/^HTTP\/1\.1 413 Content Too Large\r\n/);
    expect(peer.received).not.toContain('100 Continue');
  });

  test('a chunked body that grows too large: the application is not called (WSGI)', async () => {
    const { connect, types } = harness(echoWsgi, { limits: { maxBodyBytes: 10 } as never });
    const peer = connect();
    await peer.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n');
    expect(peer.received).toMatch(/^HTTP\/1\.1 413 /);
    expect(types()).not.toContain('app.call');
  });
});

describe('the client goes (WSGI)', () => {
  const closing = (log: string[], size = 70_000): WsgiApp => function* (_environ, startResponse) {
    startResponse('200 OK', []);
    try {
      for (;;) yield new Uint8Array(size);
    } finally {
      log.push('closed');
    }
  };

  test.each([
    ['before the request is complete', async (send: (text: string) => Promise<void>) => send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc'), []],
    ['while the response waits for it', async (send: (text: string) => Promise<void>) => send(get()), ['closed']],
  ] as const)('%s', async (_when, begin, expected) => {
    const log: string[] = [];
    const { connect, server, host } = harness(closing(log));
    const peer = connect();
    peer.socket.pause();
    await begin((text) => peer.send(text));
    peer.socket.reset();
    await settle();
    expect(log).toEqual(expected);
    expect(server.connections).toBe(0);
    expect(host.pendingTimers).toBe(0);
  });

  test('between two requests', async () => {
    const { connect, server, host, types } = harness(ok);
    const peer = connect();
    await peer.send(get());
    peer.socket.end();
    await settle();
    expect(server.connections).toBe(0);
    expect(host.pendingTimers).toBe(0);
    expect(types().at(-1)).toBe('socket.close');
  });

  test('while it is asked for the next block by a fast reader: others get a turn', async () => {
    const log: string[] = [];
    const { connect, pass } = harness(closing(log, 100));
    const endless = connect();
    endless.socket.write(encode(get()));
    await settle();
    // The never-ending one has given up its turn, so this one is served.
    const other = connect();
    await other.send('nonsense\r\n\r\n');
    expect(other.received).toMatch(/^HTTP\/1\.1 400/);
    endless.socket.reset();
    await pass(10);
    expect(log).toEqual(['closed']);
  });

  test('a write() into nothing raises, and what comes of it is no error', async () => {
    const seen: string[] = [];
    const app: WsgiApp = (_environ, startResponse) => {
      const write = startResponse('200 OK', []);
      write(new Uint8Array(10));
      peer.socket.reset();
      return { *[Symbol.iterator]() { yield new Uint8Array(0); }, close: () => seen.push('closed') } as unknown as ReturnType<WsgiApp>;
    };
    const { connect, log } = harness(app);
    const peer = connect();
    await peer.send(get());
    expect(seen).toEqual(['closed']);
    expect(log.filter((line) => line.includes('error'))).toEqual([]);
  });
});

describe('the trace', () => {
  test('every octet in and out, with absolute spans, and a copy of its own', async () => {
    const { connect, events } = harness(echoWsgi);
    const peer = connect();
    await peer.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc');
    await peer.send(get('/2'));
    for (const stream of ['c2s', 's2c'] as const) {
      const parts = events.filter((event): event is Extract<TraceInput, { type: 'socket.data' }> => event.type === 'socket.data' && event.stream === stream);
      let at = 0;
      for (const { span, bytes } of parts) {
        expect(span).toEqual([at, at + bytes.length]);
        at += bytes.length;
      }
    }
    const sent = events.filter((event) => event.type === 'socket.data' && event.stream === 's2c').map((event) => String.fromCharCode(...(event as { bytes: Uint8Array }).bytes)).join('');
    expect(sent).toBe(peer.received);
  });

  test('a request from accept to close, in order', async () => {
    const { connect, types } = harness(echoWsgi, { accessLog: '%(r)s %(s)s %(b)s' });
    const peer = connect();
    await peer.send('POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc');
    peer.socket.end();
    await settle();
    expect(types()).toEqual([
      'socket.accept', 'socket.data', 'gateway.environ', 'app.call', 'app.read', 'app.start', 'app.return', 'app.body', 'app.body', 'socket.data', 'log', 'socket.eof', 'socket.eof', 'socket.close',
    ]);
  });

  test('events of one exchange carry its number', async () => {
    const { connect, events } = harness(ok);
    const peer = connect({ id: 7 });
    await peer.send(get('/1') + get('/2'));
    expect(events.filter(({ type }) => type === 'app.call')).toMatchObject([{ connection: 7, exchange: 1 }, { connection: 7, exchange: 2 }]);
  });
});

describe('limits and proxies', () => {
  test('RFC9110-15.6.4-1: more requests at a time than limitConcurrency are answered with 503, and one that ends makes room', async () => {
    let release = (): void => {};
    const app: AsgiApp = async (scope, receive, send) => {
      if (scope['path'] === '/slow') await new Promise<void>((resolve) => { release = resolve; });
      await okAsgi(scope, receive, send);
    };
    const { connect, log } = harness(app, { limitConcurrency: 1 });
    const [first, second, third] = [connect(), connect(), connect()];
    await first.send(get('/slow'));
    await second.send(get());
    expect(second.received).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n[^]*Connection: close\r\n/);
    expect(second.eof).toBe(true);
    expect(log.join()).toContain('503 overloaded');
    release();
    await settle();
    expect(first.received).toMatch(/ok$/);
    await third.send(get() + get());
    expect(third.received.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
    // A client that goes away in the middle makes room, too.
    await first.send(get('/slow'));
    first.socket.reset();
    await settle();
    await third.send(get());
    expect(third.received.match(/HTTP\/1\.1 200/g)).toHaveLength(3);
  });

  const who: WsgiApp = (environ, startResponse) => {
    startResponse('200 OK', []);
    return [encode(`${environ.REMOTE_ADDR} ${environ.REMOTE_PORT} ${environ['wsgi.url_scheme']}`)];
  };
  const whoAsgi: AsgiApp = async (scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 });
    await send({ type: 'http.response.body', body: encode(`${(scope['client'] as [string, number] | null)?.join(' ')} ${String(scope['scheme'])}`) });
  };
  const forwarded = 'X-Forwarded-For: 203.0.113.9, 198.51.100.7, 10.0.0.2\r\nX-Forwarded-Proto: https\r\n';

  test.each([['WSGI', who], ['ASGI', whoAsgi]])('a trusted proxy tells client and scheme (%s)', async (_name, app) => {
    const { connect } = harness(app, { forwardedAllowIps: ['127.0.0.1', '10.0.0.0/8'], accessLog: '%(h)s' });
    const peer = connect();
    await peer.send(get('/', forwarded));
    // The last address that no trusted proxy has: what stands before it anybody can have written.
    expect(peer.take()).toMatch(/198\.51\.100\.7( \d+)? https$/);
    await peer.send(get('/', 'Forwarded: for="[2001:db8::1]:4711";proto=https\r\n'));
    expect(peer.take()).toMatch(/2001:db8::1 4711 https$/);
    await peer.send(get());
    expect(peer.take()).toMatch(/127\.0\.0\.1 49152 http$/);
  });

  test('the trace shows in which field it was told', async () => {
    const origins = (event: TraceInput | undefined): Record<string, string> => {
      if (event?.type !== 'gateway.environ' && event?.type !== 'gateway.scope') throw new Error('no such event');
      return Object.fromEntries(event.entries.map(({ key, origin }) => [key, origin.from === 'bytes' ? text.slice(...origin.spans[0]!) : origin.from === 'setting' ? origin.name : '']));
    };
    const text = get('/', forwarded);
    for (const [app, type, keys] of [[who, 'gateway.environ', ['REMOTE_ADDR', 'REMOTE_PORT', 'wsgi.url_scheme']], [whoAsgi, 'gateway.scope', ['client', 'client', 'scheme']]] as const) {
      const { connect, events } = harness(app, { forwardedAllowIps: ['127.0.0.1'] });
      await connect().send(text);
      await connect().send(get());
      const [told, own] = events.filter((event) => event.type === type).map(origins);
      expect(keys.map((key) => told![key])).toEqual(['203.0.113.9, 198.51.100.7, 10.0.0.2', '203.0.113.9, 198.51.100.7, 10.0.0.2', 'https']);
      expect(keys.map((key) => own![key])).toEqual(['peer address', 'peer address', 'scheme']);
    }
  });

  test.each([['WSGI', who], ['ASGI', whoAsgi]])('the access log tells what environ said (%s)', async (_name, app) => {
    const { connect, log } = harness(app, { accessLog: '%({PATH_INFO}e)s %({REMOTE_ADDR}e)s' });
    await connect().send(get('/a%20b'));
    expect(log).toEqual(['access info: /a b 127.0.0.1']);
  });

  test.each([['nobody', []], ['another', ['192.0.2.1']]])('whoever is not trusted is not believed (%s)', async (_name, forwardedAllowIps) => {
    const peer = harness(who, { forwardedAllowIps }).connect();
    await peer.send(get('/', forwarded));
    expect(peer.take()).toMatch(/127\.0\.0\.1 49152 http$/);
  });
});
