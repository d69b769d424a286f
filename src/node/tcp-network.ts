/**
 * The machine's own network as a {@link Network}: what the in-memory one imitates. Connections are numbered as they are
 * made; the two ends of one, if both are here, have different numbers, because TCP carries no such thing.
 */
import { connect as connectSocket, type Socket } from 'node:net';
import { SocketError, type Address, type DuplexSocket, type Listener, type Network } from '../net/socket.ts';
import { toSocketError } from './errno.ts';
import { listen } from './listen.ts';
import { TcpSocket } from './tcp-socket.ts';

/** What `listen` assumes where nobody says. */
const usualBacklog = 511;

/** A queue of accepted connections over `net.Server`. */
class TcpListener implements Listener {
  readonly address: Address;
  readonly backlog: number;
  readonly #close: () => void;
  readonly #ready: DuplexSocket[] = [];
  readonly #waiting: { resolve(socket: DuplexSocket): void; reject(error: SocketError): void }[] = [];
  #closed = false;

  constructor(address: Address, backlog: number, close: () => void) {
    this.address = address;
    this.backlog = backlog;
    this.#close = close;
  }

  arrived(socket: DuplexSocket): void {
    const first = this.#waiting.shift();
    if (first !== undefined) first.resolve(socket);
    else if (this.#ready.length < this.backlog) this.#ready.push(socket);
    else socket.reset();
  }

  accept(): Promise<DuplexSocket> {
    if (this.#closed) return Promise.reject(new SocketError('EBADF', 'accept', 'the listening socket is closed'));
    const first = this.#ready.shift();
    if (first !== undefined) return Promise.resolve(first);
    return new Promise((resolve, reject) => { this.#waiting.push({ resolve, reject }); });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#close();
    for (const { reject } of this.#waiting.splice(0)) reject(new SocketError('EBADF', 'accept', 'the listening socket was closed'));
    for (const socket of this.#ready.splice(0)) socket.reset();
  }
}

/** A network over `node:net`. `nextId`: numbers for its connections. */
export function tcpNetwork(nextId: () => number): Network {
  return {
    async listen(address, { backlog = usualBacklog } = {}) {
      const { server, address: bound } = await listen({ kind: 'tcp', ...address }, { backlog });
      const listener = new TcpListener(bound, backlog, () => { server.close(); });
      server.on('connection', (socket: Socket) => listener.arrived(TcpSocket.adopt(socket, nextId())));
      return listener;
    },
    connect: ({ host, port }) =>
      new Promise((resolve, reject) => {
        const socket = connectSocket({ host, port, allowHalfOpen: true, noDelay: true });
        const refuse = (error: unknown): void => reject(toSocketError(error, 'connect'));
        socket.once('error', refuse);
        socket.once('connect', () => {
          socket.off('error', refuse);
          resolve(TcpSocket.wrap(socket, nextId(), 'client'));
        });
      }),
  };
}
