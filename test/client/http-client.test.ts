import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { joinOctets } from '../../src/basics/join.ts';
import { HttpClient, type ClientResult, type HttpClientOptions } from '../../src/client/http-client.ts';
import type { DuplexSocket } from '../../src/net/socket.ts';
import { socketPair } from '../../src/net/memory.ts';
import { materialise, Recorder } from '../../src/trace/recorder.ts';
import type { TraceEvent } from '../../src/trace/events.ts';
import { fakeHost, passTime, settle } from '../helpers/fake-clock.ts';
import { ascii, Collector } from '../net/collect.ts';

/** A client whose server is the test. */
function meet(options: Partial<HttpClientOptions> = {}) {
  const host = fakeHost();
  const [near, server] = socketPair({ id: 5 });
  const recorder = new Recorder({ process: 'client', clock: host.clock });
  const client = new HttpClient(near, { host, tracer: recorder, ...options });
  const seen = new Collector().attach(server);
  return { host, server, client, seen, trace: (): TraceEvent[] => materialise(recorder.drain()) };
}

const say = async (server: DuplexSocket, ...parts: string[]): Promise<void> => {
  for (const part of parts) {
    server.write(ascii(part));
    await settle(1);
  }
};

const text = (bytes: Uint8Array | undefined): string => new TextDecoder('latin1').decode(bytes);
const get = (path = '/', more = ''): Uint8Array => ascii(`GET ${path} HTTP/1.1\r\nHost: h\r\n${more}\r\n`);
const ok = (body: string, more = ''): string => `HTTP/1.1 200 OK\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;
const bodies = (result: ClientResult): string[] => result.responses.map(({ body }) => text(body));

describe('one request', () => {
  test('its response, parsed, and every octet of it', async () => {
    const { client, server, seen } = meet();
    const result = client.send(get());
    await settle();
    expect(seen.text).toBe('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    const raw = 'HTTP/1.1 200 Fine\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 9\r\n\r\n';
    await say(server, raw);
    expect(await result).toMatchObject({
      exchange: 1,
      responses: [{
        version: 'HTTP/1.1', status: 200, reason: 'Fine', keepAlive: true, informational: [],
        headers: [['Set-Cookie', 'a=1'], ['Set-Cookie', 'b=2'], ['Transfer-Encoding', 'chunked']],
        trailers: [['X-Sum', '9']],
      }],
      raw: ascii(raw),
      ms: 0,
    });
    expect((await result).failure).toBeUndefined();
    expect(bodies(await result)).toEqual(['hello']);
    expect(client.closed).toBe(false);
  });

  test('a response in pieces of one octet is the same', async () => {
    const { client, server } = meet();
    const result = client.send(get());
    await say(server, ...ok('hello'));
    expect(bodies(await result)).toEqual(['hello']);
  });

  test('interim responses come along', async () => {
    const { client, server } = meet();
    const result = client.send(get());
    await say(server, 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n', ok('x'));
    expect((await result).responses[0]!.informational).toEqual([
      { status: 100, reason: 'Continue', headers: [] },
      { status: 103, reason: 'Early Hints', headers: [['Link', '</a>']] },
    ]);
  });

  test('cuts make separate segments; those out of range or order are ignored', async () => {
    const { client, seen } = meet();
    void client.send(ascii('GET / HTTP/1.1\r\n\r\n'), { cuts: [3, 4, 4, 2, -1, 999] });
    await settle();
    expect(seen.segments.map(text)).toEqual(['GET', ' ', '/ HTTP/1.1\r\n\r\n']);
  });

  test('at a cut it may pause; what is sent next waits for its turn', async () => {
    const { client, server, seen, host } = meet();
    const slow = client.send(get('/slow'), { cuts: [3, 5], pauses: [100, 50] });
    const next = client.send(get('/next'));
    await settle();
    expect(seen.text).toBe('GET');
    await passTime(host, 100);
    await settle();
    expect(seen.text).toBe('GET /');
    await passTime(host, 50);
    await settle();
    expect(seen.segments.map(text).at(-1)).toBe('GET /next HTTP/1.1\r\nHost: h\r\n\r\n');
    await say(server, ok('slow'), ok('next'));
    expect([await slow, await next].map((result) => [result.exchange, bodies(result)])).toEqual([[1, ['slow']], [2, ['next']]]);
  });

  test('an answer that comes between two segments ends the sending, and is the answer', async () => {
    const { client, server, seen, host } = meet();
    const result = client.send(ascii('GET / HTTP/1.1\nHost: h\r\n\r\n'), { cuts: [15], pauses: [100] });
    await settle();
    await say(server, ok('no', 'Connection: close\r\n'));
    server.end();
    await passTime(host, 100);
    expect(bodies(await result)).toEqual(['no']);
    expect(seen.text).toBe('GET / HTTP/1.1\n');
  });

  test('an early answer on a connection that stays open waits for the last segment', async () => {
    const { client, server, host } = meet();
    const result = client.send(ascii('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab'), { cuts: [50], pauses: [100] });
    await say(server, ok('early'));
    await passTime(host, 100);
    await settle();
    expect(bodies(await result)).toEqual(['early']);
    expect((await result).failure).toBeUndefined();
  });

  test('cut off after it was sent', async () => {
    const { client, seen, host } = meet();
    const result = client.send(ascii('GET / HT'), { resetAfter: true });
    await settle();
    await passTime(host, 100);
    expect(await result).toMatchObject({ responses: [], failure: { kind: 'reset' } });
    await settle();
    expect([seen.text, seen.error?.code]).toEqual(['GET / HT', 'ECONNRESET']);
  });

  test('the given bytes may change afterwards', async () => {
    const { client, seen } = meet();
    const bytes = get();
    void client.send(bytes);
    bytes.fill(0);
    await settle();
    expect(seen.text).toContain('GET /');
  });

  test('the time it took', async () => {
    const { client, server, host } = meet();
    const result = client.send(get());
    await passTime(host, 250);
    await say(server, ok('x'));
    expect((await result).ms).toBe(250);
  });
});

describe('how the answer ends depends on the question', () => {
  test('HEAD: Content-Length announces nothing that comes', async () => {
    const { client, server } = meet();
    const result = client.send(ascii('HEAD / HTTP/1.1\r\nHost: h\r\n\r\n'));
    await say(server, 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n');
    expect((await result).responses).toMatchObject([{ status: 200, keepAlive: true }]);
  });

  test('HTTP/1.0 style: the body ends with the connection', async () => {
    const { client, server } = meet();
    const result = client.send(ascii('GET / HTTP/1.0\r\n\r\n'));
    await say(server, 'HTTP/1.0 200 OK\r\n\r\nall', ' of it');
    server.end();
    expect(bodies(await result)).toEqual(['all of it']);
    expect((await result).failure).toBeUndefined();
    expect(client.closed).toBe(true);
  });

  test('Connection: close from either side: the client closes after the response', async () => {
    for (const [request, response] of [[get('/', 'Connection: close\r\n'), ok('x')], [get(), ok('x', 'Connection: close\r\n')]] as const) {
      const { client, server, seen } = meet();
      const result = client.send(request);
      await say(server, response);
      expect((await result).responses).toMatchObject([{ keepAlive: false }]);
      await settle();
      expect([client.closed, seen.eofs]).toEqual([true, 1]);
      expect((await client.send(get())).failure?.kind).toBe('closed');
    }
  });

  test('101: the response is there, and what follows is another protocol\'s', async () => {
    const { client, server } = meet();
    const result = client.send(get('/', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'));
    await say(server, 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x00');
    expect((await result).responses).toMatchObject([{ status: 101, reason: 'Switching Protocols' }]);
    expect(client.closed).toBe(false);
    expect(await client.send(Uint8Array.of(0x81, 0x80, 0, 0, 0, 0))).toMatchObject({ responses: [] });
  });

  test('bytes that are no request still get their 400', async () => {
    const { client, server } = meet();
    const result = client.send(ascii('GET / HTTP/1.1\nHost: h\n\n'));
    await say(server, 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    expect((await result).responses).toMatchObject([{ status: 400 }]);
  });

  test('half a request, and the other half: both sends wait for the one answer', async () => {
    const { client, server } = meet();
    const first = client.send(ascii('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nab'));
    await settle();
    const second = client.send(ascii('cd'));
    await say(server, ok('abcd'));
    expect([await first, await second].map((result) => [result.exchange, bodies(result)])).toEqual([[1, ['abcd']], [1, ['abcd']]]);
  });

  test('an answer before the request is complete: the rest of the request is owed no answer', async () => {
    const { client, server } = meet();
    const first = client.send(ascii('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nab'));
    await say(server, 'HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n');
    expect((await first).responses).toMatchObject([{ status: 413 }]);
    expect(await client.send(ascii('cd'))).toMatchObject({ responses: [], exchange: 1 });
    const next = client.send(get());
    await say(server, ok('next'));
    expect([(await next).exchange, bodies(await next)]).toEqual([2, ['next']]);
  });
});

describe('several requests on one connection', () => {
  test('keep-alive: exchanges are numbered, raw belongs to each', async () => {
    const { client, server } = meet();
    for (const [number, body] of [[1, 'one'], [2, 'two'], [3, 'three']] as const) {
      const result = client.send(get());
      await say(server, ok(body));
      expect(await result).toMatchObject({ exchange: number, raw: ascii(ok(body)) });
    }
  });

  test('pipelined in one send: as many responses as requests', async () => {
    const { client, server } = meet();
    const result = client.send(joinOctets([get('/1'), ascii('HEAD /2 HTTP/1.1\r\nHost: h\r\n\r\n'), get('/3')]));
    await say(server, ok('one'), 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n' + ok('three'));
    expect(bodies(await result)).toEqual(['one', '', 'three']);
    expect((await result).exchange).toBe(1);
  });

  test('pipelined in several sends: each gets its own', async () => {
    const { client, server } = meet();
    const results = [client.send(get('/1')), client.send(joinOctets([get('/2'), get('/3')])), client.send(get('/4'))];
    await say(server, ok('1') + ok('2') + ok('3') + ok('4'));
    const all = await Promise.all(results);
    expect(all.map((result) => [result.exchange, bodies(result), text(result.raw)])).toEqual([
      [1, ['1'], ok('1')], [2, ['2', '3'], ok('2') + ok('3')], [4, ['4'], ok('4')],
    ]);
  });

  test('a server that closes after the first leaves the others without', async () => {
    const { client, server } = meet();
    const [first, second] = [client.send(joinOctets([get('/1'), get('/2')])), client.send(get('/3'))];
    await say(server, ok('1', 'Connection: close\r\n'));
    server.end();
    expect(bodies(await first)).toEqual(['1']);
    expect([await first, await second].map(({ failure }) => failure?.kind)).toEqual(['closed', 'closed']);
    expect((await second).raw.length).toBe(0);
  });
});

describe('no answer, or not a whole one', () => {
  test('closed without a word', async () => {
    const { client, server } = meet();
    const result = client.send(get());
    server.end();
    expect((await result).failure).toEqual({ kind: 'closed', message: 'The server closed the connection without an answer.' });
  });

  test('closed in the middle of the body: what came is there, and the clause', async () => {
    const { client, server } = meet();
    const result = client.send(get());
    await say(server, 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf');
    server.end();
    expect((await result).failure).toMatchObject({ kind: 'closed', error: { code: 'incomplete-body' } });
    expect(bodies(await result)).toEqual(['half']);
    expect(text((await result).raw)).toContain('half');
  });

  test('closed in the middle of the head', async () => {
    const { client, server } = meet();
    const result = client.send(get());
    await say(server, 'HTTP/1.1 200 OK\r\nContent-');
    server.end();
    expect((await result).failure).toMatchObject({ kind: 'closed', error: { code: 'incomplete-head' } });
    expect((await result).responses).toEqual([]);
  });

  test('cut by the server', async () => {
    const { client, server } = meet();
    const result = client.send(get());
    server.reset();
    expect((await result).failure).toMatchObject({ kind: 'reset' });
  });

  test('cut by us', async () => {
    const { client, seen } = meet();
    const result = client.send(get());
    client.reset();
    expect((await result).failure?.kind).toBe('reset');
    await settle();
    expect(seen.error?.code).toBe('ECONNRESET');
    expect(client.closed).toBe(true);
  });

  test('not HTTP: all that was said is shown, not only its first segment', async () => {
    const { client, server, host } = meet();
    const result = client.send(get());
    await say(server, 'Hello ', 'from the ', 'server\n');
    await passTime(host, 100);
    expect((await result).failure).toMatchObject({ kind: 'not-http', error: { code: 'not-http', status: 502, offset: 0 } });
    expect(text((await result).raw)).toBe('Hello from the server\n');
  });

  test('not HTTP, and closed: no need to wait', async () => {
    const { client, server } = meet();
    const result = client.send(get());
    await say(server, 'Hello');
    server.end();
    expect((await result).failure?.kind).toBe('not-http');
  });

  test('silence: after timeoutMs the connection is given up', async () => {
    const { client, host, seen } = meet({ timeoutMs: 1000 });
    const result = client.send(get());
    await passTime(host, 999);
    expect(client.closed).toBe(false);
    await passTime(host, 1);
    expect((await result).failure).toEqual({ kind: 'timeout', message: 'No answer for 1000 ms.' });
    await settle();
    expect(seen.error?.code).toBe('ECONNRESET');
  });

  test('a server that keeps talking is not silent', async () => {
    const { client, server, host } = meet({ timeoutMs: 1000 });
    const result = client.send(get());
    await say(server, 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n');
    for (const char of 'hello') {
      await passTime(host, 900);
      await say(server, char);
    }
    expect(bodies(await result)).toEqual(['hello']);
    expect(host.pendingTimers).toBe(0);
  });

  test('bytes that nobody asked for: the next send is told', async () => {
    const { client, server, host } = meet();
    await say(server, '220 smtp.example ESMTP\r\n');
    await passTime(host, 200);
    expect((await client.send(get())).failure).toMatchObject({ kind: 'not-http', error: { code: 'unsolicited-response' } });
  });

  test('a body beyond the limit is given up', async () => {
    const { client, server, host } = meet({ maxBodyBytes: 100 });
    const result = client.send(get());
    await say(server, ok('x'.repeat(101)));
    await passTime(host, 200);
    expect((await result).failure?.error?.code).toBe('body-too-large');
  });
});

describe('closing', () => {
  test('endAfter: our half is closed, and the answer still comes', async () => {
    const { client, server, seen } = meet();
    const result = client.send(get(), { endAfter: true });
    await settle();
    expect(seen.eofs).toBe(1);
    await say(server, ok('still'));
    expect(bodies(await result)).toEqual(['still']);
    expect(client.closed).toBe(true);
  });

  test('no timer and no waiter is left behind', async () => {
    const { client, server, host } = meet();
    const result = client.send(get());
    await say(server, ok('x'));
    await result;
    client.close();
    server.end();
    await settle();
    expect(host.pendingTimers).toBe(0);
  });
});

describe('the trace of the client', () => {
  test('tells what was sent and received, and its own reading of the response only', async () => {
    const { client, server, trace } = meet();
    const result = client.send(get('/', 'Connection: close\r\n'));
    await say(server, ok('hi'));
    server.end();
    await result;
    await settle();
    const events = trace();
    expect(events.every(({ process }) => process === 'client')).toBe(true);
    expect(events.filter(({ type }) => !type.startsWith('http.')).map((event) => `${event.type} ${'flow' in event ? event.flow : ''}`.trim())).toEqual([
      'socket.connect', 'socket.data send', 'socket.data recv', 'socket.eof send', 'socket.eof recv', 'socket.close',
    ]);
    const http = events.filter((event) => event.type.startsWith('http.') && 'stream' in event);
    expect(new Set(http.map((event) => 'stream' in event && event.stream))).toEqual(new Set(['s2c']));
    expect(http.map(({ type }) => type).filter((type) => type !== 'http.token')).toEqual(['http.response', 'http.framing', 'http.data', 'http.end']);
    expect(http.find(({ type }) => type === 'http.response')).toMatchObject({ line: 'HTTP/1.1 200 OK', span: [0, 38], connection: 5, exchange: 1 });
  });

  test('every octet received is in a token, whatever the segments', async () => {
    const { client, server, trace } = meet();
    const result = client.send(joinOctets([get(), get()]));
    const raw = `HTTP/1.1 100 Continue\r\n\r\n${ok('hello')}HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: 1\r\n\r\n`;
    for (let at = 0; at < raw.length; at += 7) await say(server, raw.slice(at, at + 7));
    await result;
    let end = 0;
    for (const event of trace()) {
      if (event.type !== 'http.token') continue;
      expect(event.span[0]).toBe(end);
      end = event.span[1];
    }
    expect(end).toBe(raw.length);
  });
});

test('whatever the server says, send settles and never rejects', async () => {
  const anySpeech = fc.array(
    fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((bytes) => [...bytes].map((byte) => String.fromCharCode(byte & 0x7f)).join('')),
      fc.constantFrom(ok('a'), ok('b', 'Connection: close\r\n'), 'HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\n', 'HTTP/1.1 204 No Content\r\n\r\n', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', '5\r\nhello\r\n', '0\r\n\r\n'),
    ),
    { maxLength: 6 },
  );
  await fc.assert(
    fc.asyncProperty(anySpeech, fc.constantFrom('end', 'reset', 'silence'), fc.integer({ min: 1, max: 3 }), async (speech, then, requests) => {
      const { client, server, seen, host } = meet({ timeoutMs: 1000 });
      const results = Array.from({ length: requests }, () => client.send(get()));
      await say(server, ...speech.filter((part) => part !== ''));
      if (then !== 'silence') server[then as 'end' | 'reset']();
      await passTime(host, 2000);
      const settled = await Promise.all(results);
      for (const result of settled) {
        // Either every request has its response or it is said why not.
        expect(result.responses.length === 1 || result.failure !== undefined).toBe(true);
      }
      const received = joinOctets(settled.map(({ raw }) => raw));
      expect(speech.join('').startsWith(text(received))).toBe(true);
      expect(seen.complaints).toEqual([]);
      expect(host.pendingTimers).toBe(0);
    }),
    { numRuns: 150 },
  );
});
