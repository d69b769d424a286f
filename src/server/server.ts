import type { GatewayApp } from '../gateway/detect.ts';
import type { Host } from '../host/effects.ts';
import type { DuplexSocket, Listener } from '../net/socket.ts';
import type { Tracer } from '../trace/tracer.ts';
import type { ServerConfig } from './config.ts';

export interface ServerOptions {
  readonly app: GatewayApp;
  readonly config?: Partial<ServerConfig>;
  readonly host: Host;
  readonly tracer?: Tracer;
  /** Lines of the server's own log and of `wsgi.errors`, and access log lines. They are also in the trace as `log`. */
  readonly onLog?: (source: 'server' | 'access' | 'wsgi.errors', level: 'debug' | 'info' | 'warning' | 'error', text: string) => void;
}

/** One process's server: takes accepted sockets and serves the app on them. Knows no platform. CONTRACT, being implemented. */
export class Server {
  constructor(_options: ServerOptions) {}
  /** Run ASGI lifespan startup (WSGI: nothing). Rejects when startup failed and lifespan is 'on' or the app said so. */
  startup(): Promise<void> { throw new Error('being built'); }
  /** Serve one accepted connection (the TCP path: the platform accepts). */
  handle(_socket: DuplexSocket): void { throw new Error('being built'); }
  /** Accept from a listener until it is closed. workerClass 'sync' accepts the next only when the last connection's request is answered. */
  serve(_listener: Listener): Promise<void> { throw new Error('being built'); }
  /** Open connections. */
  get connections(): number { throw new Error('being built'); }
  /** Stop taking requests, finish those in flight, close idle connections; after `graceMs` cut the rest. Then ASGI lifespan shutdown. */
  shutdown(_graceMs: number): Promise<void> { throw new Error('being built'); }
}
