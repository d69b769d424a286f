import type { Host } from '../host/effects.ts';
import { Lane, type LaneShape } from './lane.ts';
import { waterMarks, type WaterMarks } from './memory.ts';
import { SocketError, type Address, type DuplexSocket, type SocketHandler } from './socket.ts';

/** How a connection behaves, as the end that is wrapped sees it. */
export interface ConnectionShape {
  /** What we write on its way to the peer. */
  readonly send?: LaneShape;
  /** What the peer writes on its way to us. */
  readonly receive?: LaneShape;
}

/** The same conditions in both directions. */
export const bothWays = (shape: LaneShape): ConnectionShape => ({ send: shape, receive: shape });

/**
 * A connection over a worse network than it has. Wrap one end only; the other need not know. Time and chance come from
 * `host`, so a seed repeats a run. Octets that are under way count as buffered: back-pressure works as over a real
 * network, where throughput is at most the buffer divided by the time it takes.
 */
export function shapeSocket(inner: DuplexSocket, shape: ConnectionShape, host: Host, marks: WaterMarks = {}): DuplexSocket {
  return new ShapedSocket(inner, shape, host, marks);
}

const soon = Promise.resolve();

class ShapedSocket implements DuplexSocket {
  readonly #inner: DuplexSocket;
  readonly #high: number;
  readonly #low: number;
  readonly #out: Lane;
  readonly #in: Lane;
  #handler: SocketHandler | undefined;
  #ended = false;
  #owesDrain = false;
  #paused = false;
  /** We asked `inner` to hold back because too much is under way to us. */
  #holdsInner = false;
  /** We reset `inner`, by the owner's wish or (`#cause`) because the network broke; its `onClose` will be ours. */
  #severed = false;
  #cause: SocketError | undefined;
  /** `inner` closed in order, and the news waits behind the bytes. */
  #closeWaits = false;
  #closed = false;

  constructor(inner: DuplexSocket, shape: ConnectionShape, host: Host, options: WaterMarks) {
    this.#inner = inner;
    const marks = waterMarks(options);
    this.#high = marks.high;
    this.#low = marks.low;
    const cut = (): void => this.#sever(new SocketError('ECONNRESET', 'recv', 'the connection was cut'));
    this.#out = new Lane(shape.send ?? {}, host, {
      data: (bytes) => {
        if (!inner.write(bytes)) this.#out.hold();
      },
      end: () => inner.end(),
      relieved: () => this.#drainSoon(),
      cut,
    });
    this.#in = new Lane(shape.receive ?? {}, host, {
      data: (bytes) => this.#tell((handler) => handler.onData(bytes)),
      end: () => this.#tell((handler) => handler.onEof()),
      relieved: () => this.#maybeResumeInner(),
      cut,
    });
  }

  get id(): number {
    return this.#inner.id;
  }
  get local(): Address {
    return this.#inner.local;
  }
  get remote(): Address {
    return this.#inner.remote;
  }
  get role(): 'client' | 'server' {
    return this.#inner.role;
  }

  open(handler: SocketHandler): void {
    if (this.#handler) throw new SocketError('EINVAL', 'open', 'this socket has a handler already');
    this.#handler = handler;
    this.#inner.open({
      onData: (bytes) => {
        // Borrowed from `inner`, and it may be under way for a while.
        this.#in.push(bytes.slice());
        if (this.#in.bytes > this.#high && !this.#holdsInner) {
          this.#holdsInner = true;
          this.#inner.pause();
        }
      },
      onEof: () => this.#in.end(),
      onDrain: () => {
        this.#out.resume();
        this.#drainSoon();
      },
      onClose: (error) => {
        if (error || this.#severed) this.#close(error ?? this.#cause);
        else {
          this.#closeWaits = true;
          this.#maybeClose();
        }
      },
    });
  }

  write(bytes: Uint8Array): boolean {
    if (this.#ended || this.#closed) return false;
    this.#out.push(bytes);
    // Pressure is counted on our own queue, with `inner`'s as a flag: `inner` tells us when it is no longer full, but
    // not each time when it holds less.
    if (this.#out.bytes > this.#high || this.#out.held) this.#owesDrain = true;
    return !this.#owesDrain;
  }

  end(): void {
    if (this.#ended || this.#closed) return;
    this.#ended = true;
    this.#out.end();
  }

  reset(): void {
    this.#sever(undefined);
  }

  pause(): void {
    this.#paused = true;
    this.#in.hold();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    // Not from within this call: the lane lets out what is due in a job of its own.
    void soon.then(() => {
      if (!this.#paused && !this.#closed) this.#in.resume();
    });
  }

  get bufferedAmount(): number {
    return this.#out.bytes + this.#inner.bufferedAmount;
  }

  /** Nothing is told after the end, nor between our `reset` and the `onClose` that answers it. */
  #tell(what: (handler: SocketHandler) => void): void {
    if (this.#handler && !this.#closed && !this.#severed) what(this.#handler);
    this.#maybeClose();
  }

  get #stillFull(): boolean {
    return this.#out.held || this.#out.bytes > this.#low;
  }

  /** The lane may let something out from within the owner's own `write`; `onDrain` is told from a clean stack. */
  #drainSoon(): void {
    if (!this.#owesDrain || this.#stillFull) return;
    void soon.then(() => {
      if (!this.#owesDrain || this.#ended || this.#closed || this.#stillFull) return;
      this.#owesDrain = false;
      this.#handler?.onDrain();
    });
  }

  #maybeResumeInner(): void {
    if (this.#holdsInner && this.#in.bytes <= this.#low) {
      this.#holdsInner = false;
      this.#inner.resume();
    }
    this.#maybeClose();
  }

  #maybeClose(): void {
    if (this.#closeWaits && this.#in.empty) this.#close(undefined);
  }

  #sever(cause: SocketError | undefined): void {
    if (this.#closed || this.#severed) return;
    this.#severed = true;
    this.#cause = cause;
    this.#ended = true;
    this.#out.close();
    this.#in.close();
    // Had `inner` closed in order before, it has told us already and will not again.
    if (this.#closeWaits) void soon.then(() => this.#close(cause));
    else this.#inner.reset();
  }

  #close(error: SocketError | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#out.close();
    this.#in.close();
    this.#handler?.onClose(error);
  }
}
