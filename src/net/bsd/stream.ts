import type { Stream as StreamName } from '../../trace/events.ts';
import { defaultHighWaterBytes, defaultLowWaterBytes } from '../memory.ts';
import { SocketError, type Address, type DuplexSocket } from '../socket.ts';
import { Inbox } from './inbox.ts';
import type { SocketSurroundings } from './kernel.ts';

/** Room for what arrives before anybody calls `recv`: SO_RCVBUF. Octets. */
const receiveBytes = defaultHighWaterBytes;
/** Room for what was sent and has not been taken: SO_SNDBUF. `write` refuses from here on. Octets. */
const sendBytes = defaultHighWaterBytes + 1;

/** What can be done with a socket without waiting: poll(2)'s POLLIN, POLLOUT and POLLHUP. An error that is due counts as something to be had. */
export interface Readiness {
  readonly readable: boolean;
  readonly writable: boolean;
  /** Neither direction is left. */
  readonly over: boolean;
}

/** The connection behind a connected socket: what arrives waits to be asked for, and what is sent is counted. */
export class Stream {
  readonly #socket: DuplexSocket;
  readonly #around: SocketSurroundings;
  readonly #inbox = new Inbox();
  #received = 0;
  #sent = 0;
  /** The peer will send no more. */
  #ended = false;
  #toldEnd = false;
  /** What the program may still do. */
  #maySend = true;
  #mayReceive = true;
  #paused = false;
  #full = false;
  /** Why it broke; told once, by the next call. */
  #error: SocketError | undefined;
  #broken = false;
  #closed = false;
  #toldClose = false;
  readonly #watchers = new Set<() => void>();

  constructor(socket: DuplexSocket, around: SocketSurroundings) {
    this.#socket = socket;
    this.#around = around;
    socket.open({
      onData: (bytes) => this.#arrived(bytes),
      onEof: () => {
        this.#ended = true;
        this.#wake();
      },
      onDrain: () => {
        this.#full = false;
        this.#tell({ type: 'socket.pressure', connection: this.id, exchange: 0, state: 'drained', buffered: socket.bufferedAmount });
        this.#wake();
      },
      onClose: (error) => {
        this.#broken = true;
        // Linux, tcp_reset(): who has had the peer's FIN before (CLOSE_WAIT) is told EPIPE; `send` says so.
        if (error && !this.#closed && !this.#ended) this.#error = error;
        this.#ended = true;
        this.#tellClose(error ? error.message : 'both ends have closed');
        this.#wake();
      },
    });
  }

  get id(): number {
    return this.#socket.id;
  }
  get local(): Address {
    return this.#socket.local;
  }
  get remote(): Address {
    return this.#socket.remote;
  }

  get readiness(): Readiness {
    return {
      readable: this.#inbox.size > 0 || this.#ended || !this.#mayReceive || this.#error !== undefined,
      writable: !this.#full || !this.#maySend || this.#broken,
      over: this.#broken || (this.#ended && !this.#maySend),
    };
  }

  /** Call back whenever {@link readiness} may have changed. Returns how to stop that. */
  watch(listener: () => void): () => void {
    this.#watchers.add(listener);
    return () => void this.#watchers.delete(listener);
  }

  /** Queue what there is room for; resolves with how much that was. */
  async send(bytes: Uint8Array, call: 'send' | 'sendall', timeoutMs: number | undefined): Promise<number> {
    for (;;) {
      const sent = this.sendNow(bytes, call);
      if (sent !== undefined) return sent;
      await this.#wait(call, timeoutMs);
    }
  }

  /** What has arrived, at most `most` octets; empty at the end. */
  async recv(most: number, timeoutMs: number | undefined): Promise<Uint8Array> {
    for (;;) {
      const bytes = this.receiveNow(most);
      if (bytes !== undefined) return bytes;
      await this.#wait('recv', timeoutMs);
    }
  }

  /** As `send`; undefined where there is no room at all. */
  sendNow(bytes: Uint8Array, call: 'send' | 'sendall'): number | undefined {
    if (bytes.length === 0) return 0;
    this.#check(call);
    if (!this.#maySend) throw new SocketError('EPIPE', call, 'sending on this socket was shut down');
    // After the first error (ECONNRESET) comes this one, for whoever goes on all the same.
    if (this.#broken) throw new SocketError('EPIPE', call, 'the connection is over');
    if (this.#full) return undefined;
    const room = Math.max(1, sendBytes - this.#socket.bufferedAmount);
    const part = bytes.length <= room ? bytes : bytes.subarray(0, room);
    const at = this.#sent;
    this.#sent += part.length;
    this.#tell({ type: 'socket.data', connection: this.id, exchange: 0, flow: 'send', stream: this.#stream('send'), span: [at, this.#sent], bytes: part });
    if (!this.#socket.write(part)) {
      this.#full = true;
      this.#tell({ type: 'socket.pressure', connection: this.id, exchange: 0, state: 'full', buffered: this.#socket.bufferedAmount });
    }
    return part.length;
  }

  /** As `recv`; undefined where nothing has arrived. */
  receiveNow(most: number): Uint8Array | undefined {
    if (!this.#mayReceive) return new Uint8Array(0);
    if (this.#inbox.size === 0) {
      this.#check('recv');
      if (!this.#ended) return undefined;
      if (!this.#toldEnd && !this.#broken) this.#tell({ type: 'socket.eof', connection: this.id, exchange: 0, flow: 'recv', stream: this.#stream('recv'), span: [this.#received, this.#received] });
      this.#toldEnd = true;
      return new Uint8Array(0);
    }
    const bytes = this.#inbox.take(most);
    const at = this.#received;
    this.#received += bytes.length;
    this.#tell({ type: 'socket.data', connection: this.id, exchange: 0, flow: 'recv', stream: this.#stream('recv'), span: [at, this.#received], bytes });
    if (this.#paused && this.#inbox.size <= defaultLowWaterBytes) {
      this.#paused = false;
      this.#socket.resume();
    }
    return bytes;
  }

  /** What has arrived, left where it is. */
  peek(most: number): Uint8Array {
    return this.#inbox.peek(most);
  }

  /** SHUT_WR: send FIN behind what is queued. */
  endSending(): void {
    if (!this.#maySend || this.#broken) return;
    this.#maySend = false;
    this.#tell({ type: 'socket.eof', connection: this.id, exchange: 0, flow: 'send', stream: this.#stream('send'), span: [this.#sent, this.#sent] });
    this.#socket.end();
    this.#wake();
  }

  /** SHUT_RD: what has come and what comes is thrown away. */
  endReceiving(): void {
    this.#mayReceive = false;
    this.#discard();
    this.#wake();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#error = undefined;
    if (this.#inbox.size > 0 && this.#mayReceive) {
      // RFC1122-4.2.2.13: "If such a host issues a CLOSE call while received data is still pending in TCP, or if new data is
      // received after CLOSE is called, its TCP SHOULD send a RST to show that data was lost."
      const lost = this.#inbox.size;
      this.#tellClose(`closed with ${lost} octets unread: reset`);
      this.#broken = true;
      this.#socket.reset();
    } else {
      this.endSending();
      this.#tellClose('closed by the program');
      this.#discard();
    }
    this.#wake();
  }

  #arrived(bytes: Uint8Array): void {
    if (this.#closed) {
      // The other half of the rule in `close`.
      this.#socket.reset();
      return;
    }
    if (!this.#mayReceive) return;
    this.#inbox.push(bytes.slice());
    if (this.#inbox.size > receiveBytes && !this.#paused) {
      this.#paused = true;
      this.#socket.pause();
    }
    this.#wake();
  }

  #discard(): void {
    this.#inbox.clear();
    if (!this.#paused) return;
    this.#paused = false;
    this.#socket.resume();
  }

  #check(call: string): void {
    if (this.#closed) throw new SocketError('EBADF', call, 'this socket was closed');
    const error = this.#error;
    if (!error) return;
    this.#error = undefined;
    throw new SocketError(error.code, call, error.message.replace(/^\w+: \w+: /, ''));
  }

  /** Until something has happened, and not longer than `timeoutMs`. */
  #wait(call: string, timeoutMs: number | undefined): Promise<void> {
    if (timeoutMs === 0) throw new SocketError('EAGAIN', call, call === 'recv' ? 'nothing has arrived' : 'the buffer is full');
    const { host, onWaiting } = this.#around;
    onWaiting?.(1);
    return new Promise<void>((resolve, reject) => {
      let timer: unknown;
      const done = (): void => {
        leave();
        host.timers.cancel(timer);
        resolve();
      };
      const leave = this.watch(done);
      if (timeoutMs !== undefined) {
        timer = host.timers.after(timeoutMs, () => {
          leave();
          reject(new SocketError('ETIMEDOUT', call, `nothing happened within ${timeoutMs / 1000} s`));
        });
      }
    }).finally(() => onWaiting?.(-1));
  }

  #wake(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  #stream(flow: 'send' | 'recv'): StreamName {
    return (this.#socket.role === 'client') === (flow === 'send') ? 'c2s' : 's2c';
  }

  #tellClose(reason: string): void {
    if (this.#toldClose) return;
    this.#toldClose = true;
    this.#tell({ type: 'socket.close', connection: this.id, exchange: 0, reason });
  }

  #tell(event: Parameters<SocketSurroundings['tracer']['emit']>[0]): void {
    if (this.#around.tracer.enabled) this.#around.tracer.emit(event);
  }
}
