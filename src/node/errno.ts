/**
 * Node's error codes as the socket errors that the rest of the house knows.
 */
import { SocketError, type Errno } from '../net/socket.ts';

const known: ReadonlySet<string> = new Set<Errno>([
  'EADDRINUSE', 'EADDRNOTAVAIL', 'ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'ENOTCONN', 'EISCONN', 'EINVAL', 'EBADF', 'EAGAIN', 'ENETUNREACH', 'ENOTFOUND', 'EMFILE', 'EAFNOSUPPORT', 'ENOPROTOOPT',
]);

/** Codes that mean the same to a server as one that we know. */
const alike: Readonly<Record<string, Errno>> = {
  EHOSTUNREACH: 'ETIMEDOUT',
  ENETDOWN: 'ECONNABORTED',
  // A path that no socket is bound to refuses as a port does.
  ENOENT: 'ECONNREFUSED',
  EDESTADDRREQ: 'EINVAL',
  EAI_AGAIN: 'ENOTFOUND',
  ERR_STREAM_DESTROYED: 'EPIPE',
  ERR_STREAM_WRITE_AFTER_END: 'EPIPE',
};

/**
 * What `error` (of `node:net` or `node:tls`) means for a socket operation. Never throws; a failure without an errno
 * (a TLS alert, say) is ECONNABORTED. The original is kept as `cause`.
 */
export function toSocketError(error: unknown, call: string): SocketError {
  if (error instanceof SocketError) return error;
  const { code, message } = error as { code?: unknown; message?: unknown };
  const name = typeof code === 'string' ? code : '';
  const errno = known.has(name) ? (name as Errno) : (alike[name] ?? 'ECONNABORTED');
  const result = new SocketError(errno, call, typeof message === 'string' ? message : String(error));
  result.cause = error;
  return result;
}
