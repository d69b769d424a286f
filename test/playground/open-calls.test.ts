/** Whose line is it? */
import { expect, test } from 'vitest';
import { TraceLog } from '../../src/playground/trace-log.ts';
import type { LogEvent, TraceEvent, TraceInput } from '../../src/trace/events.ts';

const on = (connection: number): { connection: number; exchange: number } => ({ connection, exchange: 1 });
const line = (text: string, source: LogEvent['source'] = 'stdout'): TraceInput => ({ type: 'log', connection: 0, exchange: 0, source, level: 'info', text });
const call = (connection: number, spoken: 'wsgi' | 'asgi'): TraceInput => ({ type: 'app.call', ...on(connection), interface: spoken, name: 'app' });
const returns = (connection: number): TraceInput => ({ type: 'app.return', ...on(connection), kind: 'generator', ms: 1 });
const answered = (connection: number): TraceInput => ({ type: 'http.end', ...on(connection), stream: 's2c', span: [9, 9], trailers: 0 });

/** Connection of each line, by its text. */
function owners(...told: TraceInput[]): Record<string, number> {
  const log = new TraceLog();
  // One at a time, as batches may be cut anywhere.
  told.forEach((event, seq) => log.append([{ ...event, seq, clock: seq, at: seq, process: 'worker-1' }]));
  return Object.fromEntries(log.events.flatMap((event: TraceEvent) => (event.type === 'log' ? [[event.text, event.connection]] : [])));
}

test('a line that a WSGI app writes is its exchange\'s, also while its generator runs', () => {
  expect(owners(line('before'), call(3, 'wsgi'), line('in'), returns(3), line('iterated'), answered(3), line('after')))
    .toEqual({ before: 0, in: 3, iterated: 3, after: 0 });
});

test('an ASGI app is over when it returns, whatever was sent', () => {
  expect(owners(call(3, 'asgi'), answered(3), line('background'), returns(3), line('after'))).toEqual({ background: 3, after: 0 });
});

test('an app that throws is over', () => {
  expect(owners(call(3, 'wsgi'), { type: 'app.error', ...on(3), name: 'E', message: '', stack: '', stage: 'before start' }, line('after'))).toEqual({ after: 0 });
});

test('where two calls are open, nobody is named; the server\'s own words are nobody\'s', () => {
  expect(owners(call(3, 'asgi'), call(4, 'asgi'), line('either'), returns(3), line('four'), line('listening', 'server'))).toEqual({ either: 0, four: 4, listening: 0 });
});
