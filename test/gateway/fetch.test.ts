/** Adapters between the interfaces: fromFetch with a real framework, toFetch and asgiFromWsgi with our own applications. */
import { Hono } from 'hono';
import { stream } from 'hono/streaming';
import { describe, expect, test } from 'vitest';
import { asgiFromWsgi } from '../../src/gateway/asgi/from-wsgi.ts';
import { fromFetch } from '../../src/gateway/asgi/from-fetch.ts';
import { toFetch } from '../../src/gateway/asgi/to-fetch.ts';
import type { AsgiApp } from '../../src/gateway/asgi/types.ts';
import { toGatewayApp } from '../../src/gateway/detect.ts';
import type { WsgiApp } from '../../src/gateway/wsgi/types.ts';
import { decode, echoAsgi, echoWsgi, encode, failingAsgi, failingWsgi, streamAsgi, streamWsgi } from '../helpers/apps.ts';
import { settle } from '../helpers/fake-clock.ts';
import { handshakeOf } from '../helpers/ws-script.ts';
import { get, harness, type Harness, type Peer } from '../server/harness.ts';

const ask = async (running: Harness, request: string): Promise<Peer> => {
  const peer = running.connect();
  await peer.send(request);
  for (let i = 0; i < 20; i += 1) await running.pass(1);
  return peer;
};

describe('fromFetch', () => {
  const hono = new Hono();
  hono.get('/hello/:name', (c) => c.text(`Hello ${c.req.param('name')} ${c.req.query('x') ?? ''}`));
  hono.post('/echo', async (c) => c.json({ body: await c.req.text(), type: c.req.header('content-type') }));
  hono.get('/cookies', (c) => {
    c.header('Set-Cookie', 'a=1', { append: true });
    c.header('Set-Cookie', 'b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT', { append: true });
    return c.body(null, 204);
  });
  hono.get('/stream', (c) => stream(c, async (out) => {
    for (const word of ['one', 'two', 'three']) {
      await out.write(word);
      await new Promise(setImmediate);
    }
  }));
  hono.get('/throws', () => { throw new Error('in hono'); });

  test('Hono: routes, parameters, queries', async () => {
    const peer = await ask(harness(hono), get('/hello/w%C3%B6rld?x=1'));
    expect(peer.received).toContain('HTTP/1.1 200 OK\r\n');
    expect(peer.received).toContain('content-length: ');
    expect(decode(Uint8Array.from(peer.received, (char) => char.charCodeAt(0)))).toMatch(/Hello wörld 1$/);
  });

  test('Hono: a request body, whole and in chunks', async () => {
    const whole = await ask(harness(hono), 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello');
    expect(whole.received).toContain('{"body":"hello","type":"text/plain"}');
    const chunked = await ask(harness(hono), 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n');
    expect(chunked.received).toContain('{"body":"hello","type":"text/plain"}');
  });

  test('Hono: two cookies stay two', async () => {
    const { received } = await ask(harness(hono), get('/cookies'));
    expect(received).toMatch(/^HTTP\/1\.1 204 No Content\r\n/);
    expect(received).toContain('set-cookie: a=1\r\nset-cookie: b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT\r\n');
  });

  test('Hono: a stream comes in pieces', async () => {
    const { received, segments } = await ask(harness(hono), get('/stream'));
    expect(received.replace(/.*\r\n\r\n(?=3)/s, '')).toBe('3\r\none\r\n3\r\ntwo\r\n5\r\nthree\r\n0\r\n\r\n');
    expect(segments.length).toBeGreaterThan(2);
  });

  test('Hono: its own error page, and HEAD', async () => {
    const quiet = hono.onError((_error, c) => c.text('Internal Server Error', 500));
    expect((await ask(harness(quiet), get('/throws'))).received).toMatch(/^HTTP\/1\.1 500 /);
    expect((await ask(harness(hono), 'HEAD /hello/x HTTP/1.1\r\nHost: a\r\n\r\n')).received).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n$/);
  });

  test('the request aborts when the client goes, and the stream of the response is cancelled', async () => {
    const seen: string[] = [];
    const running = harness({
      fetch(request: Request) {
        request.signal.addEventListener('abort', () => seen.push('aborted'));
        return new Response(new ReadableStream({
          async pull(controller) {
            controller.enqueue(new Uint8Array(1000));
            await new Promise(setImmediate);
          },
          cancel: () => { seen.push('cancelled'); },
        }));
      },
    });
    const peer = running.connect();
    await peer.send(get());
    expect(peer.received).toContain('200 OK');
    peer.socket.reset();
    await settle(20);
    expect(seen.sort()).toEqual(['aborted', 'cancelled']);
    expect(running.log).toEqual([]);
  });

  test('the client goes while nothing moves: the request aborts although nobody read it, and the response is cancelled', async () => {
    const heard: string[] = [];
    const { connect, server } = harness({
      fetch(request: Request) {
        request.signal.addEventListener('abort', () => heard.push('aborted'));
        // Idle: no send() that could find out.
        return new Response(new ReadableStream({ cancel() { heard.push('cancelled'); } }));
      },
    });
    const peer = connect();
    await peer.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello');
    expect(heard).toEqual([]);
    peer.socket.reset();
    await settle();
    expect(heard.toSorted()).toEqual(['aborted', 'cancelled']);
    // Nor does a coroutine wait for it.
    await server.shutdown(1000);
  });

  test('content may be read while the response is under way', async () => {
    const peer = await ask(harness({
      fetch: (request: Request) => new Response(new ReadableStream({
        async pull(controller) {
          await new Promise((resolve) => { setImmediate(resolve); });
          controller.enqueue(encode(`read: ${await request.text()}`));
          controller.close();
        },
      })),
    }), 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello');
    await settle(6);
    expect(peer.received).toContain('read: hello');
  });

  test('a handler that returns no Response', async () => {
    const { received } = await ask(harness({ fetch: () => 'text' }), get());
    expect(received).toMatch(/^HTTP\/1\.1 500 /);
  });

  test('what a Request does not tell is in request.asgi', async () => {
    const { received } = await ask(harness({ fetch: (request: Request & { asgi: { client: unknown } }) => new Response(JSON.stringify(request.asgi.client)) }), get());
    expect(received).toMatch(/\["127\.0\.0\.1",49152\]$/);
  });
});

describe.each([['WSGI', echoWsgi, streamWsgi, failingWsgi], ['ASGI', echoAsgi, streamAsgi, failingAsgi]] as const)('toFetch of %s', (_name, echo, streaming, failing) => {
  const fetchOf = (app: unknown, log: string[] = []) => {
    const handler = toFetch(toGatewayApp(app, 'auto', 'app'), { onLog: (text) => log.push(text) });
    return (input: string, init?: RequestInit & { duplex?: 'half' }): Promise<Response> => handler(new Request(input, init) as never) as unknown as Promise<Response>;
  };

  test('GET and POST', async () => {
    const fetch = fetchOf(echo);
    expect(await (await fetch('http://example.org/a%20b?x=%20')).text()).toBe('GET /a b?x=%20 ');
    const posted = await fetch('http://example.org/form', { method: 'POST', body: 'hello=world' });
    expect(posted.status).toBe(200);
    expect(posted.headers.get('content-type')).toBe('text/plain');
    expect(await posted.text()).toBe('POST /form? hello=world');
  });

  test('a body that streams', async () => {
    const parts = ['one ', 'two ', 'three'];
    const body = new ReadableStream({ pull(controller) { const part = parts.shift(); if (part === undefined) controller.close(); else controller.enqueue(encode(part)); } });
    expect(await (await fetchOf(echo)('http://a/', { method: 'POST', body, duplex: 'half' })).text()).toBe('POST /? one two three');
  });

  test('a response that streams', async () => {
    const response = await fetchOf(streaming(30, 10_000))('http://a/');
    const text = await response.text();
    expect(text.length).toBe(300_000);
    expect(text.slice(9_999, 10_001)).toBe('ab');
  });

  test('an error before the response is a 500, one behind it errors the body', async () => {
    const log: string[] = [];
    const fetch = fetchOf(failing, log);
    expect((await fetch('http://a/fail/before')).status).toBe(500);
    expect((await fetch('http://a/fail/start')).status).toBe(500);
    const cut = await fetch('http://a/fail/body');
    expect(cut.status).toBe(200);
    await expect(cut.text()).rejects.toThrow();
    expect(log.join('\n')).toContain('after body');
    expect(await (await fetch('http://a/')).text()).toBe('begun, done');
  });

  test('HEAD', async () => {
    const response = await fetchOf(echo)('http://a/', { method: 'HEAD' });
    expect(await response.text()).toBe('');
  });
});

describe('toFetch', () => {
  test('cancelling the body tells the application', async () => {
    let heard = '';
    const app: AsgiApp = async (scope, receive, send) => {
      if (scope.type !== 'http') throw new TypeError();
      await receive();
      await send({ type: 'http.response.start', status: 200 });
      try {
        for (;;) await send({ type: 'http.response.body', body: new Uint8Array(50_000), more_body: true });
      } catch (error) {
        heard = (error as Error).name;
      }
    };
    const response = (await toFetch(toGatewayApp(app, 'asgi', 'app'))(new Request('http://a/') as never)) as unknown as Response;
    await response.body!.cancel();
    await settle();
    expect(heard).toBe('ClientDisconnected');
  });

  test('the signal of the request is a disconnect', async () => {
    const abort = new AbortController();
    let heard = '';
    const app: AsgiApp = async (scope, receive) => {
      if (scope.type !== 'http') throw new TypeError();
      await receive();
      heard = (await receive()).type;
    };
    void toFetch(toGatewayApp(app, 'asgi', 'app'))(new Request('http://a/', { signal: abort.signal }) as never);
    await settle();
    abort.abort();
    await settle();
    expect(heard).toBe('http.disconnect');
  });

  test.each([['before the response', false], ['within it', true]] as const)('an application that gives up when its client goes, %s, leaves no promise behind', async (_when, started) => {
    const abort = new AbortController();
    const app: AsgiApp = async (scope, receive, send) => {
      if (scope.type !== 'http') throw new TypeError();
      await receive();
      if (started) {
        await send({ type: 'http.response.start', status: 200 });
        await send({ type: 'http.response.body', body: encode('begun'), more_body: true });
      }
      while ((await receive()).type !== 'http.disconnect');
    };
    const answer = toFetch(toGatewayApp(app, 'asgi', 'app'))(new Request('http://a/', { signal: abort.signal }) as never) as unknown as Promise<Response>;
    await settle();
    abort.abort();
    const response = await answer;
    expect(response.status).toBe(started ? 200 : 500);
    if (started) await expect(response.text()).rejects.toThrow('gone');
  });

  test('ASGI-body-3: what is sent after the response was complete is ignored', async () => {
    const app: AsgiApp = async (scope, _receive, send) => {
      if (scope.type !== 'http') throw new TypeError();
      await send({ type: 'http.response.start', status: 200 });
      await send({ type: 'http.response.body', body: encode('all') });
      await send({ type: 'http.response.body', body: encode('more') });
    };
    const log: string[] = [];
    const response = (await toFetch(toGatewayApp(app, 'asgi', 'app'), { onLog: (text) => log.push(text), lifespan: 'off' })(new Request('http://a/') as never)) as unknown as Response;
    expect([await response.text(), log]).toEqual(['all', []]);
  });

  test('lifespan runs once, before the first request, and its state is there', async () => {
    let starts = 0;
    const app: AsgiApp = async (scope, receive, send) => {
      if (scope.type === 'lifespan') {
        await receive();
        starts += 1;
        (scope.state as Record<string, unknown>)['greeting'] = 'hi';
        await send({ type: 'lifespan.startup.complete' });
        await receive();
      }
      await send({ type: 'http.response.start', status: 200 });
      await send({ type: 'http.response.body', body: encode(String((scope.state as Record<string, unknown>)['greeting'])) });
    };
    const handler = toFetch(toGatewayApp(app, 'asgi', 'app'));
    const texts = await Promise.all([1, 2].map(async () => ((await handler(new Request('http://a/') as never)) as unknown as Response).text()));
    expect(texts).toEqual(['hi', 'hi']);
    expect(starts).toBe(1);
  });
});

describe('asgiFromWsgi', () => {
  test.each([
    ['GET /a%20b?x=1', get('/a%20b?x=1'), 'GET /a b?x=1 '],
    ['POST', 'POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello', 'POST /p? hello'],
  ])('%s', async (_what, request, body) => {
    const { received } = await ask(harness(asgiFromWsgi(echoWsgi)), request);
    expect(received.slice(received.indexOf('\r\n\r\n') + 4).replace(/^[0-9a-f]+\r\n|\r\n[0-9a-f]+\r\n(?:\r\n)?/g, '')).toBe(body);
  });

  test('a stream waits for the client, and close() is called when it goes', async () => {
    let blocks = 0;
    let closed = false;
    const endless: WsgiApp = function* (_environ, startResponse) {
      startResponse('200 OK', []);
      try {
        for (;;) {
          blocks += 1;
          yield new Uint8Array(10_000);
        }
      } finally {
        closed = true;
      }
    };
    const running = harness(asgiFromWsgi(endless));
    const peer = running.connect();
    peer.socket.pause();
    await peer.send(get());
    const before = blocks;
    expect(before).toBeLessThan(20);
    await settle();
    expect(blocks).toBe(before);
    peer.socket.reset();
    await settle();
    expect(closed).toBe(true);
    expect(running.log.filter((line) => line.includes('error'))).toEqual([]);
  });

  test('errors reach the server as they would from ASGI', async () => {
    const running = harness(asgiFromWsgi(failingWsgi));
    expect((await ask(running, get('/fail/before'))).received).toMatch(/^HTTP\/1\.1 500 /);
    const cut = await ask(running, get('/fail/body'));
    expect(cut.received).toContain('begun');
    expect(cut.eof).toBe(true);
    expect(running.log.filter((line) => line.startsWith('server error'))).toHaveLength(2);
  });

  test('wsgi.errors goes where it is told', async () => {
    const lines: string[] = [];
    await ask(harness(asgiFromWsgi((environ, start) => {
      environ['wsgi.errors'].write('a line\n');
      start('204 No Content', []);
      return [];
    }, { errors: (text) => lines.push(text) })), get());
    expect(lines).toEqual(['a line\n']);
  });
});

describe('a request for a WebSocket, and an application that knows only requests', () => {
  const handshake = latin1Of(handshakeOf('/hello/you?x=1'));

  test('fromFetch: the handler answers it as the GET that it is, and the connection ends', async () => {
    const seen: unknown[] = [];
    const peer = await ask(harness({ fetch: (request: Request) => {
      seen.push(request.method, request.url);
      return new Response('no sockets here', { status: 404 });
    } }), handshake);
    expect(seen).toEqual(['GET', 'http://a/hello/you?x=1']);
    expect(peer.received).toMatch(/^HTTP\/1\.1 404 Not Found\r\n[^]*connection: close\r\n\r\nno sockets here$/i);
    expect(peer.eof).toBe(true);
  });

  test('fromFetch: a response that streams, and an error', async () => {
    const peer = await ask(harness({ fetch: () => new Response(new ReadableStream({
      async start(controller) {
        controller.enqueue(encode('one '));
        await new Promise(setImmediate);
        controller.enqueue(encode('two'));
        controller.close();
      },
    })) }), handshake);
    expect(peer.received).toMatch(/one [^]*two/);
    const failed = await ask(harness({ fetch: () => { throw new Error('lost'); } }), handshake);
    expect(failed.received).toMatch(/^HTTP\/1\.1 500 /);
  });

  test('asgiFromWsgi: likewise', async () => {
    const peer = await ask(harness(asgiFromWsgi(echoWsgi)), handshake);
    expect(peer.received).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*GET \/hello\/you\?x=1 /);
  });

  test('where the server offers no denial response: close, which is 403', async () => {
    for (const app of [asgiFromWsgi(echoWsgi), fromFetch(() => new Response('x'))]) {
      const sent: unknown[] = [];
      const scope = { type: 'websocket', asgi: { version: '3.0', spec_version: '2.5' }, http_version: '1.1', scheme: 'ws', path: '/', raw_path: encode('/'), query_string: encode(''), root_path: '', headers: [], client: null, server: null, subprotocols: [] } as const;
      await app(scope as never, () => Promise.resolve({ type: 'websocket.connect' }), (event) => { sent.push(event); return Promise.resolve(); });
      expect(sent).toEqual([{ type: 'websocket.close' }]);
    }
  });

  test('toFetch: a Request that asks for a WebSocket is a request; there is no connection that could be switched', async () => {
    const response = await toFetch(toGatewayApp(echoAsgi, 'auto', 'app'))(new Request('http://a/chat', { headers: { 'sec-websocket-key': 'x', 'sec-websocket-version': '13' } }));
    expect([response.status, await new Response(response.body as ReadableStream).text()]).toEqual([200, 'GET /chat? ']);
  });
});

function latin1Of(bytes: Uint8Array): string {
  return Array.from(bytes, (octet) => String.fromCharCode(octet)).join('');
}
