import { describe, expect, test } from 'vitest';
import { TraceLog } from '../../src/playground/trace-log.ts';
import type { SourceSite, TraceEvent, TraceInput } from '../../src/trace/events.ts';

let seq = 0;
const on = { connection: 1, exchange: 1 };
const stamped = (event: TraceInput): TraceEvent => {
  seq += 1;
  return { ...event, seq, at: 0, clock: seq, process: 'worker-1' };
};
const violation = (message: string, site?: SourceSite): TraceEvent => stamped({ type: 'app.violation', ...on, code: 'c', clause: 'PEP3333-start-3', message, advice: 'a', ...(site && { site }) });
const error = (message: string, site?: SourceSite): TraceEvent => stamped({ type: 'app.error', ...on, name: 'Error', message, stack: '', stage: 'before start', ...(site && { site }) });
const at = (line: number): SourceSite => ({ file: 'app.ts', line, column: 3 });

const toldOf = (...events: readonly TraceEvent[]): (readonly [string, string, number])[] => {
  const log = new TraceLog();
  log.append(events);
  return log.complaints.all.map(({ event, severity, site }) => [`${event.type} ${event.message}`, severity, site.line]);
};

describe('complaints about lines', () => {
  test('are violations and errors that have one', () => {
    expect(toldOf(violation('one', at(1)), error('two', at(2)), violation('three'), stamped({ type: 'app.close', ...on })))
      .toEqual([['app.violation one', 'warning', 1], ['app.error two', 'error', 2]]);
  });

  test('are told once, however often they are met', () => {
    expect(toldOf(violation('one', at(1)), violation('one', at(1)), violation('one', at(2)))).toHaveLength(2);
  });

  test('a violation that the application did not survive is an error, and still tells its rule', () => {
    expect(toldOf(violation('one', at(1)), error('one', at(1)))).toEqual([['app.violation one', 'error', 1]]);
    expect(toldOf(violation('one', at(1)), error('one', at(1)), violation('one', at(1)))).toEqual([['app.violation one', 'error', 1]]);
  });

  test('of the lifespan count too: they are about no connection', () => {
    expect(toldOf({ ...violation('one', at(1)), connection: 0 } as TraceEvent)).toHaveLength(1);
  });

  test('a list changes when something is added, and only then', () => {
    const log = new TraceLog();
    log.append([violation('one', at(1))]);
    const before = log.complaints.all;
    log.append([violation('one', at(1))]);
    expect(log.complaints.all).toBe(before);
    log.append([violation('two', at(1))]);
    expect(log.complaints.all).not.toBe(before);
  });

  test('an application that makes up messages does not fill the memory', () => {
    expect(toldOf(...Array.from({ length: 1000 }, (_, i) => error(`${i}`, at(1))))).toHaveLength(200);
  });
});
