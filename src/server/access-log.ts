/** The access log: one line per response, in a format of gunicorn's atoms. */
import type { Request } from '../core/http1/events.ts';
import type { FieldPairs } from '../core/http1/events.ts';
import { logDate } from './http-date.ts';

/** What a line is made from. */
export interface AccessFacts {
  /** Host of the client. */
  readonly remote: string;
  /** When the request began, ms since 1970. */
  readonly wallMs: number;
  /** Undefined where the bytes were no request. */
  readonly request: Request | undefined;
  readonly status: number;
  /** Octets of content sent. */
  readonly length: number;
  /** Fields of the response as they were given, framing fields not included. */
  readonly fields: FieldPairs;
  /** From the head of the request to the end of the response. */
  readonly ms: number;
  /** `environ` as the application left it; for ASGI, as it would be. Undefined where the bytes were no request. */
  readonly environ?: (() => Readonly<Record<string, unknown>>) | undefined;
}

type Part = string | ((facts: AccessFacts) => string);

const version = (request: Request): string => (request.version === 10 ? 'HTTP/1.0' : 'HTTP/1.1');
const path = (target: string): string => target.split('?', 1)[0]!;
const query = (target: string): string => (target.includes('?') ? target.slice(target.indexOf('?') + 1) : '');

/** gunicorn's atoms (settings, "access_log_format"). `l` is always `-`. */
const atoms: Readonly<Record<string, (facts: AccessFacts) => string>> = {
  h: ({ remote }) => remote,
  l: () => '-',
  u: ({ request }) => user(request?.headers.get('authorization')),
  t: ({ wallMs }) => logDate(wallMs),
  r: ({ request }) => (request === undefined ? '' : `${request.method} ${request.target} ${version(request)}`),
  m: ({ request }) => request?.method ?? '',
  U: ({ request }) => path(request?.target ?? ''),
  q: ({ request }) => query(request?.target ?? ''),
  H: ({ request }) => (request === undefined ? '' : version(request)),
  s: ({ status }) => String(status),
  B: ({ length }) => String(length),
  b: ({ length }) => (length === 0 ? '' : String(length)),
  f: ({ request }) => request?.headers.get('referer') ?? '',
  a: ({ request }) => request?.headers.get('user-agent') ?? '',
  T: ({ ms }) => String(Math.floor(ms / 1000)),
  M: ({ ms }) => String(Math.floor(ms)),
  D: ({ ms }) => String(Math.floor(ms * 1000)),
  L: ({ ms }) => (ms / 1000).toFixed(6),
};

/** Compile a format. `process`: what `%(p)s` stands for. Throws RangeError where an atom is unknown. */
export function accessFormat(format: string, process = ''): (facts: AccessFacts) => string {
  if (format === 'json') return jsonLine;
  const parts: Part[] = [];
  let from = 0;
  for (const match of format.matchAll(/%(?:%|\(([^)]*)\)s)/g)) {
    parts.push(format.slice(from, match.index));
    parts.push(match[1] === undefined ? '%' : match[1] === 'p' ? `<${process || '-'}>` : atom(match[1]));
    from = match.index + match[0].length;
  }
  parts.push(format.slice(from));
  return (facts) => parts.map((part) => (typeof part === 'string' ? part : safe(part(facts)) || '-')).join('');
}

/** Some atom of the format is a variable of environ. */
export function readsEnviron(format: string): boolean {
  return /%\(\{[^}]+\}e\)s/.test(format);
}

function atom(name: string): (facts: AccessFacts) => string {
  const known = atoms[name];
  if (known !== undefined) return known;
  // `{X-Request-Id}i`: a field of the request; `{…}o`: of the response; `{REMOTE_USER}e`: of environ.
  const field = /^\{([^}]+)\}([ioe])$/.exec(name);
  if (field === null) throw new RangeError(`the access log knows no atom %(${name})s`);
  if (field[2] === 'e') return ({ environ }) => variable(environ?.(), field[1]!);
  const lower = field[1]!.toLowerCase();
  return field[2] === 'i' ? ({ request }) => request?.headers.get(lower) ?? '' : ({ fields }) => fields.find(([own]) => own.toLowerCase() === lower)?.[1] ?? '';
}

/** In any case, as gunicorn looks them up. */
function variable(environ: Readonly<Record<string, unknown>> | undefined, name: string): string {
  const key = environ === undefined || Object.hasOwn(environ, name) ? name : Object.keys(environ).find((own) => own.toLowerCase() === name.toLowerCase());
  const value = key === undefined ? undefined : environ?.[key];
  return value === undefined || value === null ? '' : String(value);
}

/** Name of the user of Basic authentication; the password stays out of logs. */
function user(authorization: string | undefined): string {
  const token = /^basic +([\w+/]+=*)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) return '';
  const decoded = fromBase64(token);
  const colon = decoded.indexOf(':');
  return colon < 0 ? '' : decoded.slice(0, colon);
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64 to latin-1 text. The log has no other use for it, and inner folders have no `atob`. */
function fromBase64(text: string): string {
  let bits = 0;
  let held = 0;
  let out = '';
  for (const letter of text.replace(/=+$/, '')) {
    held = ((held << 6) | alphabet.indexOf(letter)) & 0xff_ffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out += String.fromCharCode((held >> bits) & 0xff);
  }
  return out;
}

/** Quotes, backslashes and controls are escaped: a line is one line, whatever a client sends (CWE-117). */
// oxlint-disable-next-line no-control-regex -- they are what it is for
const unsafe = /["\\\u0000-\u001f\u007f-\u009f]/;
const safe = (text: string): string => (unsafe.test(text) ? escape(text) : text);
const escape = (text: string): string =>
  // oxlint-disable-next-line no-control-regex -- they are what it is for
  text.replace(/["\\\u0000-\u001f\u007f-\u009f]/g, (char) => (char === '"' || char === '\\' ? `\\${char}` : `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`));

function jsonLine({ remote, wallMs, request, status, length, ms }: AccessFacts): string {
  return JSON.stringify({
    time: wallMs, remote, method: request?.method ?? null, target: request?.target ?? null, version: request === undefined ? null : version(request), status, length, ms: Math.round(ms * 1000) / 1000,
    referer: request?.headers.get('referer') ?? null, userAgent: request?.headers.get('user-agent') ?? null,
  });
}
