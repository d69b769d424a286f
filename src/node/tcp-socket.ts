/**
 * A connected TCP (or Unix domain, or TLS) socket as a `DuplexSocket`.
 *
 * Two roads lead the bytes in. The fast one is `onread` with one buffer for the whole process: a `DuplexSocket` lends its
 * bytes only for the length of a call, so no read needs memory of its own and the stream machinery stays out of the way.
 * `net.Server` cannot be asked for it, therefore {@link TcpSocket.adopt} moves the accepted handle into a socket that
 * can. The other road is the `data` event: for TLS, and for a Node that no longer lets us move the handle.
 */
import { Socket } from 'node:net';
import type { Address, DuplexSocket, SocketError, SocketHandler } from '../net/socket.ts';
import { toSocketError } from './errno.ts';

/** `write` answers false from here on. Unit: bytes. */
const highWaterBytes = 65_536;
/** Size of the read buffer. Unit: bytes. libuv reads this much at a time when it allocates by itself. */
const readBytes = 65_536;

/** Options for `net.createServer`, so that {@link TcpSocket.adopt} finds the socket untouched. */
export const acceptOptions = { allowHalfOpen: true, pauseOnConnect: true, noDelay: true, highWaterMark: highWaterBytes } as const;

/** What we know of the platform handle beneath an accepted socket: private names of Node, as few as will do. */
interface Handle { useUserBuffer?: unknown; readStart?: unknown; readonly fd?: number }
interface WithHandle { _handle: Handle | null; _server: unknown; server: unknown }

/** The descriptor of a socket that has just been accepted; -1 where the platform has none. */
export const descriptorOf = (accepted: Socket): number => (accepted as unknown as WithHandle)._handle?.fd ?? -1;

let sharedBuffer: Uint8Array | undefined;
/** Beginnings of the shared buffer, by the lower bits of their lengths: requests of a client are mostly as long as the ones before. */
const beginnings: Uint8Array[] = [];

function beginning(size: number): Uint8Array {
  const known = beginnings[size & 255];
  return known?.length === size ? known : (beginnings[size & 255] = sharedBuffer!.subarray(0, size));
}

export class TcpSocket implements DuplexSocket {
  readonly id: number;
  readonly role: 'client' | 'server';
  /** What the stream has let go of is in the kernel (or encrypted). */
  readonly keepsNothing = true;
  #socket: Socket;
  #handler: SocketHandler | undefined;
  #local: Address | undefined;
  #remote: Address | undefined;
  /** We are inside `onData`. */
  #reading = false;
  #paused = false;
  #ended = false;
  #closed = false;
  /** `write` said false and no drain has followed yet. */
  #full = false;
  #error: SocketError | undefined;

  private constructor(socket: Socket, id: number, role: 'client' | 'server', paused: boolean) {
    this.#socket = socket;
    this.id = id;
    this.role = role;
    this.#paused = paused;
    socket.on('error', (error: NodeJS.ErrnoException) => { this.#error ??= toSocketError(error, error.syscall === 'write' ? 'send' : 'recv'); });
  }

  /**
   * Take over a socket that a server with {@link acceptOptions} has just accepted. Call it in the `connection` event.
   * `id`: number of the connection in the trace.
   */
  static adopt(accepted: Socket, id: number): TcpSocket {
    const { _handle: handle, _server: server } = accepted as unknown as WithHandle;
    if (handle === null || typeof handle.useUserBuffer !== 'function') return TcpSocket.wrap(accepted, id, 'server');
    sharedBuffer ??= new Uint8Array(readBytes);
    const buffer = sharedBuffer;
    let self: TcpSocket | undefined = undefined;
    const socket = new Socket({
      handle,
      allowHalfOpen: true,
      readable: true,
      writable: true,
      highWaterMark: highWaterBytes,
      manualStart: true, // reading begins with `open`, when there is somebody to read to
      onread: {
        buffer,
        callback: (size: number) => self!.#receive(size === readBytes ? buffer : beginning(size)),
      },
    } as ConstructorParameters<typeof Socket>[0]);
    // The server counts its connections; the count follows the handle.
    const moved = socket as unknown as WithHandle;
    moved._server = server;
    moved.server = server;
    (accepted as unknown as WithHandle)._handle = null;
    self = new TcpSocket(socket, id, 'server', false);
    return self;
  }

  /** Any connected `net.Socket` or `tls.TLSSocket` that nobody reads yet (and that was made with `allowHalfOpen` where FIN matters). */
  static wrap(socket: Socket, id: number, role: 'client' | 'server'): TcpSocket {
    const self = new TcpSocket(socket, id, role, false);
    socket.pause();
    socket.on('data', (bytes: Buffer) => self.#receive(bytes));
    return self;
  }

  get local(): Address {
    return (this.#local ??= addressOf(this.#socket.localAddress, this.#socket.localPort));
  }

  get remote(): Address {
    return (this.#remote ??= addressOf(this.#socket.remoteAddress, this.#socket.remotePort));
  }

  get bufferedAmount(): number {
    return this.#socket.writableLength;
  }

  open(handler: SocketHandler): void {
    if (this.#handler !== undefined) throw new TypeError('open: called twice on one socket');
    this.#handler = handler;
    const socket = this.#socket;
    socket.on('end', () => { if (!this.#closed) handler.onEof(); });
    socket.on('drain', () => {
      if (!this.#full || this.#closed) return;
      this.#full = false;
      handler.onDrain();
    });
    socket.on('close', () => this.#finish());
    // The peer may have gone between accept and now; the event is behind us then.
    if (socket.destroyed) process.nextTick(() => this.#finish());
    else if (!this.#paused) socket.resume();
  }

  write(bytes: Uint8Array): boolean {
    if (this.#ended || this.#closed) return false;
    // At once, also from within `onData`: an application may keep the thread for long after this (PEP3333-streaming-1). Whoever has
    // several short parts joins them first (`server/flow.ts`).
    if (bytes.length > 0) this.#socket.write(bytes);
    if (this.#socket.writableLength < highWaterBytes) return true;
    // The stream's own mark is the same number, so it has seen the overflow too and emits `drain`.
    this.#full = true;
    return false;
  }

  end(): void {
    if (this.#ended || this.#closed) return;
    this.#ended = true;
    this.#socket.end();
  }

  reset(): void {
    if (this.#closed) return;
    this.#ended = true;
    const socket = this.#socket;
    try {
      socket.resetAndDestroy();
    } catch {
      // Only TCP has a RST; a pipe and a TLS session are just cut.
      socket.destroy();
    }
  }

  pause(): void {
    if (this.#paused || this.#closed) return;
    this.#paused = true;
    if (!this.#reading) this.#socket.pause();
  }

  resume(): void {
    if (!this.#paused || this.#closed) return;
    this.#paused = false;
    if (!this.#reading && this.#handler !== undefined) this.#socket.resume();
  }

  /** Hand over a segment. */
  #receive(bytes: Uint8Array): void {
    if (this.#closed) return;
    this.#reading = true;
    try {
      this.#handler!.onData(bytes);
    } finally {
      this.#reading = false;
      // `pause` and `resume` from within the call only left a wish; what counts is the last one.
      if (this.#paused && !this.#closed) this.#socket.pause();
    }
  }

  #finish(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#handler?.onClose(this.#error);
  }
}

/** Unix domain peers have no address: host '' and port 0, which is what getpeername(2) says of them. */
const addressOf = (host: string | undefined, port: number | undefined): Address => ({ host: host ?? '', port: port ?? 0 });
