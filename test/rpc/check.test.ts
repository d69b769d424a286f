import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readMessage, readOutcome } from '../../src/rpc/check.ts';

const good = [
  { type: 'pong', id: 1, clock: 2, now: 3.5 },
  { type: 'accept', clock: 0 },
  { type: 'flushed', id: 7 },
  { type: 'exit', reason: 'done' },
] as const;

describe('a message', () => {
  test.each(good)('$type is taken as it is, without what does not belong', (message) => {
    expect(readMessage({ ...message, extra: 1 })).toEqual(message);
  });

  test.each(good.flatMap((message) => Object.keys(message).filter((key) => key !== 'reason').map((key) => ({ message, key }))))('$message.type with a wrong $key is none', ({ message, key }) => {
    for (const wrong of [undefined, null, 'x', -1, Number.NaN, {}]) expect(readMessage({ ...message, [key]: wrong })).toBeUndefined();
  });

  test('anything at all is a message or none, and never throws', () => {
    fc.assert(fc.property(fc.anything(), (data) => {
      const message = readMessage(data);
      expect(message === undefined || ['pong', 'accept', 'flushed', 'exit', 'trace'].includes(message.type)).toBe(true);
    }));
  });
});

describe('an outcome', () => {
  test('is taken as it is', () => {
    expect(readOutcome({ ok: true, interface: 'asgi', more: 1 })).toEqual({ ok: true, interface: 'asgi' });
    const problem = { name: 'SyntaxError', message: 'm', advice: 'a', site: { file: 'app.ts', line: 3, column: 4, name: 'f' } };
    expect(readOutcome({ ok: false, problem })).toEqual({ ok: false, problem });
  });

  test('anything at all gives an outcome with text of bounded length, and never throws', () => {
    fc.assert(fc.property(fc.anything(), (data) => {
      const outcome = readOutcome({ ok: false, problem: data });
      expect(outcome.ok).toBe(false);
      if (!outcome.ok) for (const text of [outcome.problem.name, outcome.problem.message, outcome.problem.advice]) expect(text.length).toBeLessThan(8200);
    }));
  });
});
