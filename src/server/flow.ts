/**
 * What goes out on one connection: parts are gathered, joined, and handed to the socket in as few writes as possible; the socket
 * says when it has had enough.
 */
import type { DuplexSocket } from '../net/socket.ts';

/** Parts up to this size together are copied into one write; larger ones go out one by one. Unit: octets. */
const joinBytes = 65_536;

/** Told about each write. */
export type WriteListener = (bytes: Uint8Array) => void;

/** The sending side of one connection. */
export class Outflow {
  readonly #socket: DuplexSocket;
  readonly #written: WriteListener;
  #parts: Uint8Array[] = [];
  /** Which of them still belong to somebody else (an application that may write over them). */
  #borrowed: boolean[] = [];
  #size = 0;
  /** The socket is above its high-water mark. */
  #full = false;

  constructor(socket: DuplexSocket, written: WriteListener) {
    this.#socket = socket;
    this.#written = written;
  }

  /** Octets that wait for {@link flush}. */
  get size(): number {
    return this.#size;
  }

  get full(): boolean {
    return this.#full;
  }

  /** Queue bytes. `borrowed`: they are not ours, and are copied no later than {@link own}. */
  push(bytes: Uint8Array, borrowed: boolean): void {
    if (bytes.length === 0) return;
    this.#parts.push(bytes);
    this.#borrowed.push(borrowed);
    this.#size += bytes.length;
  }

  /** The lender gets control back before the next flush: copy what is borrowed. */
  own(): void {
    for (let i = 0; i < this.#parts.length; i += 1) {
      if (!this.#borrowed[i]) continue;
      this.#parts[i] = this.#parts[i]!.slice();
      this.#borrowed[i] = false;
    }
  }

  /** Hand everything to the socket. False: it is full, wait for {@link drained}. */
  flush(): boolean {
    const parts = this.#parts;
    if (parts.length === 0) return !this.#full;
    const borrowed = this.#borrowed;
    const size = this.#size;
    this.#parts = [];
    this.#borrowed = [];
    this.#size = 0;
    if (parts.length > 1 && size <= joinBytes) this.#write(join(parts, size));
    else for (let i = 0; i < parts.length; i += 1) this.#write(borrowed[i] ? copy(parts[i]!) : parts[i]!);
    return !this.#full;
  }

  /** The socket has room again. */
  drained(): void {
    this.#full = false;
  }

  /** Forget what waits: the connection is over. */
  discard(): void {
    this.#parts = [];
    this.#borrowed = [];
    this.#size = 0;
  }

  #write(bytes: Uint8Array): void {
    this.#written(bytes);
    if (!this.#socket.write(bytes)) this.#full = true;
  }
}

/** A plain array of its own, whatever the lender's class is (Node's Buffer shares a pool). */
const copy = (bytes: Uint8Array): Uint8Array => {
  const own = new Uint8Array(bytes.length);
  own.set(bytes);
  return own;
};

function join(parts: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
