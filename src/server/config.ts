import { defaultLimits, type Limits } from '../core/http1/limits.ts';

/** The settings of a server, by the names that gunicorn and uvicorn give them. Times in seconds are theirs; ours carry the unit. */
export interface ServerConfig {
  /** Which interface the app speaks; 'auto' reads it off its shape. */
  readonly interface: 'auto' | 'wsgi' | 'asgi' | 'fetch';
  /** `sync`: one request at a time in this process; `async`: connections interleave. gunicorn's `--worker-class`. */
  readonly workerClass: 'sync' | 'async';
  /** What the client speaks to reach us: `wsgi.url_scheme`, `scheme`. Default http; whoever wraps the socket in TLS says https. */
  readonly scheme: 'http' | 'https';
  /** Mount point: SCRIPT_NAME / root_path. uvicorn's `--root-path`. Latin-1, not percent-encoded. */
  readonly rootPath: string;
  /** How long an idle connection is kept open. gunicorn's `--keep-alive`. ms; 0: close after each response. */
  readonly keepAliveMs: number;
  /** How long a request head may take to arrive. ms; 0 or Infinity: for ever. Exceeding it: 408. */
  readonly headTimeoutMs: number;
  /** How long between two pieces of a body. ms; 0 or Infinity: for ever. Exceeding it: 408. */
  readonly bodyTimeoutMs: number;
  /** How long a client may take nothing of a response that waits for it. ms; 0 or Infinity: for ever. Exceeding it: the connection is reset. */
  readonly sendTimeoutMs: number;
  /** Octets of an unread request body that we read and throw away to keep a connection. */
  readonly drainBytes: number;
  readonly limits: Limits;
  /** Requests under way at a time, in this process; more are answered with 503. uvicorn's `--limit-concurrency`. 0 or Infinity: no limit. */
  readonly limitConcurrency: number;
  /**
   * Peers that are believed when they say whom they forward for (`Forwarded`, `X-Forwarded-For`, `X-Forwarded-Proto`): addresses,
   * networks, `*`, or `unix`. What they say replaces client address and scheme. gunicorn's and uvicorn's `--forwarded-allow-ips`. Default: nobody.
   */
  readonly forwardedAllowIps: readonly string[];
  /** Value of the `Server` field; '' sends none. Latin-1. */
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
  /** Octets of one WebSocket message, inflated; beyond it the WebSocket is closed with 1009. uvicorn's `--ws-max-size`. */
  readonly wsMaxMessageBytes: number;
  /** How long between two Pings to the client of a WebSocket. uvicorn's `--ws-ping-interval`. ms; 0 or Infinity: none. */
  readonly wsPingIntervalMs: number;
  /** How long the client may be silent after a Ping. uvicorn's `--ws-ping-timeout`. ms; 0 or Infinity: for ever. Exceeding it: 1011. */
  readonly wsPingTimeoutMs: number;
  /** Compress WebSocket messages where the client offers it (RFC 7692). uvicorn's `--ws-per-message-deflate`. */
  readonly wsPerMessageDeflate: boolean;
  /** gunicorn's `--access-logformat` (see `access-log.ts`), or `json`; '' writes no access log. Default: the combined format. */
  readonly accessLog: string;
}

/** Apache's "combined", gunicorn's default. */
export const combinedFormat = '%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s"';

/** What holds where nobody says otherwise. */
export const defaultConfig: ServerConfig = Object.freeze({
  interface: 'auto',
  workerClass: 'async',
  scheme: 'http',
  rootPath: '',
  keepAliveMs: 5000,
  headTimeoutMs: 60_000,
  bodyTimeoutMs: 60_000,
  sendTimeoutMs: 60_000,
  drainBytes: 65_536,
  limits: Object.freeze({ ...defaultLimits, maxBodyBytes: 16 * 1024 * 1024 }),
  limitConcurrency: 0,
  forwardedAllowIps: Object.freeze([]),
  serverHeader: 'porthole',
  dateHeader: true,
  multiprocess: false,
  validate: false,
  debug: false,
  lifespan: 'auto',
  wsMaxMessageBytes: 16 * 1024 * 1024,
  wsPingIntervalMs: 20_000,
  wsPingTimeoutMs: 20_000,
  wsPerMessageDeflate: true,
  accessLog: combinedFormat,
});

const choices = {
  interface: ['auto', 'wsgi', 'asgi', 'fetch'],
  workerClass: ['sync', 'async'],
  scheme: ['http', 'https'],
  lifespan: ['auto', 'on', 'off'],
} as const;

/** Complete and check settings. Throws RangeError or TypeError that names the setting. */
export function resolveConfig(given: Partial<ServerConfig> = {}): ServerConfig {
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<ServerConfig>;
  const config: ServerConfig = { ...defaultConfig, ...known, limits: { ...defaultConfig.limits, ...given.limits } };
  for (const [name, allowed] of Object.entries(choices)) {
    const value = config[name as keyof typeof choices];
    if (!(allowed as readonly string[]).includes(value)) throw new RangeError(`${name} is ${JSON.stringify(value)}; it must be ${allowed.slice(0, -1).join(', ')} or ${allowed.at(-1)}`);
  }
  for (const name of ['keepAliveMs', 'headTimeoutMs', 'bodyTimeoutMs', 'sendTimeoutMs', 'drainBytes', 'limitConcurrency', 'wsMaxMessageBytes', 'wsPingIntervalMs', 'wsPingTimeoutMs'] as const) checkNumber(name, config[name]);
  for (const [name, value] of Object.entries(config.limits)) checkNumber(`limits.${name}`, value);
  for (const name of ['dateHeader', 'multiprocess', 'validate', 'debug', 'wsPerMessageDeflate'] as const) if (typeof config[name] !== 'boolean') throw new TypeError(`${name} must be true or false`);
  // A field value of ours must not break the head of every response.
  for (const name of ['serverHeader', 'rootPath'] as const) if (/[^\t\u0020-\u007e\u0080-\u00ff]/.test(config[name])) throw new RangeError(`${name} contains a character that is not latin-1, or a control character`);
  return config;
}

function checkNumber(name: string, value: number): void {
  if (typeof value !== 'number' || !(value >= 0)) throw new RangeError(`${name} is ${String(value)}; it must be a number, 0 or more`);
}
