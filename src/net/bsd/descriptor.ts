/**
 * A socket that never waits: what those of a language with blocking calls are made of. Such a language has a scheduler of its own; it
 * asks what can be done, does it, or comes back when it is told that something has changed. The calls that take a while on any
 * network (bind, listen and connect ask others) are promises.
 */
import { socketPair } from '../memory.ts';
import { formatAddress, SocketError, type Address, type DuplexSocket } from '../socket.ts';
import { noTrace } from '../../trace/tracer.ts';
import type { Claim, SocketSurroundings } from './kernel.ts';
import { SHUT_RD, SHUT_RDWR, SHUT_WR } from './names.ts';
import { Stream, type Readiness } from './stream.ts';

/** One socket of a program. Errors are `SocketError`s. */
export class Descriptor {
  readonly #around: SocketSurroundings;
  readonly #watchers = new Set<() => void>();
  #claim: Claim | undefined;
  #listening = false;
  /** An `accept` of the kernel's is under way. */
  #asking = false;
  /** Connections that came and that the program has not accepted yet. */
  readonly #arrived: DuplexSocket[] = [];
  #stream: Stream | undefined;
  #connecting = false;
  #closed = false;

  constructor(around: SocketSurroundings, stream?: Stream) {
    this.#around = around;
    if (stream) this.#join(stream);
  }

  /** Where this end is, once it is anywhere. */
  get local(): Address | undefined {
    return this.#stream?.local ?? this.#claim?.address;
  }
  /** Where the other end is, once there is one. */
  get remote(): Address | undefined {
    return this.#stream?.remote;
  }
  /** Id of its connection; 0 while there is none. */
  get connection(): number {
    return this.#stream?.id ?? 0;
  }
  get listening(): boolean {
    return this.#listening;
  }

  /**
   * What can be done without waiting. Of a listening socket: whether a connection waits. The kernel has to be asked for one, and gives it
   * away then, so that a program that looks and does not accept has one more waiting than its backlog says.
   */
  get readiness(): Readiness {
    if (this.#stream) return this.#stream.readiness;
    if (!this.#listening) return { readable: false, writable: false, over: !this.#connecting };
    this.#ask();
    return { readable: this.#arrived.length > 0, writable: false, over: false };
  }

  /** Call back whenever {@link readiness} may have changed. Returns how to stop that. */
  watch(listener: () => void): () => void {
    this.#watchers.add(listener);
    return () => void this.#watchers.delete(listener);
  }

  /** Rejects with SocketError EINVAL (it has an address), or as the kernel says. */
  async bind(address: Address, options: { readonly reuseAddress: boolean }): Promise<void> {
    if (this.#claim || this.#stream) throw new SocketError('EINVAL', 'bind', 'this socket has an address already');
    const claim = await this.#around.kernel.bind(address, options);
    if (this.#closed) {
      claim.close();
      throw closed('bind');
    }
    this.#claim = claim;
  }

  /** Rejects with SocketError EINVAL. Without an address it gets one, as on any system. */
  async listen(backlog: number): Promise<void> {
    if (this.#stream) throw new SocketError('EINVAL', 'listen', 'this socket is connected');
    if (this.#listening) return;
    if (!this.#claim) await this.bind({ host: '0.0.0.0', port: 0 }, { reuseAddress: false });
    await this.#claim!.listen(backlog);
    if (this.#closed) throw closed('listen');
    this.#listening = true;
    const { tracer } = this.#around;
    if (tracer.enabled) tracer.emit({ type: 'socket.listen', address: formatAddress(this.#claim!.address), backlog });
  }

  /** Rejects with SocketError EISCONN, EINVAL (it listens), or as the kernel says. */
  async connect(address: Address): Promise<void> {
    if (this.#listening) throw new SocketError('EINVAL', 'connect', 'this socket listens');
    if (this.#stream || this.#connecting) throw new SocketError('EISCONN', 'connect', 'this socket is connected already');
    this.#connecting = true;
    const { kernel, tracer } = this.#around;
    try {
      const stream = new Stream(await kernel.connect(address, { from: this.#claim }), this.#around);
      if (this.#closed) {
        stream.close();
        throw closed('connect');
      }
      if (tracer.enabled) tracer.emit({ type: 'socket.connect', connection: stream.id, exchange: 0, local: formatAddress(stream.local), remote: formatAddress(stream.remote) });
      this.#join(stream);
    } finally {
      this.#connecting = false;
      this.#changed();
    }
  }

  /** A connection that waits, or undefined. @throws SocketError EINVAL (it does not listen). */
  accept(): Descriptor | undefined {
    if (!this.#listening) throw new SocketError('EINVAL', 'accept', 'this socket does not listen; call bind and listen first');
    const socket = this.#arrived.shift();
    if (!socket) {
      this.#ask();
      return undefined;
    }
    const stream = new Stream(socket, this.#around);
    const { tracer } = this.#around;
    if (tracer.enabled) tracer.emit({ type: 'socket.accept', connection: stream.id, exchange: 0, local: formatAddress(stream.local), remote: formatAddress(stream.remote) });
    return new Descriptor(this.#around, stream);
  }

  /** How many octets there was room for; undefined: for none. @throws SocketError ENOTCONN, EPIPE, ECONNRESET. */
  send(bytes: Uint8Array): number | undefined {
    return this.#connected('send').sendNow(bytes, 'send');
  }

  /** What has arrived, at most `most` octets; empty at the end; undefined: nothing yet. @throws SocketError ENOTCONN, ECONNRESET. */
  receive(most: number): Uint8Array | undefined {
    return this.#connected('recv').receiveNow(most);
  }

  /** A copy of what has arrived, which stays (MSG_PEEK). */
  peek(most: number): Uint8Array {
    return this.#connected('recv').peek(most);
  }

  /** @throws SocketError ENOTCONN, EINVAL. */
  shutdown(how: number): void {
    const stream = this.#connected('shutdown');
    if (how !== SHUT_RD && how !== SHUT_WR && how !== SHUT_RDWR) throw new SocketError('EINVAL', 'shutdown', 'how is SHUT_RD, SHUT_WR or SHUT_RDWR');
    if (how !== SHUT_WR) stream.endReceiving();
    if (how !== SHUT_RD) stream.endSending();
  }

  /** May be called again. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listening = false;
    // Those that nobody has accepted, as a kernel does.
    for (const socket of this.#arrived.splice(0)) refuse(socket);
    this.#stream?.close();
    this.#claim?.close();
    this.#changed();
    this.#watchers.clear();
  }

  /** Two that are connected with each other and with no network: socketpair(2). Not in the trace. */
  static pair(around: SocketSurroundings): readonly [Descriptor, Descriptor] {
    const silent = { ...around, tracer: noTrace };
    const [one, other] = socketPair();
    return [new Descriptor(silent, new Stream(one, silent)), new Descriptor(silent, new Stream(other, silent))];
  }

  #ask(): void {
    if (this.#asking || this.#arrived.length > 0 || this.#closed) return;
    this.#asking = true;
    this.#claim!.accept({}).then(
      (socket) => {
        this.#asking = false;
        if (this.#closed) refuse(socket);
        else this.#arrived.push(socket);
        this.#changed();
      },
      // It was closed.
      () => {
        this.#asking = false;
        this.#changed();
      },
    );
  }

  #join(stream: Stream): void {
    this.#stream = stream;
    stream.watch(() => this.#changed());
  }

  #changed(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  #connected(call: string): Stream {
    if (!this.#stream) throw new SocketError('ENOTCONN', call, this.#listening ? 'this socket listens; use the one that accept gave' : 'this socket is not connected');
    return this.#stream;
  }
}

/** As the system does with connections in the backlog of a socket that is closed. */
function refuse(socket: DuplexSocket): void {
  socket.open({ onData() {}, onEof() {}, onDrain() {}, onClose() {} });
  socket.reset();
}

const closed = (call: string): SocketError => new SocketError('EBADF', call, 'this socket is closed');
