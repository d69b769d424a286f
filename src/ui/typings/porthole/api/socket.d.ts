import type { Socket } from '../net/bsd/socket.ts';
/** A stream socket that is not connected. Arguments: AF_INET, SOCK_STREAM, the only ones that there are. @throws SocketError EAFNOSUPPORT. */
export declare const socket: (family?: number, type?: number) => Socket;
export { AF_INET, SHUT_RD, SHUT_RDWR, SHUT_WR, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, SOMAXCONN } from '../net/bsd/names.ts';
export { Socket, type SocketAddress } from '../net/bsd/socket.ts';
export { SocketError, type Errno } from '../net/socket.ts';
