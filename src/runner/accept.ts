import { PortSocket } from '../net/port.ts';
import { SocketError, type Address, type DuplexSocket, type Listener } from '../net/socket.ts';
import type { Channels } from '../rpc/channels.ts';
import type { FromProcess, ToProcess } from '../rpc/contract.ts';
import type { Tracer } from '../trace/tracer.ts';

interface Waiter {
  readonly resolve: (socket: DuplexSocket) => void;
  readonly reject: (error: SocketError) => void;
}

/**
 * A listening socket that lives in another thread, as a process sees it: every `accept()` asks the machine for one
 * connection. So several processes can wait at the same socket, and one that is busy does not take what it cannot serve.
 */
export class RemoteListener implements Listener {
  readonly address: Address;
  readonly backlog: number;
  readonly #post: (message: FromProcess) => void;
  readonly #tracer: Tracer;
  readonly #channels: Channels;
  readonly #waiters: Waiter[] = [];
  #closed = false;

  constructor(address: Address, backlog: number, tracer: Tracer, channels: Channels, post: (message: FromProcess) => void) {
    this.address = address;
    this.backlog = backlog;
    this.#tracer = tracer;
    this.#channels = channels;
    this.#post = post;
  }

  accept(): Promise<DuplexSocket> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(new SocketError('EBADF', 'accept', 'this socket is closed'));
        return;
      }
      this.#waiters.push({ resolve, reject });
      this.#post({ type: 'accept', clock: this.#tracer.clock });
    });
  }

  /** The machine has a connection for us. One that comes after `close` is reset, as the kernel does. */
  take(message: Extract<ToProcess, { type: 'connection' }>): void {
    this.#tracer.witness(message.clock);
    const { port, id, local, remote } = message;
    const line = typeof port === 'number' ? this.#channels.open(port) : port;
    const socket = new PortSocket(line, { id, role: 'server', local, remote, tracer: this.#tracer });
    line.start?.();
    const waiter = this.#waiters.shift();
    if (waiter) waiter.resolve(socket);
    else socket.reset();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const waiter of this.#waiters.splice(0)) waiter.reject(new SocketError('EBADF', 'accept', 'the listener was closed'));
  }
}
