/**
 * The life of a WebSocket connection after its handshake, as one table.
 *
 * RFC 6455 names CONNECTING, OPEN, CLOSING and CLOSED. CONNECTING is `handshake.ts`; CLOSING is two states here, because what
 * may happen next depends on who sent the first Close frame:
 *
 *   OPEN ──we send Close──▶ CLOSE_SENT ──their Close──▶ CLOSED
 *   OPEN ──their Close────▶ CLOSE_RECEIVED ──we send Close──▶ CLOSED
 *   OPEN, CLOSE_SENT ──they break a rule──▶ FAILED ──we send Close (once)──▶ CLOSED
 *   any ──the socket ends──▶ CLOSED
 *
 * In CLOSED the socket is still to be shut, by the server first (RFC6455-7.1.1): TIME_WAIT then stays with the server and a
 * client may reconnect at once.
 */

export type WsState = 'OPEN' | 'CLOSE_SENT' | 'CLOSE_RECEIVED' | 'FAILED' | 'CLOSED';

/** What moves the state. */
export type WsCause = 'send data' | 'send control' | 'send close' | 'receive data' | 'receive control' | 'receive close' | 'receive error' | 'socket ended';

/** `undefined`: not allowed. Receiving is never "not allowed" here: what arrives after the peer's Close, or after its mistake, is ignored (RFC6455-1.4, 7.1.7). */
export const wsTransitions = {
  OPEN: {
    'send data': 'OPEN', 'send control': 'OPEN', 'send close': 'CLOSE_SENT',
    'receive data': 'OPEN', 'receive control': 'OPEN', 'receive close': 'CLOSE_RECEIVED', 'receive error': 'FAILED', 'socket ended': 'CLOSED',
  },
  // RFC6455-5.5.1-NO-MORE-DATA: "The application MUST NOT send any more data frames after sending a Close frame." The peer still may.
  CLOSE_SENT: {
    'send data': undefined, 'send control': undefined, 'send close': undefined,
    'receive data': 'CLOSE_SENT', 'receive control': 'CLOSE_SENT', 'receive close': 'CLOSED', 'receive error': 'CLOSED', 'socket ended': 'CLOSED',
  },
  // RFC6455-5.5.1-REPLY: a Close frame is answered with one "as soon as practical"; a message under way may be finished first.
  CLOSE_RECEIVED: {
    'send data': 'CLOSE_RECEIVED', 'send control': 'CLOSE_RECEIVED', 'send close': 'CLOSED',
    'receive data': 'CLOSE_RECEIVED', 'receive control': 'CLOSE_RECEIVED', 'receive close': 'CLOSE_RECEIVED', 'receive error': 'CLOSE_RECEIVED', 'socket ended': 'CLOSED',
  },
  // RFC6455-7.1.7: an endpoint that fails the connection SHOULD say why in a Close frame, and must read no further. What was read
  // before may still be answered.
  FAILED: {
    'send data': 'FAILED', 'send control': 'FAILED', 'send close': 'CLOSED',
    'receive data': 'FAILED', 'receive control': 'FAILED', 'receive close': 'FAILED', 'receive error': 'FAILED', 'socket ended': 'CLOSED',
  },
  CLOSED: {
    'send data': undefined, 'send control': undefined, 'send close': undefined,
    'receive data': 'CLOSED', 'receive control': 'CLOSED', 'receive close': 'CLOSED', 'receive error': 'CLOSED', 'socket ended': 'CLOSED',
  },
} as const satisfies Record<WsState, Record<WsCause, WsState | undefined>>;
