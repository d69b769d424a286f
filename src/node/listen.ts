/**
 * Listening sockets: what `-b` says, and the server beneath it.
 */
import { statSync, unlinkSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { SocketError, formatAddress, type Address } from '../net/socket.ts';
import { toSocketError } from './errno.ts';
import { acceptOptions } from './tcp-socket.ts';

/** A place to listen at. */
export type Bind =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string }
  /** A socket that is bound already: inherited from the arbiter or from systemd. */
  | { readonly kind: 'fd'; readonly fd: number };

/** gunicorn's default port. */
const usualPort = 8000;

/**
 * Read `HOST:PORT`, `HOST`, `:PORT`, `[::1]:PORT`, `unix:PATH` or `fd://N`. An empty host means every IPv4 address.
 * Throws RangeError with a sentence.
 */
export function parseBind(text: string): Bind {
  if (text.startsWith('unix:')) {
    const path = text.slice('unix:'.length).replace(/^\/\/(?=\/)/, '');
    if (path === '') throw new RangeError(`'${text}' has no path: write unix:/path/to/socket.`);
    return { kind: 'unix', path };
  }
  const inherited = /^fd:\/\/(\d+)$/.exec(text);
  if (inherited !== null) return { kind: 'fd', fd: Number(inherited[1]) };
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::([^:]*))?$/.exec(text.replace(/^(?:tcp|http):\/\/([^/]*)\/?$/, '$1'));
  if (match === null) {
    throw new RangeError(`'${text}' is no address.${/^[\da-f:]+$/i.test(text) ? ` An IPv6 address goes into brackets: [${text}]:${usualPort}.` : ' Write HOST:PORT, [IPV6]:PORT or unix:PATH.'}`);
  }
  const [, bracketed, plain, port] = match;
  if (port !== undefined && (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)) throw new RangeError(`'${port}' in '${text}' is no port: 0 to 65535.`);
  // A lone number is more likely a port than a host of that name.
  if (port === undefined && bracketed === undefined && /^\d+$/.test(plain!)) throw new RangeError(`'${text}' has no host: write 127.0.0.1:${text}.`);
  return { kind: 'tcp', host: (bracketed ?? plain!) || '0.0.0.0', port: port === undefined ? usualPort : Number(port) };
}

/** The address as a URL that a client can be given, as far as there is one: `http://127.0.0.1:8000`, `unix:/path`. */
export function formatBind(bind: Bind, scheme: 'http' | 'https' = 'http'): string {
  if (bind.kind === 'fd') return `fd://${bind.fd}`;
  return bind.kind === 'unix' ? `unix:${bind.path}` : `${scheme}://${formatAddress(bind)}`;
}

export interface Listening {
  readonly server: Server;
  /** Where it listens in fact: port 0 has become a number, an inherited socket an address. */
  readonly bind: Bind;
  /** As {@link Bind} for `DuplexSocket.local`: a Unix socket has its path as host, and port 0. */
  readonly address: Address;
  readonly backlog: number;
  /** File of a Unix socket that was bound here. */
  readonly file: string | undefined;
}

export interface ListenOptions {
  readonly backlog: number;
  /** Makes the server, if not of `node:net` (TLS). */
  readonly create?: () => Server;
}

/**
 * bind(2) and listen(2). The server emits `connection`; nobody has subscribed yet, and a connection that arrives before
 * somebody does is lost, so subscribe in the same turn. Rejects with SocketError.
 */
export async function listen(bind: Bind, options: ListenOptions): Promise<Listening> {
  if (bind.kind === 'unix') await removeStale(bind.path);
  const server = options.create?.() ?? createServer(acceptOptions);
  await new Promise<void>((resolve, reject) => {
    const onError = (error: unknown): void => reject(toSocketError(error, 'bind'));
    server.once('error', onError);
    const { backlog } = options;
    // A socket file that only its owner may write to is of no use to a proxy with a user of its own.
    const where =
      bind.kind === 'unix' ? { path: bind.path, backlog, readableAll: true, writableAll: true }
      : bind.kind === 'fd' ? { fd: bind.fd, backlog }
      : { host: bind.host, port: bind.port, backlog };
    server.listen(where, () => {
      server.off('error', onError);
      resolve();
    });
  });
  const file = bind.kind === 'unix' ? bind.path : undefined;
  const bound = server.address();
  if (bound === null || typeof bound === 'string') {
    // Node does not tell the path of a socket that came as a descriptor.
    const path = bind.kind === 'unix' ? bind.path : (bound ?? '');
    return { server, bind: bind.kind === 'fd' && path !== '' ? { kind: 'unix', path } : bind, address: { host: path, port: 0 }, backlog: options.backlog, file };
  }
  const { address, port } = bound satisfies AddressInfo;
  return { server, bind: { kind: 'tcp', host: bind.kind === 'tcp' ? bind.host : address, port }, address: { host: address, port }, backlog: options.backlog, file };
}

/**
 * A socket file that a killed server left behind would be EADDRINUSE for ever: remove it. One that somebody answers on
 * stays. Rejects with SocketError EADDRINUSE.
 */
export async function removeStale(path: string): Promise<void> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw new SocketError('EADDRINUSE', 'bind', `${path} is there and is not a socket`);
  const answered = await new Promise<boolean>((resolve) => {
    const probe: Socket = connect(path);
    probe.once('connect', () => { probe.destroy(); resolve(true); });
    probe.once('error', () => resolve(false));
  });
  if (answered) throw new SocketError('EADDRINUSE', 'bind', `another process is listening on ${path}`);
  unlinkSync(path);
}
