import { describe, expect, test } from 'vitest';
import { TraceOutlet } from '../../src/runner/outlet.ts';
import { batchEvents, traceCredit } from '../../src/rpc/limits.ts';
import { materialise } from '../../src/trace/recorder.ts';
import type { TraceEvent, TraceInput } from '../../src/trace/events.ts';
import { fakeHost, passTime } from '../helpers/fake-clock.ts';

const state = (): TraceInput => ({ type: 'http.state', connection: 1, exchange: 1, role: 'server', from: 'a', to: 'b', cause: 'c' });
const of = (type: string): TraceInput => ({ type, connection: 1, exchange: 1, interface: 'wsgi', name: 'app', kind: 'list', ms: 0 }) as unknown as TraceInput;

function outlet() {
  const host = fakeHost();
  const batches: TraceEvent[][] = [];
  const it = new TraceOutlet({ process: 'worker-1', host, send: (batch) => batches.push(materialise(batch)) });
  return { host, it, batches };
}

describe('batches', () => {
  test('an event waits a frame for company', async () => {
    const { host, it, batches } = outlet();
    it.emit(state()); it.token('method', 1, 1, 'c2s', 0, 3);
    await passTime(host, 15);
    expect(batches).toEqual([]);
    await passTime(host, 1);
    expect(batches.map((batch) => batch.map((event) => event.type))).toEqual([['http.state', 'http.token']]);
  });

  test('many are sent without waiting', () => {
    const { it, batches } = outlet();
    for (let count = 0; count < batchEvents; count += 1) it.emit(state());
    expect(batches.map((batch) => batch.length)).toEqual([batchEvents]);
  });

  test('the end of a response is sent when the job is over', async () => {
    const { host, it, batches } = outlet();
    it.emit(state()); it.emit(of('app.return')); it.emit(state());
    expect(batches).toEqual([]);
    await passTime(host, 0);
    expect(batches.map((batch) => batch.length)).toEqual([3]);
  });

  test('what leads to a call of the app is sent before it: it may never return', () => {
    const { it, batches } = outlet();
    it.emit(state()); it.emit(of('app.call'));
    expect(batches.map((batch) => batch.length)).toEqual([2]);
  });

  test('but not more than a few times per frame', async () => {
    const { host, it, batches } = outlet();
    for (let call = 0; call < 50; call += 1) it.emit(of('app.call'));
    expect(batches.length).toBe(4);
    await passTime(host, 16);
    expect(batches.flat()).toHaveLength(50);
    expect(batches.length).toBe(5);
  });
});

describe('credit', () => {
  test('without it nothing is sent; what is dropped meanwhile is marked', () => {
    const { it, batches } = outlet();
    for (let count = 0; count < 200_000; count += 1) it.emit(state());
    expect(batches).toHaveLength(traceCredit);
    it.addCredit(1);
    it.flush();
    expect(batches).toHaveLength(traceCredit + 1);
    const [gap, ...rest] = batches.at(-1)!;
    expect(gap).toMatchObject({ type: 'trace.gap' });
    expect(traceCredit * batchEvents + (gap as { count: number }).count + rest.length).toBe(200_000);
  });

  test('that comes back lets the rest go', async () => {
    const { host, it, batches } = outlet();
    for (let count = 0; count < (traceCredit + 1) * batchEvents; count += 1) it.emit(state());
    it.addCredit(2);
    await passTime(host, 16);
    expect(batches.flat()).toHaveLength((traceCredit + 1) * batchEvents);
  });
});
