import type { Errno } from '../net/socket.ts';

/** Errno of WebAssembly's C library (WASI): the numbers that Python's `errno` module has there. */
export const errno = {
  EADDRINUSE: 3, EADDRNOTAVAIL: 4, EAFNOSUPPORT: 5, EAGAIN: 6, EALREADY: 7, EBADF: 8, ECONNABORTED: 13, ECONNREFUSED: 14, ECONNRESET: 15, EINPROGRESS: 26, EINTR: 27, EINVAL: 28, EISCONN: 30,
  EMFILE: 33, ENETUNREACH: 40, ENOPROTOOPT: 50, ENOTCONN: 53, EPIPE: 64, EPROTONOSUPPORT: 66, ETIMEDOUT: 73,
  // EHOSTUNREACH, for there is none of that name: names are looked up in `bridge/sockets.py` first.
  ENOTFOUND: 23,
} as const satisfies Readonly<Record<Errno | 'EALREADY' | 'EINPROGRESS' | 'EINTR' | 'EPROTONOSUPPORT', number>>;
