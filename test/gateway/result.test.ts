import { describe, expect, test } from 'vitest';
import { Result } from '../../src/gateway/wsgi/result.ts';

/** What happened, in order. */
function watched(): { readonly log: string[]; note(what: string): void } {
  const log: string[] = [];
  return { log, note: (what) => log.push(what) };
}

describe('PEP3333-details-8: what close() means in JavaScript', () => {
  test('a generator that was not begun', () => {
    const { log, note } = watched();
    const result = new Result((function* () { try { yield 1; } finally { note('finally'); } })());
    expect(result.close()).toBe(true);
    // It had nothing to clean up yet.
    expect(log).toEqual([]);
  });

  test('a generator in the middle', () => {
    const { log, note } = watched();
    const result = new Result((function* () { try { yield 1; yield 2; } finally { note('finally'); } })());
    result.next();
    expect(result.close()).toBe(true);
    expect(log).toEqual(['finally']);
    expect(result.close()).toBe(false);
  });

  test('an iterator of its own is returned only if it was not exhausted; close() comes in every case', () => {
    const { log, note } = watched();
    const make = (): Iterable<number> & { close(): void } => ({
      [Symbol.iterator]() {
        let left = 1;
        return { next: () => (left-- > 0 ? { done: false, value: 1 } : { done: true, value: undefined }), return: () => { note('return'); return { done: true, value: undefined }; } };
      },
      close: () => note('close'),
    });
    const early = new Result(make());
    early.next();
    early.close();
    const late = new Result(make());
    late.next();
    late.next();
    late.close();
    const never = new Result(make());
    never.close();
    expect(log).toEqual(['return', 'close', 'close', 'close']);
  });

  test('close() comes even if return() throws, and the error is told', () => {
    const { log, note } = watched();
    const result = new Result({
      [Symbol.iterator]: () => ({ next: () => ({ done: false, value: 1 }), return: () => { throw new Error('in return'); } }),
      close: () => note('close'),
    } as Iterable<number>);
    result.next();
    expect(() => result.close()).toThrow('in return');
    expect(log).toEqual(['close']);
  });

  test('an iterator that threw is over', () => {
    const { log, note } = watched();
    const result = new Result({
      [Symbol.iterator]: () => ({ next: () => { throw new Error('in next'); }, return: () => { note('return'); return { done: true, value: undefined }; } }),
    } as Iterable<number>);
    expect(() => result.next()).toThrow('in next');
    expect(result.close()).toBe(false);
    expect(log).toEqual([]);
  });

  test('an array has neither', () => {
    const result = new Result([1, 2]);
    expect(result.items).toEqual([1, 2]);
    expect(result.close()).toBe(false);
  });
});

test('PEP3333-details-7: only the length of an array is relied on', () => {
  expect(new Result(Object.assign((function* () { yield 1; })(), { length: 7 })).items).toBeUndefined();
  expect(new Result(new Set([1])).items).toBeUndefined();
});
