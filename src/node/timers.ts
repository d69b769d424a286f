/**
 * Timers for a server with thousands of connections, each of which is waiting for something.
 */
import type { Host, TimerHandle, Timers } from '../host/effects.ts';
import { systemHost } from '../host/system.ts';

/** Width of one slot of the wheel. Unit: ms. A coarse timer fires up to two ticks late, never early. */
const tickMs = 64;
/** Slots on the wheel, a power of two: one turn takes 64 × 1024 ms, about a minute. Longer timers go round more than once. */
const slots = 1024;
/** Below this, accuracy matters more than cost, and a timer of its own is used. Unit: ms. */
const coarseFromMs = 1000;

/** A timer on the wheel: a node in the doubly linked list of its slot. */
interface Waiting {
  /** Tick at which it is due. */
  due: number;
  callback: (() => void) | undefined;
  previous: Waiting;
  next: Waiting;
}

const newList = (): Waiting => {
  const head = { due: 0, callback: undefined } as Waiting;
  head.previous = head;
  head.next = head;
  return head;
};

const unlink = (node: Waiting): void => {
  node.previous.next = node.next;
  node.next.previous = node.previous;
  node.previous = node;
  node.next = node;
};

/**
 * A hashed timing wheel (Varghese and Lauck, scheme 6): insert and cancel are a few pointer writes, because a server
 * starts and forgets several timeouts per request and lets almost none of them fire. The wheel turns only while it
 * holds timers, and never keeps the process alive: a listening socket or a connection does that.
 */
export class CoarseTimers implements Timers {
  readonly #now: () => number;
  readonly #wheel = Array.from({ length: slots }, newList);
  #count = 0;
  /** Last tick whose slot was emptied. */
  #swept = 0;
  #turning = false;

  /** `now`: monotonic milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  after(ms: number, callback: () => void): TimerHandle {
    if (!(ms >= coarseFromMs)) return setTimeout(callback, ms).unref();
    const now = this.#now();
    if (this.#count === 0) this.#swept = Math.floor(now / tickMs);
    const node = { due: Math.ceil((now + ms) / tickMs), callback } as Waiting;
    const head = this.#wheel[node.due & (slots - 1)]!;
    node.previous = head.previous;
    node.next = head;
    head.previous.next = node;
    head.previous = node;
    this.#count += 1;
    if (!this.#turning) this.#schedule();
    return node;
  }

  cancel(handle: TimerHandle): void {
    if (typeof handle !== 'object' || handle === null) return;
    if (!('due' in handle)) return clearTimeout(handle as NodeJS.Timeout);
    const node = handle as Waiting;
    if (node.callback === undefined) return;
    node.callback = undefined;
    unlink(node);
    this.#count -= 1;
  }

  #schedule(): void {
    this.#turning = true;
    setTimeout(this.#turn, tickMs).unref();
  }

  readonly #turn = (): void => {
    const tick = Math.floor(this.#now() / tickMs);
    // After a long pause of the thread each slot needs to be looked at only once.
    const from = Math.max(this.#swept + 1, tick - slots + 1);
    const due: Waiting[] = [];
    for (let slot = from; slot <= tick; slot += 1) {
      const head = this.#wheel[slot & (slots - 1)]!;
      for (let node = head.next; node !== head; node = node.next) if (node.due <= tick) due.push(node);
    }
    this.#swept = tick;
    // Callbacks come last and may start or cancel any timer, these among them.
    try {
      for (const node of due) {
        const { callback } = node;
        if (callback === undefined) continue;
        this.cancel(node);
        callback();
      }
    } finally {
      this.#turning = false;
      if (this.#count > 0) this.#schedule();
    }
  };
}

/** The system's clock and randomness, with a wheel of coarse timers. */
export const nodeHost = (): Host => ({ ...systemHost, timers: new CoarseTimers() });
