/** The answer as it was known step by step, where its parts lie, and what the time was spent on. */
import { describe, expect, test } from 'vitest';
import { answerSoFar, answerSpans } from '../../src/playground/answer.ts';
import { Replay } from '../../src/playground/replay.ts';
import { timingOf } from '../../src/playground/timing.ts';
import { TraceLog, type ConnectionIndex } from '../../src/playground/trace-log.ts';
import type { TraceEvent, TraceInput } from '../../src/trace/events.ts';
import { octets, traceOf } from './traces.ts';

/** A client that sends `request` and receives the answer in these pieces. */
function received(request: string, ...pieces: string[]): ConnectionIndex {
  const log = new TraceLog();
  const on = { connection: 1, exchange: 1 };
  let at = 0;
  const told: TraceInput[] = [
    { type: 'socket.data', ...on, flow: 'send', stream: 'c2s', span: [0, request.length], bytes: octets(request) },
    ...pieces.map((piece): TraceInput => ({ type: 'socket.data', ...on, flow: 'recv', stream: 's2c', span: [at, (at += piece.length)], bytes: octets(piece) })),
  ];
  log.append(told.map((event, seq): TraceEvent => ({ ...event, seq, at: seq, clock: seq, process: 'client' })));
  return log.connections.get(1)!;
}
const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

describe('the answer so far', () => {
  const connection = received(get, 'HTTP/1.1 200 O', 'K\r\nContent-Length: 10\r\n\r\nhel', 'lo', 'world');
  const at = (step: number) => answerSoFar(new Replay().at(connection, step).connections.get(1)!, 1);

  test('grows with each segment', () => {
    const seen = [0, 1, 2, 3, 4].map((step) => {
      const { response, complete, received } = at(step);
      return [response?.status, response && String.fromCharCode(...response.body), complete, received];
    });
    expect(seen).toEqual([[undefined, undefined, false, 0], [undefined, undefined, false, 14], [200, 'hel', false, 42], [200, 'hello', false, 44], [200, 'helloworld', true, 49]]);
  });

  test('of two on one connection it is the one that was asked for', () => {
    const two = received(get + get, 'HTTP/1.1 200 A\r\nContent-Length: 1\r\n\r\naHTTP/1.1 404 B\r\nContent-Length: 2\r\n\r\nb');
    expect(answerSoFar(two, 1)).toMatchObject({ response: { status: 200 }, complete: true });
    expect(answerSoFar(two, 2)).toMatchObject({ response: { status: 404 }, complete: false });
    expect(answerSoFar(two, 3).response).toBeUndefined();
  });
});

test('the spans of an answer cover its lines and its content', async () => {
  const { log } = await traceOf({ headers: [['Content-Type', 'text/plain'], ['X-A', 'b']], pieces: ['one', 'two'] });
  const connection = log.connections.get(1)!;
  const spans = answerSpans(connection, connection.exchanges.get(1)!);
  const text = (span: readonly [number, number] | undefined): string => (span ? String.fromCharCode(...connection.s2c.slice(span[0], span[1])) : '');
  expect(text(spans.statusLine)).toBe('HTTP/1.1 200 OK\r\n');
  expect(spans.fields.map(text)).toEqual(['Content-Type: text/plain\r\n', 'X-A: b\r\n', 'Content-Length: 6\r\n', 'Server: porthole\r\n']);
  expect(text(spans.body)).toBe('onetwo');
});

test('time is told by phase, and a phase that did not happen is missing', () => {
  const log = new TraceLog();
  const on = { connection: 1, exchange: 1 };
  let clock = 0;
  const tell = (process: string, at: number, event: TraceInput): void => log.append([{ ...event, process, at, seq: clock, clock: clock++ }]);
  const timing = () => {
    const connection = log.connections.get(1)!;
    return timingOf(connection, connection.exchanges.get(1)!);
  };
  tell('client', 1, { type: 'socket.data', ...on, flow: 'send', stream: 'c2s', span: [0, 9], bytes: octets('x'.repeat(9)) });
  tell('w', 3, { type: 'http.request', ...on, stream: 'c2s', span: [0, 9], line: 'GET / HTTP/1.1', fields: 0 });
  tell('w', 4, { type: 'http.end', ...on, stream: 'c2s', span: [9, 9], trailers: 0 });
  expect(timing()).toEqual({ request: 3 });
  tell('w', 6, { type: 'app.call', ...on, interface: 'wsgi', name: 'app' });
  tell('w', 16, { type: 'http.response', ...on, stream: 's2c', span: [0, 9], line: 'HTTP/1.1 200 OK', fields: 0 });
  tell('client', 17, { type: 'http.end', ...on, stream: 's2c', span: [9, 9], trailers: 0 });
  expect(timing()).toEqual({ request: 3, gateway: 2, app: 10, answer: 1 });
});
