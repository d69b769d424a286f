/**
 * What a {@link Connection} says and is told. One union for both directions and both roles, as in h11:
 * the events that a server receives are those that a client sends.
 *
 * Every event that came from bytes has a `span`: absolute offsets into the stream it was read from.
 */
import type { Span } from '../../trace/events.ts';
import type { Fields } from './headers.ts';
import type { TargetParts } from './target.ts';

/** How a body is delimited (RFC 9112 §6.3). `length` in octets, -1 where not known in advance. */
export interface Framing {
  readonly kind: 'none' | 'content-length' | 'chunked' | 'until-close' | 'tunnel';
  readonly length: number;
}

/** `HTTP/` major.minor as numbers: 10 for HTTP/1.0, 11 for HTTP/1.1. */
export type HttpVersion = 10 | 11;

/** Field lines as an application writes them: name and value as latin-1 strings, in order. */
export type FieldPairs = readonly (readonly [name: string, value: string])[];

/**
 * A request head (received). Strings are latin-1, and all are decoded when the first is asked for, which must be before `startNextCycle`: a head that nobody has read by
 * then is given up, and asking throws.
 */
export interface Request {
  readonly type: 'request';
  readonly method: string;
  /** The request target exactly as received. */
  readonly target: string;
  /** The target taken apart: its form, and where authority, path and query are in it. */
  readonly targetParts: TargetParts;
  readonly version: HttpVersion;
  readonly headers: Fields;
  readonly framing: Framing;
  /** The connection will be kept after this exchange unless somebody objects (RFC 9112 §9.3). */
  readonly keepAlive: boolean;
  /** `Expect: 100-continue` was sent and the client may be waiting (RFC 9110 §10.1.1). */
  readonly expects100: boolean;
  /** Spans of the three parts of the request line, and of the whole head. */
  readonly methodSpan: Span;
  readonly targetSpan: Span;
  readonly versionSpan: Span;
  readonly span: Span;
  /** The whole head once more, copied: the array is the caller's. A part begins in it at its span's beginning, less that of {@link span}. (On Node a short one shares its memory with others, as Buffers do.) */
  octets(): Uint8Array;
  /** Undefined, unless the same request line has come before, and this was noticed. */
  readonly notes: RequestNotes | undefined;
}

/** What was made of a request line that has come before, for whoever reads it next. */
export interface RequestNotes {
  /** What a gateway has made of it; undefined: nothing yet. */
  made: unknown;
}

/** A request head to be sent (client role). */
export interface RequestToSend { readonly type: 'request'; readonly method: string; readonly target: string; readonly version?: HttpVersion; readonly headers: FieldPairs }

/** A final (2xx to 5xx) or interim (1xx) response head, received. Its strings as in {@link Request}. */
export interface Response {
  readonly type: 'response' | 'informational';
  readonly status: number;
  readonly reason: string;
  readonly version: HttpVersion;
  readonly headers: Fields;
  readonly framing: Framing;
  readonly keepAlive: boolean;
  readonly versionSpan: Span;
  readonly statusSpan: Span;
  readonly reasonSpan: Span;
  readonly span: Span;
}

/** A response head to be sent. `reason` may be empty; the writer adds no fields but framing ones. */
export interface ResponseToSend { readonly type: 'response' | 'informational'; readonly status: number; readonly reason: string; readonly headers: FieldPairs }

/** A stretch of content. Received: `bytes` is borrowed and valid until the next call on the connection. Sent: it is copied or passed on before `send` returns. */
export interface Data { readonly type: 'data'; readonly bytes: Uint8Array; readonly span?: Span }

/** The message is complete. Trailers are kept apart from headers (RFC 9110 §6.5). */
export interface EndOfMessage { readonly type: 'end'; readonly trailers?: Fields | FieldPairs; readonly span?: Span }

/** The peer closed its half at a place where that is allowed, or we send this to close ours. */
export interface ConnectionClosed { readonly type: 'closed' }

/** No event can be made from what has been received: call `receiveData` (or `receiveEof`) and ask again. */
export interface NeedData { readonly type: 'need-data' }

/** The rest belongs to the next request (or protocol): finish this exchange, then `startNextCycle`, or take `trailingData`. */
export interface Paused { readonly type: 'paused' }

/** What `nextEvent` returns. */
export type ReceivedEvent = Request | Response | Data | EndOfMessage | ConnectionClosed | NeedData | Paused;

/** What `send` takes. */
export type SentEvent = RequestToSend | ResponseToSend | Data | EndOfMessage | ConnectionClosed;

/** The one {@link NeedData}. */
export const NEED_DATA: NeedData = Object.freeze({ type: 'need-data' });
/** The one {@link Paused}. */
export const PAUSED: Paused = Object.freeze({ type: 'paused' });
/** The one {@link ConnectionClosed}. */
export const CONNECTION_CLOSED: ConnectionClosed = Object.freeze({ type: 'closed' });
