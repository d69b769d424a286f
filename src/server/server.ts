import { LifespanError, Lifespan } from '../gateway/asgi/lifespan.ts';
import type { GatewayApp } from '../gateway/detect.ts';
import type { IsAppFile } from '../gateway/site.ts';
import type { Host } from '../host/effects.ts';
import { type DuplexSocket, type Listener, SocketError } from '../net/socket.ts';
import { noTrace, type Tracer } from '../trace/tracer.ts';
import { httpDate } from './access-log.ts';
import { defaultConfig, type ServerConfig } from './config.ts';
import { type ConnectionContext, ServerConnection } from './connection.ts';
import { Deadlines } from './deadlines.ts';

/** What a server is made of. */
export interface ServerOptions {
  readonly app: GatewayApp;
  readonly config?: Partial<ServerConfig>;
  readonly host: Host;
  readonly tracer?: Tracer;
  /** Tells the application's files from ours on a stack: returns the name to show, or undefined. Default: none is known. */
  readonly isAppFile?: IsAppFile;
  /** Lines of the server's own log and of `wsgi.errors`, and access log lines. They are also in the trace as `log`. */
  readonly onLog?: (source: 'server' | 'access' | 'wsgi.errors', level: 'debug' | 'info' | 'warning' | 'error', text: string) => void;
}

/** How long a connection on which nothing is in flight is kept when the server shuts down. ms. */
const idlePatienceMs = 500;

/** One process's server: takes accepted sockets and serves the app on them. Knows no platform. */
export class Server {
  readonly #options: ServerOptions;
  readonly #tracer: Tracer;
  readonly #config: ServerConfig;
  readonly #connections = new Set<ServerConnection>();
  readonly #context: ConnectionContext;
  readonly #lifespan: Lifespan | undefined;
  #draining = false;
  #idleWaiters: (() => void)[] = [];
  #dateSecond = -1;
  #date = '';

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#tracer = options.tracer ?? noTrace;
    this.#config = { ...defaultConfig, ...options.config, limits: { ...defaultConfig.limits, ...options.config?.limits } };
    if (options.app.interface === 'asgi') this.#lifespan = new Lifespan(options.app.app, this.#config.lifespan, this.#tracer);
    this.#context = this.#makeContext();
  }

  /** Run ASGI lifespan startup (WSGI: nothing). Rejects with LifespanError. */
  async startup(): Promise<void> {
    await this.#lifespan?.startup();
  }

  /** Serve one accepted connection (the TCP path: the platform accepts). */
  handle(socket: DuplexSocket): void {
    if (this.#draining) {
      socket.reset();
      return;
    }
    this.#connections.add(new ServerConnection(socket, this.#context));
  }

  /**
   * Accept from a listener until it is closed. workerClass 'sync' accepts the next connection only when the last one is idle or
   * closed: a process that serves one client at a time, as gunicorn's sync worker.
   */
  async serve(listener: Listener): Promise<void> {
    for (;;) {
      let socket: DuplexSocket;
      try {
        socket = await listener.accept();
      } catch (error) {
        if (error instanceof SocketError && error.code === 'EBADF') return;
        throw error;
      }
      this.handle(socket);
      if (this.#config.workerClass === 'sync') await this.#untilIdle();
    }
  }

  /** Open connections. */
  get connections(): number {
    return this.#connections.size;
  }

  /**
   * Finish the requests in flight, and those that are on their way on idle connections, which are closed after a moment; after
   * `graceMs` cut the rest. Then ASGI lifespan shutdown.
   */
  async shutdown(graceMs: number): Promise<void> {
    this.#draining = true;
    for (const connection of [...this.#connections]) connection.drain(Math.min(idlePatienceMs, graceMs / 2));
    if (this.#connections.size > 0) {
      await new Promise<void>((resolve) => {
        const timer = this.#options.host.timers.after(graceMs, () => {
          for (const connection of [...this.#connections]) connection.abort();
          resolve();
        });
        // Every closing connection wakes us; only the last one ends the wait.
        const look = (): void => {
          if (this.#connections.size > 0) {
            this.#idleWaiters.push(look);
            return;
          }
          this.#options.host.timers.cancel(timer);
          resolve();
        };
        this.#idleWaiters.push(look);
      });
    }
    const error = await this.#lifespan?.shutdown();
    if (error) this.#context.log('server', 'error', `lifespan shutdown: ${error.message}`);
  }

  /** Resolves when no connection is busy. */
  #untilIdle(): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if ([...this.#connections].every((connection) => connection.idle)) resolve();
        else this.#idleWaiters.push(look);
      };
      this.#idleWaiters.push(look);
    });
  }

  #wake(): void {
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const waiter of waiters) waiter();
  }

  #makeContext(): ConnectionContext {
    const { app, host } = this.#options;
    const server = this;
    return {
      app,
      host,
      config: this.#config,
      tracer: this.#tracer,
      deadlines: new Deadlines(host),
      settings: {
        rootPath: this.#config.rootPath.replace(/\/+$/, ''),
        scheme: this.#config.scheme,
        multithread: false,
        multiprocess: this.#config.multiprocess,
        software: this.#config.serverHeader || 'porthole',
        isAppFile: this.#options.isAppFile ?? (() => undefined),
      },
      state: this.#lifespan?.state,
      get draining() {
        return server.#draining;
      },
      log: (source, level, text) => this.#options.onLog?.(source, level, text),
      date: () => this.#httpDate(),
      onIdle: () => this.#wake(),
      onClosed: (connection) => {
        this.#connections.delete(connection);
        this.#wake();
      },
    };
  }

  #httpDate(): string {
    const wall = this.#options.host.clock.wallMs();
    const second = Math.floor(wall / 1000);
    if (second !== this.#dateSecond) {
      this.#dateSecond = second;
      this.#date = httpDate(wall);
    }
    return this.#date;
  }
}

export { LifespanError };
