/**
 * Exchanges as a HAR file (HTTP Archive 1.2, http://www.softwareishard.com/blog/har-12-spec/), as browsers' network panels
 * write and read it. Names that begin with `_` are additions, which the format allows.
 */
import { toBase64 } from '../../client/base64.ts';
import { percentDecode } from '../../client/curl-url.ts';
import { fromUtf8Latin1, latin1Text } from '../../client/latin1.ts';
import { contentOctets } from '../../client/request-content.ts';
import { bodyKind, header, utf8, type HeaderPairs } from '../response.ts';
import type { TraceLog } from '../trace-log.ts';
import { recordedExchanges, type RecordedExchange } from './exchange.ts';

/** What goes into the file. */
export interface HarOptions {
  /** Unix time (ms) of the trace's time 0: in the page `performance.timeOrigin`. */
  readonly epochMs: number;
  /** Version of Porthole, for `log.creator`. */
  readonly version: string;
  /** Only this connection, or only this exchange on it. Default: all. */
  readonly connection?: number;
  readonly exchange?: number;
}

/** The text of a HAR file. The same trace gives the same text. */
export function toHar(log: TraceLog, options: HarOptions): string {
  const entries = recordedExchanges(log, options.connection)
    .filter(({ exchange }) => options.exchange === undefined || exchange === options.exchange)
    .map((exchange) => entryOf(exchange, options.epochMs))
    .toSorted((a, b) => (a.startedDateTime < b.startedDateTime ? -1 : a.startedDateTime > b.startedDateTime ? 1 : 0));
  return `${JSON.stringify({ log: { version: '1.2', creator: { name: 'Porthole', version: options.version }, entries } }, null, 2)}\n`;
}

function entryOf(exchange: RecordedExchange, epochMs: number) {
  const { times, connection, server } = exchange;
  const began = times.connected ?? times.firstSent ?? times.firstReceived ?? 0;
  const timings = timingsOf(exchange);
  return {
    startedDateTime: new Date(epochMs + began).toISOString(),
    time: round(Object.values(timings).reduce((sum, ms) => sum + Math.max(0, ms), 0)),
    request: requestOf(exchange),
    response: responseOf(exchange),
    cache: {},
    timings,
    ...(/^[\d.]+:\d+$/.test(server) && { serverIPAddress: server.slice(0, server.lastIndexOf(':')) }),
    connection: String(connection),
    ...(exchange.problem && { comment: `${exchange.problem.clause}: ${exchange.problem.message}` }),
  };
}

/** To the microsecond. */
const round = (ms: number): number => Math.round(ms * 1000) / 1000;

/** ms; -1 is the format's "does not apply". */
function timingsOf({ times: { connected, firstSent, lastSent, firstReceived, lastReceived } }: RecordedExchange) {
  const between = (from: number | undefined, to: number | undefined): number => (from === undefined || to === undefined ? 0 : round(Math.max(0, to - from)));
  return {
    blocked: -1,
    dns: -1,
    // From the connection's first moment to the request's: the handshake itself takes no time here.
    connect: connected === undefined ? -1 : between(connected, firstSent),
    send: between(firstSent, lastSent),
    wait: between(lastSent, firstReceived),
    receive: between(firstReceived, lastReceived),
    ssl: -1,
  };
}

function requestOf({ request, requestBytes, problem, server }: RecordedExchange) {
  const line = latin1Text(requestBytes.subarray(0, 4096)).split(/\r?\n/, 1)[0]!;
  const [method = '', target = '', version = 'HTTP/1.1'] = line.split(' ');
  const fields: HeaderPairs = request?.fields ?? [];
  const headBytes = request ? request.head[1] - request.head[0] : -1;
  const url = absolute(request?.target ?? target, header(fields, 'host') ?? server);
  const query = /\?([^#]*)/.exec(url)?.[1];
  return {
    method: request?.method ?? method,
    url,
    httpVersion: request ? `HTTP/${request.version}` : version,
    cookies: fields.filter(([name]) => name.toLowerCase() === 'cookie').flatMap(([, value]) => value.split(/;\s*/)).map(pair),
    headers: named(fields),
    queryString: query === undefined || query === '' ? [] : query.split('&').map((part) => decoded(pair(part))),
    ...(request && !problem && requestBytes.length > headBytes && { postData: postData(contentOctets(requestBytes.subarray(headBytes), request), fields) }),
    headersSize: headBytes,
    bodySize: request ? requestBytes.length - headBytes : -1,
    // What no HAR can hold is kept as it was; the import reads it.
    ...(problem && { _octets: toBase64(requestBytes) }),
  };
}

function postData(content: Uint8Array, fields: HeaderPairs) {
  const text = utf8(content);
  return { mimeType: header(fields, 'content-type') ?? '', ...(text === undefined ? { text: toBase64(content), _encoding: 'base64' } : { text }) };
}

function responseOf({ response, responseBytes, incomplete }: RecordedExchange) {
  if (!response) {
    // As browsers write a request that got no answer.
    const why = incomplete ? 'What came back is not a whole response.' : 'There was no response.';
    return { status: 0, statusText: '', httpVersion: '', cookies: [], headers: [], content: { size: 0, mimeType: 'x-unknown' }, redirectURL: '', headersSize: -1, bodySize: -1, _error: why };
  }
  const { headers, body } = response;
  const headBytes = headLength(responseBytes, response.informational.length);
  const kind = bodyKind(headers, body);
  const text = kind === 'binary' || kind === 'image' ? undefined : utf8(body);
  const content = text === undefined ? { text: toBase64(body), encoding: 'base64' } : { text };
  return {
    status: response.status,
    statusText: response.reason,
    httpVersion: response.version,
    cookies: headers.filter(([name]) => name.toLowerCase() === 'set-cookie').map(([, value]) => setCookie(value)),
    headers: named(headers),
    content: { size: body.length, mimeType: header(headers, 'content-type') ?? 'x-unknown', ...(body.length > 0 && content) },
    redirectURL: header(headers, 'location') ?? '',
    headersSize: headBytes,
    bodySize: responseBytes.length - headBytes,
    ...(incomplete && { _error: 'The response was cut off.' }),
  };
}

/** Octets of the heads: interim responses, and the final one up to its empty line. Our own parser has found them whole. */
function headLength(bytes: Uint8Array, interim: number): number {
  let at = 0;
  for (let left = interim; left >= 0; left -= 1) {
    let lineStart = at;
    for (;;) {
      const lf = bytes.indexOf(0x0a, at);
      if (lf < 0) return bytes.length;
      const empty = lf === lineStart || (lf === lineStart + 1 && bytes[lineStart] === 0x0d);
      at = lineStart = lf + 1;
      if (empty) break;
    }
  }
  return at;
}

const named = (fields: HeaderPairs) => fields.map(([name, value]) => ({ name, value }));

function pair(text: string): { readonly name: string; readonly value: string } {
  const equals = text.indexOf('=');
  return equals < 0 ? { name: text.trim(), value: '' } : { name: text.slice(0, equals).trim(), value: text.slice(equals + 1) };
}

/** Percent-encoding and `+` taken off, where what comes out is UTF-8. */
function decoded({ name, value }: { readonly name: string; readonly value: string }) {
  const read = (text: string): string => fromUtf8Latin1(percentDecode(text.replaceAll('+', ' '))) ?? text;
  return { name: read(name), value: read(value) };
}

function setCookie(value: string) {
  const [first = '', ...attributes] = value.split(/;\s*/);
  const said = (name: string): string | undefined => attributes.map(pair).find((attribute) => attribute.name.toLowerCase() === name)?.value;
  const expires = Date.parse(said('expires') ?? '');
  const path = said('path');
  const domain = said('domain');
  return {
    ...pair(first),
    ...(path !== undefined && { path }),
    ...(domain !== undefined && { domain }),
    ...(!Number.isNaN(expires) && { expires: new Date(expires).toISOString() }),
    httpOnly: said('httponly') !== undefined,
    secure: said('secure') !== undefined,
  };
}

/** The format wants an absolute URL; a request has a target. */
function absolute(target: string, authority: string): string {
  if (/^[a-z][\w+.-]*:\/\//i.test(target)) return target;
  return `http://${authority}${target.startsWith('/') ? target : `/${target === '*' ? '' : target}`}`;
}
