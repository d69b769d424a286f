import { describe, expect, test } from 'vitest';
import { importHar } from '../../../src/client/har-import.ts';
import { latin1Bytes } from '../../../src/client/latin1.ts';
import { toHar } from '../../../src/playground/export/har.ts';
import { TraceLog } from '../../../src/playground/trace-log.ts';
import type { TraceInput } from '../../../src/trace/events.ts';
import { epochMs, record } from './recorded.ts';

type Start = (status: string, headers: [string, string][]) => void;
type Environ = Record<string, any>;

/** Answers with the body it was sent, and says what the case needs. */
const echo = (environ: Environ, start: Start): Uint8Array[] => {
  const body = environ['wsgi.input'].read() as Uint8Array;
  if (environ['PATH_INFO'] === '/binary') {
    start('200 OK', [['Content-Type', 'application/octet-stream']]);
    return [Uint8Array.of(0, 255, 128)];
  }
  start('200 OK', [['Content-Type', 'text/plain; charset=utf-8'], ['Set-Cookie', 'a=1; Path=/; HttpOnly'], ['Set-Cookie', 'b=2; Secure; Expires=Wed, 21 Oct 2015 07:28:00 GMT']]);
  return [body];
};

interface Har { log: { version: string; creator: unknown; entries: any[] } }
const read = (log: TraceLog, options = {}): Har => JSON.parse(toHar(log, { epochMs, version: '0.1.0', ...options })) as Har;

/** A log of one connection that was closed, as its client tells it. */
function told(...segments: readonly (readonly ['c2s' | 's2c', string])[]): TraceLog {
  const log = new TraceLog();
  const on = { connection: 1, exchange: 1 } as const;
  const offsets = { c2s: 0, s2c: 0 };
  const facts: TraceInput[] = [
    { type: 'socket.connect', ...on, local: '127.0.0.1:50000', remote: '127.0.0.1:8000' },
    ...segments.map(([stream, text]): TraceInput => {
      const start = offsets[stream];
      offsets[stream] += text.length;
      return { type: 'socket.data', ...on, stream, flow: stream === 'c2s' ? 'send' : 'recv', span: [start, offsets[stream]], bytes: latin1Bytes(text) };
    }),
    { type: 'socket.close', ...on, reason: 'in order' },
  ];
  log.append(facts.map((fact, at) => ({ ...fact, seq: at, at, clock: at, process: 'client' })));
  return log;
}

const get = 'GET /a%20b?x=1&y=caf%C3%A9+z HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nCookie: s=1; t=two\r\n\r\n';
const post = 'POST /p HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\ncaf\xc3\xa9!';
const chunked = 'POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n';

test('a GET and its answer, member by member', async () => {
  const { log, results } = await record(echo, [[get]]);
  const { log: har } = read(log);
  expect(har.version).toBe('1.2');
  expect(har.creator).toEqual({ name: 'Porthole', version: '0.1.0' });
  const [entry] = har.entries;
  expect(entry.request).toEqual({
    method: 'GET', url: 'http://127.0.0.1:8000/a%20b?x=1&y=caf%C3%A9+z', httpVersion: 'HTTP/1.1',
    cookies: [{ name: 's', value: '1' }, { name: 't', value: 'two' }],
    headers: [{ name: 'Host', value: '127.0.0.1:8000' }, { name: 'Cookie', value: 's=1; t=two' }],
    queryString: [{ name: 'x', value: '1' }, { name: 'y', value: 'café z' }],
    headersSize: get.length, bodySize: 0,
  });
  expect(entry.response).toMatchObject({
    status: 200, statusText: 'OK', httpVersion: 'HTTP/1.1', redirectURL: '', bodySize: 0,
    cookies: [{ name: 'a', value: '1', path: '/', httpOnly: true, secure: false }, { name: 'b', value: '2', expires: '2015-10-21T07:28:00.000Z', httpOnly: false, secure: true }],
    content: { size: 0, mimeType: 'text/plain; charset=utf-8' },
  });
  expect(entry.response.headersSize + entry.response.bodySize).toBe(results[0]!.raw.length);
  expect(entry).toMatchObject({ cache: {}, serverIPAddress: '127.0.0.1', connection: '1' });
});

test('bodies: text as text, octets as base64, chunks put together', async () => {
  const { log } = await record(echo, [[post, chunked, 'GET /binary HTTP/1.1\r\nHost: h\r\n\r\n']]);
  const [first, second, third] = read(log).log.entries;
  expect(first.request.postData).toEqual({ mimeType: 'text/plain', text: 'café!' });
  expect(first.request.bodySize).toBe(6);
  expect(first.response.content).toMatchObject({ size: 6, text: 'café!' });
  expect(second.request.postData).toEqual({ mimeType: '', text: 'abcde' });
  expect(second.request.bodySize).toBe(chunked.length - second.request.headersSize);
  expect(third.response.content).toEqual({ size: 3, mimeType: 'application/octet-stream', text: 'AP+A', encoding: 'base64' });
});

test('times: an ISO date, parts that are not negative, and their sum', async () => {
  const { log } = await record(echo, [[post, get]]);
  const { entries } = read(log).log;
  for (const { startedDateTime, time, timings } of entries) {
    expect(new Date(startedDateTime).toISOString()).toBe(startedDateTime);
    expect(Date.parse(startedDateTime)).toBeGreaterThanOrEqual(epochMs);
    const { send, wait, receive, connect } = timings;
    for (const part of [send, wait, receive]) expect(part).toBeGreaterThanOrEqual(0);
    expect(time).toBeCloseTo(send + wait + receive + Math.max(0, connect), 3);
  }
  // The connection was made for the first, and kept for the second.
  expect(entries.map(({ timings }) => timings.connect >= 0)).toEqual([true, false]);
});

describe('what went wrong is in the file', () => {
  test('a refused request, octet for octet', async () => {
    const raw = 'GET / HTTP/1.1\nHost: \xff\n\n';
    const { log } = await record(echo, [[raw]]);
    const [entry] = read(log).log.entries;
    expect(entry.comment).toMatch(/^RFC9112-2\.2/);
    expect(entry.request.method).toBe('GET');
    expect(entry.response.status).toBe(400);
    expect(importHar(toHar(log, { epochMs, version: '0' })).requests[0]!.raw).toBe(raw);
  });

  test('no answer: status 0, as browsers write it', () => {
    const [entry] = read(told(['c2s', get])).log.entries;
    expect(entry.request.method).toBe('GET');
    expect(entry.response).toMatchObject({ status: 0, headers: [], content: { size: 0 }, _error: 'There was no response.' });
  });

  test('an answer that was cut off', () => {
    const [entry] = read(told(['c2s', get], ['s2c', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf'])).log.entries;
    expect(entry.response).toMatchObject({ status: 200, _error: 'The response was cut off.', content: { text: 'half' } });
  });
});

test('pipelined requests, and one exchange of many', async () => {
  const { log } = await record(echo, [[get + post + get], [post]]);
  expect(read(log).log.entries.map(({ request, connection }) => `${connection} ${request.method}`)).toEqual(['1 GET', '1 POST', '1 GET', '2 POST']);
  expect(read(log, { connection: 1, exchange: 2 }).log.entries.map(({ request }) => request.method)).toEqual(['POST']);
  expect(read(log, { connection: 7 }).log.entries).toEqual([]);
});

test('our own import reads it back: the same octets', async () => {
  const { log } = await record(echo, [[get, post]]);
  const { requests, notes } = importHar(toHar(log, { epochMs, version: '0' }));
  expect(notes).toEqual([]);
  expect(requests.map(({ raw }) => raw)).toEqual([get, post]);
  expect(latin1Bytes(requests[1]!.raw)).toHaveLength(post.length);
});

test('interim responses belong to the exchange', () => {
  const [entry] = read(told(['c2s', get], ['s2c', 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'])).log.entries;
  expect(entry.response).toMatchObject({ status: 200, bodySize: 2, headersSize: 40 + 38 });
});

test('what follows a switch of protocols is no exchange', () => {
  const log = told(
    ['c2s', 'GET /ws HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'],
    ['s2c', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'],
    ['c2s', '\x81\x85\x00\x00\x00\x00hello'],
  );
  expect(read(log).log.entries.map(({ request, response }) => `${request.url} ${response.status}`)).toEqual(['http://h/ws 101']);
});
