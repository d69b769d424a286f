/**
 * The messages that an application may `send` within the `http` scope: their shapes, checked. What is wrong is an
 * {@link AsgiViolation}; what is right comes out in the gateway's own terms.
 */
import type { FieldPairs } from '../../core/http1/events.ts';
import type { SourceSite } from '../../trace/events.ts';
import { firstOutside, TCHAR, VALUE } from '../../core/http1/chars.ts';
import { describeType, isBytes, show } from '../render.ts';
import { latin1Text } from '../target.ts';
import type { AsgiClause } from './clauses.ts';
import { familiarField, familiarList, remember, sameList } from './familiar.ts';
import { AsgiViolation } from '../errors.ts';

/** A message, understood. */
export type HttpMessage =
  | { readonly type: 'http.response.start'; readonly status: number; readonly headers: FieldPairs; readonly trailers: boolean }
  | { readonly type: 'http.response.body'; readonly body: Uint8Array; readonly more: boolean }
  | { readonly type: 'http.response.trailers'; readonly headers: FieldPairs; readonly more: boolean }
  | { readonly type: 'http.response.early_hint'; readonly links: readonly string[] };

/** Is told about what is wrong but can be sent all the same. */
export interface Critic { soft(violation: AsgiViolation): void }

const nothing = new Uint8Array(0);

/** What the application did wrong at `site`. */
export function violationAt(site: SourceSite | undefined, code: string, clause: AsgiClause, message: string, advice: string, given: unknown, expected: string): AsgiViolation {
  return new AsgiViolation({ code, clause, message, advice, given: show(given), expected, ...(site && { site }) });
}

/** ASGI-app-1. `returned`: what came back from the call instead of a promise. */
export const notAwaitable = (returned: unknown): AsgiViolation =>
  violationAt(undefined, 'not-awaitable', 'ASGI-app-1', `The application returned ${describeType(returned)} instead of a promise.`, 'Make it async: async (scope, receive, send) => { … }.', returned, 'a promise');

/** Read a message. `site`: where it was sent. Throws AsgiViolation. */
export function readHttpMessage(message: unknown, site: SourceSite | undefined, critic: Critic): HttpMessage {
  if (typeof message !== 'object' || message === null) {
    throw violationAt(site, 'message-not-object', 'ASGI-app-2', `send was given ${describeType(message)} instead of a message.`, "Send an object with a type, such as { type: 'http.response.start', status: 200 }.", message, 'an object with a type');
  }
  const given = message as Readonly<Record<string, unknown>>;
  const { type } = given;
  switch (type) {
    case 'http.response.start': {
      const { status, headers, trailers } = given;
      if (typeof status !== 'number' || !Number.isInteger(status)) throw violationAt(site, 'status-not-integer', 'ASGI-start-2', `The status is ${describeType(status)}: ${show(status)}.`, 'Give a number, such as 200.', status, 'an integer from 200 to 599');
      if (status < 200 || status > 599) throw violationAt(site, 'status-range', 'ASGI-start-2', `${status} is not a final status code.`, status >= 100 && status < 200 ? 'Interim responses are the server\'s business (103: http.response.early_hint).' : 'Use a number from 200 to 599.', status, 'an integer from 200 to 599');
      return { type, status, headers: readHeaders(headers, site, critic), trailers: readFlag('trailers', trailers, 'ASGI-start-6', site) };
    }
    case 'http.response.body': {
      const { body, more_body: more } = given;
      if (body !== undefined && body !== null && !isBytes(body)) {
        throw violationAt(site, 'body-not-bytes', 'ASGI-body-1', `The body is ${describeType(body)} instead of bytes: ${show(body, 60)}.`, typeof body === 'string' ? 'Encode text first: new TextEncoder().encode(text).' : 'Give a Uint8Array.', body, 'a Uint8Array');
      }
      if ('moreBody' in given && more === undefined) critic.soft(violationAt(site, 'unknown-key', 'ASGI-body-1', 'The message has a key "moreBody".', 'ASGI spells it more_body.', given, 'more_body'));
      return { type, body: body ?? nothing, more: readFlag('more_body', more, 'ASGI-body-1', site) };
    }
    case 'http.response.trailers':
      return { type, headers: readHeaders(given['headers'], site, critic), more: readFlag('more_trailers', given['more_trailers'], 'ASGI-trailers-1', site) };
    case 'http.response.early_hint':
      return { type, links: readLinks(given['links'], site) };
    default: {
      const text = typeof type === 'string' ? type : '';
      const near = ['http.response.start', 'http.response.body'].find((known) => known.endsWith(text.split('.').at(-1) || '-') || similar(known, text));
      throw violationAt(site, 'message-unknown', 'ASGI-app-2', `The message type ${show(type)} is unknown in an http scope.`, near === undefined ? 'See the HTTP message format for the types there are.' : `Did you mean '${near}'?`, type, 'http.response.start or http.response.body');
    }
  }
}

/** One letter left out, doubled, or wrong: enough to say "did you mean". */
export function similar(known: string, text: string): boolean {
  if (Math.abs(known.length - text.length) > 2) return false;
  let i = 0;
  while (i < text.length && known[i] === text[i]) i += 1;
  let j = 0;
  while (j < text.length - i && known.at(-1 - j) === text.at(-1 - j)) j += 1;
  return i + j >= known.length - 2;
}

function readFlag(key: string, value: unknown, clause: AsgiClause, site: SourceSite | undefined): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value !== 'boolean') throw violationAt(site, 'flag-not-boolean', clause, `${key} is ${describeType(value)}: ${show(value)}.`, 'Give true or false.', value, 'true or false');
  return value;
}

/** ASGI-start-3, ASGI-ws.accept-3. Names and values as latin-1 strings. The same list as the last time, where the same is said again. */
export function readHeaders(headers: unknown, site: SourceSite | undefined, critic: Critic, clause: AsgiClause = 'ASGI-start-3'): FieldPairs {
  if (headers === undefined || headers === null) return [];
  const same = sameList(headers);
  if (same !== undefined) return same;
  if (typeof (headers as Partial<Iterable<unknown>>)[Symbol.iterator] !== 'function' || typeof headers === 'string') {
    throw violationAt(site, 'headers-not-iterable', clause, `headers is ${describeType(headers)}.`, 'Give an array of pairs: an object could not hold two Set-Cookie fields.', headers, '[[name, value], …] as bytes');
  }
  const pairs: FieldPairs[number][] = [];
  for (const pair of headers as Iterable<unknown>) {
    // What nearly every field is: two byte strings, and a name that was seen before.
    if (Array.isArray(pair) && pair.length === 2 && isBytes(pair[0]) && isBytes(pair[1])) {
      const field = familiarField(pair[0], pair[1]);
      if (field !== undefined) {
        pairs.push(field);
        continue;
      }
    }
    // Any iterable of two: an array, or what a Map gives.
    const [name, value, ...more] = Array.isArray(pair) || (typeof pair === 'object' && pair !== null && Symbol.iterator in pair) ? [...(pair as Iterable<unknown>)] : [];
    if (!isBytes(name) || !isBytes(value) || more.length > 0) {
      const strings = typeof name === 'string' || typeof value === 'string';
      throw violationAt(site, 'header-not-bytes', clause, `The header ${show(pair)} is not a pair of two byte strings.`, strings ? 'Encode both: [encoder.encode("content-type"), encoder.encode("text/plain")].' : 'Give [name, value], each a Uint8Array.', pair, 'a pair of two Uint8Arrays');
    }
    const text = latin1Text(name);
    if (text.startsWith(':')) throw violationAt(site, 'pseudo-header', clause, `${show(text)} is a pseudo header.`, 'Leave it out: the status is a key of the message.', text, 'no pseudo headers');
    const field = latin1Text(value);
    // Said here, where the application's line is known, rather than by the writer when the head goes out.
    if (text === '' || firstOutside(text, TCHAR) >= 0) throw violationAt(site, 'header-name', clause, `${show(text)} is not a field name.`, 'Use letters, digits and hyphens.', text, 'letters, digits and hyphens');
    if (firstOutside(field, VALUE) >= 0) throw violationAt(site, 'header-control', clause, `The value of ${text} contains a control character: ${show(field)}.`, 'Take line ends out of anything that a user typed: they would let him write headers, or a whole response, of his own.', field, 'no control characters');
    if (!/[A-Z]/.test(text)) remember(text);
    else critic.soft(violationAt(site, 'header-case', clause, `The header name ${show(text)} is not in lower case.`, `Write ${show(text.toLowerCase())}.`, text, text.toLowerCase()));
    pairs.push([text, field]);
  }
  return familiarList(pairs);
}

/** ASGI-hints-1. */
function readLinks(links: unknown, site: SourceSite | undefined): string[] {
  const wrong = (): AsgiViolation => violationAt(site, 'links-not-bytes', 'ASGI-hints-1', `links is ${describeType(links)}, not a list of byte strings.`, 'Give an array of Uint8Arrays, each the value of a Link field.', links, '[link, …] as bytes');
  if (typeof links !== 'object' || links === null || isBytes(links) || !(Symbol.iterator in links)) throw wrong();
  return [...(links as Iterable<unknown>)].map((link) => {
    if (!isBytes(link)) throw wrong();
    return latin1Text(link);
  });
}
