import { SocketError, type Address, type DuplexSocket, type SocketHandler } from './socket.ts';

/**
 * A connection inside one thread: two sockets, each with an inbox that the other fills.
 *
 * Delivery runs in a microtask, as it does from a clean stack over TCP and over a MessagePort: a handler is never called
 * from within a call that its owner made, so nobody has to be re-entrant, and two ends that answer each other cannot
 * overflow the stack. (They can still keep the thread busy for ever, like any loop.)
 */

/** Buffering of one direction. Units: octets. */
export interface WaterMarks {
  /** `write` returns false once more than this is queued. Default 65 536. */
  readonly highWaterBytes?: number;
  /** `onDrain` comes once no more than this is queued. Default 16 384; at most the high-water mark. */
  readonly lowWaterBytes?: number;
}

/** How a pair is made. */
export interface SocketPairOptions extends WaterMarks {
  /** Connection id of both ends. Default 1. */
  readonly id?: number;
  /** Where the connecting end is. Default 127.0.0.1:49152. */
  readonly client?: Address;
  /** Where the accepted end is. Default 127.0.0.1:80. */
  readonly server?: Address;
  /**
   * Called once, when the connection is over: which end sent its FIN first (and would be in TIME_WAIT now), or undefined
   * after a reset.
   */
  readonly onOver?: (firstToEnd: 'client' | 'server' | undefined) => void;
}

/** Default high-water mark: what Linux gives a fresh TCP socket to send, give or take. */
export const defaultHighWaterBytes = 65_536;
/** Default low-water mark. */
export const defaultLowWaterBytes = 16_384;

/** Resolve the two marks, with the low one below the high one. */
export function waterMarks(options: WaterMarks): { readonly high: number; readonly low: number } {
  const high = options.highWaterBytes ?? defaultHighWaterBytes;
  return { high, low: Math.min(options.lowWaterBytes ?? defaultLowWaterBytes, high) };
}

/** An end of a pair, which can be broken in the middle. */
export interface CuttableSocket extends DuplexSocket {
  /** The network loses the connection: both ends are told ECONNRESET. */
  cut(): void;
}

/** Two connected ends: `[client, server]`. Bytes are passed by reference, never copied: the writer gave them away. */
export function socketPair(options: SocketPairOptions = {}): [client: CuttableSocket, server: CuttableSocket] {
  const id = options.id ?? 1;
  const clientAddress = options.client ?? { host: '127.0.0.1', port: 49_152 };
  const serverAddress = options.server ?? { host: '127.0.0.1', port: 80 };
  const life: Life = { firstToEnd: undefined, onOver: options.onOver };
  const marks = waterMarks(options);
  const client = new MemorySocket(id, 'client', clientAddress, serverAddress, marks, life);
  const server = new MemorySocket(id, 'server', serverAddress, clientAddress, marks, life);
  client.peer = server;
  server.peer = client;
  return [client, server];
}

const soon = Promise.resolve();

/** What both ends of a pair share. */
interface Life {
  firstToEnd: 'client' | 'server' | undefined;
  /** Taken away once it was called. */
  onOver: SocketPairOptions['onOver'];
}

function finish(life: Life, firstToEnd: Life['firstToEnd']): void {
  const { onOver } = life;
  life.onOver = undefined;
  onOver?.(firstToEnd);
}

/** One end of a pair. The queue of a direction lives at its receiver (`#inbox`), the pressure flag at its sender. */
class MemorySocket implements CuttableSocket {
  readonly id: number;
  readonly role: 'client' | 'server';
  readonly local: Address;
  readonly remote: Address;
  readonly #high: number;
  readonly #low: number;
  readonly #life: Life;
  /** Set once, right after construction: neither end can be made with the other. */
  peer!: MemorySocket;
  #handler: SocketHandler | undefined;

  /** What the peer wrote and our handler has not been given; `#next` is the first live index. */
  #inbox: Uint8Array[] = [];
  #next = 0;
  #inboxBytes = 0;
  /** The peer's FIN is behind the inbox. */
  #finWaits = false;
  /** `onEof` was called. */
  #sawEof = false;

  /** We called `end`. */
  #ended = false;
  /** `write` returned false and `onDrain` has not been called since. */
  #owesDrain = false;
  #paused = false;
  /** Why the connection was cut: undefined, or the error for `onClose` (null: we did it ourselves). */
  #cut: SocketError | null | undefined;
  #closed = false;
  #scheduled = false;

  constructor(id: number, role: 'client' | 'server', local: Address, remote: Address, marks: { readonly high: number; readonly low: number }, life: Life) {
    this.id = id;
    this.#life = life;
    this.role = role;
    this.local = local;
    this.remote = remote;
    this.#high = marks.high;
    this.#low = marks.low;
  }

  open(handler: SocketHandler): void {
    if (this.#handler) throw new SocketError('EINVAL', 'open', 'this socket has a handler already');
    this.#handler = handler;
    this.#schedule();
  }

  write(bytes: Uint8Array): boolean {
    if (this.#ended || this.#cut !== undefined) return false;
    if (bytes.length > 0) this.peer.#take(bytes);
    if (this.peer.#inboxBytes > this.#high) this.#owesDrain = true;
    return !this.#owesDrain;
  }

  end(): void {
    if (this.#ended || this.#cut !== undefined) return;
    this.#ended = true;
    this.#life.firstToEnd ??= this.role;
    this.peer.#finWaits = true;
    this.peer.#schedule();
  }

  reset(): void {
    if (this.#closed || this.#cut !== undefined) return;
    finish(this.#life, undefined);
    this.#sever(null);
    if (!this.peer.#closed) this.peer.#sever(new SocketError('ECONNRESET', 'recv', 'the peer reset the connection'));
  }

  cut(): void {
    finish(this.#life, undefined);
    for (const end of [this, this.peer]) {
      if (!end.#closed && end.#cut === undefined) end.#sever(new SocketError('ECONNRESET', 'recv', 'the connection was cut'));
    }
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#schedule();
  }

  get bufferedAmount(): number {
    return this.peer.#inboxBytes;
  }

  #take(bytes: Uint8Array): void {
    this.#inbox.push(bytes);
    this.#inboxBytes += bytes.length;
    this.#schedule();
  }

  #sever(why: SocketError | null): void {
    this.#cut = why;
    this.#drop();
    this.#schedule();
  }

  #drop(): void {
    this.#inbox = [];
    this.#next = 0;
    this.#inboxBytes = 0;
  }

  #schedule(): void {
    if (this.#scheduled || this.#closed || !this.#handler) return;
    this.#scheduled = true;
    void soon.then(() => {
      this.#scheduled = false;
      this.#deliver();
    });
  }

  /**
   * Tell the handler everything that can be told now. A handler that throws loses its connection, and the error goes
   * where the platform reports uncaught ones (this runs in a promise job): the peer must not suffer for it.
   */
  #deliver(): void {
    const handler = this.#handler;
    if (!handler) return;
    try {
      while (!this.#closed) {
        if (this.#cut !== undefined) return this.#close(handler, this.#cut ?? undefined);
        if (this.#owesDrain && !this.#ended && this.peer.#inboxBytes <= this.#low) {
          this.#owesDrain = false;
          handler.onDrain();
        } else if (!this.#paused && this.#next < this.#inbox.length) {
          handler.onData(this.#shift());
        } else if (!this.#paused && this.#finWaits && !this.#sawEof) {
          this.#sawEof = true;
          handler.onEof();
          // If the peer had seen our FIN before, this was the last thing it waited for.
          this.peer.#schedule();
        } else if (this.#sawEof && this.peer.#sawEof) {
          // Both FINs have been delivered: over, in order.
          finish(this.#life, this.#life.firstToEnd);
          return this.#close(handler, undefined);
        } else {
          return;
        }
      }
    } catch (error) {
      this.reset();
      throw error;
    }
  }

  #shift(): Uint8Array {
    const bytes = this.#inbox[this.#next]!;
    this.#next += 1;
    if (this.#next === this.#inbox.length) {
      this.#inbox = [];
      this.#next = 0;
    } else if (this.#next === 1024) {
      // Let go of what was delivered; 1024 keeps the copying amortised.
      this.#inbox = this.#inbox.slice(1024);
      this.#next = 0;
    }
    this.#inboxBytes -= bytes.length;
    if (this.peer.#owesDrain && this.#inboxBytes <= this.#low) this.peer.#schedule();
    return bytes;
  }

  #close(handler: SocketHandler, error: SocketError | undefined): void {
    this.#closed = true;
    this.#drop();
    handler.onClose(error);
  }
}
