/** The messages that an application may `send` within the `websocket` scope: their shapes, checked. As `messages.ts` for `http`. */
import type { FieldPairs } from '../../core/http1/events.ts';
import { mayBeSent } from '../../core/ws/close-codes.ts';
import type { SourceSite } from '../../trace/events.ts';
import { describeType, isBytes, show } from '../render.ts';
import { readHeaders, readHttpMessage, similar, violationAt, type Critic, type HttpMessage } from './messages.ts';

/** A message, understood. `denial`: a part of an HTTP response instead of accept or close. */
export type WebSocketMessage =
  | { readonly type: 'websocket.accept'; readonly subprotocol: string | undefined; readonly headers: FieldPairs }
  | { readonly type: 'websocket.send'; readonly data: string | Uint8Array }
  | { readonly type: 'websocket.close'; readonly code: number; readonly reason: string }
  | { readonly type: 'denial'; readonly message: HttpMessage };

const known = ['websocket.accept', 'websocket.send', 'websocket.close', 'websocket.http.response.start', 'websocket.http.response.body'];

/** Fields of the handshake that are the server's to write. */
const handshakeFields = ['upgrade', 'connection', 'sec-websocket-accept', 'sec-websocket-extensions', 'sec-websocket-version'];

/** RFC6455-5.5-CONTROL-FRAME: 125 octets, two of them for the code. */
const maxReasonBytes = 123;

const encoder = new TextEncoder();

/** Read a message. `subprotocols`: what the client advertised. `site`: where it was sent. Throws AsgiViolation. */
export function readWebSocketMessage(message: unknown, subprotocols: readonly string[], site: SourceSite | undefined, critic: Critic): WebSocketMessage {
  if (typeof message !== 'object' || message === null) {
    throw violationAt(site, 'message-not-object', 'ASGI-app-2', `send was given ${describeType(message)} instead of a message.`, "Send an object with a type, such as { type: 'websocket.send', text: 'hello' }.", message, 'an object with a type');
  }
  const given = message as Readonly<Record<string, unknown>>;
  const { type } = given;
  switch (type) {
    case 'websocket.accept':
      return { type, subprotocol: readSubprotocol(given['subprotocol'], subprotocols, site), headers: readAcceptHeaders(given['headers'], site, critic) };
    case 'websocket.send':
      return { type, data: readData(given['bytes'], given['text'], site) };
    case 'websocket.close':
      return { type, code: readCode(given['code'], site), reason: readReason(given['reason'], site) };
    case 'websocket.http.response.start':
    case 'websocket.http.response.body':
      return { type: 'denial', message: readHttpMessage({ ...given, type: type.slice('websocket.'.length) }, site, critic) };
    default: {
      const text = typeof type === 'string' ? type : '';
      const near = known.find((each) => each.endsWith(`.${text.split('.').at(-1) || '-'}`) || similar(each, text));
      throw violationAt(site, 'message-unknown', 'ASGI-app-2', `The message type ${show(type)} is unknown in a websocket scope.`, near === undefined ? 'See the WebSocket message format for the types there are.' : `Did you mean '${near}'?`, type, 'websocket.accept, websocket.send or websocket.close');
    }
  }
}

/** ASGI-ws.accept-2. */
function readSubprotocol(subprotocol: unknown, offered: readonly string[], site: SourceSite | undefined): string | undefined {
  if (subprotocol === undefined || subprotocol === null) return undefined;
  const expected = offered.length === 0 ? 'none: the client advertised no subprotocol' : `one of ${offered.join(', ')}, or none`;
  if (typeof subprotocol !== 'string') throw violationAt(site, 'subprotocol-not-string', 'ASGI-ws.accept-2', `subprotocol is ${describeType(subprotocol)}: ${show(subprotocol)}.`, 'Give a string out of scope.subprotocols, or leave it out.', subprotocol, expected);
  // RFC6455-4.1-RESPONSE-6: the client would have to fail the connection.
  if (!offered.includes(subprotocol)) throw violationAt(site, 'subprotocol-not-offered', 'ASGI-ws.accept-2', `The client did not offer the subprotocol ${show(subprotocol)}: it would end the connection.`, offered.length === 0 ? 'Leave subprotocol out.' : 'Choose out of scope.subprotocols, or leave it out.', subprotocol, expected);
  return subprotocol;
}

/** ASGI-ws.accept-3. */
function readAcceptHeaders(headers: unknown, site: SourceSite | undefined, critic: Critic): FieldPairs {
  const fields = readHeaders(headers, site, critic, 'ASGI-ws.accept-3');
  for (const [name] of fields) {
    const lower = name.toLowerCase();
    if (lower === 'sec-websocket-protocol') throw violationAt(site, 'accept-subprotocol-header', 'ASGI-ws.accept-3', 'The headers of websocket.accept include sec-websocket-protocol.', "Give it as subprotocol: { type: 'websocket.accept', subprotocol: 'chat' }.", name, 'the key subprotocol');
    if (handshakeFields.includes(lower)) throw violationAt(site, 'accept-handshake-header', 'ASGI-ws.accept-3', `The headers of websocket.accept include ${lower}, which belongs to the handshake.`, 'Leave it out: the server writes it.', name, 'headers of your own');
  }
  return fields;
}

/** ASGI-ws.send-1, ASGI-ws.send-2. */
function readData(bytes: unknown, text: unknown, site: SourceSite | undefined): string | Uint8Array {
  const hasBytes = bytes !== undefined && bytes !== null;
  const hasText = text !== undefined && text !== null;
  if (hasBytes && hasText) throw violationAt(site, 'send-both', 'ASGI-ws.send-1', 'websocket.send has both bytes and text.', 'Send two messages, or leave one of them out.', { bytes, text }, 'one of bytes and text');
  if (hasText) {
    if (typeof text !== 'string') throw violationAt(site, 'text-not-string', 'ASGI-ws.send-2', `text is ${describeType(text)}: ${show(text, 60)}.`, isBytes(text) ? 'Send bytes as bytes: { type: \'websocket.send\', bytes }.' : 'Give a string: JSON.stringify turns an object into one.', text, 'a string');
    // A lone surrogate is half a character: UTF-8 has no octets for it, and RFC6455-5.6 wants UTF-8.
    if (!text.isWellFormed()) throw violationAt(site, 'text-not-unicode', 'ASGI-ws.send-2', `text contains half a surrogate pair: ${show(text, 60)}.`, 'Cut strings between characters (text.toWellFormed() replaces what is broken), or send bytes.', text, 'Unicode text');
    return text;
  }
  if (!hasBytes) throw violationAt(site, 'send-neither', 'ASGI-ws.send-1', 'websocket.send has neither bytes nor text.', "Give one of them: { type: 'websocket.send', text: 'hello' }.", { bytes, text }, 'one of bytes and text');
  if (!isBytes(bytes)) throw violationAt(site, 'bytes-not-bytes', 'ASGI-ws.send-2', `bytes is ${describeType(bytes)}: ${show(bytes, 60)}.`, typeof bytes === 'string' ? "Send text as text: { type: 'websocket.send', text }." : 'Give a Uint8Array.', bytes, 'a Uint8Array');
  return bytes;
}

/** ASGI-ws.close-2. */
function readCode(code: unknown, site: SourceSite | undefined): number {
  if (code === undefined || code === null) return 1000;
  const expected = '1000, another registered code, or 3000 to 4999';
  if (typeof code !== 'number') throw violationAt(site, 'close-code-not-integer', 'ASGI-ws.close-2', `The close code is ${describeType(code)}: ${show(code)}.`, 'Give a number, such as 1000.', code, expected);
  if (!mayBeSent(code)) throw violationAt(site, 'close-code', 'ASGI-ws.close-2', `${code} must not stand in a Close frame (RFC 6455 §7.4).`, 'Use 1000 for a normal closure, and 3000 to 4999 for your own.', code, expected);
  return code;
}

/** ASGI-ws.close-3. */
function readReason(reason: unknown, site: SourceSite | undefined): string {
  if (reason === undefined || reason === null) return '';
  if (typeof reason !== 'string') throw violationAt(site, 'close-reason-not-string', 'ASGI-ws.close-3', `The reason is ${describeType(reason)}: ${show(reason)}.`, 'Give a string.', reason, 'a string');
  const size = encoder.encode(reason).length;
  if (size > maxReasonBytes) throw violationAt(site, 'close-reason-too-long', 'ASGI-ws.close-3', `The reason takes ${size} octets; a Close frame has room for ${maxReasonBytes}.`, 'Shorten it, or say it in a message before.', reason, `at most ${maxReasonBytes} octets of UTF-8`);
  return reason;
}
