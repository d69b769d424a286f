/**
 * Python's sockets over a network of ours: what Emscripten calls SOCKFS, replaced. Pyodide 314 asks each socket for `connectAsync`,
 * `recvmsgAsync`, `sendmsgAsync` and `pollAsync` when Python calls connect(2), recv(2), send(2) and poll(2), and suspends the stack until the
 * promise settles; where there is no such member at the moment, the call is made at once. Made by Pyodide for Node's TCP sockets, and not
 * documented. What has no such hook (accept, bind, listen) is waited for in `bridge/sockets.py`.
 */
import type { PyodideAPI } from 'pyodide';
import { Descriptor } from '../net/bsd/descriptor.ts';
import type { SocketSurroundings } from '../net/bsd/kernel.ts';
import { AF_INET, SOCK_STREAM } from '../net/bsd/names.ts';
import { SocketError, type Address } from '../net/socket.ts';
import type { SocketCall } from '../trace/events.ts';
import { errno } from './errno.ts';
import { readPlace } from './place.ts';
import type { Stacks, Watchable } from './stacks.ts';

/** Flags of a file and of a kind of socket (fcntl.h, sys/socket.h of musl). */
const O_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
/** Requests of ioctl(2): octets that can be read, and non-blocking. */
const FIONREAD = 0x541b;
const FIONBIO = 0x5421;
/** Commands of fcntl(2). */
const F_GETFL = 3;
const F_SETFL = 4;
/** Events of poll(2). */
const POLLIN = 1 | 0x40;
const POLLOUT = 4;
const POLLERR = 8;
const POLLHUP = 16;
const POLLNVAL = 32;
/** Octets of a `struct pollfd`. */
const pollfdBytes = 8;
/** Mode of a file that is a socket, S_IFSOCK. */
const socketMode = 0o140000;

/** An open file of Emscripten's. */
interface FileStream {
  readonly fd: number;
  flags: number;
  readonly node?: { readonly mode: number; sock?: SocketFile; readonly pipe?: Pipe };
  stream_ops: StreamOperations;
}
interface StreamOperations {
  poll?(stream: FileStream): number;
  read?(stream: FileStream, buffer: Int8Array, offset: number, length: number): number;
  write?(stream: FileStream, buffer: Int8Array, offset: number, length: number): number;
  ioctl?(stream: FileStream, request: number, argument: number): number;
  getattr?(stream: FileStream): object;
  close?(stream: FileStream): void;
  dup?(stream: FileStream): void;
}
/** What a pipe is to Emscripten, and those who wait for something in it. */
interface Pipe { watchers?: Set<() => void> }

interface FileSystem {
  readonly ErrnoError: new (errno: number) => Error;
  createNode(parent: unknown, name: string, mode: number, device: number): NonNullable<FileStream['node']>;
  createStream(stream: { readonly path: string; readonly node: unknown; readonly flags: number; readonly seekable: boolean; readonly stream_ops: StreamOperations }): FileStream;
  getStream(fd: number): FileStream | null;
}

/** What is used of Emscripten's module. */
interface EmscriptenModule {
  readonly FS: FileSystem;
  readonly SOCKFS: {
    readonly root: unknown;
    createSocket(family: number, type: number, protocol: number): SocketFile;
    getSocket(fd: number): { readonly sock_ops: object } | null;
    pollAsync?(fds: number, count: number, timeoutMs: number): Promise<number>;
  };
  readonly PIPEFS: { readonly stream_ops: StreamOperations };
  readonly DNS: { lookup_name(name: string): string };
  readonly validSuspender: { readonly value: boolean };
  readonly HEAP32: Int32Array;
  readonly HEAP16: Int16Array;
  readonly HEAPU8: Uint8Array;
}

/** Where a text that is read comes from: the standard input of a program. */
export interface InputSource extends Watchable {
  /** At most `most` octets; empty at the end, undefined where nothing has come yet. */
  read(most: number): Uint8Array | undefined;
  /** Whether `read` would give something. */
  readonly ready: boolean;
}

/** What a Python's sockets work with. */
export interface SocketFilesOptions {
  readonly around: SocketSurroundings;
  readonly stacks: Stacks;
  readonly input: InputSource;
}

/** The sockets of one Python: gives and takes descriptors as Emscripten does, and tells the trace of the calls. */
export class SocketFiles {
  readonly around: SocketSurroundings;
  readonly stacks: Stacks;
  readonly module: EmscriptenModule;
  readonly #open = new Set<SocketFile>();
  /** Whose a descriptor is, or was until a moment ago. */
  readonly #byFd = new Map<number, SocketFile>();
  readonly #input: { readonly source: InputSource; readonly sock_ops: { readonly pollAsync: true } };
  #next = 0;

  constructor(pyodide: PyodideAPI, { around, stacks, input }: SocketFilesOptions) {
    this.around = around;
    this.stacks = stacks;
    this.module = (pyodide as unknown as { readonly _module: EmscriptenModule })._module;
    const { SOCKFS, PIPEFS, FS } = this.module;
    for (const [name, there] of Object.entries({ SOCKFS, PIPEFS, DNS: this.module.DNS, validSuspender: this.module.validSuspender, 'SOCKFS.root': SOCKFS.root })) {
      if (there === undefined || there === null) throw new Error(`Pyodide has no ${name} to be replaced: see src/python/sockets.ts.`);
    }
    this.#input = { source: input, sock_ops: { pollAsync: true } };
    Object.assign(SOCKFS, {
      createSocket: (family: number, type: number) => this.#create(family, type),
      getSocket: (fd: number) => this.#find(fd),
      pollAsync: (fds: number, count: number, timeoutMs: number) => this.#poll(fds, count, timeoutMs),
    });
    watchPipes(PIPEFS.stream_ops);
    const standardInput = FS.getStream(0)!;
    standardInput.stream_ops = { ...standardInput.stream_ops, poll: () => (input.ready ? POLLIN : 0) };
    const { DNS } = this.module;
    const lookUp = DNS.lookup_name.bind(DNS);
    DNS.lookup_name = (name) => (isLoopbackName(name) ? '127.0.0.1' : lookUp(name));
  }

  /** Whether the stack that runs can be suspended, and Python go on elsewhere. */
  get canWait(): boolean {
    return this.module.validSuspender.value;
  }

  /** Close what the program has left open, as the system does when it ends. */
  closeAll(): void {
    for (const file of [...this.#open]) file.descriptor.close();
    this.#open.clear();
  }

  // ── what Python's half calls; numbers and texts only ───────────────────────────────────────────────────────────

  /** Number of the stack that runs; 0: the main one. */
  stack(): number {
    return this.stacks.current;
  }

  /** Let the stack of that number go on. */
  wake(stack: number): void {
    this.stacks.wake(stack);
  }

  /** Start a stack, which calls `run`; once that has begun, it is to call `begin` with its number. */
  spawn(run: { callPromising(): Promise<unknown>; destroy(): void }): void {
    void run.callPromising().finally(() => run.destroy());
  }

  begin(stack: number): void {
    this.stacks.begin(stack);
  }

  /** The stack that runs has what it was woken for. */
  forgetWake(): void {
    this.stacks.forgetWake();
  }

  /** bind(2) what the C library was told to bind; its stack is woken when the outcome is there. */
  bind(fd: number, reuseAddress: boolean): void {
    const file = this.#file(fd);
    this.#settle(file, file.descriptor.bind(file.wanted!, { reuseAddress }));
  }

  listen(fd: number, backlog: number): void {
    const file = this.#file(fd);
    this.#settle(file, file.descriptor.listen(backlog));
  }

  /** Errno of the last `bind` or `listen`, once; 0: done; undefined: not yet. */
  outcome(fd: number): number | undefined {
    const file = this.#file(fd);
    const { outcome } = file;
    file.outcome = undefined;
    return outcome;
  }

  /** Does it listen? */
  listens(fd: number): boolean {
    return this.#file(fd).descriptor.listening;
  }

  /** Connect two sockets that are not connected with each other: socketpair(2). */
  pair(one: number, other: number): void {
    const ends = [this.#file(one), this.#file(other)] as const;
    [ends[0].descriptor, ends[1].descriptor] = Descriptor.pair(this.around);
    for (const end of ends) end.private = true;
  }

  /** What has arrived, left there. */
  peek(fd: number, most: number): Uint8Array {
    return this.#file(fd).descriptor.peek(most);
  }

  /** What has come on the standard input, at most `most` octets; undefined: nothing yet. */
  read(most: number): Uint8Array | undefined {
    return this.#input.source.read(most);
  }

  /** Python has made a call. `place` as `bridge/sites.py` writes it. */
  told(call: SocketCall['call'], fd: number, args: string, result: string, error: string | undefined, ms: number, place: string | undefined): void {
    const { tracer } = this.around;
    const file = this.module.FS.getStream(fd)?.node?.sock ?? this.#byFd.get(fd);
    if (!tracer.enabled || file?.private) return;
    const site = readPlace(place);
    tracer.emit({
      type: 'socket.call', connection: file?.descriptor.connection ?? 0, exchange: 0, call, fd: Math.max(0, fd), args, result, ms,
      ...(error !== undefined && { error }), ...(site && { site }),
    });
  }

  /** Also by a descriptor that dup(2) gave, and by one that was closed a moment ago. */
  #file(fd: number): SocketFile {
    return (this.module.FS.getStream(fd)?.node?.sock ?? this.#byFd.get(fd))!;
  }

  // ── what the C library calls ───────────────────────────────────────────────────────────────────────────────────

  fail(code: number): Error {
    return new this.module.FS.ErrnoError(code);
  }

  #create(family: number, type: number): SocketFile {
    if (family !== AF_INET) throw this.fail(errno.EAFNOSUPPORT);
    if ((type & ~(O_NONBLOCK | SOCK_CLOEXEC)) !== SOCK_STREAM) throw this.fail(errno.EPROTONOSUPPORT);
    return this.make(new Descriptor(this.around), type & O_NONBLOCK);
  }

  /** A file for a descriptor. */
  make(descriptor: Descriptor, flags = 0): SocketFile {
    const { FS, SOCKFS } = this.module;
    const name = `socket[${this.#next}]`;
    this.#next += 1;
    const node = FS.createNode(SOCKFS.root, name, socketMode, 0);
    const file = new SocketFile(this, descriptor);
    node.sock = file;
    file.stream = FS.createStream({ path: name, node, flags: 2 | flags, seekable: false, stream_ops: file.streamOperations });
    this.#open.add(file);
    this.#byFd.set(file.stream.fd, file);
    return file;
  }

  forget(file: SocketFile): void {
    this.#open.delete(file);
  }

  /** What can be waited for: sockets, pipes, the standard input. */
  #find(fd: number): { readonly sock_ops: object } | null {
    const stream = this.module.FS.getStream(fd);
    if (fd === 0 && stream) return this.#input;
    return stream?.node?.sock ?? (stream?.node?.pipe ? pipeOperations : null);
  }

  /** poll(2). Always asynchronous: who is asked whether it has to be does not hear what is polled for. */
  async #poll(fds: number, count: number, timeoutMs: number): Promise<number> {
    const { stacks } = this;
    const stack = stacks.current;
    const end = timeoutMs < 0 ? Infinity : this.around.host.clock.now() + timeoutMs;
    const things = Array.from({ length: count }, (_, i) => this.#watchable(this.module.HEAP32[(fds + i * pollfdBytes) >> 2]!)).filter((thing) => thing !== undefined);
    for (;;) {
      if (stacks.tired) await stacks.rest();
      const found = this.#scan(fds, count);
      const left = end - this.around.host.clock.now();
      if (found > 0 || left <= 0) return found;
      const outcome = await stacks.wait(stack, things, left === Infinity ? undefined : left);
      if (outcome === 'interrupted') return -errno.EINTR;
      // Woken by another stack: Python looks at what it waited for itself.
      if (count === 0 && outcome === 'changed') return 0;
    }
  }

  #watchable(fd: number): Watchable | undefined {
    if (fd === 0) return this.#input.source;
    const node = this.module.FS.getStream(fd)?.node;
    return node?.sock?.descriptor ?? (node?.pipe && watchablePipe(node.pipe));
  }

  /** Write what is the case into each `struct pollfd`; gives the number of those for which something is. */
  #scan(fds: number, count: number): number {
    const { FS, HEAP16, HEAP32 } = this.module;
    let found = 0;
    for (let i = 0; i < count; i += 1) {
      const at = fds + i * pollfdBytes;
      const stream = FS.getStream(HEAP32[at >> 2]!);
      const wanted = HEAP16[(at + 4) >> 1]!;
      const events = stream ? (stream.stream_ops.poll?.(stream) ?? POLLIN | POLLOUT) & (wanted | POLLERR | POLLHUP) : POLLNVAL;
      HEAP16[(at + 6) >> 1] = events;
      if (events !== 0) found += 1;
    }
    return found;
  }

  #settle(file: SocketFile, what: Promise<void>): void {
    const stack = this.stacks.current;
    void what.then(() => 0, numberOf).then((outcome) => {
      file.outcome = outcome;
      this.stacks.wake(stack);
    });
  }
}

/** One open socket, by the names that Emscripten calls. Those of `sock_ops` get the socket itself as their first argument. */
class SocketFile {
  /** Emscripten looks here for what a socket can do. */
  readonly sock_ops = this;
  readonly family = AF_INET;
  readonly type = SOCK_STREAM;
  readonly streamOperations: StreamOperations;
  descriptor: Descriptor;
  stream!: FileStream;
  /** SO_ERROR: what came of a connect that nobody waited for. */
  error: number | null = null;
  /** Where it is to be bound. */
  wanted: Address | undefined;
  /** One of a pair, which has nothing to do with a network. */
  private = false;
  /** See `SocketFiles.outcome`. */
  outcome: number | undefined;
  readonly #files: SocketFiles;
  #connecting = false;
  /** Descriptors of the program that lead here: dup(2). */
  #references = 1;

  constructor(files: SocketFiles, descriptor: Descriptor) {
    this.#files = files;
    this.descriptor = descriptor;
    const made = new Date(files.around.host.clock.wallMs());
    this.streamOperations = {
      poll: () => this.#events(),
      read: (_stream, buffer, offset, length) => {
        const bytes = this.#receive(length);
        new Uint8Array(buffer.buffer, buffer.byteOffset + offset, bytes.length).set(bytes);
        return bytes.length;
      },
      write: (_stream, buffer, offset, length) => this.#send(new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length).slice()),
      ioctl: (stream, request, argument) => this.#control(stream, request, argument),
      // fstat(2), by which `signal.set_wakeup_fd` sees whether a descriptor is one.
      getattr: ({ fd }) => ({ dev: 0, ino: fd, mode: socketMode | 0o777, nlink: 1, uid: 0, gid: 0, rdev: 0, size: 0, atime: made, mtime: made, ctime: made, blksize: 4096, blocks: 0 }),
      dup: () => void (this.#references += 1),
      close: () => {
        this.#references -= 1;
        if (this.#references > 0) return;
        this.descriptor.close();
        files.forget(this);
      },
    };
  }

  /** For getsockname(2) and getpeername(2). */
  get saddr(): string {
    return this.descriptor.local?.host ?? '0.0.0.0';
  }
  get sport(): number {
    return this.descriptor.local?.port ?? 0;
  }
  get daddr(): string | undefined {
    return this.descriptor.remote?.host;
  }
  get dport(): number | undefined {
    return this.descriptor.remote?.port;
  }

  // Each is there only where its stack has to be suspended.

  get recvmsgAsync(): ((socket: this, most: number) => Promise<Uint8Array | number>) | undefined {
    return this.#mustWait(() => this.descriptor.readiness.readable) ? (_socket, most) => this.#whenReady(() => this.descriptor.receive(most)) : undefined;
  }

  get sendmsgAsync(): ((socket: this, bytes: Uint8Array) => Promise<number>) | undefined {
    return this.#mustWait(() => this.descriptor.readiness.writable) ? (_socket, bytes) => this.#whenReady(() => this.descriptor.send(bytes)) : undefined;
  }

  get connectAsync(): ((socket: this, host: string, port: number) => Promise<number>) | undefined {
    return this.#files.canWait && !this.#nonBlocking ? (_socket, host, port) => this.#connect({ host, port }) : undefined;
  }

  get pollAsync(): boolean {
    return this.#files.canWait;
  }

  // At once.

  recvmsg(_socket: this, most: number): { readonly buffer: Uint8Array; readonly addr: string; readonly port: number } | null {
    const buffer = this.#receive(most);
    return buffer.length === 0 ? null : { buffer, addr: this.daddr!, port: this.dport! };
  }

  connect(_socket: this, host: string, port: number): never {
    if (this.#connecting) throw this.#files.fail(errno.EALREADY);
    if (this.descriptor.remote) throw this.#files.fail(errno.EISCONN);
    void this.#connect({ host, port }).then((outcome) => void (this.error = -outcome));
    throw this.#files.fail(errno.EINPROGRESS);
  }

  /** Only noted: what the network says takes a while. */
  bind(_socket: this, host: string, port: number): void {
    this.wanted = { host, port };
  }

  listen(): void {}

  accept(): SocketFile {
    const accepted = this.#try(() => this.descriptor.accept());
    if (!accepted) throw this.#files.fail(errno.EAGAIN);
    return this.#files.make(accepted);
  }

  shutdown(_socket: this, how: number): number {
    try {
      this.descriptor.shutdown(how);
      return 0;
    } catch (error) {
      return -numberOf(error);
    }
  }

  fcntl64(_socket: this, command: number, argument: number): number {
    if (command === F_GETFL) return this.stream.flags;
    if (command !== F_SETFL) return -errno.EINVAL;
    this.stream.flags = this.#files.module.HEAP32[argument >> 2]!;
    return 0;
  }

  get #nonBlocking(): boolean {
    return (this.stream.flags & O_NONBLOCK) !== 0;
  }

  /** Whether a call has to suspend its stack: nothing is there, or the thread has been at it for long. */
  #mustWait(ready: () => boolean): boolean {
    const { canWait, stacks } = this.#files;
    return canWait && !this.#nonBlocking && (stacks.tired || !ready());
  }

  async #whenReady<T>(take: () => T | undefined): Promise<T | number> {
    const { stacks } = this.#files;
    const stack = stacks.current;
    if (stacks.tired) await stacks.rest();
    try {
      for (;;) {
        const taken = take();
        if (taken !== undefined) return taken;
        if ((await stacks.wait(stack, [this.descriptor])) === 'interrupted') return -errno.EINTR;
      }
    } catch (error) {
      return -numberOf(error);
    }
  }

  /** 0, or errno below 0. */
  async #connect(address: Address): Promise<number> {
    const connecting = this.descriptor.connect(address);
    this.#connecting = true;
    try {
      await connecting;
      return 0;
    } catch (error) {
      return -numberOf(error);
    } finally {
      this.#connecting = false;
    }
  }

  #events(): number {
    if (this.error !== null && this.error !== 0) return POLLIN | POLLOUT | POLLERR | POLLHUP;
    const { readable, writable, over } = this.descriptor.readiness;
    return (readable ? POLLIN : 0) | (writable ? POLLOUT : 0) | (over ? POLLHUP : 0);
  }

  #receive(most: number): Uint8Array {
    const bytes = this.#try(() => this.descriptor.receive(most));
    if (!bytes) throw this.#files.fail(errno.EAGAIN);
    return bytes;
  }

  #send(bytes: Uint8Array): number {
    const sent = this.#try(() => this.descriptor.send(bytes));
    if (sent === undefined) throw this.#files.fail(errno.EAGAIN);
    return sent;
  }

  #control(stream: FileStream, request: number, argument: number): number {
    const { HEAP32 } = this.#files.module;
    switch (request) {
      case FIONREAD:
        HEAP32[argument >> 2] = this.descriptor.remote ? this.descriptor.peek(Infinity).length : 0;
        return 0;
      case FIONBIO:
        stream.flags = HEAP32[argument >> 2] ? stream.flags | O_NONBLOCK : stream.flags & ~O_NONBLOCK;
        return 0;
      default:
        return -errno.EINVAL;
    }
  }

  #try<T>(what: () => T): T {
    try {
      return what();
    } catch (error) {
      throw this.#files.fail(numberOf(error));
    }
  }
}

function numberOf(error: unknown): number {
  if (error instanceof SocketError) return errno[error.code];
  throw error;
}

/** For `_maybe_poll_async`, which looks whether it is there. */
const pipeOperations = { sock_ops: { pollAsync: true } };

const watchablePipe = (pipe: Pipe): Watchable => ({
  watch(listener) {
    pipe.watchers ??= new Set();
    pipe.watchers.add(listener);
    return () => void pipe.watchers!.delete(listener);
  },
});

/** Whoever polls a pipe is told when something is written, or when an end is closed. */
function watchPipes(operations: StreamOperations): void {
  const { write, close } = operations;
  const tell = (stream: FileStream): void => {
    for (const watcher of [...(stream.node?.pipe?.watchers ?? [])]) watcher();
  };
  operations.write = (stream, ...rest) => {
    const written = write!(stream, ...rest);
    tell(stream);
    return written;
  };
  operations.close = (stream) => {
    close!(stream);
    tell(stream);
  };
}

/** As in `net/names.ts`; '' is what Emscripten is given for "any". */
const isLoopbackName = (name: string): boolean => name === 'localhost' || name.endsWith('.localhost');
