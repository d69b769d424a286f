import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StreamIndex } from '../../src/playground/stream-index.ts';
import { TraceLog, eventId } from '../../src/playground/trace-log.ts';
import type { TraceEvent } from '../../src/trace/events.ts';
import { octets, request, traceOf } from './traces.ts';

const log = (process: string, seq: number, clock: number): TraceEvent => ({ type: 'app.close', connection: 1, exchange: 1, process, seq, clock, at: clock });

describe('TraceLog', () => {
  test('keeps causal order, in whatever order the batches of the processes come', () => {
    const event = fc.record({ process: fc.constantFrom('client', 'worker-1', 'worker-2'), clock: fc.nat(40) });
    fc.assert(
      fc.property(fc.array(fc.array(event, { maxLength: 8 }), { maxLength: 12 }), (batches) => {
        const trace = new TraceLog();
        let seq = 0;
        for (const batch of batches) trace.append(batch.toSorted((a, b) => a.clock - b.clock).map(({ process, clock }) => log(process, seq++, clock)));
        const clocks = trace.events.map((one) => one.clock);
        expect(clocks).toEqual(clocks.toSorted((a, b) => a - b));
        expect(trace.events.length).toBe(batches.flat().length);
        expect(trace.exchange(1, 1)?.events ?? []).toEqual(trace.events);
      }),
    );
  });

  test('gives an event back by its id, and its step', () => {
    const trace = new TraceLog();
    const late = log('worker-1', 0, 9);
    const early = log('client', 0, 3);
    trace.append([late]);
    trace.append([early]);
    expect(trace.get(eventId(late))).toBe(late);
    expect([trace.stepOf(eventId(early)), trace.stepOf(eventId(late)), trace.stepOf('client#7')]).toEqual([0, 1, -1]);
  });

  test('drops its oldest part when it is full, and says so', () => {
    const trace = new TraceLog(100);
    for (let i = 0; i < 10; i++) trace.append(Array.from({ length: 15 }, (_, n) => log('worker-1', i * 15 + n, i * 15 + n)));
    expect(trace.events.length).toBeLessThanOrEqual(100);
    expect(trace.events[0]).toMatchObject({ type: 'trace.gap' });
    expect(trace.get('worker-1#0')).toBeUndefined();
    expect(trace.get('worker-1#149')).toMatchObject({ seq: 149 });
  });

  test('indexes bytes, tokens, heads and context of an exchange', async () => {
    const { log: trace } = await traceOf({});
    const connection = trace.connections.get(1);
    expect(String.fromCharCode(...(connection?.c2s.slice(0, 4) ?? []))).toBe('POST');
    expect(connection?.c2s.length).toBe(request.length);
    expect(connection?.c2s.tokenAt(request.indexOf('Host'))?.token).toBe('field-name');
    expect(connection?.exchanges.get(1)?.request?.line).toBe('POST /a%20b?x=1 HTTP/1.1');
    // The client saw the response too; the server wrote it.
    expect(connection?.exchanges.get(1)?.response?.process).toBe('worker-1');
    expect(connection?.remote).toBe('127.0.0.1:49153');
  });
});

describe('StreamIndex', () => {
  test('the same bytes told twice, whole or in other pieces, are kept once', () => {
    const text = 'GET / HTTP/1.1\r\n\r\n';
    fc.assert(
      fc.property(fc.array(fc.nat(text.length)), fc.array(fc.nat(text.length)), (a, b) => {
        const index = new StreamIndex();
        for (const cuts of [a, b]) {
          const points = [0, ...cuts.toSorted((x, y) => x - y), text.length];
          points.slice(1).forEach((end, i) => index.addBytes(points[i] ?? 0, octets(text.slice(points[i], end))));
        }
        expect(String.fromCharCode(...index.slice(0, 99))).toBe(text);
        for (let at = 0; at < text.length; at++) expect(index.at(at)).toBe(text.charCodeAt(at));
        expect(index.at(text.length)).toBe(-1);
      }),
    );
  });

  test('tokens are found by byte, in whatever order they were told', () => {
    const spans = [[0, 4], [4, 5], [5, 15], [15, 16], [16, 24], [30, 31]] as const;
    fc.assert(
      fc.property(fc.shuffledSubarray([...spans, ...spans], { minLength: 0 }), (told) => {
        const index = new StreamIndex();
        for (const [start, end] of told) index.addToken('target', start, end, 1);
        for (let at = 0; at < 40; at++) {
          const expected = told.find(([start, end]) => start <= at && at < end);
          expect(index.tokenAt(at) && [index.tokenAt(at)?.start, index.tokenAt(at)?.end]).toEqual(expected && [...expected]);
        }
      }),
    );
  });

  test('content offsets skip the framing between chunks', () => {
    const index = new StreamIndex();
    // 3\r\nabc\r\n2\r\nde\r\n
    index.addToken('body', 3, 6, 1);
    index.addToken('line-end', 6, 8, 1);
    index.addToken('body', 11, 13, 1);
    expect(index.contentSpans(1, 0, 5)).toEqual([[3, 6], [11, 13]]);
    expect(index.contentSpans(1, 2, 4)).toEqual([[5, 6], [11, 12]]);
    expect(index.contentSpans(2, 0, 5)).toEqual([]);
  });
});
