import type { Claim, Kernel, Patience } from '../net/bsd/kernel.ts';
import { PortSocket } from '../net/port.ts';
import { SocketError, type Address, type DuplexSocket, type Errno } from '../net/socket.ts';
import type { Channels } from '../rpc/channels.ts';
import type { FromProcess } from '../rpc/contract.ts';
import { maxDescriptors, maxPendingCalls, type NetworkCall, type SystemReturn, type WireConnection } from '../rpc/system-calls.ts';
import type { Tracer } from '../trace/tracer.ts';

interface Pending {
  readonly call: string;
  readonly done: (result: SystemReturn & { readonly ok: true }) => void;
  readonly fail: (error: SocketError) => void;
}

/** The network of the machine, which is in another thread: every call goes over the wire and waits for its return. */
export class RemoteKernel implements Kernel {
  readonly #post: (message: FromProcess) => void;
  readonly #tracer: Tracer;
  readonly #channels: Channels;
  readonly #pending = new Map<number, Pending>();
  #nextCall = 1;
  #nextFd = 3;
  #open = 0;

  constructor(tracer: Tracer, channels: Channels, post: (message: FromProcess) => void) {
    this.#tracer = tracer;
    this.#channels = channels;
    this.#post = post;
  }

  async bind(address: Address, { reuseAddress }: { readonly reuseAddress: boolean }): Promise<RemoteClaim> {
    if (this.#open >= maxDescriptors) throw new SocketError('EMFILE', 'bind', `this process has ${maxDescriptors} sockets open`);
    const fd = this.#nextFd;
    this.#nextFd += 1;
    this.#open += 1;
    try {
      const { address: bound } = await this.call({ call: 'bind', fd, address, reuseAddress });
      return new RemoteClaim(this, fd, bound ?? address, () => (this.#open -= 1));
    } catch (error) {
      this.#open -= 1;
      throw error;
    }
  }

  async connect(address: Address, { timeoutMs, from }: Patience & { readonly from?: Claim | undefined }): Promise<DuplexSocket> {
    const fd = from instanceof RemoteClaim ? { fd: from.fd } : {};
    const { connection } = await this.call({ call: 'connect', address, ...fd, ...(timeoutMs !== undefined && { timeoutMs }) });
    return this.connected(connection!, 'client');
  }

  /** Ask, and wait for the answer. Rejects with SocketError. */
  call(call: NetworkCall): Promise<SystemReturn & { readonly ok: true }> {
    return new Promise((done, fail) => {
      if (this.#pending.size >= maxPendingCalls) return fail(new SocketError('EMFILE', call.call, `${maxPendingCalls} calls of this process are waiting already`));
      const id = this.#nextCall;
      this.#nextCall += 1;
      this.#pending.set(id, { call: call.call, done, fail });
      this.#post({ type: 'call', id, clock: this.#tracer.clock, ...call });
    });
  }

  /** The answer to a call. */
  returned(message: SystemReturn): void {
    this.#tracer.witness(message.clock);
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (!pending) return;
    if (message.ok) pending.done(message);
    else pending.fail(new SocketError(message.code as Errno, pending.call, message.message));
  }

  /** This process's end of a connection. */
  connected({ id, local, remote, port }: WireConnection, role: 'client' | 'server'): DuplexSocket {
    const line = typeof port === 'number' ? this.#channels.open(port) : port;
    const socket = new PortSocket(line, { id, role, local, remote, tracer: this.#tracer });
    line.start?.();
    return socket;
  }
}

/** A descriptor of the machine's. */
class RemoteClaim implements Claim {
  readonly address: Address;
  readonly fd: number;
  readonly #kernel: RemoteKernel;
  readonly #release: () => void;
  #closed = false;

  constructor(kernel: RemoteKernel, fd: number, address: Address, release: () => void) {
    this.#kernel = kernel;
    this.fd = fd;
    this.address = address;
    this.#release = release;
  }

  async listen(backlog: number): Promise<void> {
    await this.#kernel.call({ call: 'listen', fd: this.fd, backlog });
  }

  async accept({ timeoutMs }: Patience): Promise<DuplexSocket> {
    const { connection } = await this.#kernel.call({ call: 'accept', fd: this.fd, ...(timeoutMs !== undefined && { timeoutMs }) });
    return this.#kernel.connected(connection!, 'server');
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#release();
    void this.#kernel.call({ call: 'close', fd: this.fd }).catch(() => {});
  }
}
