import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { initialState } from '../../src/playground/state.ts';
import { readRecording, record, recordingLimits, RecordingTooLarge } from '../../src/playground/recording.ts';
import { reduce } from '../../src/playground/reduce.ts';
import { TraceLog } from '../../src/playground/trace-log.ts';
import { decodeSnippet, encodeSnippet } from '../../src/snippet/link.ts';
import type { SnippetRecording } from '../../src/snippet/schema.ts';
import type { TraceEvent } from '../../src/trace/events.ts';
import { request, snippet, traceOf } from './traces.ts';

/** As it comes out of a link. */
const travelled = (recording: SnippetRecording): SnippetRecording => JSON.parse(JSON.stringify(recording)) as SnippetRecording;

/** What counts in an event: numbers of a process's own are made anew, and times rounded. */
const essence = ({ seq: _s, clock: _c, at: _a, ...rest }: TraceEvent): object => rest;

describe('a recorded run', () => {
  test('is the same events in the same order, and the same answers', async () => {
    const { log, events } = await traceOf({ pieces: ['a', 'b'] }, { refuseAt: 3 }, { throws: 'no' });
    const recorded = readRecording(travelled(record(log, 'wsgi')));
    expect(recorded.events.map(essence)).toEqual(events.map(essence));
    expect(recorded.interface).toBe('wsgi');
    expect(recorded.sends.map(({ raw, result }) => [raw, result.connection, result.response?.status])).toEqual([[request, 1, 200], [request, 2, 400], [request, 3, 500]]);
    expect(String.fromCharCode(...recorded.sends[0]!.result.response!.body)).toBe('ab');
  });

  test('stands in a link, beside the snippet', async () => {
    const { log } = await traceOf({});
    const recording = record(log, undefined);
    const decoded = await decodeSnippet(await encodeSnippet({ ...snippet, recording }));
    expect(decoded.recording).toEqual(travelled(recording));
    expect((await encodeSnippet({ ...snippet, recording })).length).toBeLessThan(4000);
  });

  test('is shown without a run, and gone with the next one', async () => {
    const { log } = await traceOf({}, {});
    const work = { snippet, origin: { kind: 'link' }, trusted: false } as const;
    const played = reduce(initialState(work), { type: 'playback', recorded: readRecording(travelled(record(log, 'wsgi'))), place: undefined });
    expect([played.playback, played.focus, played.trace.connections.size, played.machine.state]).toEqual([{ interface: 'wsgi' }, { connection: 1, exchange: 1 }, 2, 'stopped']);
    const live = reduce(played, { type: 'run/begin', snippet });
    expect([live.playback, live.sends, live.trace.events]).toEqual([null, [], []]);
  });

  test('that is too large is not made', () => {
    const log = new TraceLog();
    log.append(Array.from({ length: recordingLimits.events + 1 }, (_, seq): TraceEvent => ({ type: 'process.ready', detail: '', seq, at: 0, clock: seq, process: 'p' })));
    expect(() => record(log, undefined)).toThrow(RecordingTooLarge);
  });
});

describe('somebody else made it', () => {
  const base = { v: 1, processes: ['client'] };
  const data = (start: number, length: number, bytes = 'AAAA') => ({ p: 0, at: 0, type: 'socket.data', connection: 1, exchange: 0, stream: 'c2s', flow: 'send', span: [start, start + length], bytes });
  test.each([
    ['another version', { ...base, v: 2, events: [] }],
    ['no list', { ...base, events: {} }],
    ['too many events', { ...base, events: Array.from({ length: recordingLimits.events + 1 }, () => [0, 0, 0, 0, 1, 1, 0, 1]) }],
    ['no such process', { ...base, events: [[1, 0, 0, 0, 1, 1, 0, 1]] }],
    ['a process without a name', { ...base, processes: [''], events: [] }],
    ['a token that ends before it begins', { ...base, events: [[0, 0, 0, 0, 1, 1, 2, 1]] }],
    ['a token of a kind that there is not', { ...base, events: [[0, 0, 99, 0, 1, 1, 0, 1]] }],
    ['an event of a kind that there is not', { ...base, events: [{ p: 0, at: 0, type: 'x' }] }],
    ['no time', { ...base, events: [{ p: 0, type: 'app.close', connection: 1, exchange: 1 }] }],
    ['a stream that begins a terabyte in', { ...base, events: [data(2 ** 40 - 3, 3)] }],
    ['fewer octets than their span', { ...base, events: [data(0, 300)] }],
    ['a gap', { ...base, events: [data(0, 3), data(4, 3)] }],
    ['octets that are none', { ...base, events: [data(0, 3, '?')] }],
    ['a span beyond anything', { ...base, events: [{ p: 0, at: 0, type: 'http.data', connection: 1, exchange: 1, stream: 'c2s', span: [0, 2 ** 50] }] }],
    ['too many connections', { ...base, events: Array.from({ length: recordingLimits.connections + 1 }, (_, at) => [0, 0, 0, 0, at + 1, 1, 0, 1]) }],
  ])('%s', (_name, recording) => {
    expect(() => readRecording(recording as SnippetRecording)).toThrow(TypeError);
  });

  test('whatever is changed in it, it is read or refused with a TypeError, and what is read can be shown', async () => {
    const { log } = await traceOf({}, { refuseAt: 5 });
    const good = JSON.stringify(record(log, 'wsgi'));
    const work = { snippet, origin: { kind: 'link' }, trusted: false } as const;
    const any = fc.oneof(fc.constantFrom(null, -1, 0, 1, 2 ** 31, 2 ** 53, 1e308, '', 'x', [], {}), fc.nat({ max: 400 }));
    const leaves = (value: unknown, path: (string | number)[] = []): (string | number)[][] =>
      typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([key, member]) => [[...path, key], ...leaves(member, [...path, key])]) : [];
    const paths = leaves(JSON.parse(good));
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat({ max: paths.length - 1 }), any), { minLength: 1, maxLength: 3 }), (changes) => {
      const recording = JSON.parse(good) as SnippetRecording;
      for (const [at, value] of changes) {
        let place = recording as unknown as Record<string, unknown> | undefined;
        for (const key of paths[at]!.slice(0, -1)) place = Object(place?.[key]) as Record<string, unknown>;
        if (place) place[paths[at]!.at(-1)!] = value;
      }
      let recorded;
      try {
        recorded = readRecording(recording);
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError);
        expect((error as Error).message).toMatch(/^(recording|trace)/);
        return;
      }
      expect(() => reduce(initialState(work), { type: 'playback', recorded, place: { step: 3, selection: 'c2s:0-4' } })).not.toThrow();
    }), { numRuns: 300 });
  });
});
