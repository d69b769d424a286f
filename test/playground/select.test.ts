/** The linking rule: whatever points at the same bytes lights the same set. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { joinSpans, link, overlaps, unitAt, type Linked } from '../../src/playground/select.ts';
import { eventId, type TraceLog } from '../../src/playground/trace-log.ts';
import type { Span, TraceEvent } from '../../src/trace/events.ts';
import { request, traceOf } from './traces.ts';

const focus = { connection: 1, exchange: 1 };
const at = (text: string): Span => [request.indexOf(text), request.indexOf(text) + text.length];
const types = (linked: Linked | undefined): string[] => [...new Set([...(linked?.events ?? [])].map((event) => event.type))].toSorted();
const find = (log: TraceLog, wanted: (event: TraceEvent) => boolean): TraceEvent => {
  const found = log.events.find(wanted);
  if (!found) throw new Error('no such event in the trace');
  return found;
};
const pointAt = (log: TraceLog, event: TraceEvent): Linked | undefined => link(log, { kind: 'event', id: eventId(event) }, focus);

describe('one rule for every way of pointing', () => {
  test('a key, its bytes and its token light the same', async () => {
    const { log } = await traceOf({});
    const key = link(log, { kind: 'key', ...focus, key: 'HTTP_HOST' }, focus);
    const bytes = link(log, { kind: 'bytes', connection: 1, stream: 'c2s', span: at('127.0.0.1:8000') }, focus);
    const token = find(log, (event) => event.type === 'http.token' && event.span[0] === at('127.0.0.1:8000')[0]);
    expect(key).toEqual(bytes);
    expect(key).toEqual(pointAt(log, token));
    expect([...(key?.keys ?? [])]).toEqual(['HTTP_HOST']);
    expect(types(key)).toEqual(['gateway.environ', 'http.request', 'http.token', 'socket.data']);
  });

  test('overlapping keys are lit together: PATH_INFO is part of RAW_URI, QUERY_STRING is not part of PATH_INFO', async () => {
    const { log } = await traceOf({});
    const linked = link(log, { kind: 'key', ...focus, key: 'PATH_INFO' }, focus);
    expect([...(linked?.keys ?? [])]).toEqual(['PATH_INFO', 'RAW_URI']);
    expect(linked?.c2s).toEqual([at('/a%20b')]);
    expect(linked?.s2c).toEqual([]);
  });

  test('a key that came from a setting stands for itself', async () => {
    const { log } = await traceOf({});
    const linked = link(log, { kind: 'key', ...focus, key: 'SERVER_NAME' }, focus);
    expect([...(linked?.keys ?? [])]).toEqual(['SERVER_NAME']);
    expect(linked?.c2s).toEqual([]);
    expect(linked?.events.size).toBe(0);
  });

  test('a yield of the app is its bytes of the response, and its line; the line is the yield', async () => {
    const pieces = ['one,', 'two,', 'three'];
    const { log } = await traceOf({ pieces });
    const second = log.events.filter((event) => event.type === 'app.body')[1];
    if (!second) throw new Error('no second piece');
    const raw = log.connections.get(1)?.s2c;
    const linked = pointAt(log, second);
    const [span] = linked?.s2c ?? [];
    expect(span && String.fromCharCode(...(raw?.slice(...span) ?? []))).toBe('two,');
    expect(linked?.sites).toEqual([{ file: 'app.ts', line: 7, name: 'app' }]);
    const line = link(log, { kind: 'line', file: 'app.ts', line: 7 }, focus);
    expect(line?.s2c.map((one) => String.fromCharCode(...(raw?.slice(...one) ?? [])))).toEqual([pieces.join('')]);
    expect([...(line?.events ?? [])].filter((event) => event.type === 'app.body')).toHaveLength(3);
  });

  test('startResponse is the response head; wsgi.input.read() is the request body', async () => {
    const { log } = await traceOf({});
    const start = pointAt(log, find(log, (event) => event.type === 'app.start'));
    const head = pointAt(log, find(log, (event) => event.type === 'http.response' && event.process === 'worker-1'));
    expect(start?.s2c).toEqual(head?.s2c);
    expect(start?.events).toEqual(head?.events);
    const read = pointAt(log, find(log, (event) => event.type === 'app.read'));
    expect(read?.c2s).toEqual([at('hello')]);
  });

  test('what has no bytes stands for itself', async () => {
    const { log } = await traceOf({});
    const state = find(log, (event) => event.type === 'http.state');
    const linked = pointAt(log, state);
    expect(linked?.events).toEqual(new Set([state]));
    expect(linked?.c2s).toEqual([]);
  });

  test('refused bytes are linked to the error', async () => {
    const { log } = await traceOf({ refuseAt: 24 });
    const linked = link(log, { kind: 'bytes', connection: 1, stream: 'c2s', span: [24, 25] }, focus);
    expect(types(linked)).toContain('http.error');
    expect(unitAt(log, 1, 'c2s', 24)).toEqual([24, 25]);
  });

  test('what is not in the trace lights nothing', async () => {
    const { log } = await traceOf({});
    expect(link(log, { kind: 'event', id: 'worker-9#1' }, focus)).toBeUndefined();
    expect(link(log, { kind: 'key', ...focus, key: 'HTTP_NOPE' }, focus)).toBeUndefined();
    expect(link(log, { kind: 'line', file: 'app.ts', line: 999 }, focus)).toBeUndefined();
    expect(link(log, { kind: 'bytes', connection: 77, stream: 'c2s', span: [0, 1] }, focus)).toBeUndefined();
  });

  test('for every byte: the byte is among what its unit lights, and pointing at any linked key lights the byte too', async () => {
    const { log } = await traceOf({});
    for (let offset = 0; offset < request.length; offset++) {
      const span = unitAt(log, 1, 'c2s', offset);
      const linked = link(log, { kind: 'bytes', connection: 1, stream: 'c2s', span }, focus);
      expect(overlaps(linked?.c2s ?? [], [[offset, offset + 1]]), `byte ${offset}`).toBe(true);
      for (const key of linked?.keys ?? []) {
        const back = link(log, { kind: 'key', ...focus, key }, focus);
        expect(overlaps(back?.c2s ?? [], [span]), `byte ${offset} and ${key}`).toBe(true);
      }
    }
  });
});

describe('unitAt: the smallest thing that was made of a byte', () => {
  test('a part of the target, not the whole', async () => {
    const { log } = await traceOf({});
    expect(unitAt(log, 1, 'c2s', request.indexOf('%20'))).toEqual(at('/a%20b'));
    expect(unitAt(log, 1, 'c2s', request.indexOf('x=1'))).toEqual(at('x=1'));
  });

  test('one piece of the body, not the whole', async () => {
    const { log } = await traceOf({ pieces: ['one', 'two'] });
    const end = log.connections.get(1)?.s2c.length ?? 0;
    expect(unitAt(log, 1, 's2c', end - 1)).toEqual([end - 3, end]);
    expect(unitAt(log, 1, 's2c', end - 4)).toEqual([end - 6, end - 3]);
  });

  test('a byte that nobody made anything of is itself', async () => {
    const { log } = await traceOf({});
    expect(unitAt(log, 1, 'c2s', 9999)).toEqual([9999, 10000]);
  });
});

describe('spans', () => {
  const span = fc.tuple(fc.nat(30), fc.nat(6)).map(([start, length]): Span => [start, start + length]);
  const covered = (spans: readonly Span[]): Set<number> => new Set(spans.flatMap(([start, end]) => Array.from({ length: end - start }, (_, i) => start + i)));

  test('joinSpans covers the same bytes with sorted spans that do not touch', () => {
    fc.assert(fc.property(fc.array(span), (spans) => {
      const joined = joinSpans(spans);
      expect(covered(joined)).toEqual(covered(spans));
      joined.forEach((one, i) => expect(i === 0 || one[0] > (joined[i - 1]?.[1] ?? -1)).toBe(true));
    }));
  });

  test('overlaps says whether a byte is shared', () => {
    fc.assert(fc.property(fc.array(span), fc.array(span), (a, b) => {
      const other = covered(b);
      expect(overlaps(joinSpans(a), joinSpans(b))).toBe([...covered(a)].some((byte) => other.has(byte)));
    }));
  });
});
