import { Lifespan, LifespanError } from '../gateway/asgi/lifespan.ts';
import type { FileReader, Log } from '../gateway/channel.ts';
import type { GatewayApp } from '../gateway/detect.ts';
import { noSites, siteReader, type IsAppFile, type SiteReader } from '../gateway/site.ts';
import { normaliseMount } from '../gateway/target.ts';
import type { Host } from '../host/effects.ts';
import { type DuplexSocket, type Listener, SocketError } from '../net/socket.ts';
import { emitLater, noTrace, type Tracer } from '../trace/tracer.ts';
import { accessFormat, readsEnviron } from './access-log.ts';
import { Batch, type AfterPoll } from './batch.ts';
import { resolveConfig, type ServerConfig } from './config.ts';
import { HttpConnection } from './connection.ts';
import type { ServerContext } from './context.ts';
import { Deadlines } from './deadlines.ts';
import { forwarding } from './forwarding.ts';
import { httpDate } from './http-date.ts';
import { Turn } from './turn.ts';
import type { UpgradeProtocol } from './upgrade.ts';
import { WebSocketProtocol } from './websocket.ts';

/** What a server is made of. */
export interface ServerOptions {
  readonly app: GatewayApp;
  readonly config?: Partial<ServerConfig>;
  readonly host: Host;
  readonly tracer?: Tracer;
  /**
   * Tells the application's files from ours on a stack: returns the name to show, or undefined. Default: no lines are read off
   * stacks. `outsideRuntime` (`gateway/site.ts`) does for an application that runs from its own files.
   */
  readonly isAppFile?: IsAppFile;
  /** Instead of `isAppFile`: reads sites off stacks in a way of its own (an application that was linked into one file). */
  readonly sites?: SiteReader;
  /** Lets answers to several clients leave together: see `batch.ts`. Default: each leaves by itself. */
  readonly afterPoll?: AfterPoll;
  /**
   * Calls what it is given, at once, with nothing of what the platform ties to the present call (Node's AsyncLocalStorage), and lets nothing of it out: what an
   * application puts there belongs to its request. Default: nothing is tied to calls.
   */
  readonly apart?: (call: () => void) => void;
  /** Told how many octets of request bodies have arrived, and so take memory that is not the heap's. */
  readonly bodyMemory?: (octets: number) => void;
  /** Protocols that a request may switch to, besides WebSocket, which every ASGI application has. */
  readonly upgrades?: readonly UpgradeProtocol[];
  /** Reads files that a WSGI application gives to `wsgi.file_wrapper`, if they have a descriptor (`fd`). Default: the application reads them itself. */
  readonly files?: FileReader;
  /** Name of the process, for the access log: its number, where it has one. */
  readonly process?: string;
  /** A request was answered (or its client is gone). */
  readonly onServed?: () => void;
  /** Lines of the server's own log and of `wsgi.errors`, and access log lines. They are also in the trace as `log`. */
  readonly onLog?: (source: 'server' | 'access' | 'wsgi.errors', level: 'debug' | 'info' | 'warning' | 'error', text: string) => void;
}

/** How long a connection on which nothing is in flight is kept when the server shuts down. Unit: ms. */
const idlePatienceMs = 500;

/** Memory that what a line of the access log is made from takes besides the request, about. */
const accessBytes = 512;

/** One process's server: takes accepted sockets and serves the app on them. Knows no platform. Throws RangeError or TypeError on a setting that makes no sense. */
export class Server {
  readonly #options: ServerOptions;
  readonly #tracer: Tracer;
  readonly #config: ServerConfig;
  readonly #connections = new Set<HttpConnection>();
  readonly #context: ServerContext;
  readonly #lifespan: Lifespan | undefined;
  readonly #turn: Turn | undefined;
  /** Applications' coroutines under way: they may outlive their connections. */
  #tasks = 0;
  #onChange: (() => void) | undefined;
  #dateSecond = -1;
  /** When the clock was last asked for it: see {@link Batch.moment}. */
  #dateMoment = -1;
  #date: readonly [name: string, value: string] = ['Date', ''];

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#tracer = options.tracer ?? noTrace;
    const config = resolveConfig(options.config);
    this.#config = { ...config, rootPath: normaliseMount(config.rootPath) };
    this.#turn = config.workerClass === 'sync' ? new Turn() : undefined;
    const { app } = options;
    const sites = this.#sites();
    if (app.interface === 'asgi') {
      this.#lifespan = new Lifespan({ app: app.app, mode: config.lifespan, tracer: this.#tracer, sites, log: (level, text) => this.#log('server', level, text, { connection: 0, exchange: 0 }) });
    }
    this.#context = this.#makeContext(sites);
  }

  /** Run ASGI lifespan startup (WSGI: nothing). Rejects with LifespanError when startup failed and lifespan is 'on', or the app said so. */
  async startup(): Promise<void> {
    await this.#lifespan?.startup();
    this.#context.state = this.#lifespan?.state;
  }

  /** Serve one accepted connection (the TCP path: the platform accepts). */
  handle(socket: DuplexSocket): void {
    this.#accept(socket);
  }

  /**
   * Accept from a listener until it is closed. workerClass 'sync' accepts the next connection only when the request of the last one
   * is answered: until then it waits in the backlog, as with gunicorn's sync worker.
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
      this.#accept(socket).claimTurn();
      await this.#turn?.free();
    }
  }

  /** Open connections. */
  get connections(): number {
    return this.#connections.size;
  }

  /**
   * Finish the requests in flight, and those that are on their way on idle connections, which are closed after a moment; after
   * `graceMs` cut the rest. Then ASGI lifespan shutdown. Never rejects: what the application's shutdown throws is logged.
   */
  async shutdown(graceMs: number): Promise<void> {
    this.#context.draining = true;
    for (const connection of [...this.#connections]) connection.drain(Math.min(idlePatienceMs, graceMs / 2));
    if (this.#busy) await this.#untilQuiet(graceMs);
    await this.#lifespan?.shutdown();
  }

  get #busy(): boolean {
    return this.#connections.size > 0 || this.#tasks > 0;
  }

  #untilQuiet(graceMs: number): Promise<void> {
    const { timers } = this.#options.host;
    return new Promise((resolve) => {
      const timer = timers.after(graceMs, () => {
        this.#onChange = undefined;
        for (const connection of [...this.#connections]) connection.abort('the server shuts down');
        resolve();
      });
      this.#onChange = () => {
        if (this.#busy) return;
        this.#onChange = undefined;
        timers.cancel(timer);
        resolve();
      };
    });
  }

  /** Also while draining: the platform had accepted it already, so nobody else will answer its client. */
  #accept(socket: DuplexSocket): HttpConnection {
    const connection = new HttpConnection(socket, this.#context);
    this.#connections.add(connection);
    if (this.#context.draining) connection.drain(idlePatienceMs);
    return connection;
  }

  /** Stacks are read only where somebody is told of them. */
  #sites(): SiteReader {
    const { isAppFile, sites } = this.#options;
    if (!this.#tracer.enabled && !this.#config.validate) return noSites;
    return sites ?? (isAppFile === undefined ? noSites : siteReader(isAppFile));
  }

  readonly #log: Log = (source, level, text, { connection, exchange }, site) => {
    if (this.#tracer.enabled) this.#tracer.emit({ type: 'log', connection, exchange, source, level, text, ...(site && { site }) });
    this.#options.onLog?.(source, level, text);
  };

  #access(): ServerContext['access'] {
    if (this.#config.accessLog === '' || (this.#options.onLog === undefined && !this.#tracer.enabled)) return undefined;
    const line = accessFormat(this.#config.accessLog, this.#options.process);
    const { onLog } = this.#options;
    // environ is the application's: it is looked at before anything else happens to it.
    if (onLog !== undefined || readsEnviron(this.#config.accessLog)) return (facts, connection, exchange) => this.#log('access', 'info', line(facts), { connection, exchange });
    // Only the trace reads it, and not every line. Its strings are given up with the request unless somebody has asked for one by then.
    return (facts, connection, exchange) => {
      void facts.request?.target;
      const kept = { ...facts, environ: undefined };
      emitLater(this.#tracer, 'log', accessBytes, () => ({ type: 'log', connection, exchange, source: 'access', level: 'info', text: line(kept) }));
    };
  }

  #makeContext(sites: SiteReader): ServerContext {
    const { app, host, upgrades, files, afterPoll, apart, bodyMemory } = this.#options;
    return {
      app, host, sites,
      config: this.#config,
      tracer: this.#tracer,
      deadlines: new Deadlines(host),
      turn: this.#turn,
      // A sync worker's answer is in the socket before the next request is read; and who watches sees it leave with its exchange.
      batch: afterPoll === undefined || this.#turn !== undefined || this.#tracer.enabled ? undefined : new Batch(afterPoll, host.clock),
      apart,
      forwarding: forwarding(this.#config.forwardedAllowIps),
      underWay: 0,
      served: () => this.#options.onServed?.(),
      // A WSGI application has no way to answer: a request for a WebSocket is a request like others (RFC9110-7.8-3).
      upgrades: [...(upgrades ?? []), ...(app.interface === 'asgi' ? [new WebSocketProtocol({ app: app.app, name: app.name, config: this.#config, random: host.random })] : [])],
      files, bodyMemory,
      log: this.#log,
      access: this.#access(),
      // Not accessors, which would make this object a dictionary, and each look at it a search.
      state: this.#lifespan?.state,
      draining: false,
      dateField: () => this.#dateField(),
      serverField: ['Server', this.#config.serverHeader],
      taskBegan: () => { this.#tasks += 1; },
      taskEnded: () => {
        this.#tasks -= 1;
        this.#onChange?.();
      },
      onClosed: (connection) => {
        this.#connections.delete(connection);
        this.#onChange?.();
      },
    };
  }

  /** Made once a second; and the clock is asked once for answers that are made together. (node:http leaves it to a timer, which does not run then either.) */
  #dateField(): readonly [name: string, value: string] {
    const moment = this.#context.batch?.moment();
    if (moment !== undefined) {
      if (moment === this.#dateMoment) return this.#date;
      this.#dateMoment = moment;
    }
    const wall = this.#options.host.clock.wallMs();
    const second = Math.floor(wall / 1000);
    if (second !== this.#dateSecond) {
      this.#dateSecond = second;
      this.#date = ['Date', httpDate(wall)];
    }
    return this.#date;
  }
}

export { LifespanError };
