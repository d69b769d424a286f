import type { Host, Timers } from '../host/effects.ts';
import { TurnHost } from '../host/turns.ts';
import type { FromProcess } from '../rpc/contract.ts';

/**
 * The turns of a process in a replay. Within one, messages are handled in order, then the timers that are due; it is over when
 * nothing that takes real time (a module that is loaded) is under way and the promises have come to rest.
 */
export class Turns {
  readonly host: TurnHost;
  readonly #real: Timers;
  readonly #post: (message: FromProcess) => void;
  #busy = 0;
  #start: () => void = () => {};
  /** Settles in the first turn. What is done before it is done at no time in particular. */
  readonly begun = new Promise<void>((resolve) => (this.#start = resolve));

  constructor(seed: number, real: Timers, post: (message: FromProcess) => void) {
    this.host = new TurnHost(seed);
    this.#real = real;
    this.#post = post;
  }

  begin(now: number): void {
    this.host.reach(now);
    this.#start();
  }

  /** The turn goes on until this has happened. */
  async during<T>(what: Promise<T>): Promise<T> {
    this.#busy += 1;
    try {
      return await what;
    } finally {
      this.#busy -= 1;
    }
  }

  /** Everything for this turn is there. `onThrown`: a timer threw. `onRest`: what has still to be said. */
  async rest(onThrown: (error: unknown) => void, onRest: () => void): Promise<void> {
    const until = this.host.time;
    for (;;) {
      await this.#hop();
      if (this.#busy > 0) continue;
      try {
        if (this.host.fire(until)) continue;
      } catch (error) {
        onThrown(error);
        continue;
      }
      // Once more: a promise of the platform may have been one task away.
      await this.#hop();
      if (this.#busy === 0 && !(this.host.nextDue !== undefined && this.host.nextDue <= until)) break;
    }
    onRest();
    const { nextDue } = this.host;
    this.#post({ type: 'turned', now: this.host.time, ...(nextDue !== undefined && { nextDue }) });
  }

  #hop(): Promise<void> {
    return new Promise((resolve) => void this.#real.after(0, resolve));
  }
}

/** Clock and chance as a program finds them among the globals, taken from `host`. */
export function replayGlobals({ clock, random }: Host): object {
  const RealDate = globalThis.Date;
  class ReplayDate extends RealDate {
    constructor(...values: []) {
      if (values.length === 0) super(clock.wallMs());
      else super(...values);
    }
    static override now(): number {
      return clock.wallMs();
    }
  }
  const { crypto } = globalThis as { crypto?: { getRandomValues?: unknown; randomUUID?: unknown } };
  if (crypto) {
    const fill = <T extends ArrayBufferView>(array: T): T => {
      random.fill(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
      return array;
    };
    const uuid = (): string => {
      const bytes = random.fill(new Uint8Array(16));
      bytes[6] = (bytes[6]! & 0x0f) | 0x40;
      bytes[8] = (bytes[8]! & 0x3f) | 0x80;
      return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    };
    Object.defineProperties(crypto, { getRandomValues: { value: fill, configurable: true }, randomUUID: { value: uuid, configurable: true } });
  }
  Object.defineProperty(globalThis.performance, 'now', { value: () => clock.now(), configurable: true });
  Object.defineProperty(Math, 'random', { value: () => random.next(), configurable: true, writable: true });
  return { Date: ReplayDate };
}
