/** Checks on what an application hands to `startResponse` (PEP 3333, "The start_response() Callable"). */
import { WsgiViolation, type ViolationInit } from '../errors.ts';
import type { WsgiHeaders } from './types.ts';

/** A head that has been checked. */
export interface CheckedHead {
  readonly status: number;
  readonly reason: string;
  readonly headers: WsgiHeaders;
}

// RFC 9110 §5.6.2.
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** What must not stand in a status or a value: control octets (CR and LF begin a new field), and what latin-1 lacks. */
// eslint-disable-next-line no-control-regex
const forbidden = /[\u0000-\u0008\u000a-\u001f\u007f]|[^\u0000-\u00ff]/;

/** RFC 9110 §7.6.1 and PEP 3333, "Other HTTP Features": these concern the connection, which is the server's. */
const hopByHop = new Set(['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'proxy-connection']);

const fail = (facts: ViolationInit): never => {
  throw new WsgiViolation(facts);
};

const show = (value: unknown): string => {
  const text = typeof value === 'string' ? JSON.stringify(value) : Array.isArray(value) ? 'an array' : value === null ? 'null' : typeof value;
  return text.length > 80 ? `${text.slice(0, 77)}…"` : text;
};

/** Check status and headers. Throws WsgiViolation; nothing has happened then. */
export function checkHead(status: unknown, headers: unknown): CheckedHead {
  const clause = 'PEP 3333, The start_response() Callable';
  if (typeof status !== 'string') return fail({ code: 'status-not-string', clause, message: `The status is ${show(status)}; it must be a string.`, advice: 'Write "200 OK".' });
  // "a status string of the form "999 Message here""
  if (!/^[1-9][0-9]{2} /.test(status)) return fail({ code: 'bad-status', clause, message: `The status is ${show(status)}; it must be three digits, a space and a reason.`, advice: 'Write "200 OK", with the reason phrase.' });
  if (forbidden.test(status)) return fail({ code: 'bad-status', clause, message: `The status ${show(status)} contains a control character or one beyond latin-1.`, advice: 'Use visible characters only.' });
  const code = Number(status.slice(0, 3));
  if (code < 200) return fail({ code: 'interim-status', clause, message: `${code} is an interim status; an application gives the final one.`, advice: 'Interim responses are the server\'s affair.' });
  if (!Array.isArray(headers)) return fail({ code: 'headers-not-list', clause, message: `The headers are ${show(headers)}; they must be an array of [name, value] pairs.`, advice: 'Write [["Content-Type", "text/plain"]]. An object cannot hold two Set-Cookie lines.' });
  return { status: code, reason: status.slice(4), headers: headers.map((pair, i) => checkPair(pair, i)) };
}

function checkPair(pair: unknown, index: number): [string, string] {
  const clause = 'PEP 3333, The start_response() Callable';
  if (!Array.isArray(pair) || pair.length !== 2) return fail({ code: 'header-not-pair', clause, message: `Header ${index + 1} is ${show(pair)}; it must be a [name, value] pair.`, advice: 'Write ["Content-Type", "text/plain"].' });
  const [name, value] = pair as [unknown, unknown];
  if (typeof name !== 'string' || typeof value !== 'string') return fail({ code: 'header-not-string', clause, message: `Header ${index + 1} is [${show(name)}, ${show(value)}]; both must be strings.`, advice: 'Numbers too are written as strings: ["Content-Length", "12"].' });
  if (!token.test(name)) return fail({ code: 'bad-header-name', clause: 'RFC9110-5.6.2', message: `${show(name)} is not a field name.`, advice: 'Letters, digits and hyphens; no colon, no space.' });
  if (forbidden.test(value)) return fail({ code: 'bad-header-value', clause, message: `The value of ${name} contains a line break, another control character or one beyond latin-1.`, advice: 'Never put unchecked input into a header: a line break in it begins another header (response splitting).' });
  // "applications and frameworks are forbidden from using HTTP/1.1 "hop-by-hop" features or headers"
  if (hopByHop.has(name.toLowerCase())) return fail({ code: 'hop-by-hop', clause: 'PEP 3333, Other HTTP Features', message: `${name} is about the connection, which belongs to the server.`, advice: 'Leave it out; the server decides.' });
  return [name, value];
}
