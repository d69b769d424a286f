/**
 * Every setting of the command, once: its flag, its other names, how its value is read, its default and its help.
 * Flags, environment, config file, `--help` and `--print-config` are made from this table. Names are gunicorn's; where
 * only uvicorn has the thing, uvicorn's; where both have it, uvicorn's spelling works too (`also`).
 */

import { availableParallelism } from 'node:os';
import { trustedPeers } from '../gateway/trusted-peers.ts';
import { accessFormat } from '../server/access-log.ts';
import { combinedFormat } from '../server/config.ts';

/** Reads one value from text. `read` throws RangeError with the end of a sentence: "must be …". */
export interface Reader<T> {
  /** What `--help` shows after the flag; '' for a switch, which takes no value. */
  readonly placeholder: string;
  read(text: string): T;
}

export interface Setting<T> {
  readonly flag: string;
  readonly short?: string;
  /** Other spellings of the flag. */
  readonly also?: readonly string[];
  readonly reader: Reader<T extends readonly (infer Item)[] ? Item : T>;
  /** May be given several times; the values make a list. */
  readonly many?: true;
  readonly default: T;
  readonly group: Group;
  readonly help: string;
  /** Environment variables besides `PORTHOLE_<NAME>`, as other servers and platforms call them. */
  readonly env?: readonly string[];
}

export const groups = ['Application', 'Sockets', 'Processes', 'Timeouts (seconds)', 'Limits', 'WebSocket', 'Behind a proxy', 'Log and trace', 'Configuration'] as const;
export type Group = (typeof groups)[number];

export const logLevels = ['debug', 'info', 'warning', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

/** The settings in force, by the name that a config file gives them. */
export interface Settings {
  readonly interface: 'auto' | 'wsgi' | 'asgi' | 'fetch';
  readonly factory: boolean;
  readonly chdir: string;
  readonly lifespan: 'auto' | 'on' | 'off';
  readonly validate: boolean;
  readonly debug: boolean;
  readonly bind: readonly string[];
  readonly backlog: number;
  readonly certfile: string;
  readonly keyfile: string;
  readonly workers: number;
  readonly reload: boolean;
  readonly maxRequests: number;
  readonly maxRequestsJitter: number;
  readonly user: string;
  readonly group: string;
  readonly timeout: number;
  readonly keepAlive: number;
  readonly gracefulTimeout: number;
  readonly headTimeout: number;
  readonly bodyTimeout: number;
  readonly sendTimeout: number;
  readonly limitRequestLine: number;
  readonly limitRequestFields: number;
  readonly limitRequestFieldSize: number;
  readonly limitRequestBody: number;
  readonly wsMaxSize: number;
  readonly wsPingInterval: number;
  readonly wsPingTimeout: number;
  readonly wsPerMessageDeflate: boolean;
  readonly limitConcurrency: number;
  readonly rootPath: string;
  readonly forwardedAllowIps: string;
  readonly serverHeader: boolean;
  readonly dateHeader: boolean;
  readonly accessLog: boolean;
  readonly accessLogFile: string;
  readonly accessLogFormat: string;
  readonly logLevel: LogLevel;
  readonly trace: boolean;
  readonly verboseWire: boolean;
  readonly config: string;
  readonly envFile: string;
  readonly printConfig: boolean;
  readonly checkConfig: boolean;
}

const text = (placeholder: string): Reader<string> => ({ placeholder, read: (value) => value });

const choice = <T extends string>(...choices: readonly T[]): Reader<T> => ({
  placeholder: choices.join('|'),
  read(value) {
    if (!(choices as readonly string[]).includes(value)) throw new RangeError(`must be ${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`);
    return value as T;
  },
});

/** A whole number, not below `least`. `zero`: what 0 stands for, e.g. Infinity where it means "no limit". */
const count = (placeholder: string, least = 0, zero = 0): Reader<number> => ({
  placeholder,
  read(value) {
    const number = value === 'Infinity' && zero === Infinity ? Infinity : Number(value);
    if (number === Infinity && zero === Infinity) return Infinity;
    if (!/^\d+$/.test(value) || !Number.isSafeInteger(number) || number < least) throw new RangeError(`must be a whole number${least > 0 ? ` from ${least}` : ''}`);
    return number === 0 ? zero : number;
  },
});

/** A number of processes; `auto`: as many as there are processors. 0 (not given): the command's own process, without an arbiter. */
const processes: Reader<number> = {
  placeholder: 'N|auto',
  read(value) {
    if (value === 'auto') return availableParallelism();
    return count('N').read(value);
  },
};

const seconds: Reader<number> = {
  placeholder: 'SECONDS',
  read(value) {
    if (!/^(?:\d+\.?\d*|\.\d+)$/.test(value)) throw new RangeError('must be a number of seconds');
    return Number(value);
  },
};

const bytes: Reader<number> = {
  placeholder: 'BYTES',
  read(value) {
    if (value === 'Infinity') return Infinity;
    const match = /^(\d+)\s*([kmg]?)(i?)b?$/i.exec(value);
    if (match === null) throw new RangeError('must be a number of bytes, such as 65536, 10MB or 1GiB');
    const power = ' kmg'.indexOf(match[2]!.toLowerCase() || ' ');
    const number = Number(match[1]) * (match[3] === '' ? 1000 : 1024) ** power;
    return number === 0 ? Infinity : number;
  },
};

/** Whom to believe: see `trusted-peers.ts`. Separated by commas. */
const peers: Reader<string> = {
  placeholder: 'LIST',
  read(value) {
    try {
      trustedPeers(listOf(value));
    } catch (error) {
      throw new RangeError('must be addresses, networks (10.0.0.0/8), unix or *, separated by commas', { cause: error });
    }
    return value;
  },
};

/** `a, b` → `['a', 'b']`. */
export const listOf = (value: string): string[] => value.split(',').map((item) => item.trim()).filter((item) => item !== '');

const accessLogFormats: Reader<string> = {
  placeholder: 'FORMAT',
  read(value) {
    try {
      accessFormat(value);
    } catch (error) {
      throw new RangeError(`must be json, or made of gunicorn's atoms (${(error as Error).message})`, { cause: error });
    }
    return value;
  },
};

/** On by its flag, off by `--no-…`. Text is read for environment and config file. */
const onOff: Reader<boolean> = {
  placeholder: '',
  read(value) {
    if (/^(?:1|true|yes|on)$/i.test(value)) return true;
    if (/^(?:0|false|no|off|)$/i.test(value)) return false;
    throw new RangeError('must be true or false');
  },
};

/** A flag that takes a word, as uvicorn's does. */
const trueFalse: Reader<boolean> = { placeholder: 'true|false', read: onOff.read };

/** The table, in the order of `--help`. */
export const settings: { readonly [K in keyof Settings]: Setting<Settings[K]> } = {
  interface: { flag: 'interface', reader: choice('auto', 'wsgi', 'asgi', 'fetch'), default: 'auto', group: 'Application', help: 'What the application speaks; auto reads it off its shape.' },
  factory: { flag: 'factory', reader: onOff, default: false, group: 'Application', help: 'NAME is a function that returns the application.' },
  chdir: { flag: 'chdir', also: ['app-dir'], reader: text('DIR'), default: '', group: 'Application', help: 'Change to this folder before the application is loaded.' },
  lifespan: { flag: 'lifespan', reader: choice('auto', 'on', 'off'), default: 'auto', group: 'Application', help: 'ASGI lifespan: startup and shutdown events for the application.' },
  validate: { flag: 'validate', reader: onOff, default: false, group: 'Application', help: 'Check both sides of PEP 3333 or ASGI and report what breaks them.' },
  debug: { flag: 'debug', reader: onOff, default: false, group: 'Application', help: 'Show the stack of an error in the 500 page. Not in production.' },

  bind: { flag: 'bind', short: 'b', reader: text('HOST:PORT'), many: true, default: ['127.0.0.1:8000'], group: 'Sockets', help: 'Where to listen: HOST:PORT, [::1]:PORT, unix:PATH; port 0 picks a free one. Several times for several.' },
  backlog: { flag: 'backlog', reader: count('N', 1), default: 2048, group: 'Sockets', help: 'Connections that may wait to be accepted.' },
  certfile: { flag: 'certfile', also: ['ssl-certfile'], reader: text('FILE'), default: '', group: 'Sockets', help: 'TLS certificate (chain), PEM.' },
  keyfile: { flag: 'keyfile', also: ['ssl-keyfile'], reader: text('FILE'), default: '', group: 'Sockets', help: 'TLS private key, PEM.' },

  workers: { flag: 'workers', short: 'w', reader: processes, default: 0, group: 'Processes', help: 'Worker processes, under an arbiter that replaces one that dies. Without it, the command\'s own process serves.', env: ['WEB_CONCURRENCY'] },
  reload: { flag: 'reload', reader: onOff, default: false, group: 'Processes', help: 'Start new workers when a file that was imported changes.' },
  maxRequests: { flag: 'max-requests', also: ['limit-max-requests'], reader: count('N'), default: 0, group: 'Processes', help: 'Requests after which a worker is replaced, against leaks; 0: never.' },
  maxRequestsJitter: { flag: 'max-requests-jitter', also: ['limit-max-requests-jitter'], reader: count('N'), default: 0, group: 'Processes', help: 'Up to so many requests more, by chance, so that workers are not all replaced at once.' },
  user: { flag: 'user', short: 'u', reader: text('USER'), default: '', group: 'Processes', help: 'Workers run as this user (name or number). Needs root.' },
  group: { flag: 'group', short: 'g', reader: text('GROUP'), default: '', group: 'Processes', help: 'Workers run as this group (name or number). Needs root.' },

  timeout: { flag: 'timeout', short: 't', reader: seconds, default: 30, group: 'Timeouts (seconds)', help: 'A worker that is silent for longer is killed and replaced (with -w); 0: never.' },
  keepAlive: { flag: 'keep-alive', also: ['timeout-keep-alive'], reader: seconds, default: 5, group: 'Timeouts (seconds)', help: 'How long an idle connection is kept; 0 closes after each response.' },
  gracefulTimeout: { flag: 'graceful-timeout', also: ['timeout-graceful-shutdown'], reader: seconds, default: 30, group: 'Timeouts (seconds)', help: 'How long requests in flight may take when the server stops.' },
  headTimeout: { flag: 'head-timeout', reader: seconds, default: 60, group: 'Timeouts (seconds)', help: 'How long a request head may take to arrive.' },
  bodyTimeout: { flag: 'body-timeout', reader: seconds, default: 60, group: 'Timeouts (seconds)', help: 'How long the client may pause within a request body.' },
  sendTimeout: { flag: 'send-timeout', reader: seconds, default: 60, group: 'Timeouts (seconds)', help: 'How long the client may take nothing of a response that waits for it.' },

  limitRequestLine: { flag: 'limit-request-line', reader: count('BYTES', 0, Infinity), default: 8190, group: 'Limits', help: 'Longest request line; 0: no limit.' },
  limitRequestFields: { flag: 'limit-request-fields', reader: count('N', 0, Infinity), default: 100, group: 'Limits', help: 'Most header fields in a request; 0: no limit.' },
  limitRequestFieldSize: { flag: 'limit-request-field-size', also: ['limit-request-field_size'], reader: count('BYTES', 0, Infinity), default: 8190, group: 'Limits', help: 'Longest header field line; 0: no limit.' },
  limitRequestBody: { flag: 'limit-request-body', reader: bytes, default: 16 * 1024 * 1024, group: 'Limits', help: 'Largest request body (10MB, 1GiB); 0: no limit. WSGI holds the body in memory.' },
  limitConcurrency: { flag: 'limit-concurrency', reader: count('N'), default: 0, group: 'Limits', help: 'Requests under way at a time in one process; more are answered with 503. 0: no limit.' },

  wsMaxSize: { flag: 'ws-max-size', reader: bytes, default: 16 * 1024 * 1024, group: 'WebSocket', help: 'Largest message (1MB, 16MiB); 0: no limit.' },
  wsPingInterval: { flag: 'ws-ping-interval', reader: seconds, default: 20, group: 'WebSocket', help: 'Seconds between two Pings to a client; 0: none.' },
  wsPingTimeout: { flag: 'ws-ping-timeout', reader: seconds, default: 20, group: 'WebSocket', help: 'Seconds that a client may be silent after a Ping; 0: for ever.' },
  wsPerMessageDeflate: { flag: 'ws-per-message-deflate', reader: trueFalse, default: true, group: 'WebSocket', help: 'Compress messages where the client offers it.' },

  rootPath: { flag: 'root-path', reader: text('PATH'), default: '', group: 'Behind a proxy', help: 'Where the application is mounted: SCRIPT_NAME, root_path.', env: ['SCRIPT_NAME'] },
  forwardedAllowIps: { flag: 'forwarded-allow-ips', reader: peers, default: '127.0.0.1,::1,unix', group: 'Behind a proxy', help: 'Proxies that are believed (Forwarded, X-Forwarded-For and -Proto): addresses, networks, unix, or * for all.', env: ['FORWARDED_ALLOW_IPS'] },
  serverHeader: { flag: 'server-header', reader: onOff, default: true, group: 'Behind a proxy', help: 'Send the Server field.' },
  dateHeader: { flag: 'date-header', reader: onOff, default: true, group: 'Behind a proxy', help: 'Send the Date field.' },

  accessLog: { flag: 'access-log', reader: onOff, default: false, group: 'Log and trace', help: 'One line for each request, on stdout.' },
  accessLogFile: { flag: 'access-logfile', reader: text('FILE'), default: '', group: 'Log and trace', help: 'The same, into a file (- for stdout), which SIGUSR1 opens anew.' },
  accessLogFormat: { flag: 'access-logformat', also: ['access-log-format'], reader: accessLogFormats, default: combinedFormat, group: 'Log and trace', help: "Its form, of gunicorn's atoms; or json." },
  logLevel: { flag: 'log-level', reader: choice(...logLevels), default: 'info', group: 'Log and trace', help: 'The least that is worth a line on stderr.' },
  trace: { flag: 'trace', reader: onOff, default: false, group: 'Log and trace', help: 'Print what the gateway does, event by event, on stdout.' },
  verboseWire: { flag: 'verbose-wire', reader: onOff, default: false, group: 'Log and trace', help: 'Print each request and response as curl -v would, on stdout.' },

  config: { flag: 'config', short: 'c', reader: text('FILE'), default: '', group: 'Configuration', help: 'Settings in a module; without this flag, porthole.config.ts or .js where there is one.' },
  envFile: { flag: 'env-file', reader: text('FILE'), default: '', group: 'Configuration', help: 'Read environment variables from a file first.' },
  printConfig: { flag: 'print-config', reader: onOff, default: false, group: 'Configuration', help: 'Print the settings in force and where each comes from, and exit.' },
  checkConfig: { flag: 'check-config', reader: onOff, default: false, group: 'Configuration', help: 'Load the application, say whether all is well, and exit.' },
};

export type SettingName = keyof Settings;
export const settingNames = Object.keys(settings) as readonly SettingName[];

/** Settings that only make sense as a flag: they decide where the others are read from. */
export const flagOnly: ReadonlySet<SettingName> = new Set(['config', 'envFile', 'printConfig', 'checkConfig']);

/** `limitRequestLine` → `PORTHOLE_LIMIT_REQUEST_LINE`. */
export const envName = (name: SettingName): string => `PORTHOLE_${settings[name].flag.replaceAll('-', '_').toUpperCase()}`;
