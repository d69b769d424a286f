import { MemoryKernel, type MemoryClaim } from '../net/bsd/memory-kernel.ts';
import { formatAddress, SocketError, type DuplexSocket } from '../net/socket.ts';
import type { ToProcess } from '../rpc/contract.ts';
import { maxDescriptors, maxPendingCalls, type SystemCall, type WireConnection } from '../rpc/system-calls.ts';
import type { Tracer } from '../trace/tracer.ts';

/** What the calls of a process need of it. */
export interface Caller {
  readonly kernel: MemoryKernel;
  readonly tracer: Tracer;
  /** This connection is the process's from now on. */
  hand(socket: DuplexSocket): WireConnection;
  post(message: ToProcess, transfer: readonly object[]): void;
  /** It calls what an honest process does not. */
  misbehaves(how: string): void;
  /** It listens somewhere, or does so no longer. */
  listens(): void;
}

/** The descriptors of one process, and its calls that wait. */
export class SystemCalls {
  readonly #caller: Caller;
  readonly #claims = new Map<number, MemoryClaim>();
  readonly #listening = new Set<number>();
  /** Calls that wait, by id: how to give up. */
  readonly #waiting = new Map<number, () => void>();

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** Where the process listens. */
  get listening(): string[] {
    return [...this.#listening].map((fd) => formatAddress(this.#claims.get(fd)!.address));
  }

  take(call: SystemCall): void {
    this.#caller.tracer.witness(call.clock);
    if (this.#waiting.has(call.id) || this.#waiting.size >= maxPendingCalls) {
      this.#caller.misbehaves('it makes more calls at a time than a process may');
      return;
    }
    this.#waiting.set(call.id, () => {});
    this.#run(call);
  }

  /** The process is gone: its addresses are free, and it waits for nothing. */
  close(): void {
    for (const leave of this.#waiting.values()) leave();
    this.#waiting.clear();
    for (const claim of this.#claims.values()) claim.close();
    this.#claims.clear();
    this.#listening.clear();
  }

  #run(call: SystemCall): void {
    const { kernel } = this.#caller;
    const known = call.fd === undefined ? undefined : this.#claims.get(call.fd);
    // Our own module closes before it forgets and numbers upwards, so a wrong number is not an accident.
    if (call.call === 'bind' ? known !== undefined || this.#claims.size >= maxDescriptors : call.fd !== undefined && !known) {
      this.#caller.misbehaves('it calls with a descriptor that makes no sense');
      return;
    }
    switch (call.call) {
      case 'bind':
        this.#settle(call, kernel.bind(call.address, call), (claim) => {
          this.#claims.set(call.fd, claim);
          return { address: claim.address };
        });
        break;
      case 'listen':
        this.#settle(call, known!.listen(call.backlog), () => {
          this.#listening.add(call.fd);
          this.#caller.listens();
          return {};
        });
        break;
      case 'connect':
        this.#settle(call, kernel.connect(call.address, { ...(known && { from: known }) }), (socket) => ({ connection: this.#caller.hand(socket) }));
        break;
      case 'accept': {
        const patience = call.timeoutMs === undefined ? {} : { timeoutMs: call.timeoutMs };
        const leave = known!.acceptWith(
          patience,
          // In a job of its own: whoever connected is still in the middle of it, and accept comes after connect.
          (socket) => void Promise.resolve().then(() => this.#done(call.id, { connection: this.#caller.hand(socket) })),
          (error) => this.#failed(call, error),
        );
        if (this.#waiting.has(call.id)) this.#waiting.set(call.id, leave);
        break;
      }
      case 'close':
        known!.close();
        this.#claims.delete(call.fd);
        if (this.#listening.delete(call.fd)) this.#caller.listens();
        this.#done(call.id, {});
        break;
      default:
        call satisfies never;
    }
  }

  #settle<T>(call: SystemCall, what: Promise<T>, show: (value: T) => { readonly address?: MemoryClaim['address']; readonly connection?: WireConnection }): void {
    what.then((value) => {
      // Died meanwhile.
      if (this.#waiting.has(call.id)) this.#done(call.id, show(value));
    }).catch((error: unknown) => this.#failed(call, error));
  }

  #done(id: number, result: { readonly address?: MemoryClaim['address']; readonly connection?: WireConnection }): void {
    this.#waiting.delete(id);
    this.#caller.post({ type: 'return', id, clock: this.#caller.tracer.clock, ok: true, ...result }, typeof result.connection?.port === 'object' ? [result.connection.port] : []);
  }

  #failed({ id, call }: SystemCall, error: unknown): void {
    if (!this.#waiting.delete(id)) return;
    if (!(error instanceof SocketError)) throw error;
    const message = error.message.replace(`${error.call}: ${error.code}: `, '');
    this.#caller.post({ type: 'return', id, clock: this.#caller.tracer.clock, ok: false, code: error.code, message: message === '' ? call : message }, []);
  }
}
