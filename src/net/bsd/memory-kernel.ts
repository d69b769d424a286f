import type { Timers } from '../../host/effects.ts';
import type { Binding, MemoryListener, MemoryNetwork } from '../network.ts';
import { SocketError, type Address, type DuplexSocket } from '../socket.ts';
import type { Claim, Kernel, Patience } from './kernel.ts';

/** The in-memory network as programs see it that run in its thread (and the machine, which calls for those that do not). */
export class MemoryKernel implements Kernel {
  readonly #network: MemoryNetwork;
  readonly #timers: Timers;

  constructor(network: MemoryNetwork, timers: Timers) {
    this.#network = network;
    this.#timers = timers;
  }

  async bind(address: Address, options: { readonly reuseAddress: boolean }): Promise<MemoryClaim> {
    return new MemoryClaim(this.#network.bind(address, options), this.#timers);
  }

  async connect(address: Address, { from }: Patience & { readonly from?: Claim | undefined }): Promise<DuplexSocket> {
    return from instanceof MemoryClaim ? from.connect(address) : this.#network.dial(address);
  }
}

/** A bound descriptor of the in-memory network. */
export class MemoryClaim implements Claim {
  readonly #binding: Binding;
  readonly #timers: Timers;
  #listener: MemoryListener | undefined;

  constructor(binding: Binding, timers: Timers) {
    this.#binding = binding;
    this.#timers = timers;
  }

  get address(): Address {
    return this.#binding.address;
  }

  async listen(backlog: number): Promise<void> {
    this.#listener = this.#binding.listen(backlog);
  }

  connect(address: Address): DuplexSocket {
    return this.#binding.connect(address);
  }

  accept(patience: Patience): Promise<DuplexSocket> {
    return new Promise((take, fail) => this.acceptWith(patience, take, fail));
  }

  /** As `accept`, by callbacks. Returns a function that leaves the queue. */
  acceptWith({ timeoutMs }: Patience, take: (socket: DuplexSocket) => void, fail: (error: unknown) => void): () => void {
    const listener = this.#listener;
    if (!listener) {
      fail(new SocketError('EINVAL', 'accept', 'this socket does not listen; call listen first'));
      return () => {};
    }
    if (timeoutMs === 0 && listener.waiting === 0) {
      fail(new SocketError('EAGAIN', 'accept', 'no connection is waiting'));
      return () => {};
    }
    let timer: unknown;
    const leave = listener.acceptWith({
      take: (socket) => {
        this.#timers.cancel(timer);
        take(socket);
      },
      fail: (error) => {
        this.#timers.cancel(timer);
        fail(error);
      },
    });
    if (timeoutMs !== undefined && timeoutMs > 0) {
      timer = this.#timers.after(timeoutMs, () => {
        leave();
        fail(new SocketError('ETIMEDOUT', 'accept', `no connection came within ${timeoutMs / 1000} s`));
      });
    }
    return () => {
      this.#timers.cancel(timer);
      leave();
    };
  }

  close(): void {
    this.#binding.close();
  }
}
