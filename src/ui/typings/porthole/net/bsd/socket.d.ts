/**
 * A socket with the names of sys/socket.h, over any {@link Kernel}: in the page it is the machine's network, in Node it is TCP.
 * Whatever would block there is awaited here.
 */
import type { SocketCall } from '../../trace/events.ts';
import type { SocketSurroundings } from './kernel.ts';
import { Stream } from './stream.ts';
/** Where a socket is: host and port, as in Python. */
export type SocketAddress = readonly [host: string, port: number];
type Call = SocketCall['call'];
/** A stream socket. Made by `socket()` and by `accept()`. Errors are `SocketError`s with an errno in `code`. */
export declare class Socket {
    #private;
    /** Number of the descriptor, from 3. */
    readonly fileno: number;
    constructor(system: SocketSystem, fileno: number, stream?: Stream);
    /** Set an option; SO_REUSEADDR of SOL_SOCKET is the one that there is. @throws SocketError ENOPROTOOPT. */
    setsockopt(level: number, option: number, value: number | boolean): void;
    /**
     * Claim an address. Port 0: a free one, see {@link getsockname}; host '': every address of this machine.
     * Rejects with SocketError EADDRINUSE, EADDRNOTAVAIL, EINVAL (bound already, or no such port), ENOTFOUND.
     */
    bind(address: SocketAddress): Promise<void>;
    /** Let others connect. `backlog`: connections that may wait for `accept`; further ones are refused. Rejects with SocketError EINVAL (not bound, or connected). */
    listen(backlog?: number): Promise<void>;
    /**
     * Wait for a connection: a socket of its own for it, and where it comes from.
     * Rejects with SocketError EINVAL (does not listen), ETIMEDOUT, EAGAIN, EBADF (closed meanwhile).
     */
    accept(): Promise<[Socket, SocketAddress]>;
    /**
     * Connect to whoever listens at `address`, from the address that this socket is bound to or else from a port that is free.
     * Rejects with SocketError ECONNREFUSED, ETIMEDOUT, ENETUNREACH, EISCONN, EINVAL, ENOTFOUND.
     */
    connect(address: SocketAddress): Promise<void>;
    /**
     * Hand as many octets to the system as it has room for, and say how many these were: it may be fewer than you gave.
     * Waits while there is no room at all. A string is sent as UTF-8.
     * Rejects with SocketError ENOTCONN, EPIPE, ECONNRESET, ETIMEDOUT, EAGAIN.
     */
    send(data: Uint8Array | string): Promise<number>;
    /** Send all of it, however many `send`s it takes. Rejects as `send`; then nobody knows how much was sent. */
    sendall(data: Uint8Array | string): Promise<void>;
    /**
     * At least one octet and at most `most`: what has arrived, or what arrives first. An empty array: the peer has sent its
     * last. Where one `send` of the peer ends and the next begins is not kept.
     * Rejects with SocketError ENOTCONN, ECONNRESET, ETIMEDOUT, EAGAIN.
     */
    recv(most: number): Promise<Uint8Array>;
    /** End one direction: with SHUT_WR the peer reads an end, and we can go on receiving. @throws SocketError ENOTCONN, EINVAL. */
    shutdown(how: number): void;
    /** Let go of it. What was sent still arrives; unless octets have come that nobody received: then the connection is reset, as TCP does. Twice does nothing. */
    close(): void;
    /** Where this end is; `['0.0.0.0', 0]` before bind and connect. */
    getsockname(): SocketAddress;
    /** Where the other end is. @throws SocketError ENOTCONN. */
    getpeername(): SocketAddress;
    /** How long calls wait: null for ever, 0 not at all (EAGAIN), else so many seconds (ETIMEDOUT). @throws RangeError. */
    settimeout(seconds: number | null): void;
}
/** The sockets of one program. */
export declare class SocketSystem {
    #private;
    readonly surroundings: SocketSurroundings;
    constructor(surroundings: SocketSurroundings);
    /** socket(2). @throws SocketError EAFNOSUPPORT. */
    socket(family: number, type: number): Socket;
    /** A new descriptor, for a connection where there is one. */
    make(stream?: Stream): Socket;
    forget(socket: Socket): void;
    /** Close what the program has left open, as the system does when it ends. */
    closeAll(): void;
    /** The program waits for `what`. */
    waiting<T>(what: Promise<T>): Promise<T>;
    /** A call begins. Returns what to call with its printed result, or with what it threw. */
    told(socket: Socket, call: Call, args: string): (result: unknown, connection?: number) => void;
}
export {};
