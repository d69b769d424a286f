import type { Host } from '../../host/effects.ts';
import type { SourceSite } from '../../trace/events.ts';
import type { Tracer } from '../../trace/tracer.ts';
import type { Address, DuplexSocket } from '../socket.ts';
/** How long a call may wait. */
export interface Patience {
    /** ETIMEDOUT after this long; 0: EAGAIN where it would have to wait. Missing: for ever. ms. */
    readonly timeoutMs?: number | undefined;
}
/** An address that a socket has claimed: what is behind a descriptor between bind(2) and close(2). */
export interface Claim {
    /** With the port that was chosen, where 0 was asked for. */
    readonly address: Address;
    /** Rejects with SocketError EINVAL when called again, EADDRINUSE. */
    listen(backlog: number): Promise<void>;
    /** The next connection. Rejects with SocketError EINVAL (does not listen), EBADF once closed, ETIMEDOUT, EAGAIN. */
    accept(patience: Patience): Promise<DuplexSocket>;
    /** Give the address back; waiting `accept`s reject, connections that nobody has accepted are reset. */
    close(): void;
}
/** What a socket asks of the system beneath it: in memory, across threads, over TCP. */
export interface Kernel {
    /** Rejects with SocketError EADDRINUSE, EADDRNOTAVAIL, EINVAL, ENOTFOUND, EMFILE. */
    bind(address: Address, options: {
        readonly reuseAddress: boolean;
    }): Promise<Claim>;
    /** Rejects with SocketError ECONNREFUSED, ETIMEDOUT, ENETUNREACH, EADDRNOTAVAIL, EINVAL, ENOTFOUND, EMFILE. `from`: connect from that address. */
    connect(address: Address, options: Patience & {
        readonly from?: Claim | undefined;
    }): Promise<DuplexSocket>;
}
/** What a program's sockets work with. */
export interface SocketSurroundings {
    readonly kernel: Kernel;
    readonly host: Host;
    readonly tracer: Tracer;
    /** Where the program is calling from. Asked for only while somebody is traced to. */
    readonly here?: () => SourceSite | undefined;
    /** A call of the program waits (+1), or has come back (-1). */
    readonly onWaiting?: (change: 1 | -1) => void;
}
