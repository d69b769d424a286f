import { noTrace, type Tracer } from '../trace/tracer.ts';
import { waterMarks, type WaterMarks } from './memory.ts';
import { creditBytes, readFrame, type Frame } from './port-frame.ts';
import { SocketError, type Address, type DuplexSocket, type SocketHandler } from './socket.ts';

/** What this file needs of a message port; DOM's and Node's have it. */
export interface PortLike {
  postMessage(message: unknown, transfer?: readonly object[]): void;
  onmessage: ((event: { readonly data: any }) => void) | null;
  close(): void;
  start?(): void;
  /** Where the platform tells that the other end is gone (Node, Chromium 122): used if present. */
  addEventListener?(type: 'close', listener: () => void): void;
}

/** What both ends were told about the connection when the port was handed over. */
export interface PortSocketOptions extends WaterMarks {
  readonly id: number;
  readonly role: 'client' | 'server';
  readonly local: Address;
  readonly remote: Address;
  /** Lamport time travels with every message between these two. Default: none. */
  readonly tracer?: Tracer;
}

/** Octets of one message at most: a long write must not become one long copy in the other thread. */
const maxMessageBytes = 65_536;

const soon = Promise.resolve();

/**
 * A connection across threads: a {@link DuplexSocket} whose peer is at the other end of a message port.
 *
 * - What is written goes out at once, as one message: whoever wrote it may keep the thread for long after that
 *   (PEP3333-streaming-1). What waited for credit is packed into one transferred buffer, boundaries beside it, so that a
 *   segment here is a segment there (one longer than 64 KiB is cut). End and credit go along, or when the job is done.
 * - A sender has {@link creditBytes} to spend; the receiver gives credit back as its handler takes bytes. Sent and not
 *   yet taken counts as buffered, so back-pressure reaches the writer, and a receiver that does not read holds a bounded
 *   number of octets.
 * - Each FIN is confirmed when the other handler has seen it; an end is closed once it has seen and been seen.
 * - Whatever the other thread posts is checked. A breach is answered like a broken TCP connection: reset.
 */
export class PortSocket implements DuplexSocket {
  readonly id: number;
  readonly role: 'client' | 'server';
  readonly local: Address;
  readonly remote: Address;
  readonly #port: PortLike;
  readonly #tracer: Tracer;
  readonly #high: number;
  readonly #low: number;
  #handler: SocketHandler | undefined;

  // Sending. `#outbox` waits for the next message or for credit; `#inFlight` octets are sent and not yet taken.
  #outbox: Uint8Array[] = [];
  #outboxBytes = 0;
  #inFlight = 0;
  #fin: 'no' | 'due' | 'sent' | 'seen' = 'no';
  #owesDrain = false;

  // Receiving. `#inboxBytes` octets are here and not taken; `#unacked` are taken and not yet credited back.
  readonly #inbox: Segments[] = [];
  #inboxBytes = 0;
  #unacked = 0;
  #theirFin: 'no' | 'waits' | 'seen' = 'no';
  #confirmFin = false;

  #paused = false;
  /** undefined: in order. null: we reset. An error: they did, or the connection was lost. */
  #cut: SocketError | null | undefined;
  #closed = false;
  #flushing = false;
  #delivering = false;

  constructor(port: PortLike, options: PortSocketOptions) {
    this.id = options.id;
    this.role = options.role;
    this.local = options.local;
    this.remote = options.remote;
    this.#port = port;
    this.#tracer = options.tracer ?? noTrace;
    const marks = waterMarks(options);
    this.#high = marks.high;
    this.#low = marks.low;
    port.addEventListener?.('close', () => this.lose());
    port.onmessage = (event) => this.#receive(event.data);
  }

  open(handler: SocketHandler): void {
    if (this.#handler) throw new SocketError('EINVAL', 'open', 'this socket has a handler already');
    this.#handler = handler;
    this.#deliverSoon();
  }

  write(bytes: Uint8Array): boolean {
    if (this.#fin !== 'no' || this.#cut !== undefined) return false;
    if (bytes.length > 0) {
      this.#outbox.push(bytes);
      this.#outboxBytes += bytes.length;
      this.#flush();
    }
    if (this.bufferedAmount > this.#high) this.#owesDrain = true;
    return !this.#owesDrain;
  }

  end(): void {
    if (this.#fin !== 'no' || this.#cut !== undefined) return;
    this.#fin = 'due';
    this.#flushSoon();
  }

  reset(): void {
    if (this.#closed || this.#cut !== undefined) return;
    this.#post({ rst: true });
    this.#sever(null);
  }

  /** The other end is gone without a word (its thread was killed): reset, as if by the peer. */
  lose(): void {
    if (this.#closed || this.#cut !== undefined) return;
    this.#sever(new SocketError('ECONNRESET', 'recv', 'the process at the other end is gone'));
    this.#port.close();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#deliverSoon();
  }

  get bufferedAmount(): number {
    return this.#outboxBytes + this.#inFlight;
  }

  // ── sending ────────────────────────────────────────────────────────────────────────────────────────────────────

  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    void soon.then(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#cut !== undefined || this.#closed) return;
    // One message at least carries the acks; more where a lot waits and there is credit for it.
    do {
      const frame: Mutable<Frame> = {};
      this.#pack(frame);
      if (this.#unacked > 0) frame.ack = this.#unacked;
      this.#unacked = 0;
      if (this.#fin === 'due' && this.#outboxBytes === 0) {
        frame.fin = true;
        this.#fin = 'sent';
      }
      if (this.#confirmFin) frame.seen = true;
      this.#confirmFin = false;
      this.#post(frame);
    } while (this.#outboxBytes > 0 && this.#inFlight < creditBytes);
  }

  /** Move what credit and message size allow from the outbox into `frame`. */
  #pack(frame: Mutable<Frame>): void {
    const room = Math.min(maxMessageBytes, creditBytes - this.#inFlight, this.#outboxBytes);
    if (room <= 0) return;
    const packed = new Uint8Array(room);
    const lengths: number[] = [];
    let used = 0;
    let next = 0;
    while (used < room) {
      const bytes = this.#outbox[next]!;
      const part = bytes.length <= room - used ? bytes : bytes.subarray(0, room - used);
      packed.set(part, used);
      lengths.push(part.length);
      used += part.length;
      if (part === bytes) next += 1;
      else this.#outbox[next] = bytes.subarray(part.length);
    }
    this.#outbox = next === this.#outbox.length ? [] : this.#outbox.slice(next);
    this.#outboxBytes -= used;
    this.#inFlight += used;
    frame.bytes = packed;
    frame.lengths = lengths;
  }

  #post(frame: Mutable<Frame>): void {
    if (Object.keys(frame).length === 0) return;
    frame.clock = this.#tracer.clock;
    this.#port.postMessage(frame, frame.bytes ? [frame.bytes.buffer as ArrayBuffer] : []);
  }

  // ── receiving ──────────────────────────────────────────────────────────────────────────────────────────────────

  #receive(data: unknown): void {
    // After a reset, what is still on its way to us is nobody's.
    if (this.#cut !== undefined) {
      if ((Object(data) as Frame).rst === true) this.#port.close();
      return;
    }
    const frame = readFrame(data);
    if (!frame || !this.#admits(frame)) {
      this.#breach();
      return;
    }
    this.#tracer.witness(frame.clock ?? 0);
    if (frame.rst) {
      if (!this.#closed) this.#sever(new SocketError('ECONNRESET', 'recv', 'the peer reset the connection'));
      this.#port.close();
      return;
    }
    if (frame.ack) {
      this.#inFlight -= frame.ack;
      if (this.#outboxBytes > 0) this.#flushSoon();
    }
    if (frame.bytes && frame.lengths) {
      this.#inbox.push({ bytes: frame.bytes, lengths: frame.lengths, next: 0, offset: 0 });
      this.#inboxBytes += frame.bytes.length;
    }
    if (frame.fin) this.#theirFin = 'waits';
    if (frame.seen) this.#fin = 'seen';
    this.#deliver();
    if (frame.bye) {
      // The peer is done and needs nothing more of us. It comes after its last `seen`, so we must be done as well.
      this.lose();
      this.#port.close();
    }
  }

  /** Whether the peer may say this now. */
  #admits(frame: Frame): boolean {
    if ((frame.ack ?? 0) > this.#inFlight) return false;
    if (frame.bytes || frame.fin) {
      if (this.#theirFin !== 'no') return false;
      if (this.#inboxBytes + this.#unacked + (frame.bytes?.length ?? 0) > creditBytes) return false;
    }
    return !frame.seen || this.#fin === 'sent';
  }

  #breach(): void {
    if (this.#closed) return;
    this.#post({ rst: true });
    this.#sever(new SocketError('ECONNRESET', 'recv', 'the other end broke the rules of the channel'));
  }

  #sever(why: SocketError | null): void {
    this.#cut = why;
    this.#outbox = [];
    this.#outboxBytes = 0;
    this.#inFlight = 0;
    this.#inbox.length = 0;
    this.#inboxBytes = 0;
    this.#deliverSoon();
  }

  #deliverSoon(): void {
    if (this.#handler && !this.#closed) void soon.then(() => this.#deliver());
  }

  /** Tell the handler everything that can be told. As in `memory.ts`, a handler that throws loses its connection. */
  #deliver(): void {
    const handler = this.#handler;
    if (!handler || this.#delivering) return;
    this.#delivering = true;
    try {
      while (!this.#closed && this.#deliverOne(handler));
    } catch (error) {
      this.reset();
      throw error;
    } finally {
      this.#delivering = false;
      if (this.#unacked > 0 || this.#confirmFin) this.#flushSoon();
    }
  }

  /** False where nothing is left to tell. */
  #deliverOne(handler: SocketHandler): boolean {
    if (this.#cut !== undefined) {
      this.#closed = true;
      handler.onClose(this.#cut ?? undefined);
      return false;
    }
    if (this.#owesDrain && this.#fin === 'no' && this.bufferedAmount <= this.#low) {
      this.#owesDrain = false;
      handler.onDrain();
      return true;
    }
    if (!this.#paused && this.#inbox.length > 0) {
      const bytes = this.#nextSegment(this.#inbox[0]!);
      this.#inboxBytes -= bytes.length;
      this.#unacked += bytes.length;
      handler.onData(bytes);
      return true;
    }
    if (!this.#paused && this.#theirFin === 'waits') {
      this.#theirFin = 'seen';
      this.#confirmFin = true;
      handler.onEof();
      return true;
    }
    if (this.#theirFin === 'seen' && this.#fin === 'seen') {
      this.#flush();
      this.#closed = true;
      this.#post({ bye: true });
      handler.onClose();
    }
    return false;
  }

  #nextSegment(from: Segments): Uint8Array {
    const length = from.lengths[from.next]!;
    const bytes = from.bytes.subarray(from.offset, from.offset + length);
    from.next += 1;
    from.offset += length;
    if (from.next === from.lengths.length) this.#inbox.shift();
    return bytes;
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** One message's segments and how far we are. */
interface Segments {
  readonly bytes: Uint8Array;
  readonly lengths: readonly number[];
  next: number;
  offset: number;
}
