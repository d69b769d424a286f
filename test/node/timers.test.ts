import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CoarseTimers } from '../../src/node/timers.ts';

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

/** The fake clock of vitest, which the wheel reads and turns by. */
const timers = (): CoarseTimers => new CoarseTimers(() => performance.now());

describe('coarse timers', () => {
  it.each([0, 1, 999, 1000, 1001, 5000, 65_535, 65_536, 65_537, 300_000])('fire once, not before their time and at most two ticks after: %i ms', (ms) => {
    const fired: number[] = [];
    const began = performance.now();
    timers().after(ms, () => fired.push(performance.now() - began));
    vi.advanceTimersByTime(ms + 128);
    expect(fired).toHaveLength(1);
    expect(fired[0]).toBeGreaterThanOrEqual(ms);
    vi.advanceTimersByTime(300_000);
    expect(fired).toHaveLength(1);
  });

  it('never call back within after', () => {
    const callback = vi.fn<() => void>();
    timers().after(0, callback);
    expect(callback).not.toHaveBeenCalled();
  });

  it('are forgotten when cancelled, before and within the turn in which they are due', () => {
    const wheel = timers();
    const second = vi.fn<() => void>();
    const third = vi.fn<() => void>();
    wheel.after(2000, () => wheel.cancel(handle));
    const handle = wheel.after(2000, second);
    const other = wheel.after(3000, third);
    wheel.cancel(other);
    wheel.cancel(other);
    vi.advanceTimersByTime(10_000);
    expect(second).not.toHaveBeenCalled();
    expect(third).not.toHaveBeenCalled();
  });

  it('may be started from a callback', () => {
    const wheel = timers();
    const times: number[] = [];
    const again = (): void => {
      times.push(performance.now());
      if (times.length < 3) wheel.after(1500, again);
    };
    const began = performance.now();
    wheel.after(1500, again);
    vi.advanceTimersByTime(10_000);
    expect(times).toHaveLength(3);
    for (const [i, time] of times.entries()) expect(time - began).toBeGreaterThanOrEqual(1500 * (i + 1));
  });

  it('go on after a callback that throws', () => {
    const wheel = timers();
    const later = vi.fn<() => void>();
    wheel.after(1000, () => { throw new Error('of the application'); });
    wheel.after(3000, later);
    expect(() => vi.advanceTimersByTime(1200)).toThrow('of the application');
    vi.advanceTimersByTime(3000);
    expect(later).toHaveBeenCalledOnce();
  });

  it('leave no tick behind when the last one is gone', () => {
    const wheel = timers();
    wheel.cancel(wheel.after(5000, () => {}));
    vi.advanceTimersByTime(200);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('fire each exactly once and in time, whatever is started and cancelled when', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ wait: fc.nat(3000), ms: fc.nat(200_000), cancelAfter: fc.option(fc.nat(200_000)) }), { maxLength: 30 }), (plan) => {
        const wheel = timers();
        const fired = new Map<number, number>();
        const due = new Map<number, { from: number; ms: number; cancelledAt: number | undefined }>();
        plan.forEach(({ wait, ms, cancelAfter }, i) => {
          vi.advanceTimersByTime(wait);
          due.set(i, { from: performance.now(), ms, cancelledAt: undefined });
          const handle = wheel.after(ms, () => {
            expect(fired.has(i)).toBe(false);
            fired.set(i, performance.now());
          });
          if (cancelAfter !== null) {
            setTimeout(() => {
              due.get(i)!.cancelledAt = performance.now();
              wheel.cancel(handle);
            }, cancelAfter);
          }
        });
        vi.advanceTimersByTime(500_000);
        for (const [i, { from, ms, cancelledAt }] of due) {
          const at = fired.get(i);
          if (at === undefined) expect(cancelledAt).toBeLessThanOrEqual(from + ms + 128);
          else {
            expect(at).toBeGreaterThanOrEqual(from + ms);
            expect(at).toBeLessThanOrEqual(from + ms + 128);
          }
        }
      }),
      { numRuns: 50 },
    );
  });
});
