/** A place in the trace, and the world as it was there. */
import { describe, expect, test } from 'vitest';
import { isPlace, placeOf, readSelection, viewWithPlace } from '../../src/playground/place.ts';
import { reduce } from '../../src/playground/reduce.ts';
import { Replay, stopAt, stopsOf } from '../../src/playground/replay.ts';
import type { Selection } from '../../src/playground/select.ts';
import { initialState, type PlaygroundState } from '../../src/playground/state.ts';
import { eventId } from '../../src/playground/trace-log.ts';
import { request, snippet, traceOf } from './traces.ts';

async function lookedAt(): Promise<PlaygroundState> {
  const { events } = await traceOf({}, { status: '404 Not Found' });
  const state = initialState({ snippet, origin: { kind: 'link' }, trusted: true });
  return reduce(reduce(state, { type: 'trace/append', events }), { type: 'focus', focus: { connection: 2, exchange: 1 } });
}

describe('the world as of a step', () => {
  test('knows the events up to there and no other', async () => {
    const { log } = await traceOf({}, {});
    const connection = log.connections.get(1)!;
    const replay = new Replay();
    // Forwards, far back, forwards again: each world is the same as one made at once.
    for (const step of [0, 1, 5, 12, 3, 20, connection.events.length - 1]) {
      expect(replay.at(connection, step).events).toEqual(connection.events.slice(0, step + 1));
    }
  });

  test('has no environ before it is built, and no byte before it has arrived', async () => {
    const { log } = await traceOf({});
    const connection = log.connections.get(1)!;
    const built = connection.events.findIndex((event) => event.type === 'gateway.environ');
    const replay = new Replay();
    expect(replay.at(connection, built).exchange(1, 1)?.context).toBeDefined();
    expect(replay.at(connection, built - 1).exchange(1, 1)?.context).toBeUndefined();
    expect(replay.at(connection, built).connections.get(1)?.c2s.length).toBe(request.length);
    expect(replay.at(connection, built).connections.get(1)?.s2c.length).toBe(0);
    expect(replay.at(connection, 0).connections.get(1)?.c2s.length).toBe(0);
  });

  test('an event that comes late is in it', async () => {
    const { log } = await traceOf({});
    const connection = log.connections.get(1)!;
    const replay = new Replay();
    replay.at(connection, 4);
    log.append([{ type: 'socket.pressure', connection: 1, exchange: 0, state: 'full', buffered: 1, seq: 999, at: 0, clock: connection.events[2]!.clock, process: 'other' }]);
    expect(replay.at(connection, 4).events).toEqual(connection.events.slice(0, 5));
    expect(replay.at(connection, 4).events.map((event) => event.type)).toContain('socket.pressure');
  });
});

describe('stops of a walk', () => {
  test('tokens and states are passed over unless they are asked for', async () => {
    const { log } = await traceOf({});
    const connection = log.connections.get(1)!;
    const coarse = stopsOf(connection, { tokens: false, states: false });
    expect(coarse.map((step) => connection.events[step]!.type)).not.toContain('http.token');
    expect(coarse.length).toBeGreaterThan(8);
    expect(stopsOf(connection, { tokens: true, states: true })).toHaveLength(connection.events.length);
    expect(stopsOf(undefined, { tokens: true, states: true })).toEqual([]);
  });

  test('the stop at a step is the last one that is not after it', () => {
    expect([-1, 0, 3, 4, 5, 9, 10].map((step) => stopAt([0, 4, 9], step))).toEqual([-1, 0, 0, 1, 1, 2, 2]);
    expect(stopAt([], 3)).toBe(-1);
  });
});

describe('stepping', () => {
  test('selects the event, and keeps within the connection', async () => {
    const state = await lookedAt();
    const { events } = state.trace.connections.get(2)!;
    const at = reduce(state, { type: 'step', step: 3 });
    expect([at.step, at.selection]).toEqual([3, { kind: 'event', id: eventId(events[3]!) }]);
    expect(reduce(state, { type: 'step', step: 1e9 }).step).toBe(events.length - 1);
    expect(reduce(state, { type: 'step', step: -1 }).step).toBe(0);
    expect(reduce(at, { type: 'step', step: null }).step).toBeNull();
  });

  test('follows an event that is selected, and ends on another connection', async () => {
    const state = await lookedAt();
    const { events } = state.trace.connections.get(2)!;
    const at = reduce(state, { type: 'step', step: 3 });
    expect(reduce(at, { type: 'select', selection: { kind: 'event', id: eventId(events[8]!) } }).step).toBe(8);
    // Bytes and keys are looked at where one stands.
    expect(reduce(at, { type: 'select', selection: { kind: 'key', connection: 2, exchange: 1, key: 'PATH_INFO' } }).step).toBe(3);
    const elsewhere = state.trace.connections.get(1)!.events[2]!;
    expect(reduce(at, { type: 'select', selection: { kind: 'event', id: eventId(elsewhere) } }).step).toBeNull();
    // Without stepping, a selection is no journey.
    expect(reduce(state, { type: 'select', selection: { kind: 'event', id: eventId(events[8]!) } }).step).toBeNull();
  });
});

describe('a place in a link', () => {
  const selections: readonly Selection[] = [
    { kind: 'bytes', connection: 2, stream: 'c2s', span: [5, 11] },
    { kind: 'key', connection: 2, exchange: 1, key: 'HTTP_HOST' },
    { kind: 'line', file: 'a/b: c.ts', line: 10 },
  ];
  test.each(selections)('$kind is found again on another connection', async (selection) => {
    const state = reduce(await lookedAt(), { type: 'select', selection });
    const place = placeOf(state);
    expect(isPlace(place)).toBe(true);
    const other = reduce(state, { type: 'place', connection: 1, place });
    expect(other.focus).toEqual({ connection: 1, exchange: 1 });
    expect(other.selection).toEqual('connection' in selection ? { ...selection, connection: 1 } : selection);
  });

  test('step and selection go together; an event is a position', async () => {
    const state = await lookedAt();
    const stepped = reduce(state, { type: 'step', step: 7 });
    expect(placeOf(stepped)).toEqual({ step: 7, selection: 'event:7' });
    const key = reduce(stepped, { type: 'select', selection: { kind: 'key', connection: 2, exchange: 1, key: 'PATH_INFO' } });
    expect(placeOf(key)).toEqual({ step: 7, selection: 'key:PATH_INFO' });
    const back = reduce(state, { type: 'place', connection: 2, place: placeOf(key) });
    expect([back.step, back.selection]).toEqual([7, { kind: 'key', connection: 2, exchange: 1, key: 'PATH_INFO' }]);
  });

  test('what a stranger wrote there points at something or at nothing', async () => {
    const { log } = await traceOf({});
    const connection = log.connections.get(1)!;
    for (const written of ['', 'c2s:5', 'c2s:9-5', 'c2s:0-99999999', 'x2y:0-1', 'event:99999', 'event:-1', 'line:x:app.ts', 'bytes', 'c2s:0-1 ']) {
      expect(readSelection(written, connection, 1), written).toBeUndefined();
    }
  });

  test('replaces the place that a view held, and is absent where there is none', async () => {
    const state = await lookedAt();
    expect(placeOf(state)).toEqual({});
    expect(viewWithPlace({ file: 'app.ts', step: 9, selection: 'key:X', exchange: 2 }, {})).toEqual({ file: 'app.ts' });
    expect(viewWithPlace({ step: 9 }, { step: 2 })).toEqual({ step: 2 });
  });
});
