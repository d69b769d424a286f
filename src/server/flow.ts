/**
 * What goes out on one connection: parts are gathered and handed to the socket in as few writes as possible; the socket says
 * when it has had enough.
 */
import type { DuplexSocket } from '../net/socket.ts';
import { Stretch } from './slab.ts';

/** Parts up to this size are copied, and leave together; a larger one leaves as it is, by itself. Unit: octets. */
const copyBytes = 32_768;

/** Told about each write. */
export interface WriteListener { wrote(bytes: Uint8Array): void }

/** The sending side of one connection. */
export class Outflow {
  readonly #socket: DuplexSocket;
  readonly #listener: WriteListener;
  /** The newest parts, one behind the other; what is in `#parts` goes first. */
  readonly #gathered = new Stretch();
  #parts: Uint8Array[] = [];
  /** Those of `#parts`, from the end, that still belong to somebody else (an application that may write over them). */
  #borrowed: Uint8Array[] = [];
  #size = 0;
  /** The socket is above its high-water mark. */
  #full = false;

  constructor(socket: DuplexSocket, listener: WriteListener) {
    this.#socket = socket;
    this.#listener = listener;
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
    const { length } = bytes;
    if (length === 0) return;
    this.#size += length;
    if (length <= copyBytes) return this.#gathered.put(bytes);
    if (this.#gathered.size > 0) this.#parts.push(this.#takeCopy());
    this.#parts.push(bytes);
    if (borrowed) this.#borrowed.push(bytes);
  }

  /** Queue a few bytes, which are copied. */
  put(bytes: Uint8Array): void {
    this.#size += bytes.length;
    this.#gathered.put(bytes);
  }

  /** The lender gets control back before the next flush: copy what is borrowed. */
  own(): void {
    if (this.#borrowed.length === 0) return;
    this.#parts = this.#parts.map((part) => (this.#borrowed.includes(part) ? copy(part) : part));
    this.#borrowed = [];
  }

  /** Hand everything to the socket. False: it is full, wait for {@link drained}. */
  flush(): boolean {
    if (this.#size === 0) return !this.#full;
    this.#size = 0;
    if (this.#parts.length > 0) this.#flushParts();
    if (this.#gathered.size > 0) this.#flushGathered();
    return !this.#full;
  }

  #flushParts(): void {
    this.own();
    const parts = this.#parts;
    this.#parts = [];
    for (const part of parts) this.#write(part);
  }

  #flushGathered(): void {
    const socket = this.#socket;
    // What stays in the socket must not hold on to a slab that it shares with everybody: a client that reads nothing would.
    if (socket.keepsNothing !== true || socket.bufferedAmount > 0) return this.#write(this.#takeCopy());
    this.#write(this.#gathered.take());
    this.#gathered.release(socket.bufferedAmount === 0);
  }

  /** What was gathered, in an array of its own. */
  #takeCopy(): Uint8Array {
    const own = copy(this.#gathered.take());
    this.#gathered.release(true);
    return own;
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
    this.#gathered.release(true);
  }

  #write(bytes: Uint8Array): void {
    this.#listener.wrote(bytes);
    if (!this.#socket.write(bytes)) this.#full = true;
  }
}

/** A plain array of its own, whatever the lender's class is (Node's Buffer shares a pool). */
const copy = (bytes: Uint8Array): Uint8Array => {
  const own = new Uint8Array(bytes.length);
  own.set(bytes);
  return own;
};
