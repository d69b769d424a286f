/**
 * A socket with the names of sys/socket.h, over any {@link Kernel}: in the page it is the machine's network, in Node it is TCP.
 * Whatever would block there is awaited here.
 */
import type { SocketCall } from '../../trace/events.ts';
import { formatAddress, SocketError, type Address } from '../socket.ts';
import type { Claim, SocketSurroundings } from './kernel.ts';
import { AF_INET, SHUT_RD, SHUT_RDWR, SHUT_WR, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET } from './names.ts';
import { defaultBacklog } from '../network.ts';
import { Stream } from './stream.ts';

/** Where a socket is: host and port, as in Python. */
export type SocketAddress = readonly [host: string, port: number];

type Call = SocketCall['call'];

/** A stream socket. Made by `socket()` and by `accept()`. Errors are `SocketError`s with an errno in `code`. */
export class Socket {
  /** Number of the descriptor, from 3. */
  readonly fileno: number;
  readonly #system: SocketSystem;
  #reuseAddress = false;
  #claim: Claim | undefined;
  #listening = false;
  #connecting = false;
  #stream: Stream | undefined;
  #timeoutMs: number | undefined;
  #closed = false;

  constructor(system: SocketSystem, fileno: number, stream?: Stream) {
    this.#system = system;
    this.fileno = fileno;
    this.#stream = stream;
  }

  /** Set an option; SO_REUSEADDR of SOL_SOCKET is the one that there is. @throws SocketError ENOPROTOOPT. */
  setsockopt(level: number, option: number, value: number | boolean): void {
    this.#now('setsockopt', `${nameOf(level, { SOL_SOCKET })}, ${nameOf(option, { SO_REUSEADDR })}, ${Number(value)}`, () => {
      if (level !== SOL_SOCKET || option !== SO_REUSEADDR) throw new SocketError('ENOPROTOOPT', 'setsockopt', 'there is only SO_REUSEADDR of SOL_SOCKET');
      this.#reuseAddress = Boolean(value);
    });
  }

  /**
   * Claim an address. Port 0: a free one, see {@link getsockname}; host '': every address of this machine.
   * Rejects with SocketError EADDRINUSE, EADDRNOTAVAIL, EINVAL (bound already, or no such port), ENOTFOUND.
   */
  bind(address: SocketAddress): Promise<void> {
    return this.#call('bind', printed(address), async () => {
      if (this.#claim || this.#stream) throw new SocketError('EINVAL', 'bind', 'this socket has an address already');
      const claim = await this.#system.surroundings.kernel.bind(read(address, 'bind'), { reuseAddress: this.#reuseAddress });
      if (this.#closed) {
        claim.close();
        throw closed('bind');
      }
      this.#claim = claim;
    }, () => '0');
  }

  /** Let others connect. `backlog`: connections that may wait for `accept`; further ones are refused. Rejects with SocketError EINVAL (not bound, or connected). */
  listen(backlog: number = defaultBacklog): Promise<void> {
    return this.#call('listen', String(backlog), async () => {
      if (this.#stream) throw new SocketError('EINVAL', 'listen', 'this socket is connected');
      if (!this.#claim) throw new SocketError('EINVAL', 'listen', 'this socket has no address; call bind first');
      if (this.#listening) return;
      await this.#claim.listen(backlog);
      this.#listening = true;
      const { tracer } = this.#system.surroundings;
      if (tracer.enabled) tracer.emit({ type: 'socket.listen', address: formatAddress(this.#claim.address), backlog });
    }, () => '0');
  }

  /**
   * Wait for a connection: a socket of its own for it, and where it comes from.
   * Rejects with SocketError EINVAL (does not listen), ETIMEDOUT, EAGAIN, EBADF (closed meanwhile).
   */
  accept(): Promise<[Socket, SocketAddress]> {
    return this.#call('accept', '', async () => {
      if (!this.#claim || !this.#listening) throw new SocketError('EINVAL', 'accept', 'this socket does not listen; call bind and listen first');
      const connection = await this.#system.waiting(this.#claim.accept({ timeoutMs: this.#timeoutMs }));
      const stream = new Stream(connection, this.#system.surroundings);
      const socket = this.#system.make(stream);
      const { tracer } = this.#system.surroundings;
      if (tracer.enabled) tracer.emit({ type: 'socket.accept', connection: stream.id, exchange: 0, local: formatAddress(stream.local), remote: formatAddress(stream.remote) });
      return [socket, pair(stream.remote)] as [Socket, SocketAddress];
    }, ([socket, from]) => `[fd ${socket.fileno}, ${printed(from)}]`);
  }

  /**
   * Connect to whoever listens at `address`, from the address that this socket is bound to or else from a port that is free.
   * Rejects with SocketError ECONNREFUSED, ETIMEDOUT, ENETUNREACH, EISCONN, EINVAL, ENOTFOUND.
   */
  connect(address: SocketAddress): Promise<void> {
    return this.#call('connect', printed(address), async () => {
      if (this.#listening) throw new SocketError('EINVAL', 'connect', 'this socket listens');
      if (this.#stream || this.#connecting) throw new SocketError('EISCONN', 'connect', 'this socket is connected already');
      this.#connecting = true;
      const { kernel, tracer } = this.#system.surroundings;
      try {
        const connection = await this.#system.waiting(kernel.connect(read(address, 'connect'), { timeoutMs: this.#timeoutMs || undefined, from: this.#claim }));
        const stream = new Stream(connection, this.#system.surroundings);
        if (this.#closed) {
          stream.close();
          throw closed('connect');
        }
        this.#stream = stream;
        if (tracer.enabled) tracer.emit({ type: 'socket.connect', connection: stream.id, exchange: 0, local: formatAddress(stream.local), remote: formatAddress(stream.remote) });
      } finally {
        this.#connecting = false;
      }
    }, () => '0');
  }

  /**
   * Hand as many octets to the system as it has room for, and say how many these were: it may be fewer than you gave.
   * Waits while there is no room at all. A string is sent as UTF-8.
   * Rejects with SocketError ENOTCONN, EPIPE, ECONNRESET, ETIMEDOUT, EAGAIN.
   */
  send(data: Uint8Array | string): Promise<number> {
    const bytes = octets(data);
    return this.#call('send', `${bytes.length} octets`, () => this.#connected('send').send(bytes, 'send', this.#timeoutMs), (count) => String(count));
  }

  /** Send all of it, however many `send`s it takes. Rejects as `send`; then nobody knows how much was sent. */
  sendall(data: Uint8Array | string): Promise<void> {
    const bytes = octets(data);
    return this.#call('sendall', `${bytes.length} octets`, async () => {
      const stream = this.#connected('sendall');
      for (let at = 0; at < bytes.length; ) at += await stream.send(bytes.subarray(at), 'sendall', this.#timeoutMs);
    }, () => '0');
  }

  /**
   * At least one octet and at most `most`: what has arrived, or what arrives first. An empty array: the peer has sent its
   * last. Where one `send` of the peer ends and the next begins is not kept.
   * Rejects with SocketError ENOTCONN, ECONNRESET, ETIMEDOUT, EAGAIN.
   */
  recv(most: number): Promise<Uint8Array> {
    return this.#call('recv', String(most), async () => {
      if (!Number.isInteger(most) || most < 1) throw new SocketError('EINVAL', 'recv', `at least 1 octet has to be asked for, not ${String(most)}`);
      return this.#connected('recv').recv(most, this.#timeoutMs);
    }, (bytes) => (bytes.length === 0 ? 'end' : `${bytes.length} octets`));
  }

  /** End one direction: with SHUT_WR the peer reads an end, and we can go on receiving. @throws SocketError ENOTCONN, EINVAL. */
  shutdown(how: number): void {
    this.#now('shutdown', nameOf(how, { SHUT_RD, SHUT_WR, SHUT_RDWR }), () => {
      const stream = this.#connected('shutdown');
      if (how !== SHUT_RD && how !== SHUT_WR && how !== SHUT_RDWR) throw new SocketError('EINVAL', 'shutdown', 'how is SHUT_RD, SHUT_WR or SHUT_RDWR');
      if (how !== SHUT_WR) stream.endReceiving();
      if (how !== SHUT_RD) stream.endSending();
    });
  }

  /** Let go of it. What was sent still arrives; unless octets have come that nobody received: then the connection is reset, as TCP does. Twice does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#now('close', '', () => {
      this.#closed = true;
      this.#claim?.close();
      this.#stream?.close();
      this.#system.forget(this);
    });
  }

  /** Where this end is; `['0.0.0.0', 0]` before bind and connect. */
  getsockname(): SocketAddress {
    const address = this.#stream?.local ?? this.#claim?.address;
    return this.#now('getsockname', '', () => (address ? pair(address) : ['0.0.0.0', 0]), printed);
  }

  /** Where the other end is. @throws SocketError ENOTCONN. */
  getpeername(): SocketAddress {
    return this.#now('getpeername', '', () => pair(this.#connected('getpeername').remote), printed);
  }

  /** How long calls wait: null for ever, 0 not at all (EAGAIN), else so many seconds (ETIMEDOUT). @throws RangeError. */
  settimeout(seconds: number | null): void {
    this.#now('settimeout', String(seconds), () => {
      if (seconds !== null && !(seconds >= 0)) throw new RangeError(`settimeout: null, 0 or a number of seconds, not ${String(seconds)}`);
      this.#timeoutMs = seconds === null || seconds === Infinity ? undefined : seconds * 1000;
    });
  }

  #connected(call: Call): Stream {
    if (!this.#stream) throw new SocketError('ENOTCONN', call, this.#listening ? 'this socket listens; use the one that accept gave' : 'this socket is not connected');
    return this.#stream;
  }

  async #call<T>(call: Call, args: string, run: () => Promise<T>, show: (value: T) => string): Promise<T> {
    const tell = this.#system.told(this, call, args);
    const trail = new Error();
    try {
      if (this.#closed) throw closed(call);
      const value = await run();
      tell(show(value), this.#stream?.id);
      return value;
    } catch (error) {
      tell(error, this.#stream?.id);
      // Made when the answer came, far from the program; what helps is where it called.
      if (error instanceof SocketError && trail.stack !== undefined) error.stack = trail.stack.replace(/^Error/, String(error));
      throw error;
    }
  }

  #now<T>(call: Call, args: string, run: () => T, show: (value: T) => string = () => '0'): T {
    const tell = this.#system.told(this, call, args);
    try {
      if (this.#closed) throw closed(call);
      const value = run();
      tell(show(value), this.#stream?.id);
      return value;
    } catch (error) {
      tell(error, this.#stream?.id);
      throw error;
    }
  }
}

/** The sockets of one program. */
export class SocketSystem {
  readonly surroundings: SocketSurroundings;
  readonly #open = new Set<Socket>();
  #nextFd = 3;

  constructor(surroundings: SocketSurroundings) {
    this.surroundings = surroundings;
  }

  /** socket(2). @throws SocketError EAFNOSUPPORT. */
  socket(family: number, type: number): Socket {
    const socket = this.make();
    const tell = this.told(socket, 'socket', `${nameOf(family, { AF_INET })}, ${nameOf(type, { SOCK_STREAM })}`);
    if (family !== AF_INET || type !== SOCK_STREAM) {
      this.forget(socket);
      const error = new SocketError('EAFNOSUPPORT', 'socket', 'there are only stream sockets of AF_INET');
      tell(error);
      throw error;
    }
    tell(`fd ${socket.fileno}`);
    return socket;
  }

  /** A new descriptor, for a connection where there is one. */
  make(stream?: Stream): Socket {
    const socket = new Socket(this, this.#nextFd, stream);
    this.#nextFd += 1;
    this.#open.add(socket);
    return socket;
  }

  forget(socket: Socket): void {
    this.#open.delete(socket);
  }

  /** Close what the program has left open, as the system does when it ends. */
  closeAll(): void {
    for (const socket of [...this.#open]) socket.close();
  }

  /** The program waits for `what`. */
  async waiting<T>(what: Promise<T>): Promise<T> {
    const { onWaiting } = this.surroundings;
    onWaiting?.(1);
    try {
      return await what;
    } finally {
      onWaiting?.(-1);
    }
  }

  /** A call begins. Returns what to call with its printed result, or with what it threw. */
  told(socket: Socket, call: Call, args: string): (result: unknown, connection?: number) => void {
    const { tracer, host, here } = this.surroundings;
    if (!tracer.enabled) return () => {};
    const began = host.clock.now();
    const site = here?.();
    return (result, connection = 0) => {
      const error = result instanceof SocketError ? result.code : result instanceof Error ? result.name : undefined;
      tracer.emit({
        type: 'socket.call', connection, exchange: 0, call, fd: socket.fileno, args, ms: host.clock.now() - began,
        result: result instanceof Error ? result.message : String(result), ...(error !== undefined && { error }), ...(site && { site }),
      });
    };
  }
}

const closed = (call: string): SocketError => new SocketError('EBADF', call, 'this socket is closed');

const pair = ({ host, port }: Address): SocketAddress => [host, port];

function read(address: SocketAddress, call: string): Address {
  if (!Array.isArray(address) || typeof address[0] !== 'string' || typeof address[1] !== 'number') {
    throw new SocketError('EINVAL', call, `an address is a host and a port, ['127.0.0.1', 8000], not ${printed(address)}`);
  }
  return { host: address[0] as string, port: address[1] };
}

const printed = (value: unknown): string => {
  try {
    return (JSON.stringify(value) ?? String(value)).slice(0, 200).replace(',', ', ');
  } catch {
    return String(value);
  }
};

const octets = (data: Uint8Array | string): Uint8Array => {
  if (typeof data === 'string') return new TextEncoder().encode(data);
  if (!(data instanceof Uint8Array)) throw new SocketError('EINVAL', 'send', 'what is sent is a Uint8Array or a string');
  // The system keeps it until the peer has taken it, and the program may write over it meanwhile.
  return data.slice();
};

const nameOf = (value: number, names: Readonly<Record<string, number>>): string => Object.entries(names).find(([, number]) => number === value)?.[0] ?? String(value);
