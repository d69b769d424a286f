import type { Span } from '../../trace/events.ts';

/** A text message, whole. `text` is Unicode. */
export interface TextMessage { readonly type: 'text'; readonly text: string; readonly span?: Span }
/** A binary message, whole. Received: `bytes` is yours. Sent: copied before `send` returns. */
export interface BinaryMessage { readonly type: 'binary'; readonly bytes: Uint8Array; readonly span?: Span }
/** At most 125 octets of payload. */
export interface Ping { readonly type: 'ping'; readonly payload: Uint8Array; readonly span?: Span }
/** The answer to a ping, or an unasked-for sign of life. */
export interface Pong { readonly type: 'pong'; readonly payload: Uint8Array; readonly span?: Span }
/** A Close frame. Received without a code: 1005. Sent with code 1005: an empty payload. `reason`: at most 123 octets of UTF-8. */
export interface Close { readonly type: 'close'; readonly code: number; readonly reason: string; readonly span?: Span }
/** The socket ended. `clean`: after Close frames both ways; otherwise the close code is 1006 (RFC6455-7.1.5). */
export interface Ended { readonly type: 'ended'; readonly clean: boolean }
/** Nothing can be said before more bytes arrive. */
export interface WsNeedData { readonly type: 'need-data' }

/** What `nextEvent` returns. */
export type WsReceivedEvent = TextMessage | BinaryMessage | Ping | Pong | Close | Ended | WsNeedData;
/** What `send` takes. */
export type WsSentEvent = TextMessage | BinaryMessage | Ping | Pong | Close;

/** The one {@link WsNeedData}. */
export const WS_NEED_DATA: WsNeedData = Object.freeze({ type: 'need-data' });
