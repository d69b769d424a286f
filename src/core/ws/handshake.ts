/**
 * The opening handshake (RFC 6455 §4), both roles, as functions over HTTP messages: given a request, what to answer;
 * given an answer, is it one. The bytes are the HTTP core's affair.
 */
import { sha1 } from '@noble/hashes/legacy.js';
import type { Span } from '../../trace/events.ts';
import { RemoteProtocolError } from '../http1/errors.ts';
import type { FieldPairs, Request, RequestToSend, Response } from '../http1/events.ts';
import type { Fields } from '../http1/headers.ts';
import { type ExtensionOffer, parseExtensions } from './extensions.ts';
import { acceptOffer, clientOffer, type DeflateParameters, readAnswer } from './permessage-deflate.ts';

/** RFC6455-1.3: the string that nobody but a WebSocket server would append to the key. */
const keySuffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const tokenPattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const base64Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** A request that asks for WebSocket, with what it offers. */
export interface HandshakeRequest {
  readonly key: string;
  /** In the client's order of preference. */
  readonly subprotocols: readonly string[];
  readonly extensions: readonly ExtensionOffer[];
  readonly origin: string | undefined;
}

/** The request can't become a WebSocket. `headers` go with the error response (426 says which version is spoken). */
export interface HandshakeRefusal {
  readonly error: RemoteProtocolError;
  readonly headers: FieldPairs;
}

/** Comma-separated elements of a field, trimmed, empty ones dropped (RFC9110-5.6.1.2). */
const listOf = (value: string | undefined): string[] => (value ?? '').split(',').map((element) => element.replace(/^[ \t]+|[ \t]+$/g, '')).filter((element) => element !== '');

const hasToken = (fields: Fields, name: string, token: string): boolean => listOf(fields.get(name)).some((element) => element.toLowerCase() === token);

/**
 * Does this request mean to open a WebSocket? True when `Upgrade` names it, or when a key is sent without it: the usual
 * cause is a proxy that strips `Upgrade`, and the person is helped more by an error that says so than by a 404 of the app.
 */
export const wantsWebSocket = (request: Request): boolean => hasToken(request.headers, 'upgrade', 'websocket') || request.headers.has('sec-websocket-key');

/** Check a request against RFC6455-4.2.1. */
export function readHandshake(request: Request): HandshakeRequest | HandshakeRefusal {
  const { headers } = request;
  const at = (name: string): Span => spanOf(headers, name) ?? request.span;

  // RFC6455-4.2.1-1: "An HTTP/1.1 or higher GET request"
  if (request.method !== 'GET') {
    return refuse(405, 'ws-method', 'RFC6455-4.2.1-1', `A WebSocket handshake is a GET request; this is ${request.method.slice(0, 20)}.`, 'Use GET.', request.methodSpan, [['Allow', 'GET']]);
  }
  if (request.version < 11) {
    return refuse(400, 'ws-http-version', 'RFC6455-4.2.1-1', 'A WebSocket handshake needs HTTP/1.1; HTTP/1.0 has no Upgrade.', 'Send HTTP/1.1. Behind nginx: proxy_http_version 1.1.', request.versionSpan);
  }
  // RFC9110-9.3.1: content of a GET has no meaning; here it would also stand where the first frame begins.
  if (request.framing.kind !== 'none' && request.framing.length !== 0) {
    return refuse(400, 'ws-content', 'RFC9110-9.3.1', 'A WebSocket handshake has no content, but this request announces some.', 'Leave Content-Length and Transfer-Encoding out.', at(request.framing.kind === 'chunked' ? 'transfer-encoding' : 'content-length'));
  }
  // RFC6455-4.2.1-3
  if (!hasToken(headers, 'upgrade', 'websocket')) {
    return refuse(400, 'ws-no-upgrade', 'RFC6455-4.2.1-3', 'Sec-WebSocket-Key is there, but the Upgrade field does not name "websocket".', 'Send "Upgrade: websocket". A proxy in between may have removed it: it is hop-by-hop.', at('upgrade'));
  }
  // RFC6455-4.2.1-4
  if (!hasToken(headers, 'connection', 'upgrade')) {
    return refuse(400, 'ws-no-connection-upgrade', 'RFC6455-4.2.1-4', 'The Connection field does not name "Upgrade".', 'Send "Connection: Upgrade".', at('connection'));
  }
  // RFC6455-4.2.1-5: decoded, the key is 16 octets. RFC6455-11.3.1: it must not appear more than once.
  const keys = headers.getAll('sec-websocket-key');
  if (keys.length !== 1) {
    return refuse(400, 'ws-key-count', 'RFC6455-11.3.1-ONCE', `Sec-WebSocket-Key is there ${keys.length} times; it must be there once.`, 'Send one Sec-WebSocket-Key: 16 random octets in base64.', at('sec-websocket-key'));
  }
  const key = keys[0]!;
  if (!isKey(key)) {
    return refuse(400, 'ws-bad-key', 'RFC6455-4.2.1-5', 'Sec-WebSocket-Key is not 16 octets in base64.', 'Send 16 random octets in base64: 22 characters and "==".', at('sec-websocket-key'));
  }
  // RFC6455-4.2.1-6 and 4.4: another version is answered with the one that is spoken.
  const versions = headers.getAll('sec-websocket-version');
  if (versions.length !== 1 || versions[0] !== '13') {
    const given = versions.length === 0 ? 'is missing' : versions.length > 1 ? `is there ${versions.length} times` : 'is not 13';
    return refuse(426, 'ws-version', 'RFC6455-4.4-VERSION', `Sec-WebSocket-Version ${given}; this server speaks version 13.`, 'Send "Sec-WebSocket-Version: 13".', at('sec-websocket-version'), [['Upgrade', 'websocket'], ['Sec-WebSocket-Version', '13']]);
  }
  // RFC6455-4.1-REQUEST-10: subprotocols are tokens, "MUST all be unique strings".
  const subprotocols = listOf(headers.get('sec-websocket-protocol'));
  if (subprotocols.some((name) => !tokenPattern.test(name)) || new Set(subprotocols).size !== subprotocols.length || (headers.has('sec-websocket-protocol') && subprotocols.length === 0)) {
    return refuse(400, 'ws-bad-subprotocol', 'RFC6455-4.1-REQUEST-10', 'Sec-WebSocket-Protocol is not a list of different tokens.', 'Name each subprotocol once, without spaces or quotes.', at('sec-websocket-protocol'));
  }
  const extensions = parseExtensions(headers.get('sec-websocket-extensions') ?? '');
  if (!extensions) {
    return refuse(400, 'ws-bad-extensions', 'RFC6455-9.1-GRAMMAR', 'Sec-WebSocket-Extensions does not follow its grammar.', 'Write: name; parameter=value, next-name.', at('sec-websocket-extensions'));
  }
  return { key, subprotocols, extensions, origin: headers.get('origin') };
}

/** Fields of the 101 response (RFC6455-4.2.2-5), and the compression agreed on. */
export function answerHandshake(
  handshake: HandshakeRequest,
  options: { readonly subprotocol?: string | undefined; readonly compress?: boolean; readonly headers?: FieldPairs } = {},
): { readonly headers: FieldPairs; readonly deflate: DeflateParameters | undefined } {
  const agreed = options.compress === false ? undefined : acceptOffer(handshake.extensions);
  const headers: [string, string][] = [
    ['Upgrade', 'websocket'],
    ['Connection', 'Upgrade'],
    ['Sec-WebSocket-Accept', acceptKey(handshake.key)],
  ];
  if (options.subprotocol !== undefined) headers.push(['Sec-WebSocket-Protocol', options.subprotocol]);
  if (agreed) headers.push(['Sec-WebSocket-Extensions', agreed.field]);
  for (const [name, value] of options.headers ?? []) headers.push([name, value]);
  return { headers, deflate: agreed?.parameters };
}

/** The request that opens a WebSocket (RFC6455-4.1). `nonce`: 16 fresh random octets. `host`: as in the Host field. */
export function openHandshake(options: {
  readonly host: string;
  readonly target: string;
  readonly nonce: Uint8Array;
  readonly subprotocols?: readonly string[];
  readonly compress?: boolean;
  readonly headers?: FieldPairs;
}): { readonly request: RequestToSend; readonly key: string } {
  const key = base64(options.nonce);
  const headers: [string, string][] = [
    ['Host', options.host],
    ['Upgrade', 'websocket'],
    ['Connection', 'Upgrade'],
    ['Sec-WebSocket-Key', key],
    ['Sec-WebSocket-Version', '13'],
  ];
  if (options.subprotocols?.length) headers.push(['Sec-WebSocket-Protocol', options.subprotocols.join(', ')]);
  if (options.compress) headers.push(['Sec-WebSocket-Extensions', clientOffer]);
  for (const [name, value] of options.headers ?? []) headers.push([name, value]);
  return { request: { type: 'request', method: 'GET', target: options.target, headers }, key };
}

/** What the client and the server agreed on. */
export interface HandshakeOutcome {
  readonly subprotocol: string | undefined;
  readonly deflate: DeflateParameters | undefined;
}

/** Check the server's answer against RFC6455-4.1 ("…the client MUST validate the server's response"). A refusal's `status` is 1006: no Close frame can be sent. */
export function readAnswerToHandshake(response: Response, sent: { readonly key: string; readonly subprotocols?: readonly string[]; readonly compress?: boolean }): HandshakeOutcome | HandshakeRefusal {
  const { headers } = response;
  const no = (code: string, clause: string, message: string, advice: string, name?: string): HandshakeRefusal =>
    refuse(1006, code, clause, message, advice, (name && spanOf(headers, name)) || response.span);

  if (response.status !== 101) return no('ws-not-101', 'RFC6455-4.1-RESPONSE-1', `The server answered ${response.status}, not 101: it did not open a WebSocket.`, 'Read the body of the answer; it often says why.');
  if (headers.get('upgrade')?.toLowerCase() !== 'websocket') return no('ws-answer-upgrade', 'RFC6455-4.1-RESPONSE-2', 'The answer lacks "Upgrade: websocket".', 'The server must repeat it.', 'upgrade');
  if (!hasToken(headers, 'connection', 'upgrade')) return no('ws-answer-connection', 'RFC6455-4.1-RESPONSE-3', 'The answer lacks "Connection: Upgrade".', 'The server must repeat it.', 'connection');
  if (headers.get('sec-websocket-accept') !== acceptKey(sent.key)) {
    return no('ws-answer-accept', 'RFC6455-4.1-RESPONSE-4', 'Sec-WebSocket-Accept does not match the key that was sent.', 'The server must answer base64(SHA-1(key + the fixed GUID)).', 'sec-websocket-accept');
  }
  const answers = parseExtensions(headers.get('sec-websocket-extensions') ?? '');
  const deflate = answers?.[0] && sent.compress ? readAnswer(answers[0]) : undefined;
  if (!answers || answers.length > 1 || (answers.length === 1 && !deflate)) {
    return no('ws-answer-extensions', 'RFC6455-4.1-RESPONSE-5', 'The server chose an extension that was not offered.', 'It may only choose from the offer.', 'sec-websocket-extensions');
  }
  const chosen = headers.getAll('sec-websocket-protocol');
  if (chosen.length > 1 || (chosen.length === 1 && !sent.subprotocols?.includes(chosen[0]!))) {
    return no('ws-answer-subprotocol', 'RFC6455-4.1-RESPONSE-6', 'The server chose a subprotocol that was not offered.', 'It may only choose from the offer.', 'sec-websocket-protocol');
  }
  return { subprotocol: chosen[0], deflate };
}

/** Tells a refusal from a success. */
export const isRefusal = (outcome: object): outcome is HandshakeRefusal => 'error' in outcome;

/** RFC6455-4.2.2-5.4: base64(SHA-1(key + GUID)). */
export const acceptKey = (key: string): string => base64(sha1(new TextEncoder().encode(key + keySuffix)));

/** 22 characters of base64 and "==", the last character carrying two bits (RFC4648-3.5: the others are zero). */
const isKey = (key: string): boolean => /^[A-Za-z0-9+/]{21}[AQgw]==$/.test(key);

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const group = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const known = Math.min(3, bytes.length - i) + 1;
    for (let k = 0; k < 4; k++) text += k < known ? base64Alphabet[(group >> (18 - 6 * k)) & 63]! : '=';
  }
  return text;
}

function spanOf(fields: Fields, name: string): Span | undefined {
  for (let i = 0; i < fields.length; i++) if (fields.lowerName(i) === name) return fields.valueSpan(i);
  return undefined;
}

const refuse = (status: number, code: string, clause: string, message: string, advice: string, span: Span, headers: FieldPairs = []): HandshakeRefusal => ({
  error: new RemoteProtocolError({ code, status, clause, message, advice, span }),
  headers,
});
