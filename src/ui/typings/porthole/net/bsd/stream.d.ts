import { type Address, type DuplexSocket } from '../socket.ts';
import type { SocketSurroundings } from './kernel.ts';
/** The connection behind a connected socket: what arrives waits to be asked for, and what is sent is counted. */
export declare class Stream {
    #private;
    constructor(socket: DuplexSocket, around: SocketSurroundings);
    get id(): number;
    get local(): Address;
    get remote(): Address;
    /** Queue what there is room for; resolves with how much that was. */
    send(bytes: Uint8Array, call: 'send' | 'sendall', timeoutMs: number | undefined): Promise<number>;
    /** What has arrived, at most `most` octets; empty at the end. */
    recv(most: number, timeoutMs: number | undefined): Promise<Uint8Array>;
    /** SHUT_WR: send FIN behind what is queued. */
    endSending(): void;
    /** SHUT_RD: what has come and what comes is thrown away. */
    endReceiving(): void;
    close(): void;
}
