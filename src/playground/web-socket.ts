/** The WebSocket of the page: its log as data. What happens is told by the machine; see `WebSocketEvent`. */
import { fromUtf8Latin1, latin1Bytes } from '../client/latin1.ts';
import type { WebSocketEvent, WebSocketFrame, WebSocketRequest, WebSocketSend } from '../machine/types.ts';
import type { ErrorFacts } from '../trace/events.ts';
import { parseForm } from './request-form.ts';

/** One line of the log. */
export type WsEntry = { readonly id: number } & (
  | { readonly kind: 'open'; readonly subprotocol?: string; readonly compressed: boolean }
  | ({ readonly kind: 'frame' } & WebSocketFrame)
  | { readonly kind: 'message'; readonly direction: 'sent' | 'received'; readonly data: string | Uint8Array }
  | { readonly kind: 'ping' | 'pong' | 'raw'; readonly direction: 'sent' | 'received'; readonly bytes: Uint8Array }
  | { readonly kind: 'close'; readonly code: number; readonly reason: string }
  | { readonly kind: 'rejected'; readonly status: number; readonly reason: string; readonly body: string; readonly error?: ErrorFacts }
  | { readonly kind: 'closed'; readonly code: number; readonly reason: string; readonly clean: boolean; readonly message?: string; readonly error?: ErrorFacts }
  | { readonly kind: 'unsent'; readonly error: ErrorFacts }
);

/** The WebSocket that was opened last. */
export interface WsState {
  readonly phase: 'connecting' | 'open' | 'over';
  /** Connection id in the trace; 0 where none came about. */
  readonly connection: number;
  readonly log: readonly WsEntry[];
}

/** Lines of the log that are kept. Older ones are in the trace. */
export const maxLog = 1000;

/** What the members of an entry are without its id. */
export type WsNews = WsEntry extends infer E ? (E extends { readonly id: number } ? Omit<E, 'id'> : never) : never;

/** The state after something was added to its log. */
export function withNews(state: WsState, news: WsNews): WsState {
  const entry = { ...news, id: (state.log.at(-1)?.id ?? 0) + 1 } as WsEntry;
  const phase = entry.kind === 'open' ? 'open' : entry.kind === 'closed' || entry.kind === 'rejected' ? 'over' : state.phase;
  return { ...state, phase, log: [...state.log, entry].slice(-maxLog) };
}

/** What an event of the machine adds to the log. */
export function newsOf(event: WebSocketEvent): WsNews {
  switch (event.type) {
    case 'open': return { kind: 'open', compressed: event.compressed, ...(event.subprotocol !== undefined && { subprotocol: event.subprotocol }) };
    case 'frame': {
      const { type: _, ...frame } = event;
      return { kind: 'frame', ...frame };
    }
    case 'message': return { kind: 'message', direction: 'received', data: event.data };
    case 'ping':
    case 'pong': return { kind: event.type, direction: 'received', bytes: event.payload };
    case 'rejected': return { kind: 'rejected', status: event.status, reason: event.reason, body: new TextDecoder().decode(event.body), ...(event.error && { error: event.error }) };
    case 'closed': {
      const { type: _, ...rest } = event;
      return { kind: 'closed', ...rest };
    }
  }
}

/** What sending adds to the log. */
export function newsOfSend(what: WebSocketSend): WsNews {
  switch (what.type) {
    case 'text': return { kind: 'message', direction: 'sent', data: what.text };
    case 'binary': return { kind: 'message', direction: 'sent', data: what.bytes };
    case 'ping':
    case 'pong': return { kind: what.type, direction: 'sent', bytes: what.payload };
    case 'raw': return { kind: 'raw', direction: 'sent', bytes: what.bytes };
    case 'close': return { kind: 'close', code: what.code, reason: what.reason };
  }
}

/** The saved request is a handshake by itself: it is sent as it is written. */
export const isHandshake = (raw: string): boolean => /\r?\nupgrade[ \t]*:[^\n]*websocket/i.test(raw);

/** How a WebSocket is asked for: with the saved request's own bytes where it is a handshake, else for its target. */
export function openingOf(raw: string, options: { readonly subprotocols: readonly string[]; readonly compress: boolean }): WebSocketRequest {
  if (isHandshake(raw)) return { bytes: latin1Bytes(raw) };
  const parsed = parseForm(raw);
  return { target: parsed.ok ? parsed.form.target : '/', subprotocols: options.subprotocols, compress: options.compress };
}

/** A handshake to be changed by hand. The key is that of RFC 6455 §1.3: any sixteen octets do. */
export function handshakeFor(raw: string): string {
  const parsed = parseForm(raw);
  return [
    `GET ${parsed.ok ? parsed.form.target : '/'} HTTP/1.1`, 'Host: 127.0.0.1:8000', 'Connection: Upgrade', 'Upgrade: websocket',
    'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', '', '',
  ].join('\r\n');
}

/** Octets written as hexadecimal digits, with any white space; undefined where they are not. */
export function readHex(text: string): Uint8Array | undefined {
  const digits = text.replace(/\s+/g, '');
  if (!/^(?:[0-9a-f]{2})*$/i.test(digits)) return undefined;
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** `48 65 6c`. */
export const writeHex = (bytes: Uint8Array): string => Array.from(bytes, (octet) => octet.toString(16).padStart(2, '0')).join(' ');

/** As text where it is UTF-8 without control characters but line ends and tabs; undefined otherwise. */
export function readable(bytes: Uint8Array): string | undefined {
  const text = fromUtf8Latin1(String.fromCharCode(...bytes.subarray(0, 4096)));
  return text === undefined || /[^\P{C}\r\n\t]/u.test(text) ? undefined : text;
}
