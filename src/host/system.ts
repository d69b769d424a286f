import type { Clock, Host, Random, TimerHandle, Timers } from './effects.ts';

/**
 * The real clock, timers and randomness, over globals that browsers, workers and Node share.
 * This is the only file of the inner house that touches them.
 */

/** `setTimeout` takes a signed 32-bit delay; anything longer fires at once (HTML "timer initialisation steps", Node alike). */
const longestDelayMs = 0x7fff_ffff;

/** `crypto.getRandomValues` refuses more octets than this in one call (QuotaExceededError). */
const entropyQuotaBytes = 65_536;

/** (Taken out: in Node the global is an accessor, and takes longer to find than the time to tell.) */
const { performance } = globalThis;

/** `performance.now()` for durations, `Date.now()` for dates. */
export const systemClock: Clock = Object.freeze({
  now: () => performance.now(),
  wallMs: () => Date.now(),
});

/** `setTimeout`; a delay that does not fit is cut to about 24.8 days. */
export const systemTimers: Timers = Object.freeze({
  after: (ms: number, callback: () => void): TimerHandle =>
    setTimeout(callback, Math.min(Math.max(0, Math.ceil(ms)), longestDelayMs)),
  cancel: (handle: TimerHandle): void => clearTimeout(handle as number),
});

/** As {@link systemTimers}, with the functions that the globals have now: code that replaces them later does not reach these. */
export function ownTimers(): Timers {
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  return Object.freeze({
    after: (ms: number, callback: () => void): TimerHandle => set(callback, Math.min(Math.max(0, Math.ceil(ms)), longestDelayMs)),
    cancel: (handle: TimerHandle): void => clear(handle as number),
  });
}

/** `Math.random` for numbers, the platform's CSPRNG for octets: RFC 6455 §10.3 wants masking keys from strong entropy. */
export const systemRandom: Random = Object.freeze({
  next: () => Math.random(),
  fill: (bytes: Uint8Array): Uint8Array => {
    for (let at = 0; at < bytes.length; at += entropyQuotaBytes) {
      crypto.getRandomValues(bytes.subarray(at, at + entropyQuotaBytes) as Uint8Array<ArrayBuffer>);
    }
    return bytes;
  },
});

/** The host that everything runs on outside tests and replays. */
export const systemHost: Host = Object.freeze({ clock: systemClock, timers: systemTimers, random: systemRandom });
