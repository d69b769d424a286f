/**
 * The request target: which of four forms (RFC 9112 §3.2), and what it names. Works on latin-1 text, in which every octet is
 * already known to be visible ASCII other than `#`.
 */
import { classOf, DIGIT, HEX, REG_NAME } from './chars.ts';
import type { RefusalCode } from './refusals.ts';

/** RFC9112-3.2-2. */
export type TargetForm = 'origin' | 'absolute' | 'authority' | 'asterisk';

/** A target taken apart. Offsets count from the target's first octet; an empty part has equal ends. Nothing is decoded. */
export interface TargetParts {
  readonly form: TargetForm;
  /** `http` or `https` in lower case; '' unless absolute-form. */
  readonly scheme: string;
  /** `host[:port]`; only in absolute-form and authority-form. */
  readonly authority: readonly [start: number, end: number];
  /** From the first `/`; empty for `*`, for CONNECT and for `http://host`. */
  readonly path: readonly [start: number, end: number];
  /** Behind the `?`; undefined where there is no `?`. */
  readonly query: readonly [start: number, end: number] | undefined;
}

/** Take a target apart, or say why it is refused. */
export function parseTarget(method: string, target: string): TargetParts | RefusalCode {
  if (method === 'CONNECT') {
    // RFC9112-3.2.3-1: "The "authority-form" of request-target is only used for CONNECT requests"
    const found = validAuthority(target);
    // RFC9110-9.3.6-4: "A server MUST reject a CONNECT request that targets an empty or invalid port number"
    if (found === 'host') return 'connect-port';
    return found === 'port' && !target.startsWith(':') ? { form: 'authority', scheme: '', authority: [0, target.length], path: [0, 0], query: undefined } : 'connect-target';
  }
  // RFC9112-3.2.1-2: origin-form = absolute-path [ "?" query ]
  if (target.startsWith('/')) return withPath('origin', '', [0, 0], target, 0);
  if (target === '*') {
    // RFC9112-3.2.4-1: "The "asterisk-form" of request-target is only used for a server-wide OPTIONS request"
    return method === 'OPTIONS' ? { form: 'asterisk', scheme: '', authority: [0, 0], path: [0, 0], query: undefined } : 'asterisk-form';
  }
  // RFC9112-3.2.2-9: "A server MUST accept the absolute-form". RFC9112-3.2.2-8: its host then counts, not the Host field, though
  // that must be there (RFC9112-3.2.2-6). RFC9112-3.2.2-2: absolute-form = absolute-URI
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(target)?.[1]?.toLowerCase();
  if (scheme === undefined) return 'bad-target';
  const start = scheme.length + 3;
  if (target.slice(scheme.length, start) !== '://') return 'bad-target';
  if (scheme !== 'http' && scheme !== 'https') return 'bad-scheme';
  const rest = target.slice(start).search(/[/?]/);
  const end = rest < 0 ? target.length : start + rest;
  const authority = target.slice(start, end);
  // RFC9110-4.2.4-4: a recipient should "treat its presence as an error; it is likely being used to obscure the authority".
  if (authority.includes('@')) return 'userinfo-in-target';
  // RFC9110-4.2.1-4: of an empty host, "A recipient that processes such a URI reference MUST reject it as invalid."
  if (validAuthority(authority) === 'invalid' || authority === '' || authority.startsWith(':')) return 'bad-authority';
  return withPath('absolute', scheme, [start, end], target, end);
}

function withPath(form: TargetForm, scheme: string, authority: readonly [number, number], target: string, start: number): TargetParts {
  const mark = target.indexOf('?', start);
  return mark < 0
    ? { form, scheme, authority, path: [start, target.length], query: undefined }
    : { form, scheme, authority, path: [start, mark], query: [mark + 1, target.length] };
}

/** Is `text` `uri-host [":" port]` (RFC9110-7.2-3)? `port`: and it has a port. An empty host is valid here; callers judge it. */
export function validAuthority(text: string): 'host' | 'port' | 'invalid' {
  let at = 0;
  if (text.charCodeAt(0) === 0x5b) {
    const close = text.indexOf(']');
    if (close < 0 || !validAddressLiteral(text.slice(1, close))) return 'invalid';
    at = close + 1;
  } else {
    for (; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      if (unit < 0x80 && (classOf[unit]! & REG_NAME) !== 0) continue;
      if (unit !== 0x25) break;
      // pct-encoded
      if (!isHex(text, at + 1) || !isHex(text, at + 2)) return 'invalid';
      at += 2;
    }
  }
  if (at === text.length) return 'host';
  if (text.charCodeAt(at) !== 0x3a) return 'invalid';
  let port = 0;
  const first = at + 1;
  for (at = first; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit > 0x39 || (classOf[unit]! & DIGIT) === 0) return 'invalid';
    port = port * 10 + unit - 0x30;
    // RFC 3986 lets a port have any number of digits; TCP has 16 bits for it.
    if (port > 65_535) return 'invalid';
  }
  // RFC9110-4.2.1-3: an empty port means the default one.
  return at === first ? 'host' : 'port';
}

const isHex = (text: string, at: number): boolean => {
  const unit = text.charCodeAt(at);
  return unit < 0x80 && (classOf[unit]! & HEX) !== 0;
};

/** RFC 3986 §3.2.2: what may stand between brackets. Zone identifiers are not part of HTTP URIs (RFC 9110 §4.2 has none). */
function validAddressLiteral(text: string): boolean {
  if (/^v[0-9a-f]+\.[-._~!$&'()*+,;=:0-9a-z]+$/i.test(text)) return true;
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const all = groups.flat();
  let count = all.length;
  const last = all.at(-1);
  // "ls32": the last 32 bits may be written as an IPv4 address, at the very end only.
  if (last?.includes('.') === true) {
    if (text.endsWith('::') || !validIpv4(last)) return false;
    all.pop();
    count += 1;
  }
  if (!all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false;
  return halves.length === 2 ? count <= 7 : count === 8;
}

const validIpv4 = (text: string): boolean => {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255);
};

