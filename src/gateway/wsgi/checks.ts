/**
 * What PEP 3333 asks of the arguments of `start_response` and of body blocks. Used by the gateway, which refuses, and by the
 * validator, which reports. Each returns the violation, or undefined.
 */
import { TCHAR, VALUE, firstOutside, showOctet } from '../../core/http1/chars.ts';
import { hopByHop } from '../hop-by-hop.ts';
import { describeType, isBytes, show } from '../render.ts';
import type { SourceSite } from '../../trace/events.ts';
import { WsgiViolation } from '../errors.ts';

const encodeAdvice = 'Encode text first: new TextEncoder().encode(text).';

/** A status string taken apart. */
export interface Status { readonly text: string; readonly code: number; readonly reason: string }

/** Status strings that were found to be in order: an application uses a handful of them over and over. */
const goodStatuses = new Map<string, Status>();
let latestStatus: Status = { text: '', code: 0, reason: '' };

/** The status string (PEP3333-start-1, -2, PEP3333-unicode-1), in its parts. */
export function readStatus(given: unknown, site?: SourceSite): Status | WsgiViolation {
  if (given === latestStatus.text) return latestStatus;
  let status = goodStatuses.get(given as string);
  if (status === undefined) {
    const violation = checkStatus(given, site);
    if (violation !== undefined) return violation;
    const text = given as string;
    status = { text, code: Number(text.slice(0, 3)), reason: text.slice(4) };
    if (goodStatuses.size < 64) goodStatuses.set(text, status);
  }
  return (latestStatus = status);
}

/** The status string, as {@link readStatus}. */
export function checkStatus(status: unknown, site: SourceSite | undefined): WsgiViolation | undefined {
  const given = show(status);
  if (typeof status !== 'string') {
    return new WsgiViolation({ code: 'status-not-string', clause: 'PEP3333-start-1', message: `The status is ${describeType(status)}: ${given}.`, advice: 'Give code and reason as one string, such as "200 OK".', given, expected: 'a string such as "200 OK"', ...(site && { site }) });
  }
  const refuse = (clause: 'PEP3333-start-1' | 'PEP3333-start-2' | 'PEP3333-unicode-1', code: string, message: string, advice: string): WsgiViolation =>
    new WsgiViolation({ code, clause, message, advice, given, expected: 'a code from 200 to 599, a space, and a reason', ...(site && { site }) });
  const bad = firstOutside(status, VALUE);
  if (bad >= 0) {
    return status.charCodeAt(bad) > 0xff
      ? refuse('PEP3333-unicode-1', 'status-not-latin1', `The status ${given} contains a character outside latin-1.`, 'Use plain ASCII for the reason.')
      : refuse('PEP3333-start-2', 'status-control', `The status ${given} contains the control character ${showOctet(status.charCodeAt(bad))}.`, 'Leave line ends and other control characters out.');
  }
  if (!/^[0-9]{3} \S/.test(status) || /\s$/.test(status)) {
    // "200" and "200 " have no reason; clients live without, so does the status line, but the PEP does not.
    return refuse('PEP3333-start-1', 'status-form', `The status ${given} is not a three-digit code, one space, and a reason.`, 'Write it like "404 Not Found".');
  }
  const code = Number(status.slice(0, 3));
  if (code < 200 || code > 599) {
    return refuse('PEP3333-start-1', 'status-range', `${code} is not a final status code.`, code < 200 ? 'Interim responses are the server\'s business.' : 'Use a code from 200 to 599.');
  }
  return undefined;
}

/** The header list (PEP3333-start-3, -4, -5, -7, PEP3333-length-6, PEP3333-unicode-1). */
export function checkHeaders(headers: unknown, site?: SourceSite): WsgiViolation | undefined {
  const at = site && { site };
  if (!Array.isArray(headers)) {
    return new WsgiViolation({ code: 'headers-not-list', clause: 'PEP3333-start-3', message: `The headers are ${describeType(headers)}, not a list.`, advice: 'Give an array of [name, value] pairs: an object could not hold two Set-Cookie fields.', given: show(headers), expected: "[['Content-Type', 'text/plain'], …]", ...at });
  }
  let lengths = 0;
  const pairs = headers as readonly unknown[];
  for (let i = 0; i < pairs.length; i += 1) {
    const pair = pairs[i];
    if (!Array.isArray(pair) || pair.length !== 2 || typeof pair[0] !== 'string' || typeof pair[1] !== 'string') {
      const number = Array.isArray(pair) && pair.length === 2 && typeof pair[1] === 'number';
      return new WsgiViolation({ code: 'header-not-pair', clause: 'PEP3333-start-3', message: `The header ${show(pair)} is not a pair of two strings.`, advice: number ? 'Turn the number into a string: String(value).' : "Write ['Name', 'value'].", given: show(pair), expected: "['Name', 'value']", ...at });
    }
    const name = pair[0] as string;
    const value = pair[1] as string;
    const known = goodNames.get(name);
    const same = known !== undefined && known.value === value;
    if (same && !known.isLength) continue;
    const violation = same ? undefined : checkHeader(name, value, known, at);
    if (violation !== undefined) return violation;
    if (isContentLength(name)) {
      lengths += 1;
      // A value that is remembered was a number the last time.
      if (lengths > 1 || !(same || /^[0-9]+$/.test(value))) {
        return new WsgiViolation({ code: 'content-length-form', clause: 'PEP3333-start-4', message: lengths > 1 ? 'Content-Length is given twice.' : `Content-Length is ${show(value)}, which is not a number of bytes.`, advice: 'Give the number of bytes (not of characters) once, or leave it out.', given: show(pair), expected: "['Content-Length', '42']", ...at });
      }
    }
    // A long value would be kept for nothing.
    if (known !== undefined && value.length <= 128) known.value = value;
  }
  return undefined;
}

/** Is it Content-Length, however it is spelled? */
export const isContentLength = (name: string): boolean => name.length === 14 && (name === 'Content-Length' || name.toLowerCase() === 'content-length');

/** A name that was found to be in order, and the value that it last had. */
interface GoodName { readonly isLength: boolean; value: string }

/** Bounded: an application may make names up. */
const goodNames = new Map<string, GoodName>();

/** `known`: the name was in order before. */
function checkHeader(name: string, value: string, known: GoodName | undefined, at: { site: SourceSite } | undefined): WsgiViolation | undefined {
  const bad = firstOutside(value, VALUE);
  // Nearly every field: nothing to say.
  if (bad < 0 && known !== undefined) return undefined;
  const lower = name.toLowerCase();
  if (bad < 0 && name !== '' && firstOutside(name, TCHAR) < 0 && lower !== 'status' && !hopByHop.has(lower)) {
    if (goodNames.size < 256) goodNames.set(name, { isLength: isContentLength(name), value: '' });
    return undefined;
  }
  const given = `${show(name)}: ${show(value)}`;
  if (name === '' || firstOutside(name, TCHAR) >= 0) {
    return new WsgiViolation({ code: 'header-name', clause: 'PEP3333-start-4', message: `${show(name)} is not a field name.`, advice: name.endsWith(':') ? 'Leave the colon out.' : 'Use letters, digits and hyphens.', given, expected: 'letters, digits and hyphens', ...at });
  }
  if (lower === 'status') {
    // CGI's way to say the status; wsgiref's validator refuses it, and browsers would show it as a field.
    return new WsgiViolation({ code: 'header-status', clause: 'PEP3333-start-1', message: 'There is a header named Status.', advice: 'The status is the first argument of startResponse.', given, expected: 'no such header', ...at });
  }
  if (hopByHop.has(lower)) {
    const transfer = lower === 'transfer-encoding';
    return new WsgiViolation({
      code: 'hop-by-hop', clause: transfer ? 'PEP3333-length-6' : 'PEP3333-start-7',
      message: `${name} is a hop-by-hop header: it belongs to the connection, which is the server's.`,
      advice: transfer ? 'Leave it out: the server chooses chunked coding where it is needed.' : 'Leave it out: the server manages the connection.', given, expected: 'no hop-by-hop header', ...at,
    });
  }
  const unit = value.charCodeAt(bad);
  if (unit > 0xff) {
    return new WsgiViolation({ code: 'header-not-latin1', clause: 'PEP3333-unicode-1', message: `The value of ${name} contains U+${unit.toString(16).toUpperCase().padStart(4, '0')}, which is outside latin-1: ${show(value)}.`, advice: 'Percent-encode it, or use the form of RFC 8187 (filename*=UTF-8\'\'…).', given, expected: 'characters from U+0000 to U+00FF', ...at });
  }
  return new WsgiViolation({ code: 'header-control', clause: 'PEP3333-start-5', message: `The value of ${name} contains ${showOctet(unit)}: ${show(value)}.`, advice: unit === 0x0a || unit === 0x0d ? 'Take line ends out of anything that a user typed: they would let him write headers, or a whole response, of his own.' : 'Leave control characters out.', given, expected: 'no control characters', ...at });
}

/** A block of body: written, or yielded (PEP3333-unicode-2). */
export function checkBlock(block: unknown, how: 'write()' | 'the iterable', site?: SourceSite): WsgiViolation | undefined {
  if (isBytes(block)) return undefined;
  const advice =
    typeof block === 'string' ? encodeAdvice
    : typeof block === 'number' ? 'Return an array of byte arrays: [bytes], not bytes.'
    : isThenable(block) ? 'WSGI is synchronous: there is nobody to await it. Make the app an ASGI one.'
    : 'Give a Uint8Array.';
  return new WsgiViolation({
    code: 'body-not-bytes', clause: 'PEP3333-unicode-2', message: `${how === 'write()' ? 'write() was given' : 'The iterable gave'} ${describeType(block)} instead of bytes: ${show(block, 60)}.`, advice,
    given: show(block), expected: 'a Uint8Array', ...(site && { site }),
  });
}

/** What the application returned (PEP3333-details-5): something to iterate over. */
export function checkResult(result: unknown, site?: SourceSite): WsgiViolation | undefined {
  const violation = (code: string, message: string, advice: string): WsgiViolation =>
    new WsgiViolation({ code, clause: 'PEP3333-details-5', message, advice, given: show(result), expected: 'an iterable of byte arrays', ...(site && { site }) });
  if (isThenable(result)) return violation('async-app', 'The application returned a promise, but WSGI is synchronous: there is nobody to await it.', 'Drop "async", or make it an ASGI application: async (scope, receive, send) => { … }.');
  if (typeof result === 'string') return violation('result-string', 'The application returned a string: its characters would be sent one by one, and they are not bytes.', 'Return [new TextEncoder().encode(text)].');
  if (isBytes(result)) return violation('result-bytes', 'The application returned a byte array: iterating over it gives numbers.', 'Put it into an array: return [bytes].');
  if (result === null || result === undefined) return violation('result-none', `The application returned ${result === null ? 'null' : 'nothing'}.`, 'Return an iterable, if only an empty one: return [].');
  if (typeof (result as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function') return undefined;
  if (typeof (result as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] === 'function') return violation('result-async-iterable', 'The application returned an async iterable, but WSGI is synchronous.', 'Use function* instead of async function*, or make it an ASGI application.');
  return violation('result-not-iterable', `The application returned ${describeType(result)}, which cannot be iterated over.`, 'Return an array of byte arrays, or a generator.');
}

/** Is it a promise, or something that `await` takes for one? */
export const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  ((typeof value === 'object' && value !== null) || typeof value === 'function') && typeof (value as { then?: unknown }).then === 'function';
