import { describe, expect, test } from 'vitest';
import { Connection } from '../../../src/core/http1/connection.ts';
import { LocalProtocolError, RemoteProtocolError } from '../../../src/core/http1/errors.ts';
import type { Data, ReceivedEvent, Request, Response } from '../../../src/core/http1/events.ts';
import { answer } from '../../helpers/answer.ts';
import { recordingTracer } from '../../helpers/trace.ts';

const octets = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
const get = (target: string, ...fields: string[]): Uint8Array => octets(`GET ${target} HTTP/1.1\r\nHost: h\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`);

function events(connection: Connection): ReceivedEvent[] {
  const all: ReceivedEvent[] = [];
  for (;;) {
    const event = connection.nextEvent();
    if (event.type === 'need-data' || event.type === 'paused' || event.type === 'closed') return all;
    all.push(event);
  }
}

describe('what is borrowed and what is kept', () => {
  test('a request outlives the buffer that it came in and the requests that follow', () => {
    const connection = new Connection({ role: 'server' });
    const kept: Request[] = [];
    const buffer = new Uint8Array(16_384);
    for (let i = 0; i < 500; i += 1) {
      const bytes = get(`/${i}`, `X-Number: ${i}`, `X-Filler: ${'f'.repeat(i % 97)}`);
      buffer.set(bytes);
      connection.receiveData(buffer.subarray(0, bytes.length));
      buffer.fill(0xee);
      const request = events(connection)[0] as Request;
      kept.push(request);
      // One look is enough.
      expect(request.headers.length).toBe(3);
      expect(request.headers.has('host')).toBe(true);
      answer(connection);
    }
    expect(kept.filter((request, i) => request.target !== `/${i}` || request.headers.get('x-number') !== String(i))).toEqual([]);
    expect(kept.filter(({ headers }, i) => headers.value(2) !== 'f'.repeat(i % 97))).toEqual([]);
  });

  test('the strings of a request that nobody has read by the end of its exchange are gone, not those of another', () => {
    const connection = new Connection({ role: 'server' });
    connection.receiveData(get('/first'));
    const [request] = events(connection) as [Request];
    answer(connection);
    connection.receiveData(get('/other'));
    events(connection);
    expect(() => request.target).toThrow('This head was not read before startNextCycle');
    expect(() => request.headers.get('host')).toThrow('This head was not read before startNextCycle');
    expect(request.method).toBe('GET');
    expect(request.targetSpan).toEqual([4, 10]);
  });

  test('a head is kept when another section follows it in the same exchange', () => {
    const server = new Connection({ role: 'server' });
    server.receiveData(octets('POST /kept HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n'));
    const [request] = events(server) as [Request];
    server.receiveData(octets('0\r\nX-Trailer: t\r\n\r\n'));
    expect(events(server).at(-1)).toMatchObject({ type: 'end' });
    server.receiveData(octets('X'.repeat(9000)));
    expect(request.target).toBe('/kept');

    const client = new Connection({ role: 'client' });
    client.send({ type: 'request', method: 'GET', target: '/', headers: [['Host', 'a']] });
    client.send({ type: 'end' });
    client.receiveData(octets('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'));
    const [early, final] = events(client) as [Response, Response];
    client.receiveData(octets('X'.repeat(9000)));
    expect([early.reason, early.headers.get('link'), final.reason]).toEqual(['Early Hints', '</a>', 'OK']);
  });

  test('a request outlives a large body that came behind it in pieces', () => {
    const connection = new Connection({ role: 'server' });
    connection.receiveData(octets('POST /kept HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n'));
    const [request] = events(connection) as [Request];
    for (let i = 0; i < 100; i += 1) {
      connection.receiveData(new Uint8Array(10_000).fill(i));
      for (const event of events(connection)) if (event.type === 'data') expect(event.bytes.every((octet) => octet === i)).toBe(true);
    }
    expect(connection.theirState).toBe('DONE');
    expect(request.target).toBe('/kept');
  });

  test('octets that wait are counted', () => {
    const connection = new Connection({ role: 'server' });
    connection.receiveData(get('/1'));
    expect(connection.bufferedBytes).toBe(get('/1').length);
    events(connection);
    expect(connection.bufferedBytes).toBe(0);
    connection.receiveData(get('/2'));
    expect(events(connection)).toEqual([]);
    expect(connection.bufferedBytes).toBe(get('/2').length);
  });
});

describe('offsets', () => {
  test('are exact beyond 4 GiB', () => {
    const connection = new Connection({ role: 'server' });
    const total = 2 ** 32 + 5 * 2 ** 20;
    const head = octets(`POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ${total}\r\n\r\n`);
    connection.receiveData(head);
    events(connection);
    const piece = new Uint8Array(2 ** 20 * 4);
    let last: Data | undefined;
    for (let sent = 0; sent < total; sent += piece.length) {
      connection.receiveData(piece.subarray(0, Math.min(piece.length, total - sent)));
      last = events(connection).findLast((event) => event.type === 'data');
    }
    expect(last?.span?.[1]).toBe(head.length + total);
    answer(connection);
    connection.receiveData(get('/next', 'X: y'));
    const [request] = events(connection) as [Request];
    expect(request.span).toEqual([head.length + total, head.length + total + get('/next', 'X: y').length]);
    expect(request.headers.valueSpan(1)[0]).toBe(head.length + total + 'GET /next HTTP/1.1\r\nHost: h\r\nX: '.length);
  });

  test('of what was sent are those of the octets given out', () => {
    const connection = new Connection({ role: 'server' });
    connection.receiveData(get('/'));
    events(connection);
    const head = connection.send({ type: 'response', status: 200, reason: 'OK', headers: [] });
    const data = connection.send({ type: 'data', bytes: octets('hello') });
    expect(connection.sentOffset).toBe(head.length + data.length);
    expect(connection.receivedOffset).toBe(get('/').length);
  });
});

describe('work', () => {
  test('positions are right up to the limit of a head, and beyond that of sixteen bits', () => {
    for (const limit of [65_535, 65_536, 80_000]) {
      const start = 'GET / HTTP/1.1\r\nHost: h\r\n';
      const filler = `X-Filler: ${'f'.repeat(5000)}\r\n`.repeat(Math.floor((limit - start.length) / 5012) - 1);
      const rest = limit - start.length - filler.length - 'X-Last: \r\n\r\n'.length;
      const head = (length: number): string => `${start}${filler}X-Last: ${'z'.repeat(length)}\r\n\r\n`;
      for (const size of [head(rest).length, 1000]) {
        const connection = new Connection({ role: 'server', limits: { maxHeadBytes: limit, maxFieldLineBytes: 20_000 } });
        const bytes = octets(head(rest));
        for (let at = 0; at < bytes.length; at += size) connection.receiveData(bytes.subarray(at, at + size));
        const { headers } = connection.nextEvent() as Request;
        const last = headers.length - 1;
        expect(headers.value(last)).toBe('z'.repeat(rest));
        expect(headers.valueSpan(last)).toEqual([limit - 4 - rest, limit - 4]);
        expect(headers.get('host')).toBe('h');
      }
      const connection = new Connection({ role: 'server', limits: { maxHeadBytes: limit, maxFieldLineBytes: 20_000 } });
      connection.receiveData(octets(head(rest + 1)));
      expect(() => connection.nextEvent()).toThrow(expect.objectContaining({ code: 'head-too-large', status: 431 }));
    }
  });

  test('a head may be cut anywhere where the memory for it ends', () => {
    const name = 'Access-Control-Request-Headers';
    for (let cut = 0; cut <= name.length + 4; cut += 1) {
      const connection = new Connection({ role: 'server' });
      const line = `${name}: x`;
      const before = 'GET / HTTP/1.1\r\nHost: h\r\nX-Filler: ';
      const filler = 'f'.repeat(4096 - before.length - 2 - cut);
      const head = octets(`${before}${filler}\r\n${line}\r\n\r\n`);
      // The first slab has 4096 octets; half of them at a time, so that it is not made larger.
      connection.receiveData(head.subarray(0, 2048));
      expect(connection.nextEvent()).toEqual({ type: 'need-data' });
      connection.receiveData(head.subarray(2048, 4096));
      expect(connection.nextEvent()).toEqual({ type: 'need-data' });
      connection.receiveData(head.subarray(4096));
      const request = connection.nextEvent() as Request;
      expect([...request.headers]).toEqual([['Host', 'h'], ['X-Filler', filler], [name, 'x']]);
    }
  });

  test('a large head fed octet by octet waits for each and gives one request', () => {
    const connection = new Connection({ role: 'server' });
    const bytes = get('/', ...Array.from({ length: 90 }, (_, i) => `X-${i}: ${'v'.repeat(600)}`));
    let waits = 0;
    let request: ReceivedEvent | undefined;
    for (let i = 0; i < bytes.length; i += 1) {
      connection.receiveData(bytes.subarray(i, i + 1));
      const event = connection.nextEvent();
      if (event.type === 'need-data') waits += 1;
      else request = event;
    }
    expect(waits).toBe(bytes.length - 1);
    expect(request?.type === 'request' && request.headers.length).toBe(91);
  });
});

describe('errors', () => {
  test('the same error comes at every further call, and what arrives is no longer kept', () => {
    const connection = new Connection({ role: 'server' });
    connection.receiveData(octets('GET  / HTTP/1.1\r\n'));
    const errors = [0, 1].map(() => {
      try {
        connection.nextEvent();
      } catch (error) {
        return error;
      }
      return undefined;
    });
    expect(errors[0]).toBeInstanceOf(RemoteProtocolError);
    expect(errors[1]).toBe(errors[0]);
    connection.receiveData(new Uint8Array(1_000_000));
    expect(connection.bufferedBytes).toBe(0);
  });

  test('a refused send leaves no trace in the state', () => {
    const connection = new Connection({ role: 'server' });
    connection.receiveData(get('/'));
    events(connection);
    expect(() => connection.send({ type: 'response', status: 200, reason: 'OK', headers: [['A', 'b'], ['C', 'd\r\ne']] })).toThrow(LocalProtocolError);
    expect([connection.ourState, connection.sentOffset]).toEqual(['SEND_RESPONSE', 0]);
    expect(connection.send({ type: 'response', status: 200, reason: 'OK', headers: [] }).length).toBeGreaterThan(0);
  });

  test('RFC9112-9.6-10 nothing is received after the end of the connection', () => {
    const connection = new Connection({ role: 'server' });
    connection.receiveEof();
    expect(() => connection.receiveData(octets('x'))).toThrow(LocalProtocolError);
  });

  test('the facts of an error cross threads as plain data', () => {
    const connection = new Connection({ role: 'server' });
    connection.receiveData(octets('GET / HTTP/1.1\r\nHost: h\r\nX : y\r\n'));
    try {
      connection.nextEvent();
      expect.unreachable();
    } catch (error) {
      const facts = (error as RemoteProtocolError).facts();
      expect(structuredClone(facts)).toEqual(facts);
      expect(facts).toMatchObject({ code: 'whitespace-before-colon', status: 400, clause: 'RFC9112-5.1-2', offset: 26 });
    }
  });

  test('a message never repeats what the peer sent', () => {
    for (const bad of ['GET /<script> HTTP/1.1\r\nHost: h\r\n<script>: x\r\n', '<script> / HTTP/1.1\r\n', 'POST / HTTP/1.1\r\nHost: <script>\r\n\r\n']) {
      const connection = new Connection({ role: 'server' });
      connection.receiveData(octets(bad));
      expect(() => connection.nextEvent()).toThrow(RemoteProtocolError);
      try {
        connection.nextEvent();
      } catch (error) {
        expect(String(error)).not.toContain('script');
      }
    }
  });
});

describe('trace', () => {
  test('the tokens of both streams leave no gap and do not overlap', () => {
    const trace = recordingTracer();
    const connection = new Connection({ role: 'server', id: 7, tracer: trace.tracer });
    const input = octets('\r\nPOST /a?b HTTP/1.1\r\nHost:h \r\nX-Empty:\r\nTransfer-Encoding: chunked\r\n\r\n5 ;a="b"\r\nhello\r\n0\r\nX-T:  1 \r\n\r\nGET / HTTP/1.0\r\n\r\n');
    connection.receiveData(input);
    events(connection);
    connection.send({ type: 'response', status: 200, reason: '', headers: [['X', '']] });
    connection.send({ type: 'data', bytes: octets('hello') });
    connection.send({ type: 'end', trailers: [['X-T', '1']] });
    connection.startNextCycle();
    events(connection);
    connection.send({ type: 'response', status: 200, reason: 'OK', headers: [] });
    connection.send({ type: 'data', bytes: octets('bye') });
    connection.send({ type: 'end' });
    for (const [stream, length] of [['c2s', input.length], ['s2c', connection.sentOffset]] as const) {
      let at = 0;
      for (const token of trace.tokens.filter((one) => one.stream === stream)) {
        expect([token.span[0], token.connection], JSON.stringify(token)).toEqual([at, 7]);
        at = token.span[1];
      }
      expect(at).toBe(length);
    }
  });

  test('a refused stretch is marked, and what came before it is told', () => {
    const trace = recordingTracer();
    const connection = new Connection({ role: 'server', tracer: trace.tracer });
    connection.receiveData(octets('GET / HTTP/1.1\r\nHost: h\r\nX Y: z\r\n\r\n'));
    expect(() => connection.nextEvent()).toThrow(RemoteProtocolError);
    expect(trace.tokens.map(({ token, span }) => `${token} ${span.join('-')}`)).toEqual([
      'method 0-3', 'separator 3-4', 'target 4-5', 'separator 5-6', 'version 6-14', 'line-end 14-16', 'field-name 16-20', 'separator 20-22', 'field-value 22-23', 'line-end 23-25',
      'refused 26-27', 'ignored 27-35',
    ]);
  });
});

describe('content that goes past the inbox', () => {
  const begun = (head: string): Connection => {
    const server = new Connection({ role: 'server' });
    server.receiveData(octets(head));
    expect(server.nextEvent().type).toBe('request');
    return server;
  };

  test('counts as received, up to the end of the message', () => {
    const server = begun('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n');
    expect(server.receiveContent(octets('01234'))).toBe(5);
    expect(server.nextEvent().type).toBe('need-data');
    const rest = octets('56789GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const taken = server.receiveContent(rest);
    expect(taken).toBe(5);
    server.receiveData(rest.subarray(taken));
    expect(server.nextEvent().type).toBe('end');
    server.send({ type: 'response', status: 204, reason: 'No Content', headers: [] });
    server.send({ type: 'end' });
    server.startNextCycle();
    const request = server.nextEvent();
    expect(request.type === 'request' && request.span[0]).toBe(octets('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n').length + 10);
  });

  test.each([
    ['chunked', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n', ''],
    ['no body', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', ''],
    ['something waits', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n', 'ab'],
  ])('does not where framing or order is at stake: %s', (_, head, before) => {
    const server = begun(head);
    if (before !== '') server.receiveData(octets(before));
    expect(server.receiveContent(octets('0\r\n\r\n'))).toBe(0);
  });

  test('does not once the peer has ended: the body is incomplete', () => {
    const server = begun('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n');
    expect(server.receiveContent(octets('abc'))).toBe(3);
    server.receiveEof();
    expect(server.receiveContent(octets('abc'))).toBe(0);
    expect(() => server.nextEvent()).toThrow(expect.objectContaining({ code: 'incomplete-body' }));
  });
});
