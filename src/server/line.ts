/**
 * The socket's side of a connection: octets in and out, counted and told to the trace; the client that takes nothing; and how a
 * connection ends so that our last word arrives. What the octets mean is the owner's affair.
 */
import { type DuplexSocket, formatAddress, type SocketError, type SocketHandler } from '../net/socket.ts';
import { keptOctets } from '../trace/payload.ts';
import type { Tracer } from '../trace/tracer.ts';
import type { Deadlines, Patient } from './deadlines.ts';
import { Outflow, type WriteListener } from './flow.ts';

/** Whose line it is. */
export interface LineOwner {
  /** Number of the exchange that octets belong to now, for the trace. */
  readonly exchangeNumber: number;
  /** Octets arrived; `bytes` is borrowed. Not called once our half is closed. */
  onOctets(bytes: Uint8Array): void;
  /** The peer sends no more. Not called once our half is closed. */
  onPeerEnd(): void;
  /** There is room again. */
  onRoom(): void;
  /** Our half is closed, or the line is gone: let go of what is under way. May come twice. */
  onLeave(reason: string): void;
  /** Nothing goes in or out any more. Called once. */
  onOver(): void;
}

/** What a line needs of its server. */
export interface LineOptions {
  readonly tracer: Tracer;
  readonly deadlines: Deadlines;
  /** How long a client may take nothing of what is sent. ms; 0 or Infinity: for ever. */
  readonly sendTimeoutMs: number;
}

/** How long, and for how many octets, we listen after our last word, so that a RST does not destroy it on its way (RFC9112-9.6-10). */
const lingerMs = 2000;
const lingerBytes = 16_777_216;

/** One accepted socket. */
export class Line implements SocketHandler, Patient, WriteListener {
  readonly socket: DuplexSocket;
  /** What waits to be sent by {@link flush}. */
  readonly out: Outflow;
  /** For {@link Deadlines}: a full socket, or the peer's end. */
  deadline = Infinity;
  /** For {@link Batch}: it is going to be flushed. */
  batched = false;
  readonly #owner: LineOwner;
  readonly #options: LineOptions;
  #received = 0;
  #sent = 0;
  #paused = false;
  #sendStalledAt = 0;
  /** The peer's half is closed. */
  #peerEnded = false;
  /** Our half is closed; what still comes is thrown away. */
  #lingering = false;
  #lingered = 0;
  #closed = false;

  constructor(socket: DuplexSocket, owner: LineOwner, options: LineOptions) {
    this.socket = socket;
    this.#owner = owner;
    this.#options = options;
    this.out = new Outflow(socket, this);
  }

  /** Begin delivery. Called once. */
  open(): void {
    const { socket } = this;
    const { tracer } = this.#options;
    if (tracer.enabled) tracer.emit({ type: 'socket.accept', connection: socket.id, exchange: 0, local: formatAddress(socket.local), remote: formatAddress(socket.remote) });
    socket.open(this);
  }

  /** Octets received and sent so far. */
  get received(): number {
    return this.#received;
  }

  get sent(): number {
    return this.#sent;
  }

  get peerEnded(): boolean {
    return this.#peerEnded;
  }

  /** It can be written to. */
  get writable(): boolean {
    return !this.#closed && !this.#lingering;
  }

  /** Hand over what was gathered. False: full, and the owner's `onRoom` follows. */
  flush(): boolean {
    if (!this.writable) {
      this.out.discard();
      return true;
    }
    const wasFull = this.out.full;
    const flowing = this.out.flush();
    if (!flowing && !wasFull) {
      this.#tellPressure('full');
      this.#sendStalledAt = this.socket.bufferedAmount;
      this.#wait(this.#options.sendTimeoutMs);
    }
    return flowing;
  }

  /** Stop or start the delivery of octets. */
  pause(paused: boolean): void {
    if (!this.writable || paused === this.#paused) return;
    this.#paused = paused;
    if (paused) this.socket.pause();
    else this.socket.resume();
  }

  /** We have said our last: FIN, then listen for the peer's, deaf, for a while (RFC9112-9.6-10). */
  end(): void {
    if (!this.writable) return;
    this.flush();
    const { tracer } = this.#options;
    if (tracer.enabled) tracer.emit({ type: 'socket.eof', connection: this.socket.id, exchange: this.#owner.exchangeNumber, flow: 'send', stream: 's2c', span: [this.#sent, this.#sent] });
    this.pause(false);
    this.#lingering = true;
    this.#owner.onLeave('the connection was closed by the server');
    this.#wait(lingerMs);
    this.socket.end();
  }

  /** Cut. */
  reset(reason: string): void {
    if (this.#closed) return;
    this.socket.reset();
    this.#over(reason);
  }

  // ── the socket tells ──────────────────────────────────────────────────────────────────────────────────────────

  onData(bytes: Uint8Array): void {
    const start = this.#received;
    this.#received += bytes.length;
    const { tracer } = this.#options;
    if (tracer.enabled) tracer.emit({ type: 'socket.data', connection: this.socket.id, exchange: this.#owner.exchangeNumber, flow: 'recv', stream: 'c2s', span: [start, this.#received], bytes: keptOctets(bytes) });
    if (!this.#lingering) return this.#owner.onOctets(bytes);
    this.#lingered += bytes.length;
    if (this.#lingered > lingerBytes) this.reset('the peer goes on sending');
  }

  onEof(): void {
    this.#peerEnded = true;
    const { tracer } = this.#options;
    if (tracer.enabled) tracer.emit({ type: 'socket.eof', connection: this.socket.id, exchange: this.#owner.exchangeNumber, flow: 'recv', stream: 'c2s', span: [this.#received, this.#received] });
    // In order, both ways: the socket closes by itself.
    if (!this.#lingering) this.#owner.onPeerEnd();
  }

  onDrain(): void {
    this.out.drained();
    this.#tellPressure('drained');
    if (this.#lingering) return;
    this.#wait(Infinity);
    this.#owner.onRoom();
  }

  onClose(error?: SocketError): void {
    this.#over(error === undefined ? 'closed in order' : error.message);
  }

  onDeadline(): void {
    if (this.#lingering) return this.reset('the peer did not close');
    if (!this.out.full) return;
    // A slow reader is in order; one that reads nothing at all is not.
    const { bufferedAmount } = this.socket;
    if (bufferedAmount >= this.#sendStalledAt) return this.reset('the client reads nothing');
    this.#sendStalledAt = bufferedAmount;
    this.#wait(this.#options.sendTimeoutMs);
  }

  /** For {@link Outflow}. */
  wrote(bytes: Uint8Array): void {
    const start = this.#sent;
    this.#sent += bytes.length;
    const { tracer } = this.#options;
    // The socket may hand the buffer on to another thread, and it may be a piece of a slab: the trace keeps a copy.
    if (tracer.enabled) tracer.emit({ type: 'socket.data', connection: this.socket.id, exchange: this.#owner.exchangeNumber, flow: 'send', stream: 's2c', span: [start, this.#sent], bytes: keptOctets(bytes) });
  }

  // ── ────────────────────────────────────────────────────────────────────────────────────────────────────────────

  #tellPressure(state: 'full' | 'drained'): void {
    const { tracer } = this.#options;
    if (tracer.enabled) tracer.emit({ type: 'socket.pressure', connection: this.socket.id, exchange: this.#owner.exchangeNumber, state, buffered: this.socket.bufferedAmount });
  }

  #over(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.out.discard();
    this.#options.deadlines.remove(this);
    const { tracer } = this.#options;
    if (tracer.enabled) tracer.emit({ type: 'socket.close', connection: this.socket.id, exchange: this.#owner.exchangeNumber, reason });
    this.#owner.onLeave(reason);
    this.#owner.onOver();
  }

  /** Most lines never wait for anything: only those that do are looked after. */
  #wait(ms: number): void {
    const { deadlines } = this.#options;
    if (ms !== Infinity) deadlines.add(this);
    deadlines.set(this, ms);
  }
}
