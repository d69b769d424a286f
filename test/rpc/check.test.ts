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
      expect(message === undefined || ['pong', 'accept', 'flushed', 'exit', 'trace', 'snapshot', 'call', 'started', 'turned', 'frame'].includes(message.type)).toBe(true);
    }));
  });
});

describe('a system call', () => {
  const calls = [
    { call: 'bind', fd: 3, address: { host: '127.0.0.1', port: 80 }, reuseAddress: true },
    { call: 'listen', fd: 3, backlog: 1 },
    { call: 'accept', fd: 3, timeoutMs: 10 },
    { call: 'accept', fd: 3 },
    { call: 'connect', address: { host: 'localhost', port: -1 } },
    { call: 'connect', fd: 4, address: { host: '', port: 1.5 }, timeoutMs: 0 },
    { call: 'close', fd: 3 },
  ].map((call) => ({ type: 'call', id: 1, clock: 2, ...call }));

  test.each(calls)('$call is taken as it is', (call) => {
    expect(readMessage({ ...call, extra: 1 })).toEqual(call);
  });

  test.each(calls.flatMap((call) => Object.keys(call).map((key) => ({ call, key }))))('$call.call with a wrong $key is none', ({ call, key }) => {
    for (const wrong of [null, 'x', -1, Number.NaN, {}]) {
      // A backlog may be anything that is a number.
      if (key === 'backlog' && typeof wrong === 'number') continue;
      expect(readMessage({ ...call, [key]: wrong }), String(wrong)).toBeUndefined();
    }
  });

  test('a host of any length is none', () => {
    expect(readMessage({ ...calls[0], address: { host: 'x'.repeat(300), port: 1 } })).toBeUndefined();
  });
});

test('an exit brings a code and a problem, where they make sense', () => {
  expect(readMessage({ type: 'exit', reason: 'r', code: 1, problem: { name: 'N', message: 'm', advice: '' } })).toEqual({ type: 'exit', reason: 'r', code: 1, problem: { name: 'N', message: 'm', advice: '' } });
  expect(readMessage({ type: 'exit', reason: 'r', code: 256 })).toEqual({ type: 'exit', reason: 'r' });
});

describe('an outcome', () => {
  test('is taken as it is', () => {
    expect(readOutcome({ ok: true, interface: 'asgi', more: 1 })).toEqual({ ok: true, interface: 'asgi' });
    expect(readOutcome({ ok: true })).toEqual({ ok: true });
    expect(readOutcome({ ok: true, interface: 'cgi' })).toMatchObject({ ok: false });
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
