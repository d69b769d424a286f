/**
 * The sockets of `porthole/socket` over real TCP.
 *
 * What differs from the in-memory network, because Node or the kernel decides: SO_REUSEADDR is always on (libuv sets it), and
 * libuv accepts as soon as it can, so that a connection which finds the backlog full is reset instead of refused.
 */
import { lookup } from 'node:dns/promises';
import * as net from 'node:net';
import type { Claim, Kernel, Patience } from '../net/bsd/kernel.ts';
import { checkPort } from '../net/names.ts';
import { formatAddress, SocketError, type Address, type DuplexSocket } from '../net/socket.ts';
import { bindTcp, type Handle } from './bound.ts';
import { toSocketError } from './errno.ts';
import { acceptOptions, TcpSocket } from './tcp-socket.ts';

/** A kernel over `node:net`. Connections are numbered from 1. */
export function tcpKernel(): Kernel {
  let lastId = 0;
  const nextId = (): number => (lastId += 1);
  return {
    async bind(address) {
      checkPort(address, 0, 'bind');
      const { address: host } = await resolve(address.host === '' ? '0.0.0.0' : address.host, 'bind');
      const { handle, port } = bindTcp(host, address.port, 4, formatAddress({ host, port: address.port }));
      return new TcpClaim({ host, port }, handle, nextId);
    },

    async connect(address, { timeoutMs, from }) {
      checkPort(address, 1, 'connect');
      const { address: host } = await resolve(address.host, 'connect');
      // Another handle cannot have the port while this one does, on every platform.
      const local = from?.address;
      from?.close();
      return new Promise((give, fail) => {
        const socket = net.connect({ host, port: address.port, allowHalfOpen: true, noDelay: true, ...(local && { localAddress: local.host, localPort: local.port }) });
        const timer = timeoutMs === undefined ? undefined : setTimeout(() => socket.destroy(new SocketError('ETIMEDOUT', 'connect', `nobody answered within ${timeoutMs / 1000} s`)), timeoutMs);
        const refuse = (error: unknown): void => {
          clearTimeout(timer);
          fail(toSocketError(error, 'connect'));
        };
        socket.once('error', refuse);
        socket.once('connect', () => {
          clearTimeout(timer);
          socket.off('error', refuse);
          give(TcpSocket.wrap(socket, nextId(), 'client'));
        });
      });
    },
  };
}

interface Waiter { take(socket: DuplexSocket): void; fail(error: SocketError): void }

class TcpClaim implements Claim {
  readonly address: Address;
  readonly #handle: Handle;
  readonly #nextId: () => number;
  readonly #ready: DuplexSocket[] = [];
  readonly #waiting: Waiter[] = [];
  #server: net.Server | undefined;
  #closed = false;

  constructor(address: Address, handle: Handle, nextId: () => number) {
    this.address = address;
    this.#handle = handle;
    this.#nextId = nextId;
  }

  listen(backlog: number): Promise<void> {
    if (this.#server) return Promise.reject(new SocketError('EINVAL', 'listen', 'this socket listens already'));
    const server = (this.#server = net.createServer(acceptOptions));
    const most = Math.max(1, Math.trunc(backlog));
    server.on('connection', (accepted) => {
      const socket = TcpSocket.adopt(accepted, this.#nextId());
      const waiter = this.#waiting.shift();
      if (waiter) waiter.take(socket);
      else if (this.#ready.length < most) this.#ready.push(socket);
      else socket.reset();
    });
    return new Promise((resolve, reject) => {
      server.once('error', (error) => reject(toSocketError(error, 'listen')));
      server.listen(this.#handle, most, resolve);
    });
  }

  accept({ timeoutMs }: Patience): Promise<DuplexSocket> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new SocketError('EBADF', 'accept', 'this socket is closed'));
      const first = this.#ready.shift();
      if (first) return resolve(first);
      if (timeoutMs === 0) return reject(new SocketError('EAGAIN', 'accept', 'no connection is waiting'));
      const timers: NodeJS.Timeout[] = [];
      const waiter: Waiter = {
        take(socket) {
          clearTimeout(timers[0]);
          resolve(socket);
        },
        fail(error) {
          clearTimeout(timers[0]);
          reject(error);
        },
      };
      this.#waiting.push(waiter);
      if (timeoutMs === undefined) return;
      timers.push(setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(new SocketError('ETIMEDOUT', 'accept', `no connection came within ${timeoutMs / 1000} s`));
      }, timeoutMs));
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#server) this.#server.close();
    else this.#handle.close();
    for (const waiter of this.#waiting.splice(0)) waiter.fail(new SocketError('EBADF', 'accept', 'this socket was closed'));
    for (const socket of this.#ready.splice(0)) socket.reset();
  }
}

const resolve = (host: string, call: string): Promise<{ readonly address: string }> =>
  lookup(host, { family: 4 }).catch((error: unknown) => { throw toSocketError(error, call); });
