import { describe, expect, test } from 'vitest';
import { defaultFilter, lanes, type TimelineFilter } from '../../src/playground/timeline-filter.ts';
import { groupKey, Timeline, type GroupRow, type TimelineRow } from '../../src/playground/timeline.ts';
import { rowOf, segmentStarts, wireRows } from '../../src/playground/wire.ts';
import { TraceLog } from '../../src/playground/trace-log.ts';
import type { SocketData, TraceEvent } from '../../src/trace/events.ts';
import { octets, request, traceOf } from './traces.ts';

const events = (rows: readonly TimelineRow[]): TraceEvent[] => rows.flatMap((row) => (row.kind === 'event' ? [row.event] : []));
const groupsOf = (rows: readonly TimelineRow[]): GroupRow[] => rows.filter((row) => row.kind === 'group');
const rowsOf = (log: TraceLog, filter: Partial<TimelineFilter> = {}): TimelineRow[] => new Timeline().rows(log, { ...defaultFilter, ...filter }, { connection: 1, exchange: 1 });

describe('the rows of the timeline', () => {
  test('a group for each connection and each request on it, and one for what is about none', async () => {
    const { log } = await traceOf({}, { status: '404 Not Found' });
    const groups = groupsOf(rowsOf(log));
    expect(groups.map((group) => group.key)).toEqual(['0.0', '1.0', '1.1', '2.0', '2.1']);
    expect(groups.map((group) => group.status)).toEqual([0, 0, 200, 0, 404]);
    expect(groups[2]).toMatchObject({ title: 'POST /a%20b?x=1 HTTP/1.1', folded: false });
    expect(groups[2]!.ms).toBeGreaterThan(0);
    expect(groups.some((group) => group.problem)).toBe(false);
  });

  test('a group says what went wrong in it, folded or not', async () => {
    const { log } = await traceOf({}, { refuseAt: 3 });
    const folded = new Set([groupKey(2, 0)]);
    const groups = groupsOf(rowsOf(log, { folded }));
    expect(groups.map((group) => [group.key, group.problem?.type])).toEqual([['0.0', undefined], ['1.0', undefined], ['1.1', undefined], ['2.0', 'http.error']]);
    expect(groupsOf(rowsOf(log)).at(-1)).toMatchObject({ key: '2.1', problem: { type: 'http.error' } });
  });

  test('what is folded shows its heading and nothing else', async () => {
    const { log } = await traceOf({}, {});
    const rows = rowsOf(log, { folded: new Set([groupKey(1, 1)]) });
    const at = rows.findIndex((row) => row.kind === 'group' && row.key === '1.1');
    expect(rows[at]).toMatchObject({ folded: true });
    expect((rows[at] as GroupRow).count).toBeGreaterThan(8);
    expect(rows[at + 1]).toMatchObject({ kind: 'group', key: '2.0' });
  });

  test('rows of connections that say nothing new are kept', async () => {
    const { log } = await traceOf({}, {});
    const timeline = new Timeline();
    const first = timeline.rows(log, defaultFilter, null);
    const connection = log.connections.get(2)!;
    log.append([{ ...connection.events.at(-1)!, seq: 900, clock: 900 } as TraceEvent]);
    const second = timeline.rows(log, defaultFilter, null);
    const rowsIn = (rows: readonly TimelineRow[], id: number): TimelineRow[] => rows.filter((row) => row.kind === 'event' && 'connection' in row.event && row.event.connection === id);
    expect(rowsIn(second, 1).every((row, at) => row === rowsIn(first, 1)[at])).toBe(true);
    expect(rowsIn(second, 2)).toHaveLength(rowsIn(first, 2).length + 1);
    // And another trace is another matter.
    const { log: other } = await traceOf({ status: '500 Oh' });
    expect(groupsOf(timeline.rows(other, defaultFilter, null)).map((group) => group.status)).toEqual(groupsOf(new Timeline().rows(other, defaultFilter, null)).map((group) => group.status));
  });

  test('only events of one type, tokens too', async () => {
    const { log } = await traceOf({});
    for (const type of ['http.token', 'http.state', 'app.start'] as const) {
      expect(events(rowsOf(log, { type }))).toHaveLength(log.types.get(type)!);
      expect(new Set(events(rowsOf(log, { type })).map((event) => event.type))).toEqual(new Set([type]));
    }
  });

  test('tokens and states are shown on request only', async () => {
    const { log } = await traceOf({});
    const kinds = (filter: Partial<TimelineFilter>): Set<string> => new Set(events(rowsOf(log, filter)).map((event) => event.type));
    expect(kinds({}).has('http.token') || kinds({}).has('http.state')).toBe(false);
    expect(kinds({ tokens: true }).has('http.token')).toBe(true);
    expect(kinds({ states: true }).has('http.state')).toBe(true);
    const all = events(rowsOf(log, { tokens: true, states: true }));
    expect(all.toSorted((a, b) => a.clock - b.clock)).toEqual(log.events);
  });

  test('every lane can be hidden, and together they are all', async () => {
    const { log } = await traceOf({});
    const one = (lane: string): number => events(rowsOf(log, { lanes: Object.fromEntries(lanes.map((name) => [name, name === lane])) as TimelineFilter['lanes'] })).length;
    expect(lanes.every((lane) => one(lane) > 0)).toBe(true);
    expect(lanes.reduce((sum, lane) => sum + one(lane), 0)).toBe(events(rowsOf(log)).length);
  });

  test('the search wants every word, wherever it stands', async () => {
    const { log } = await traceOf({});
    expect(events(rowsOf(log, { search: 'app.ts:6' })).map((event) => event.type)).toEqual(['app.start']);
    expect(events(rowsOf(log, { search: 'POST worker' })).map((event) => event.type)).toEqual(['http.request']);
    expect(rowsOf(log, { search: 'no such thing' })).toEqual([]);
  });

  test('one connection alone, or one request with what belongs to its connection', async () => {
    const { log } = await traceOf({}, {});
    for (const scope of ['connection', 'request'] as const) {
      expect(groupsOf(rowsOf(log, { scope })).map((group) => group.key)).toEqual(['1.0', '1.1']);
    }
  });

  test('the bar of a call lasts until what was returned is closed', async () => {
    const { log } = await traceOf({ pieces: ['a', 'b'] });
    const within = rowsOf(log).flatMap((row) => (row.kind === 'event' && row.inCall ? [row.event.type] : []));
    expect(within[0]).toBe('app.call');
    expect(within.at(-1)).toBe('app.close');
    expect(within.filter((type) => type === 'app.body')).toHaveLength(2);
  });

  test('where nothing is closed it ends with the return', () => {
    const log = new TraceLog();
    const on = { connection: 1, exchange: 1, process: 'w', at: 0 };
    log.append([
      { type: 'app.call', interface: 'asgi', name: 'app', ...on, seq: 0, clock: 0 },
      { type: 'app.return', kind: 'coroutine', ms: 1, ...on, seq: 1, clock: 1 },
      { type: 'http.end', stream: 's2c', span: [0, 0], trailers: 0, ...on, seq: 2, clock: 2 },
    ]);
    expect(rowsOf(log).flatMap((row) => (row.kind === 'event' ? [row.inCall] : []))).toEqual([true, true, false]);
  });
});

describe('the rows of the wire', () => {
  const connection = async () => {
    const { log } = await traceOf({ pieces: ['body\nwith a line'] });
    const found = log.connections.get(1);
    if (!found) throw new Error('no connection');
    return found;
  };

  test('every byte is in exactly one row, for any width', async () => {
    const of = await connection();
    for (const perRow of [1, 7, 8, 16, 24, 500]) {
      for (const breakBody of [false, true]) {
        const rows = wireRows(of, perRow, breakBody);
        for (const stream of ['c2s', 's2c'] as const) {
          const bytes = rows.flatMap((row) => (row.kind === 'bytes' && row.stream === stream ? Array.from({ length: row.end - row.start }, (_, i) => row.start + i) : []));
          expect(bytes).toEqual(Array.from({ length: of[stream].length }, (_, i) => i));
          expect(rows.every((row) => row.kind === 'heading' || (row.end > row.start && row.end - row.start <= perRow + 2))).toBe(true);
        }
      }
    }
  });

  test('a field line begins a row of its own; body lines only in the text layout', async () => {
    const of = await connection();
    const starts = (breakBody: boolean): number[] => wireRows(of, 500, breakBody).flatMap((row) => (row.kind === 'bytes' ? [row.start] : []));
    expect(starts(false)).toContain(request.indexOf('Host'));
    const bodyLine = (of.s2c.length - 'with a line'.length);
    expect(starts(false)).not.toContain(bodyLine);
    expect(starts(true)).toContain(bodyLine);
  });

  test('a heading where the direction changes, and the row of a byte', async () => {
    const of = await connection();
    const rows = wireRows(of, 16);
    expect(rows.flatMap((row) => (row.kind === 'heading' ? [row.stream] : []))).toEqual(['c2s', 's2c']);
    const row = rows[rowOf(rows, 's2c', 20)];
    expect(row && row.start <= 20 && 20 < row.end && row.stream).toBe('s2c');
    expect(rowOf(rows, 'c2s', 99_999)).toBe(-1);
  });

  test('segments that follow each other are one turn, with their borders', () => {
    const log = new TraceLog();
    const segment = (start: number, end: number, seq: number): SocketData & TraceEvent => ({ type: 'socket.data', connection: 1, exchange: 0, flow: 'recv', stream: 'c2s', span: [start, end], bytes: octets('x'.repeat(end - start)), process: 'worker-1', seq, clock: seq, at: 0 });
    log.append([segment(0, 4, 0), segment(4, 5, 1), segment(5, 9, 2)]);
    const of = log.connections.get(1);
    if (!of) throw new Error('no connection');
    expect(wireRows(of, 16)).toMatchObject([{ kind: 'heading', segments: 3, start: 0, end: 9 }, { kind: 'bytes', start: 0, end: 9 }]);
    expect([...segmentStarts(of, 'c2s')]).toEqual([0, 4, 5]);
  });
});
