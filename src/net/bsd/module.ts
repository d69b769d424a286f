/** What `porthole/socket` exports, made for one program. */
import { SocketError } from '../socket.ts';
import type { SocketSurroundings } from './kernel.ts';
import * as names from './names.ts';
import { Socket, SocketSystem } from './socket.ts';

/** The values of the module `porthole/socket`. */
export interface SocketModule {
  /** A stream socket that is not connected. Arguments: AF_INET, SOCK_STREAM, the only ones that there are. @throws SocketError EAFNOSUPPORT. */
  readonly socket: (family?: number, type?: number) => Socket;
  readonly Socket: typeof Socket;
  readonly SocketError: typeof SocketError;
  readonly AF_INET: typeof names.AF_INET;
  readonly SOCK_STREAM: typeof names.SOCK_STREAM;
  readonly SOL_SOCKET: typeof names.SOL_SOCKET;
  readonly SO_REUSEADDR: typeof names.SO_REUSEADDR;
  readonly SHUT_RD: typeof names.SHUT_RD;
  readonly SHUT_WR: typeof names.SHUT_WR;
  readonly SHUT_RDWR: typeof names.SHUT_RDWR;
  readonly SOMAXCONN: typeof names.SOMAXCONN;
}

/** The module, and how to close what its program has left open. */
export function createSocketModule(surroundings: SocketSurroundings): { readonly module: SocketModule; readonly closeAll: () => void } {
  const system = new SocketSystem(surroundings);
  const socket = (family: number = names.AF_INET, type: number = names.SOCK_STREAM): Socket => system.socket(family, type);
  return { module: { ...names, socket, Socket, SocketError }, closeAll: () => system.closeAll() };
}
