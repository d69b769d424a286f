import { describe, expect, test } from 'vitest';
import { capturingConsole, LogBudget } from '../../src/runner/console.ts';
import { Recorder, materialise } from '../../src/trace/recorder.ts';
import type { LogEvent, TraceEvent } from '../../src/trace/events.ts';
import { fakeHost, passTime } from '../helpers/fake-clock.ts';

function captured() {
  const host = fakeHost();
  const recorder = new Recorder({ process: 'worker-1', clock: host.clock });
  const target = capturingConsole({ clock: host.clock, here: () => ({ file: 'app.ts', line: 7 }), readable: (error) => `${error.name}: ${error.message} (readable)` }, new LogBudget(recorder, host)) as Console;
  const logs = (): (TraceEvent & LogEvent)[] => materialise(recorder.drain()).filter((event): event is TraceEvent & LogEvent => event.type === 'log');
  return { host, console: target, logs, texts: () => logs().map((event) => event.text) };
}

describe('console', () => {
  test('levels and streams', () => {
    const { console, logs } = captured();
    console.log('a'); console.info('b'); console.debug('c'); console.warn('d'); console.error('e');
    expect(logs().map(({ text, level, source, site }) => [text, level, source, site?.line])).toEqual([
      ['a', 'info', 'stdout', 7], ['b', 'info', 'stdout', 7], ['c', 'debug', 'stdout', 7], ['d', 'warning', 'stderr', 7], ['e', 'error', 'stderr', 7],
    ]);
  });

  test('groups indent, and end', () => {
    const { console, texts } = captured();
    console.group('one'); console.log('two\nlines'); console.groupCollapsed('three'); console.log('four'); console.groupEnd(); console.groupEnd(); console.groupEnd(); console.log('five');
    expect(texts()).toEqual(['one', '  two\n  lines', '  three', '    four', 'five']);
  });

  test('count, time, assert, dir', async () => {
    const { console, texts, host } = captured();
    console.count(); console.count(); console.countReset(); console.count(); console.count('x');
    console.time('t'); await passTime(host, 12); console.timeLog('t', 'still'); console.timeEnd('t'); console.timeEnd('t');
    console.assert(true, 'no'); console.assert(false, 'wrong %s', 'thing'); console.assert(false);
    console.dir({ a: 1 });
    expect(texts()).toEqual(['default: 1', 'default: 2', 'default: 1', 'x: 1', 't: 12.000 ms still', 't: 12.000 ms', 'Assertion failed: wrong thing', 'Assertion failed', '{ a: 1 }']);
  });

  test('table', () => {
    const { console, texts } = captured();
    console.table([{ a: 1, b: 'x' }, { a: 22 }, 'plain']);
    expect(texts()[0]).toBe([
      '┌─────────┬────┬─────┬─────────┐', "│ (index) │ a  │ b   │ Values  │", '├─────────┼────┼─────┼─────────┤',
      "│ 0       │ 1  │ 'x' │         │", '│ 1       │ 22 │     │         │', "│ 2       │    │     │ 'plain' │", '└─────────┴────┴─────┴─────────┘',
    ].join('\n'));
  });

  test('errors are told with the places of the snippet, causes too', () => {
    const { console, texts } = captured();
    console.log('x', new Error('a', { cause: new TypeError('b') }));
    expect(texts()).toEqual(['x Error: a (readable)\n  [cause]: TypeError: b (readable)']);
  });

  test('one line is cut', () => {
    const { console, texts } = captured();
    console.log('x'.repeat(40_000));
    expect(texts()[0]).toBe(`${'x'.repeat(32_768)}… (7232 more characters)`);
  });
});

describe('the budget', () => {
  test('admits a burst, says what it held back, and goes on', async () => {
    const { console, host, texts } = captured();
    for (let line = 0; line < 5000; line += 1) console.log(line);
    expect(texts()).toHaveLength(4000);
    await passTime(host, 499);
    expect(texts()).toEqual([]);
    await passTime(host, 1);
    expect(texts()).toEqual(['1000 more lines were written here than are kept (about 400 a second).']);
    console.log('on');
    expect(texts()).toEqual(['on']);
  });

  test('says so without a timer where the thread never rests', () => {
    const { console, host, texts } = captured();
    for (let line = 0; line < 4002; line += 1) console.log(line);
    // Time passes, no timer fires: an endless loop.
    const { now } = host.clock;
    host.clock.now = () => now.call(host.clock) + 600;
    console.log('still here');
    expect(texts().slice(-2)).toEqual(['2 more lines were written here than are kept (about 400 a second).', 'still here']);
  });

  test('counts characters as well', () => {
    const { console, texts } = captured();
    for (let line = 0; line < 100; line += 1) console.log('x'.repeat(30_000));
    expect(texts().length).toBe(34);
  });
});
