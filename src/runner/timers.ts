import type { TimerHandle, Timers } from '../host/effects.ts';
import type { Activity } from './activity.ts';

/** The timer functions that a program finds, by their global names. */
export interface TimerFunctions {
  setTimeout(callback: unknown, ms?: unknown, ...values: unknown[]): number;
  clearTimeout(id?: unknown): void;
  setInterval(callback: unknown, ms?: unknown, ...values: unknown[]): number;
  clearInterval(id?: unknown): void;
}

/**
 * Timers over those of the host, so that a replay decides what time it is, and counted, so that it is known when a
 * program has nothing more to wait for.
 */
export function programTimers(timers: Timers, activity: Activity): TimerFunctions {
  const pending = new Map<number, TimerHandle>();
  let nextId = 1;
  const delay = (ms: unknown): number => Math.max(0, Number(ms) || 0);
  const clear = (id?: unknown): void => {
    const handle = pending.get(id as number);
    if (handle === undefined) return;
    pending.delete(id as number);
    timers.cancel(handle);
    activity.change(-1);
  };
  const begin = (callback: unknown, ms: number, values: readonly unknown[], again: boolean): number => {
    if (typeof callback !== 'function') throw new TypeError('a timer needs a function');
    const id = nextId;
    nextId += 1;
    const fire = (): void => {
      if (again) pending.set(id, timers.after(ms, fire));
      else pending.delete(id);
      try {
        (callback as (...values: unknown[]) => void)(...values);
      } finally {
        if (!again) activity.change(-1);
      }
    };
    activity.change(1);
    pending.set(id, timers.after(ms, fire));
    return id;
  };
  return {
    setTimeout: (callback, ms, ...values) => begin(callback, delay(ms), values, false),
    // HTML clamps nested ones to 4 ms, Node to 1: an interval of 0 must not be a loop.
    setInterval: (callback, ms, ...values) => begin(callback, Math.max(1, delay(ms)), values, true),
    clearTimeout: clear,
    clearInterval: clear,
  };
}
