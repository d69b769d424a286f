import type { Host, Random, TimerHandle, Timers } from './effects.ts';

/** Time and chance that repeat: for replays and for tests. The same seed and the same calls give the same answers. */

/** 2026-01-01T00:00:00Z: what a replay's wall clock says at its start. */
export const replayEpochMs = 1_767_225_600_000;

/**
 * xoshiro128** (Blackman and Vigna, 2018), seeded through splitmix32. Fast and even; not for secrets.
 * Seeds are taken modulo 2³².
 */
export function seededRandom(seed: number): Random {
  let mix = seed >>> 0;
  const nextSeed = (): number => {
    mix = (mix + 0x9e37_79b9) >>> 0;
    let z = mix;
    z = Math.imul(z ^ (z >>> 16), 0x21f0_aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a_2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  let a = nextSeed();
  let b = nextSeed();
  let c = nextSeed();
  let d = nextSeed();
  const rotate = (x: number, k: number): number => (x << k) | (x >>> (32 - k));
  const word = (): number => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotate(d, 11);
    return result;
  };
  return {
    next: () => word() / 2 ** 32,
    fill(bytes) {
      for (let at = 0; at < bytes.length; at += 4) {
        let four = word();
        for (let offset = at; offset < at + 4 && offset < bytes.length; offset += 1) {
          bytes[offset] = four & 0xff;
          four >>>= 8;
        }
      }
      return bytes;
    },
  };
}

interface Pending {
  readonly due: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A host whose time stands still until it is told to move. */
export class VirtualHost implements Host {
  readonly clock: Host['clock'];
  readonly timers: Timers;
  readonly random: Random;
  #now = 0;
  #order = 0;
  /** Unsorted: a handful of timers at a time is what there is. */
  readonly #pending = new Set<Pending>();

  /** `epochMs`: what `wallMs` says at the start. */
  constructor(options: { readonly seed?: number; readonly epochMs?: number } = {}) {
    const epochMs = options.epochMs ?? replayEpochMs;
    this.clock = { now: () => this.#now, wallMs: () => epochMs + this.#now };
    this.timers = {
      after: (ms, callback) => {
        const timer: Pending = { due: this.#now + Math.max(0, ms), order: this.#order, callback };
        this.#order += 1;
        this.#pending.add(timer);
        return timer;
      },
      cancel: (handle: TimerHandle) => {
        this.#pending.delete(handle as Pending);
      },
    };
    this.random = seededRandom(options.seed ?? 1);
  }

  /** When the next timer is due, on this clock; undefined where none waits. */
  get nextDue(): number | undefined {
    return this.#earliest()?.due;
  }

  /** Timers that wait. A test that ends with some has leaked them. */
  get pendingTimers(): number {
    return this.#pending.size;
  }

  /**
   * Move time on by `ms`, calling every timer that falls due on the way, in order of time and then of age, each at its
   * own moment; timers set meanwhile count too. What a timer throws comes out here, with time at that timer.
   */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let timer = this.#earliest(); timer && timer.due <= end; timer = this.#earliest()) this.#fire(timer);
    this.#now = end;
  }

  /** Jump to the next timer and call it. False where none waits. */
  step(): boolean {
    const timer = this.#earliest();
    if (timer) this.#fire(timer);
    return timer !== undefined;
  }

  #fire(timer: Pending): void {
    this.#pending.delete(timer);
    this.#now = Math.max(this.#now, timer.due);
    timer.callback();
  }

  #earliest(): Pending | undefined {
    let first: Pending | undefined;
    for (const timer of this.#pending) {
      if (!first || timer.due < first.due || (timer.due === first.due && timer.order < first.order)) first = timer;
    }
    return first;
  }
}

/** What one look at a replay's clock adds to it: time must move, or durations would all be 0. Unit: ms. */
const tickMs = 0.001;

/**
 * The host of a replay that runs among real threads. Timers wait in real time, paced by `pace`, so that a message from
 * another thread does not find every timeout spent; but the clock never shows real time: it shows when the last timer
 * was due, plus a thousandth of a millisecond for every look. So two runs in which things happen in the same order read
 * the same times.
 */
export function replayHost(options: { readonly seed: number; readonly pace: Timers; readonly epochMs?: number }): Host {
  const epochMs = options.epochMs ?? replayEpochMs;
  let now = 0;
  return {
    clock: {
      now() {
        now += tickMs;
        return Math.round(now * 1000) / 1000;
      },
      wallMs: () => Math.floor(epochMs + now),
    },
    timers: {
      after(ms, callback) {
        const due = now + Math.max(0, ms);
        return options.pace.after(ms, () => {
          now = Math.max(now, due);
          callback();
        });
      },
      cancel: (handle) => options.pace.cancel(handle),
    },
    random: seededRandom(options.seed),
  };
}
