/**
 * `porthole/socket`: BSD sockets to be awaited. In Node they are TCP; in a script in the page they are those of its machine.
 */
import { systemHost } from '../host/system.ts';
import { createSocketModule } from '../net/bsd/module.ts';
import type { Socket } from '../net/bsd/socket.ts';
import { tcpKernel } from '../node/tcp-kernel.ts';
import { noTrace } from '../trace/tracer.ts';

const { module } = createSocketModule({ kernel: tcpKernel(), host: systemHost, tracer: noTrace });

/** A stream socket that is not connected. Arguments: AF_INET, SOCK_STREAM, the only ones that there are. @throws SocketError EAFNOSUPPORT. */
export const socket: (family?: number, type?: number) => Socket = module.socket;

export { AF_INET, SHUT_RD, SHUT_RDWR, SHUT_WR, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, SOMAXCONN } from '../net/bsd/names.ts';
export { Socket, type SocketAddress } from '../net/bsd/socket.ts';
export { SocketError, type Errno } from '../net/socket.ts';
