import type { Clock } from '../host/effects.ts';
import type { CallPort } from '../rpc/calls.ts';
import { Bucket } from './bucket.ts';
import type { MessagePortLike } from './types.ts';

/** Messages that may come at once through one port, and per second after that. An honest process is far below: what it has much of comes in batches. */
const burst = 20_000;
const perSecond = 10_000;

type Listener = (event: { readonly data: any }) => void;

/**
 * A port whose other end is in hostile hands. Counts what arrives; above the limit the port is closed (what is queued in
 * it is dropped unread, so the thread is free at once) and `onFlood` is called, once.
 *
 * To its user it is a port like any other, with listeners besides `onmessage`, which comlink wants.
 */
export class GuardedPort implements CallPort {
  readonly #port: MessagePortLike;
  readonly #listeners = new Set<Listener>();
  #closed = false;
  onmessage: Listener | null = null;

  constructor(port: MessagePortLike, clock: Clock, onFlood: () => void) {
    this.#port = port;
    const messages = new Bucket(clock, burst, perSecond);
    port.onmessage = (event) => {
      if (this.#closed) return;
      if (messages.take(1) > 0) {
        this.close();
        onFlood();
        return;
      }
      this.onmessage?.(event);
      for (const listener of this.#listeners) listener(event);
    };
  }

  postMessage(message: unknown, transfer?: readonly object[]): void {
    if (!this.#closed) this.#port.postMessage(message, transfer ?? []);
  }

  start(): void {
    this.#port.start?.();
  }

  close(): void {
    this.#closed = true;
    this.#port.onmessage = null;
    this.#port.close();
  }

  addEventListener(_type: string, listener: unknown): void {
    if (_type === 'message') this.#listeners.add(listener as Listener);
  }

  removeEventListener(_type: string, listener: unknown): void {
    this.#listeners.delete(listener as Listener);
  }
}
