/**
 * The one shape of a connected stream socket: in memory, over a MessagePort, over TCP.
 * Callbacks rather than promises or streams: on the WSGI path nothing may cost a microtask.
 */
/** Where an end is. */
export interface Address {
    readonly host: string;
    readonly port: number;
}
/** `host:port`, with brackets around an IPv6 host. */
export declare const formatAddress: (address: Address) => string;
/** What {@link formatAddress} has written; undefined where it is none of these. */
export declare function parseAddress(text: string): Address | undefined;
/** errno names that a socket operation can end with. */
export type Errno = 'EADDRINUSE' | 'EADDRNOTAVAIL' | 'ECONNREFUSED' | 'ECONNRESET' | 'ECONNABORTED' | 'EPIPE' | 'ETIMEDOUT' | 'ENOTCONN' | 'EISCONN' | 'EINVAL' | 'EBADF' | 'EAGAIN' | 'ENETUNREACH' | 'ENOTFOUND' | 'EMFILE' | 'EAFNOSUPPORT' | 'ENOPROTOOPT';
/** A socket operation failed: `code` as in errno(3), `call` the operation (`bind`, `connect`, `send`, …). */
export declare class SocketError extends Error {
    readonly name = "SocketError";
    readonly code: Errno;
    readonly call: string;
    constructor(code: Errno, call: string, message: string);
}
/** What a socket tells its owner. Each is called from a clean stack or from within the peer's write; never after `onClose`. */
export interface SocketHandler {
    /** A segment. `bytes` is borrowed until the call returns: copy what you keep. */
    onData(bytes: Uint8Array): void;
    /** The peer will send no more (FIN). We may still write. */
    onEof(): void;
    /** `write` returned false before, and the buffer has fallen below the low-water mark. */
    onDrain(): void;
    /** Both directions are over. `error` (ECONNRESET, EPIPE, …) if it did not end in order. Called exactly once. */
    onClose(error?: SocketError): void;
}
/** One end of a connection. */
export interface DuplexSocket {
    /** Connection id: both ends (in every thread) use the same number in the trace. */
    readonly id: number;
    readonly local: Address;
    readonly remote: Address;
    /** 'client' called connect, 'server' was accepted: tells which stream (`c2s`, `s2c`) is received. */
    readonly role: 'client' | 'server';
    /** Begin delivery. Called once; what arrived before is delivered first, not within this call. */
    open(handler: SocketHandler): void;
    /**
     * Queue bytes; they belong to the socket now (do not mutate). False: above the high-water mark, wait for `onDrain`
     * (the bytes were taken all the same). After `end` or `reset`: ignored, returns false.
     */
    write(bytes: Uint8Array): boolean;
    /** Send FIN after what is queued: half-close. */
    end(): void;
    /** Drop everything and send RST. */
    reset(): void;
    /** Stop and start delivery of data (flow control reaches the peer's `write`). Starts resumed. */
    pause(): void;
    resume(): void;
    /** True: what was written, and `bufferedAmount` does not count any more, nobody will look at: its memory may be written over. */
    readonly keepsNothing?: boolean;
    /** Octets queued and not yet taken by the peer. */
    readonly bufferedAmount: number;
}
/** A listening socket: a queue of connections that are complete and wait for accept. */
export interface Listener {
    readonly address: Address;
    readonly backlog: number;
    /** The next connection; waits for one. Rejects with SocketError EBADF once closed. Several callers may wait: first come, first served. */
    accept(): Promise<DuplexSocket>;
    /** Stop listening; waiting `accept`s reject, connections in the backlog are reset. */
    close(): void;
}
/** A place where addresses mean something. */
export interface Network {
    /** bind + listen. Port 0 picks a free one. Throws SocketError EADDRINUSE, EADDRNOTAVAIL. */
    listen(address: Address, options?: {
        readonly backlog?: number;
    }): Promise<Listener>;
    /** Throws (rejects) with SocketError ECONNREFUSED where nobody listens or the backlog is full, as TCP with a RST does. */
    connect(address: Address): Promise<DuplexSocket>;
}
