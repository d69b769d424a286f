/**
 * Where a connection leaves HTTP (RFC 9110 §7.8). A protocol says which requests it takes; it answers with an ordinary
 * response, or switches and gets the octets from there on. `websocket.ts` is the one there is.
 */
import type { Request, FieldPairs } from '../core/http1/events.ts';
import type { ExchangeContext, ExchangeHandler, HandshakeResponse } from '../gateway/channel.ts';

/** The connection's octets, once switched. */
export interface Tunnel {
  /** Send; the bytes are the socket's from now on. False: full, `resume` is called when there is room. */
  write(bytes: Uint8Array): boolean;
  /** Close in order: FIN, then wait for the peer's. */
  end(): void;
  /** Cut. */
  reset(): void;
  /** Stop and start the delivery of octets. */
  pause(): void;
  resume(): void;
  /** Offset of the next octet in each stream, for spans: trace events of the new protocol go on counting. */
  readonly receivedOffset: number;
  readonly sentOffset: number;
  /** The peer sends no more. */
  readonly peerEnded: boolean;
}

/** Handles the exchange that may switch, and the tunnel afterwards. `abort` comes once, whatever the end is. */
export interface UpgradeHandler extends ExchangeHandler {
  /** Octets of the new protocol; borrowed. */
  tunnelled(bytes: Uint8Array): void;
  /** The peer sends no more; also before the switch. */
  tunnelEof(): void;
  /** The tunnel's deadline passed: see {@link UpgradeExchange.setDeadline}. */
  deadline(): void;
  /** The server shuts down: come to an end in order. */
  drain(): void;
}

/** What a protocol is given for a request that it claims. */
export interface UpgradeExchange {
  readonly context: ExchangeContext;
  readonly channel: HandshakeResponse;
  readonly state: Readonly<Record<string, unknown>> | undefined;
  /** Send 101 with these fields. Octets that came behind the request are delivered next. Throws LocalProtocolError. */
  switchProtocols(headers: FieldPairs): Tunnel;
  /** Call `deadline` in `ms`, once; replaces the one before. 0 or Infinity: never. */
  setDeadline(ms: number): void;
  /** Call this when the stack is clean. */
  soon(call: () => void): void;
  /** The application's coroutine has ended. */
  finished(): void;
}

/** A protocol that requests can be switched to. */
export interface UpgradeProtocol {
  /** Is this request for us? Everything else is answered as if it had not asked (RFC9110-7.8-3: a server may ignore Upgrade). */
  claims(request: Request): boolean;
  begin(exchange: UpgradeExchange): UpgradeHandler;
}
