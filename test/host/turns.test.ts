import { expect, test } from 'vitest';
import { TurnHost } from '../../src/host/turns.ts';

test('time is what it is told to be, and a little more for each look', () => {
  const host = new TurnHost(1);
  host.reach(100);
  expect([host.clock.now(), host.clock.now(), host.time]).toEqual([100.001, 100.002, 100.002]);
  host.reach(50);
  expect(host.time).toBe(100.002);
});

test('timers fire when told, in order of time and then of age, each at its own moment', () => {
  const host = new TurnHost(1);
  const fired: [string, number][] = [];
  for (const [name, ms] of [['late', 30], ['first', 10], ['second', 10]] as const) host.timers.after(ms, () => fired.push([name, host.time]));
  const cancelled = host.timers.after(5, () => fired.push(['never', 0]));
  host.timers.cancel(cancelled);
  expect(host.nextDue).toBe(10);
  while (host.fire(20));
  expect([fired, host.nextDue]).toEqual([[['first', 10], ['second', 10]], 30]);
  expect(host.fire(30)).toBe(true);
  expect([host.time, host.nextDue, host.fire(1e9)]).toEqual([30, undefined, false]);
});

test('the same seed gives the same numbers', () => {
  const row = (seed: number): number[] => Array.from({ length: 5 }, () => new TurnHost(seed).random.next());
  expect(row(7)).toEqual(row(7));
  expect(row(7)).not.toEqual(row(8));
});
