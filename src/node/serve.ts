/**
 * One process that serves an application over TCP: the sockets of `node:net` under the server that knows no platform.
 */
import { AsyncResource } from 'node:async_hooks';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { toGatewayApp } from '../gateway/detect.ts';
import type { SiteReader } from '../gateway/site.ts';
import type { Host } from '../host/effects.ts';
import { systemHost } from '../host/system.ts';
import { formatAddress, type Address } from '../net/socket.ts';
import type { ServerConfig } from '../server/config.ts';
import { Server, type ServerOptions } from '../server/server.ts';
import type { Tracer } from '../trace/tracer.ts';
import { AcceptGate } from './accept-gate.ts';
import { bodyMemory } from './body-memory.ts';
import { nodeFiles } from './files.ts';
import { formatBind, listen, parseBind, type Bind, type Listening } from './listen.ts';
import { TcpSocket, acceptOptions, descriptorOf } from './tcp-socket.ts';

/** How to serve. Everything has a default. */
export interface ServeOptions {
  /** `HOST:PORT`, `[::1]:PORT`, `unix:PATH`, or several. Default `127.0.0.1:8000`; port 0 picks a free one. */
  readonly bind?: string | readonly string[];
  /** What the app speaks. Default 'auto': read off its shape. */
  readonly interface?: ServerConfig['interface'];
  /** Name of the application in the trace. Default `app`. */
  readonly name?: string;
  /** Settings of the server. */
  readonly config?: Partial<ServerConfig>;
  /** Connections that may wait to be accepted. Default 2048. */
  readonly backlog?: number;
  /** Paths of PEM files: serve HTTPS. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
  /** How long `close` lets requests in flight finish. ms, default 30 000. */
  readonly graceMs?: number;
  readonly tracer?: Tracer;
  /** Called with each line of log: the server's, the access log's, and what the app writes to `wsgi.errors`. */
  readonly onLog?: ServerOptions['onLog'];
  /** Called after each request. */
  readonly onServed?: () => void;
  /** Tells the application's files from others on a stack, for the places in the trace: the name to show, or undefined. */
  readonly isAppFile?: ServerOptions['isAppFile'];
  /** Instead of `isAppFile`, for an application that is not JavaScript: finds its lines (`sites` of what `importApp` returned). */
  readonly sites?: SiteReader;
  /** Clock, timers and randomness; default: the platform's. */
  readonly host?: Host;
}

/** A server at work. */
export interface Serving {
  /** The first address: with port 0 it tells the port. A Unix socket has its path as host, and port 0. */
  readonly address: Address;
  /** Every address, as `http://127.0.0.1:8000`, `https://…` or `unix:/path`, in the order of `bind`. */
  readonly urls: readonly string[];
  /** Open connections. */
  readonly connections: number;
  /**
   * Stop: no new connections, finish the requests in flight, close idle connections, cut what is left after `graceMs`.
   * Then ASGI lifespan shutdown. Resolves when nothing is left; a second call returns the same promise.
   */
  close(graceMs?: number): Promise<void>;
}

/**
 * Serve a WSGI, ASGI or fetch application. Resolves once every address accepts.
 * Rejects with InterfaceError (no application), SocketError (an address cannot be had), RangeError (not an address), or
 * what the application's lifespan startup failed with.
 */
export async function serve(app: unknown, options: ServeOptions = {}): Promise<Serving> {
  const binds = [options.bind ?? '127.0.0.1:8000'].flat().map(parseBind);
  const gatewayApp = toGatewayApp(app, options.interface ?? options.config?.interface ?? 'auto', options.name ?? 'app');
  const server = new Server({
    app: gatewayApp,
    host: options.host ?? systemHost,
    process: String(process.pid),
    files: nodeFiles,
    ...contexts(new AsyncResource('Porthole')),
    bodyMemory,
    config: { ...options.config, ...(options.tls === undefined ? {} : { scheme: 'https' }) },
    ...(options.tracer === undefined ? {} : { tracer: options.tracer }),
    ...(options.onLog === undefined ? {} : { onLog: options.onLog }),
    ...(options.onServed === undefined ? {} : { onServed: options.onServed }),
    ...(options.isAppFile === undefined ? {} : { isAppFile: options.isAppFile }),
    ...(options.sites === undefined ? {} : { sites: options.sites }),
  });
  await server.startup();
  const listening: Listening[] = [];
  try {
    for (const bind of binds) listening.push(await open(bind, options, server));
  } catch (error) {
    await stop(listening, server, 0);
    throw error;
  }
  const gate = new AcceptGate({ listening, connections: () => server.connections, log: (level, text) => options.onLog?.('server', level, text) });
  // First of all: who takes an accepted socket over takes its descriptor away.
  for (const each of listening) each.server.prependListener('connection', (socket: Socket) => gate.arrived(descriptorOf(socket)));
  let closing: Promise<void> | undefined;
  return {
    address: listening[0]!.address,
    urls: listening.map(({ bind }) => formatBind(bind, options.tls === undefined ? 'http' : 'https')),
    get connections() { return server.connections; },
    close: (graceMs = options.graceMs ?? 30_000) => {
      gate.close();
      return (closing ??= stop(listening, server, graceMs));
    },
  };
}

/**
 * Calls each in a context of its own, made from that of `server`. (Before Node 24, `AsyncLocalStorage.enterWith` writes into the context that it is
 * called in: one for all would hand it on.)
 */
function contexts(server: AsyncResource): Required<Pick<ServerOptions, 'afterPoll' | 'apart'>> {
  /** We are in the server's own context already. */
  let within = false;
  const options = { triggerAsyncId: server.asyncId(), requireManualDestroy: true };
  const inRequest = (call: () => void): void => {
    const was = within;
    within = false;
    try {
      new AsyncResource('PortholeRequest', options).runInAsyncScope(call);
    } finally {
      within = was;
    }
  };
  const turn = (call: () => void): void => {
    within = true;
    try {
      call();
    } finally {
      within = false;
    }
  };
  return {
    // Whoever has led here may have been a request.
    afterPoll: (call) => void server.runInAsyncScope(setImmediate, undefined, turn, call),
    apart: (call) => (within ? inRequest(call) : server.runInAsyncScope(inRequest, undefined, call)),
  };
}

async function open(bind: Bind, options: ServeOptions, server: Server): Promise<Listening> {
  const backlog = options.backlog ?? 2048;
  const { tls, tracer } = options;
  const listening = await listen(bind, tls === undefined ? { backlog } : { backlog, create: () => createTlsServer({ ...acceptOptions, pauseOnConnect: false, cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile), ALPNProtocols: ['http/1.1'] }) });
  if (tls === undefined) listening.server.on('connection', (socket: Socket) => server.handle(TcpSocket.adopt(socket, nextId())));
  else listening.server.on('secureConnection', (socket: TLSSocket) => server.handle(TcpSocket.wrap(socket, nextId(), 'server')));
  if (tracer?.enabled === true) tracer.emit({ type: 'socket.listen', address: bind.kind === 'unix' ? formatBind(bind) : formatAddress(listening.address), backlog });
  return listening;
}

async function stop(listening: readonly Listening[], server: Server, graceMs: number): Promise<void> {
  const released = listening.map((each) => new Promise<void>((resolve) => { each.server.close(() => resolve()); }));
  await server.shutdown(graceMs);
  await Promise.all(released);
}

let lastId = 0;
/** Connections are numbered through the process, from 1, whatever address they came in at. */
const nextId = (): number => (lastId += 1);
