/**
 * `porthole/core`: HTTP/1.1 (RFC 9110, 9112) and WebSocket (RFC 6455) without any I/O. Bytes in, events out; events in,
 * bytes out. Runs wherever JavaScript does.
 */
export { Connection, type ConnectionOptions } from '../core/http1/connection.ts';
export { LocalProtocolError, ProtocolError, RemoteProtocolError, type ProtocolErrorInit } from '../core/http1/errors.ts';
export {
  CONNECTION_CLOSED, NEED_DATA, PAUSED,
  type ConnectionClosed, type Data, type EndOfMessage, type FieldPairs, type Framing, type HttpVersion, type NeedData, type Paused,
  type ReceivedEvent, type Request, type RequestToSend, type Response, type ResponseToSend, type SentEvent,
} from '../core/http1/events.ts';
export type { Fields } from '../core/http1/headers.ts';
export { defaultLimits, type Limits } from '../core/http1/limits.ts';
export { WsConnection, type WsConnectionOptions } from '../core/ws/connection.ts';
export { WS_NEED_DATA, type BinaryMessage, type Close, type Ended, type Ping, type Pong, type TextMessage, type WsNeedData, type WsReceivedEvent, type WsSentEvent } from '../core/ws/events.ts';
export { answerHandshake, isRefusal, openHandshake, readAnswerToHandshake, readHandshake, wantsWebSocket, type HandshakeOutcome, type HandshakeRefusal, type HandshakeRequest } from '../core/ws/handshake.ts';
export { noTrace, type Tracer } from '../trace/tracer.ts';
export type { ErrorFacts, Span, Stream, Token, TraceEvent, TraceInput, TraceSubject, TraceStamp, TraceType } from '../trace/events.ts';
