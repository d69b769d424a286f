import { type Address, type DuplexSocket } from '../socket.ts';
import type { SocketSurroundings } from './kernel.ts';
/** What can be done with a socket without waiting: poll(2)'s POLLIN, POLLOUT and POLLHUP. An error that is due counts as something to be had. */
export interface Readiness {
    readonly readable: boolean;
    readonly writable: boolean;
    /** Neither direction is left. */
    readonly over: boolean;
}
/** The connection behind a connected socket: what arrives waits to be asked for, and what is sent is counted. */
export declare class Stream {
    #private;
    constructor(socket: DuplexSocket, around: SocketSurroundings);
    get id(): number;
    get local(): Address;
    get remote(): Address;
    get readiness(): Readiness;
    /** Call back whenever {@link readiness} may have changed. Returns how to stop that. */
    watch(listener: () => void): () => void;
    /** Queue what there is room for; resolves with how much that was. */
    send(bytes: Uint8Array, call: 'send' | 'sendall', timeoutMs: number | undefined): Promise<number>;
    /** What has arrived, at most `most` octets; empty at the end. */
    recv(most: number, timeoutMs: number | undefined): Promise<Uint8Array>;
    /** As `send`; undefined where there is no room at all. */
    sendNow(bytes: Uint8Array, call: 'send' | 'sendall'): number | undefined;
    /** As `recv`; undefined where nothing has arrived. */
    receiveNow(most: number): Uint8Array | undefined;
    /** What has arrived, left where it is. */
    peek(most: number): Uint8Array;
    /** SHUT_WR: send FIN behind what is queued. */
    endSending(): void;
    /** SHUT_RD: what has come and what comes is thrown away. */
    endReceiving(): void;
    close(): void;
}
