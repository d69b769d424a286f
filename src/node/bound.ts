/**
 * Sockets that are bound and not accepted from: the arbiter holds them for its workers, which inherit the descriptor and
 * accept for themselves, as gunicorn's do. While no worker lives, connections wait in the kernel's queue.
 *
 * Node has no public way to bind without accepting; `net._createServerHandle` is what its own `cluster` module uses for
 * this (`SCHED_NONE`), unchanged from Node 20 to 24. See docs/adr/0009.
 */
import type { SendHandle } from 'node:child_process';
import { chmodSync, unlinkSync } from 'node:fs';
import * as net from 'node:net';
import { lookup } from 'node:dns/promises';
import { getSystemErrorName } from 'node:util';
import { SocketError, formatAddress } from '../net/socket.ts';
import { toSocketError } from './errno.ts';
import { removeStale, type Bind } from './listen.ts';

/** The platform's handle of a socket. */
export interface Handle {
  readonly fd: number;
  close(): void;
  getsockname?(out: { address?: string; port?: number }): number;
}

interface Net {
  /** `addressType` 4 or 6, or -1 for a path; `fd` instead of an address. Returns a libuv error number where it fails. */
  _createServerHandle(address: string | null, port: number | null, addressType: number | null, fd?: number): Handle | number;
}

const create = (net as unknown as Net)._createServerHandle;

export interface BoundSocket {
  /** Where it is bound: port 0 has become a number. */
  readonly bind: Bind;
  /** The descriptor, for `stdio` of a child. */
  readonly fd: number;
  /** Let go: once no worker holds it either, connections are refused. A Unix socket's file is removed. */
  close(): void;
}

/** bind(2) for workers to inherit. Rejects with SocketError. */
export async function bindOnly(bind: Bind): Promise<BoundSocket> {
  if (bind.kind === 'fd') return { bind, fd: bind.fd, close() {} };
  if (bind.kind === 'unix') {
    await removeStale(bind.path);
    const held = opened(create(bind.path, -1, -1), bind.path);
    // As `listen` does: a proxy with a user of its own must be able to connect.
    chmodSync(bind.path, 0o777);
    return { bind, fd: inheritable(held), close() { held.close(); unlinkQuietly(bind.path); } };
  }
  const { address, family } = await lookup(bind.host).catch((error: unknown) => { throw toSocketError(error, 'bind'); });
  const { handle, port } = bindTcp(address, bind.port, family, formatAddress(bind));
  return { bind: { ...bind, port }, fd: inheritable(handle), close: () => handle.close() };
}

/** bind(2) to the IP `address`, as `family` 4 or 6. `where`: for the error. Throws SocketError. */
export function bindTcp(address: string, port: number, family: number, where: string): { readonly handle: Handle; readonly port: number } {
  const handle = opened(create(address, port, family), where);
  // libuv keeps EADDRINUSE to itself until the next call. Missed here, the descriptor would not be bound at all, and listen(2) would
  // quietly choose a port.
  const name: { port?: number } = {};
  const error = handle.getsockname?.(name) ?? 0;
  if (error === 0) return { handle, port: name.port ?? port };
  handle.close();
  throw failed(error, where);
}

function opened(handle: Handle | number, where: string): Handle {
  if (typeof handle === 'number') throw failed(handle, where);
  return handle;
}

function inheritable({ fd }: Handle): number {
  if (fd < 0) throw new SocketError('EINVAL', 'bind', 'this platform has no descriptors to inherit');
  return fd;
}

/** The inside of a `net.Server`: what processes send each other instead of one, if nobody is to accept at the near end. */
export type SentSocket = Handle & SendHandle;

/** The inherited socket `fd`, to be sent. Throws SocketError EINVAL. */
export function socketOf(fd: number): SentSocket {
  return opened(create(null, null, null, fd), `fd://${fd}`) as SentSocket;
}

interface Inside {
  _handle: Handle | null;
  /** What `listen` comes to, after it has looked at its arguments. Of these it does not take a Unix socket without opening its descriptor once more. */
  _listen2(address: null, port: number, addressType: number, backlog: number): void;
}

/** The descriptor that `server` listens with. */
export const fdOf = (server: net.Server): number => (server as unknown as Inside)._handle!.fd;

/** Listen again, after `server.close()`, with a socket that has been sent. */
export function resumeListening(server: net.Server, socket: SentSocket, backlog: number): void {
  const inside = server as unknown as Inside;
  inside._handle = socket;
  inside._listen2(null, -1, -1, backlog);
}

function failed(error: number, where: string): SocketError {
  const code = getSystemErrorName(error);
  return toSocketError({ code, message: `${where} cannot be had` }, 'bind');
}

function unlinkQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Somebody was faster.
  }
}
