import { defaultLimits, type Limits } from '../core/http1/limits.ts';

/** The settings of a server, by the names that gunicorn and uvicorn give them. Times in seconds are theirs; ours carry the unit. */
export interface ServerConfig {
  /** Which interface the app speaks; 'auto' reads it off its shape. */
  readonly interface: 'auto' | 'wsgi' | 'asgi' | 'fetch';
  /** `sync`: one request at a time in this process; `async`: connections interleave. gunicorn's `--worker-class`. */
  readonly workerClass: 'sync' | 'async';
  /** Mount point: SCRIPT_NAME / root_path. uvicorn's `--root-path`. */
  readonly rootPath: string;
  /** `wsgi.url_scheme`, ASGI's `scheme`: 'https' where the sockets are TLS. */
  readonly scheme: 'http' | 'https';
  /** How long an idle connection is kept open. gunicorn's `--keep-alive`. ms; 0: close after each response. */
  readonly keepAliveMs: number;
  /** How long a request head may take to arrive. ms. */
  readonly headTimeoutMs: number;
  /** How long between two pieces of a body. ms. */
  readonly bodyTimeoutMs: number;
  /** Octets of an unread request body that we read and throw away to keep a connection. */
  readonly drainBytes: number;
  readonly limits: Limits;
  /** Value of the `Server` field; '' sends none. */
  readonly serverHeader: string;
  /** Send a `Date` field. */
  readonly dateHeader: boolean;
  /** Is the process one of several? `wsgi.multiprocess`. */
  readonly multiprocess: boolean;
  /** Check both sides of PEP 3333 / ASGI. */
  readonly validate: boolean;
  /** Show error details (stack) in the 500 page: on in the playground, off by default. */
  readonly debug: boolean;
  /** ASGI lifespan protocol. uvicorn's `--lifespan`. */
  readonly lifespan: 'auto' | 'on' | 'off';
}

/** What holds where nobody says otherwise. */
export const defaultConfig: ServerConfig = Object.freeze({
  interface: 'auto',
  workerClass: 'async',
  rootPath: '',
  scheme: 'http',
  keepAliveMs: 5000,
  headTimeoutMs: 60_000,
  bodyTimeoutMs: 60_000,
  drainBytes: 65_536,
  limits: { ...defaultLimits, maxBodyBytes: 16 * 1024 * 1024 },
  serverHeader: 'porthole',
  dateHeader: true,
  multiprocess: false,
  validate: false,
  debug: false,
  lifespan: 'auto',
});
