import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buffersOf, materialise, Recorder, type TraceBatch } from '../../src/trace/recorder.ts';
import { noTrace, tee, type Tracer } from '../../src/trace/tracer.ts';
import type { TraceEvent, TraceInput } from '../../src/trace/events.ts';
import { dataFact, endFact, factTaker, framingFact, framingNumber, tokenNames } from '../../src/trace/facts.ts';
import { readTraceInput } from '../../src/trace/shapes.ts';
import { keptOctets } from '../../src/trace/payload.ts';
import { rowBytes } from '../../src/trace/rows.ts';
import { fakeHost } from '../helpers/fake-clock.ts';
import { recordingTracer } from '../helpers/trace.ts';
import { samples } from './samples.ts';

const recorder = (budgetBytes?: number): Recorder =>
  new Recorder({ process: 'worker-1', clock: fakeHost().clock, ...(budgetBytes === undefined ? {} : { budgetBytes }) });

const data = (octets: number): TraceInput => ({
  type: 'socket.data', connection: 1, exchange: 1, flow: 'recv', stream: 'c2s', span: [0, octets], bytes: new Uint8Array(octets),
});

/** As it arrives in another thread. */
const cross = (batch: TraceBatch): TraceBatch => structuredClone(batch, { transfer: buffersOf(batch) });

const withoutStamp = (event: TraceEvent): object => {
  const { seq: _seq, at: _at, clock: _clock, process: _process, ...payload } = event;
  return payload;
};

describe('Recorder', () => {
  test.each(samples.map((event) => [event.type, event] as const))('%s crosses threads as it was', (_type, event) => {
    const ours = recorder();
    ours.emit(event);
    expect(materialise(cross(ours.drain())).map(withoutStamp)).toEqual([event]);
  });

  test('every token and both streams survive as numbers', () => {
    const ours = recorder();
    for (const token of tokenNames) for (const stream of ['c2s', 's2c'] as const) ours.token(token, 3, 2, stream, 2 ** 33, 2 ** 33 + 5);
    const batch = ours.drain();
    expect(batch.payloads.byteLength).toBe(0);
    expect(materialise(cross(batch)).map(withoutStamp)).toEqual(
      tokenNames.flatMap((token) => ['c2s', 's2c'].map((stream) => ({ type: 'http.token', token, connection: 3, exchange: 2, stream, span: [2 ** 33, 2 ** 33 + 5] }))),
    );
  });

  test('emit of an http.token is the same as token()', () => {
    const [a, b] = [recorder(), recorder()];
    a.token('method', 1, 1, 'c2s', 0, 3);
    b.emit({ type: 'http.token', token: 'method', connection: 1, exchange: 1, stream: 'c2s', span: [0, 3] });
    expect(materialise(a.drain())).toEqual(materialise(b.drain()));
  });

  const on = { connection: 3, exchange: 2, stream: 'c2s' } as const;
  test.each<[string, TraceInput, [code: number, a: number, b: number]]>([
    ['data', { type: 'http.data', ...on, span: [4, 9] }, [dataFact('c2s'), 4, 9]],
    ['end', { type: 'http.end', ...on, span: [4, 4], trailers: 0 }, [endFact('c2s'), 4, 4]],
    ['framing', { type: 'http.framing', ...on, framing: 'content-length', length: Number.MAX_SAFE_INTEGER, clause: 'RFC9112-6.3-2.6' }, [framingFact('c2s'), framingNumber('content-length', 'RFC9112-6.3-2.6'), Number.MAX_SAFE_INTEGER]],
    ['framing without length', { type: 'http.framing', ...on, framing: 'chunked', length: -1, clause: 'RFC9112-6.3-2.4' }, [framingFact('c2s'), framingNumber('chunked', 'RFC9112-6.3-2.4'), -1]],
  ])('a fact is the event that it stands for, recorded, told to two, or expanded for a tracer that knows no facts (%s)', (_name, event, [code, a, b]) => {
    const [one, other, plain] = [recorder(), recorder(), recordingTracer()];
    tee(one, other).fact!(code, 3, 2, a, b, false);
    factTaker(plain.tracer).fact(code, 3, 2, a, b, false);
    expect(materialise(cross(one.drain())).map(withoutStamp)).toEqual([event]);
    expect(materialise(other.drain()).map(withoutStamp)).toEqual([event]);
    expect(plain.events).toEqual([event]);
  });

  test('facts of one moment have one time, and the clock is read for the next', () => {
    const host = fakeHost();
    const ours = new Recorder({ process: 'client', clock: host.clock });
    ours.fact(dataFact('c2s'), 1, 1, 0, 1, false);
    host.advance(5);
    ours.fact(dataFact('c2s'), 1, 1, 1, 2, true);
    ours.fact(dataFact('c2s'), 1, 1, 2, 3, false);
    const [first, second, third] = materialise(ours.drain());
    expect([second!.at - first!.at, third!.at - first!.at]).toEqual([0, 5]);
  });

  test('stamps: seq from 0 over all batches, time, Lamport time, process', () => {
    const host = fakeHost();
    const ours = new Recorder({ process: 'client', clock: host.clock });
    ours.emit(data(1));
    host.advance(2.5);
    ours.token('body', 1, 1, 'c2s', 0, 1);
    const first = materialise(ours.drain());
    ours.emit(data(1));
    const second = materialise(ours.drain());
    expect([...first, ...second].map(({ seq, at, clock, process }) => [seq, at, clock, process])).toEqual([
      [0, 0, 1, 'client'],
      [1, 2.5, 2, 'client'],
      [2, 2.5, 3, 'client'],
    ]);
  });

  test('witness: the next event is later than the message it may have been caused by', () => {
    const ours = recorder();
    ours.witness(41);
    ours.witness(7);
    ours.emit(data(1));
    expect(materialise(ours.drain())[0]!.clock).toBe(42);
    expect(ours.clock).toBe(42);
  });

  test.each([NaN, Infinity, -1, 2 ** 60])('a Lamport time of %d is not believed', (clock) => {
    const ours = recorder();
    ours.witness(clock);
    expect(ours.clock).toBe(0);
  });

  test('a short view of a long buffer is kept short', () => {
    const ours = recorder();
    const whole = new Uint8Array(65_536);
    ours.emit({ ...(data(3) as Extract<TraceInput, { type: 'socket.data' }>), bytes: whole.subarray(10, 13) });
    expect(ours.drain().segments[0]!.buffer.byteLength).toBe(3);
  });

  test('octets kept for events are as they were, whatever becomes of their source', () => {
    const ours = recorder();
    const source = new Uint8Array(70_000);
    const expected: number[][] = [];
    for (let i = 0; i < 200; i += 1) {
      const size = (i * 37) % 1300;
      source.fill(i, 0, size);
      const bytes = keptOctets(source.subarray(0, size));
      ours.emit({ type: 'socket.data', connection: 1, exchange: 1, flow: 'recv', stream: 'c2s', span: [0, size], bytes });
      expected.push(Array.from({ length: size }, () => i));
      source.fill(255);
      // Small ones share memory, but never more than a few kilobytes of it.
      expect(bytes.buffer.byteLength).toBeLessThanOrEqual(8192);
    }
    expect(materialise(ours.drain()).map((event) => event.type === 'socket.data' && [...event.bytes])).toEqual(expected);
  });

  test('draining twice gives an empty batch, and the first keeps its memory', () => {
    const ours = recorder();
    ours.token('method', 1, 1, 'c2s', 0, 3);
    const first = ours.drain();
    ours.token('target', 1, 1, 'c2s', 4, 5);
    ours.drain();
    expect(materialise(first)).toMatchObject([{ token: 'method', span: [0, 3] }]);
    expect(materialise(ours.drain())).toEqual([]);
  });

  test.each(['', 'x'.repeat(65)])('a process cannot be called %j', (process) => {
    expect(() => new Recorder({ process, clock: fakeHost().clock })).toThrow(TypeError);
  });
});

describe('the byte budget', () => {
  test('tokens: the newest stay, one gap tells how many are gone', () => {
    const ours = recorder(10 * rowBytes);
    for (let i = 0; i < 25; i += 1) ours.token('body', 1, 1, 'c2s', i, i + 1);
    const events = materialise(ours.drain());
    expect(events[0]).toMatchObject({ type: 'trace.gap', count: 15, seq: 14 });
    expect(events.slice(1).map((event) => event.seq)).toEqual([15, 16, 17, 18, 19, 20, 21, 22, 23, 24]);
    expect((events[1] as { span?: unknown }).span).toEqual([15, 16]);
  });

  test('after a drain the gap is told, and not again', () => {
    const ours = recorder(2 * rowBytes);
    for (let i = 0; i < 3; i += 1) ours.token('body', 1, 1, 'c2s', i, i + 1);
    expect(materialise(ours.drain())[0]!.type).toBe('trace.gap');
    ours.token('body', 1, 1, 'c2s', 3, 4);
    expect(materialise(ours.drain()).map((event) => event.type)).toEqual(['http.token']);
  });

  test('an event larger than the budget goes, and is counted', () => {
    const ours = recorder(1000);
    ours.token('body', 1, 1, 'c2s', 0, 1);
    ours.emit(data(2000));
    expect(materialise(ours.drain())).toMatchObject([{ type: 'trace.gap', count: 2, seq: 1 }]);
  });

  test('whatever is emitted, memory stays within the budget and every event is either there or counted', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 64, max: 20_000 }),
        fc.array(fc.oneof(fc.constant('token' as const), fc.constant('drain' as const), fc.integer({ min: 0, max: 5000 })), { maxLength: 400 }),
        (budget, actions) => {
          const ours = recorder(budget);
          const got: TraceEvent[] = [];
          let emitted = 0;
          for (const action of [...actions, 'drain' as const]) {
            if (action === 'drain') {
              const { pending } = ours;
              const events = materialise(ours.drain());
              expect(events.length).toBe(pending);
              got.push(...events);
            } else {
              if (action === 'token') ours.token('body', 1, 1, 'c2s', emitted, emitted + 1);
              else ours.emit(data(action));
              emitted += 1;
            }
            expect(ours.pendingBytes).toBeLessThanOrEqual(Math.max(budget, rowBytes));
          }
          // Numbers follow on without holes once each gap counts for what it stands for.
          let next = 0;
          for (const event of got) {
            next += event.type === 'trace.gap' ? event.count : 1;
            expect(event.seq).toBe(next - 1);
          }
          expect(next).toBe(emitted);
        },
      ),
    );
  });
});

describe('materialise against a hostile process', () => {
  const good = (): TraceBatch => {
    const ours = recorder();
    ours.token('method', 1, 1, 'c2s', 0, 3);
    ours.emit(data(3));
    return ours.drain();
  };
  const cells = (change: (rows: Float64Array) => void): TraceBatch => {
    const batch = good();
    change(new Float64Array(batch.tokens));
    return batch;
  };
  /** With the payload's numbers, strings and octets put as given: `undefined` leaves them. */
  const packed = (numbers?: number[], strings?: unknown, segments?: unknown): unknown => ({
    ...good(), ...(numbers && { payloads: Float64Array.from(numbers).buffer }), ...(strings !== undefined && { strings }), ...(segments !== undefined && { segments }),
  });
  /** What `good` has: type, connection, exchange, stream, span, flow. */
  const whole = (): number[] => [...new Float64Array(good().payloads)];
  const changed = (at: number, value: number): unknown => packed(whole().with(at, value));

  const bad: Record<string, unknown> = {
    nothing: undefined,
    'a string': 'batch',
    'no process': { ...good(), process: undefined },
    'a long process name': { ...good(), process: 'x'.repeat(65) },
    'tokens that are an array': { ...good(), tokens: [] },
    'tokens cut short': { ...good(), tokens: new ArrayBuffer(rowBytes + 8) },
    'too many rows': { ...good(), tokens: new ArrayBuffer(600_000 * rowBytes) },
    'payloads that are an array': { ...good(), payloads: [] },
    'payloads cut within a number': { ...good(), payloads: new ArrayBuffer(12) },
    'a payload missing': packed([], [], []),
    'a payload cut short': packed(whole().slice(0, -1)),
    'a payload too many': packed([...whole(), ...whole()]),
    'strings that are no array': packed(undefined, { length: 0 }),
    'more strings than could be meant': packed(undefined, Array.from({ length: 100 }, () => 'x')),
    'a string that is none': packed(undefined, [1]),
    'segments that are no array': packed(undefined, undefined, { length: 1 }),
    'a segment missing': packed(undefined, undefined, []),
    'a segment too many': packed(undefined, undefined, [new Uint8Array(3), new Uint8Array(3)]),
    'a segment that is a string': packed(undefined, undefined, ['abc']),
    'an unknown type': changed(0, 99),
    'a type that is no number': changed(0, NaN),
    'a fractional connection': changed(1, 1.5),
    'an exchange below zero': changed(2, -1),
    'a stream that is none': changed(3, 2),
    'a backward span': changed(5, -1),
    'a flow that is none': changed(6, 0.5),
    'seq that stands still': cells((rows) => (rows[8] = 0)),
    'fractional seq': cells((rows) => (rows[8] = 1.5)),
    'clock that goes back': cells((rows) => (rows[10] = 0)),
    'no time': cells((rows) => (rows[1] = NaN)),
    'an unknown token': cells((rows) => (rows[3] = 99)),
    'a fractional kind': cells((rows) => (rows[3] = 0.5)),
    'a backward span in a row': cells((rows) => (rows[7] = -1)),
    'a negative connection': cells((rows) => (rows[4] = -1)),
    'a gap of minus one': cells((rows) => {
      rows[3] = -2;
      rows[6] = -1;
    }),
  };
  test.each(Object.entries(bad))('%s: TypeError', (_name, batch) => {
    expect(() => materialise(batch as TraceBatch)).toThrow(TypeError);
  });

  test.each(samples.map((event) => [event.type, event] as const))('%s: whatever its numbers are changed to, events or a TypeError', (_type, event) => {
    const batchOf = (): TraceBatch => {
      const ours = recorder();
      ours.emit(event);
      return ours.drain();
    };
    const size = new Float64Array(batchOf().payloads).length;
    for (let at = 0; at < size; at += 1) {
      for (const value of [NaN, -1, 0, 0.5, 1, 3, 1e6, 2 ** 60]) {
        const batch = batchOf();
        new Float64Array(batch.payloads)[at] = value;
        let read: TraceEvent[];
        try {
          read = materialise(batch);
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
          continue;
        }
        // As a recording it would be read as it is: it is well formed.
        const { seq: _seq, at: _at, clock: _clock, process: _process, ...payload } = read[0]!;
        expect(readTraceInput(payload)).toEqual(payload);
      }
    }
  });

  test('the receiver may know better who sent it', () => {
    expect(materialise({ ...good(), process: 'arbiter' }, 'worker-7').map(({ process }) => process)).toEqual(['worker-7', 'worker-7']);
  });

  test('text without end is cut, and says so', () => {
    const ours = recorder();
    ours.emit({ type: 'log', connection: 0, exchange: 0, source: 'stdout', level: 'info', text: 'x'.repeat(300_000) });
    const [log] = materialise(ours.drain());
    expect((log as { text: string }).text).toMatch(/^x{262144}… \(37856 more characters\)$/);
  });

  test('anything at all gives events or a TypeError', () => {
    fc.assert(
      fc.property(fc.anything(), fc.array(fc.double(), { maxLength: 24 }), fc.array(fc.double(), { maxLength: 24 }), fc.array(fc.anything(), { maxLength: 3 }), (whole, rows, numbers, items) => {
        for (const batch of [whole, { process: 'p', tokens: new Float64Array(rows).buffer, payloads: new Float64Array(numbers).buffer, strings: items, segments: items }]) {
          try {
            materialise(batch as TraceBatch);
          } catch (error) {
            expect(error).toBeInstanceOf(TypeError);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('payloads that are objects (a recording)', () => {
  const bad: Record<string, unknown> = {
    'an unknown type': { type: 'socket.destroyed' },
    'a type from the prototype': { type: 'constructor' },
    null: null,
    'a token as an object': { type: 'http.token', token: 'method', stream: 'c2s', span: [0, 1], connection: 1, exchange: 1 },
    'bytes that are a string': { ...data(1), bytes: 'x' },
    'a span of three': { ...data(1), span: [0, 1, 2] },
    'a stream that is none': { ...data(1), stream: 'up' },
    'a missing member': { ...data(1), flow: undefined },
    'NaN milliseconds': { type: 'app.return', connection: 1, exchange: 1, kind: 'list', ms: NaN },
    'a list too long': { type: 'app.start', connection: 1, exchange: 1, status: '200 OK', headers: Array.from({ length: 10_001 }, () => ['a', 'b']) },
    'an origin that is none': { type: 'gateway.environ', connection: 1, exchange: 1, entries: [{ key: 'a', value: 'b', kind: 'str', origin: { from: 'heaven' } }] },
  };
  test.each(Object.entries(bad))('%s: TypeError', (_name, payload) => {
    expect(() => readTraceInput(payload)).toThrow(TypeError);
  });

  test('members nobody knows are left out', () => {
    expect(readTraceInput({ ...data(3), seq: 99, process: 'arbiter', evil: true, __proto__: null })).toEqual(data(3));
  });
});

describe('told late', () => {
  test('what makes an event is asked when the trace is taken, and not where it was dropped', () => {
    const ours = recorder(20 * rowBytes);
    let asked = 0;
    const tell = (bytes: number): void => ours.later('app.close', bytes, () => {
      asked += 1;
      return { type: 'app.close', connection: 1, exchange: 1 };
    });
    tell(10 * rowBytes);
    tell(10 * rowBytes);
    expect(asked).toBe(0);
    expect(materialise(cross(ours.drain())).map(({ type, seq }) => [type, seq])).toEqual([['trace.gap', 0], ['app.close', 1]]);
    expect(asked).toBe(1);
  });

  test('a tracer that knows no such thing gets the event at once', () => {
    const { tracer, events } = recordingTracer();
    tee(tracer, recorder()).later!('app.close', 100, () => ({ type: 'app.close', connection: 1, exchange: 1 }));
    expect(events).toEqual([{ type: 'app.close', connection: 1, exchange: 1 }]);
  });

  test('the tokens of a head are numbered one by one, and dropped together', () => {
    const spans = Int32Array.from([16, 17, 19, 20, 0, 22, 23, 24, 24, 0]);
    const section = { code: 0, offset: 100, a: 3, b: 5, c: 14, tail: 26, size: 28, spans, first: 0, count: 2 };
    const tokens = ['method', 'separator', 'target', 'separator', 'version', 'line-end', 'field-name', 'separator', 'field-value', 'line-end', 'field-name', 'separator', 'line-end', 'line-end'];
    const ours = recorder();
    ours.section(section, 1, 1, false);
    ours.token('body', 1, 1, 'c2s', 128, 129);
    expect(ours.pending).toBe(tokens.length + 1);
    const events = materialise(cross(ours.drain())) as Extract<TraceEvent, { type: 'http.token' }>[];
    expect(events.map(({ token }) => token)).toEqual([...tokens, 'body']);
    expect(events.map(({ seq, clock }) => [seq, clock])).toEqual(events.map((_, i) => [i, i + 1]));
    expect(events.map(({ span }) => span[0])).toEqual([100, ...events.slice(0, -1).map(({ span }) => span[1])]);
    const small = recorder(16 * rowBytes);
    small.section(section, 1, 1, false);
    small.section(section, 1, 1, false);
    expect(materialise(small.drain()).map(({ type, seq }) => [type, seq])).toEqual([['trace.gap', 13], ...tokens.map((_, i) => ['http.token', 14 + i])]);
  });

  test('a time that was read already is not read again', () => {
    const host = fakeHost();
    const ours = new Recorder({ process: 'client', clock: host.clock });
    ours.emit(data(1), 17);
    ours.emit(data(1), true);
    ours.emit(data(1));
    expect(materialise(ours.drain()).map(({ at }) => at)).toEqual([17, 17, host.clock.now()]);
  });
});

describe('tee', () => {
  test('everybody hears everything; the latest clock is given out', () => {
    const [a, b] = [recorder(), recorder()];
    b.witness(10);
    const both = tee(a, noTrace, b);
    both.token('method', 1, 1, 'c2s', 0, 3);
    both.emit(data(3));
    expect([a.clock, b.clock, both.clock]).toEqual([2, 12, 12]);
    both.witness(20);
    expect([a.clock, b.clock]).toEqual([20, 20]);
    expect(materialise(a.drain()).map(withoutStamp)).toEqual(materialise(b.drain()).map(withoutStamp));
  });

  test('with nobody listening it is noTrace; with one it is that one', () => {
    const one: Tracer = recorder();
    expect(tee(noTrace, noTrace)).toBe(noTrace);
    expect(tee(noTrace, one)).toBe(one);
  });
});
