import type { Clock } from '../host/effects.ts';
import { Ledger } from './ledger.ts';
import { socketPair, type CuttableSocket, type SocketPairOptions, type WaterMarks } from './memory.ts';
import { checkPort, isLocal, isWildcard, resolveHost } from './names.ts';
import { formatAddress, SocketError, type Address, type DuplexSocket, type Listener, type Network } from './socket.ts';

/** How the in-memory network is set up. */
export interface MemoryNetworkOptions extends WaterMarks {
  /** Names and their addresses besides `localhost`, as in `/etc/hosts`. Lower case. */
  readonly names?: Readonly<Record<string, string>>;
  /** Addresses of this machine besides the loopback ones. */
  readonly addresses?: readonly string[];
  /** Time, for TIME_WAIT. Without it there is none. */
  readonly clock?: Clock;
  /** How long TIME_WAIT lasts. ms. Default 60 000, as on Linux. */
  readonly timeWaitMs?: number;
  /** What the connecting end of each connection goes through: a worse network than this one. Default: nothing. */
  readonly shape?: (socket: DuplexSocket) => DuplexSocket;
}

/** How a port is claimed. */
export interface BindOptions {
  /**
   * SO_REUSEADDR: claim the address although connections that used it are open or in TIME_WAIT. Servers set it, or they
   * could not be restarted at once. It does not help against somebody who has claimed the address now. Default false.
   */
  readonly reuseAddress?: boolean;
}

/** First port of the dynamic range (RFC 6335 §6), and so the first given to a client or to `bind` with port 0. */
export const firstEphemeralPort = 49_152;
const lastPort = 65_535;

/** What `listen` assumes where nobody says: Python's `socket.listen()`. */
export const defaultBacklog = 128;

/** A network of one computer, inside one thread. Refuses what TCP refuses, with errno's names. */
export class MemoryNetwork implements Network {
  readonly #names: Readonly<Record<string, string>>;
  readonly #addresses: readonly string[];
  readonly #marks: WaterMarks;
  /** Every claimed port and who claims it: one entry per bound address. */
  readonly #bound = new Map<number, Binding[]>();
  readonly #ledger: Ledger;
  readonly #shape: (socket: DuplexSocket) => DuplexSocket;
  /** Connections that are open, by id. */
  readonly #open = new Map<number, CuttableSocket>();
  #nextEphemeral = firstEphemeralPort;
  #nextId = 1;

  constructor(options: MemoryNetworkOptions = {}) {
    this.#ledger = new Ledger(options.clock, options.timeWaitMs ?? 60_000);
    this.#names = options.names ?? {};
    this.#addresses = options.addresses ?? [];
    this.#marks = options;
    this.#shape = options.shape ?? ((socket) => socket);
  }

  /**
   * Claim an address, as bind(2). Port 0 picks a free one; `''`, `0.0.0.0` and `::` claim it on every address.
   * @throws SocketError EADDRINUSE, EADDRNOTAVAIL (not an address of this machine), EINVAL (port), ENOTFOUND (name).
   */
  bind(address: Address, options: BindOptions = {}): Binding {
    checkPort(address, 0, 'bind');
    const host = resolveHost(address.host, this.#names, 'bind');
    if (!isLocal(host, this.#addresses)) {
      throw new SocketError('EADDRNOTAVAIL', 'bind', `${host} is not an address of this machine; use 127.0.0.1, or 0.0.0.0 for all of them`);
    }
    const leftBy = (port: number) => this.#ledger.traceOf((local) => local.port === port && (serves(host, local.host) || local.host === host));
    const port = address.port === 0 ? this.#freePort(host, (free) => leftBy(free) === undefined) : address.port;
    if (!this.#isFree(host, port)) {
      throw new SocketError('EADDRINUSE', 'bind', `${formatAddress({ host, port })} is taken`);
    }
    const trace = options.reuseAddress ? undefined : leftBy(port);
    if (trace) {
      throw new SocketError('EADDRINUSE', 'bind', `${formatAddress({ host, port })} is used by a connection ${trace === 'open' ? 'that is still open' : 'that was closed from here a moment ago (TIME_WAIT)'}; set SO_REUSEADDR before bind`);
    }
    const binding = new Binding(this, { host, port }, () => this.#release(binding));
    this.#bound.set(port, [...(this.#bound.get(port) ?? []), binding]);
    return binding;
  }

  async listen(address: Address, options: { readonly backlog?: number } = {}): Promise<Listener> {
    return this.bind(address, { reuseAddress: true }).listen(options.backlog);
  }

  async connect(address: Address): Promise<DuplexSocket> {
    return this.dial(address);
  }

  /**
   * connect(2), settled at once: there is no distance on this network. The connection is complete when it is in the
   * listener's backlog; nobody needs to have accepted it.
   * @throws SocketError ECONNREFUSED (nobody listens, or the backlog is full), ENETUNREACH, EADDRNOTAVAIL (out of ports, or this very pair of addresses is in use or in TIME_WAIT), EINVAL, ENOTFOUND.
   */
  dial(address: Address, from?: Binding): DuplexSocket {
    checkPort(address, 1, 'connect');
    const named = resolveHost(address.host, this.#names, 'connect');
    // Linux takes a connect to the wildcard as one to loopback; learners do it all the time after `bind('0.0.0.0')`.
    const host = named === '0.0.0.0' ? '127.0.0.1' : named === '::' ? '::1' : named;
    if (!isLocal(host, this.#addresses)) {
      throw new SocketError('ENETUNREACH', 'connect', `${host} is out of reach: this network lives inside the page and ends at 127.0.0.1`);
    }
    const server = { host, port: address.port };
    const listener = this.#listenerAt(server);
    if (!listener) throw new SocketError('ECONNREFUSED', 'connect', `nobody listens at ${formatAddress(server)}`);
    if (listener.full) {
      throw new SocketError('ECONNREFUSED', 'connect', `the backlog of ${formatAddress(server)} is full: ${listener.backlog} connections wait for accept`);
    }
    const client = from ? from.address : { host, port: this.#freePort(host, (port) => !this.#ledger.hasPair({ host, port }, server)) };
    if (from && this.#ledger.hasPair(client, server)) {
      throw new SocketError('EADDRNOTAVAIL', 'connect', `there is a connection from ${formatAddress(client)} to ${formatAddress(server)} already, open or in TIME_WAIT; let the system choose a port`);
    }
    const id = this.#nextId;
    this.#nextId += 1;
    const remember = this.#ledger.enter(client, server);
    const onOver: SocketPairOptions['onOver'] = (firstToEnd) => {
      this.#open.delete(id);
      remember(firstToEnd);
    };
    const { highWaterBytes, lowWaterBytes } = this.#marks;
    const [near, far] = socketPair({ ...(highWaterBytes !== undefined && { highWaterBytes }), ...(lowWaterBytes !== undefined && { lowWaterBytes }), id, client, server, onOver });
    this.#open.set(id, near);
    const shaped = this.#shape(near);
    listener.offer(far);
    return shaped;
  }

  /** Break a connection in the middle: both ends are told ECONNRESET. False where there is none of that number. */
  cut(id: number): boolean {
    this.#open.get(id)?.cut();
    return this.#open.delete(id);
  }

  #listenerAt(address: Address): MemoryListener | undefined {
    const claims = this.#bound.get(address.port) ?? [];
    // The exact address wins over the wildcard, as in the kernel's lookup.
    const binding = claims.find((claim) => claim.address.host === address.host) ?? claims.find((claim) => serves(claim.address.host, address.host));
    return binding?.listener;
  }

  #isFree(host: string, port: number): boolean {
    return !(this.#bound.get(port) ?? []).some((claim) => serves(claim.address.host, host) || serves(host, claim.address.host));
  }

  /** The next free port of the dynamic range, in turn, so that a port is not used again at once. */
  #freePort(host: string, usable: (port: number) => boolean): number {
    for (let tries = firstEphemeralPort; tries <= lastPort; tries += 1) {
      const port = this.#nextEphemeral;
      this.#nextEphemeral = port === lastPort ? firstEphemeralPort : port + 1;
      if (this.#isFree(host, port) && usable(port)) return port;
    }
    throw new SocketError('EADDRNOTAVAIL', 'bind', 'every port from 49152 to 65535 is taken');
  }

  #release(binding: Binding): void {
    const { port } = binding.address;
    const rest = (this.#bound.get(port) ?? []).filter((claim) => claim !== binding);
    if (rest.length > 0) this.#bound.set(port, rest);
    else this.#bound.delete(port);
  }
}

/** Whether a socket bound to `bound` answers for `host`. `::` is dual-stack, as on Linux. */
function serves(bound: string, host: string): boolean {
  if (bound === host || bound === '::') return true;
  return isWildcard(bound) && !host.includes(':');
}

/** An address that somebody claimed: the socket between bind(2) and listen(2) or connect(2). */
export class Binding {
  readonly address: Address;
  readonly #network: MemoryNetwork;
  readonly #release: () => void;
  #listener: MemoryListener | undefined;
  #released = false;

  constructor(network: MemoryNetwork, address: Address, release: () => void) {
    this.#network = network;
    this.address = address;
    this.#release = release;
  }

  /** Who listens here, if anybody. */
  get listener(): MemoryListener | undefined {
    return this.#listener;
  }

  /**
   * Start listening. `backlog`: connections that may wait for accept; at least 1 (a 0 would make a socket nobody can reach), at most 4096.
   * Closing the listener releases the address. @throws SocketError EINVAL when called again, EBADF after `close`.
   */
  listen(backlog: number = defaultBacklog): MemoryListener {
    if (this.#released) throw new SocketError('EBADF', 'listen', 'this socket is closed');
    if (this.#listener) throw new SocketError('EINVAL', 'listen', 'this socket listens already');
    const slots = Number.isFinite(backlog) ? Math.min(Math.max(1, Math.trunc(backlog)), 4096) : defaultBacklog;
    this.#listener = new MemoryListener(this.address, slots, () => this.close());
    return this.#listener;
  }

  /** Connect from this address instead of an ephemeral port. Throws as {@link MemoryNetwork.dial}. */
  connect(address: Address): DuplexSocket {
    if (this.#released) throw new SocketError('EBADF', 'connect', 'this socket is closed');
    return this.#network.dial(address, this);
  }

  /** Give the address back, and stop listening. */
  close(): void {
    if (this.#released) return;
    this.#released = true;
    this.#release();
    this.#listener?.close();
  }
}

/** Someone who waits in `accept`. */
interface Waiter {
  readonly take: (socket: DuplexSocket) => void;
  readonly fail: (error: SocketError) => void;
}

/** A queue of complete connections, and a queue of those who wait for one. At most one of the two is not empty. */
export class MemoryListener implements Listener {
  readonly address: Address;
  readonly backlog: number;
  readonly #onClose: () => void;
  readonly #queue: DuplexSocket[] = [];
  readonly #waiters: Waiter[] = [];
  #closed = false;

  constructor(address: Address, backlog: number, onClose: () => void) {
    this.address = address;
    this.backlog = backlog;
    this.#onClose = onClose;
  }

  /** Connections that wait for accept. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** No room for another connection. */
  get full(): boolean {
    return this.#queue.length >= this.backlog;
  }

  accept(): Promise<DuplexSocket> {
    return new Promise((resolve, reject) => {
      this.acceptWith({ take: resolve, fail: reject });
    });
  }

  /**
   * accept(2) with callbacks, for callers that may lose interest (a process that dies while it waits must not swallow
   * a connection). Returns a function that leaves the queue; it does nothing once `take` or `fail` was called.
   */
  acceptWith(waiter: Waiter): () => void {
    if (this.#closed) {
      waiter.fail(new SocketError('EBADF', 'accept', 'this socket is closed'));
      return () => {};
    }
    const socket = this.#queue.shift();
    if (socket) {
      waiter.take(socket);
      return () => {};
    }
    this.#waiters.push(waiter);
    return () => {
      const index = this.#waiters.indexOf(waiter);
      if (index >= 0) this.#waiters.splice(index, 1);
    };
  }

  /** A connection is complete. The network calls this. */
  offer(socket: DuplexSocket): void {
    const waiter = this.#waiters.shift();
    if (waiter) waiter.take(socket);
    else this.#queue.push(socket);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const waiter of this.#waiters.splice(0)) waiter.fail(new SocketError('EBADF', 'accept', 'the listener was closed'));
    // Linux sends RST to whoever was never accepted.
    for (const socket of this.#queue.splice(0)) socket.reset();
    this.#onClose();
  }
}
