/** The client's end of a WebSocket over any DuplexSocket: handshake with the HTTP core, then frames with the WebSocket core. */
import { Connection } from '../core/http1/connection.ts';
import { ProtocolError, RemoteProtocolError } from '../core/http1/errors.ts';
import type { FieldPairs, Response } from '../core/http1/events.ts';
import { abnormal } from '../core/ws/close-codes.ts';
import { WsConnection } from '../core/ws/connection.ts';
import type { WsReceivedEvent, WsSentEvent } from '../core/ws/events.ts';
import { isRefusal, openHandshake, readAnswerToHandshake } from '../core/ws/handshake.ts';
import type { Host } from '../host/effects.ts';
import type { DuplexSocket, SocketError, SocketHandler } from '../net/socket.ts';
import type { ErrorFacts, Span } from '../trace/events.ts';
import { noTrace, type Tracer } from '../trace/tracer.ts';
import { joinBytes } from './byte-log.ts';

/** How a WebSocket is opened. */
export interface WebSocketClientOptions {
  readonly host: Host;
  readonly tracer?: Tracer;
  /** As in the Host field: `127.0.0.1:8000`. */
  readonly authority: string;
  /** Path and query. */
  readonly target: string;
  /** In order of preference. */
  readonly subprotocols?: readonly string[];
  /** Offer permessage-deflate. Default false. */
  readonly compress?: boolean;
  readonly headers?: FieldPairs;
  /** Octets of one message. Default 16 MiB. */
  readonly maxMessageBytes?: number;
}

/** What the client's owner hears. After `closed` nothing more. */
export type WebSocketClientEvent =
  | { readonly type: 'open'; readonly subprotocol: string | undefined; readonly compressed: boolean }
  | { readonly type: 'message'; readonly data: string | Uint8Array }
  | { readonly type: 'ping' | 'pong'; readonly payload: Uint8Array }
  /** The server answered the handshake with something else than 101: its head, and the body as far as it came. */
  | { readonly type: 'rejected'; readonly status: number; readonly reason: string; readonly headers: FieldPairs; readonly body: Uint8Array; readonly error?: ErrorFacts }
  /** `code` 1006: without a Close frame. `error`: the rule that was broken, by them or by us. */
  | { readonly type: 'closed'; readonly code: number; readonly reason: string; readonly clean: boolean; readonly error?: ErrorFacts };

/** Octets of a refusal's body that are kept. */
const maxRejectionBytes = 65_536;

/** One WebSocket, from connect to close. Pings are answered by themselves (RFC6455-5.5.2), a Close too (RFC6455-5.5.1-REPLY). */
export class WebSocketClient implements SocketHandler {
  readonly #socket: DuplexSocket;
  readonly #options: WebSocketClientOptions;
  readonly #tracer: Tracer;
  readonly #onEvent: (event: WebSocketClientEvent) => void;
  readonly #http: Connection;
  readonly #key: string;
  #ws: WsConnection | undefined;
  #refused: { readonly response: Response; readonly error: ErrorFacts | undefined; readonly pieces: Uint8Array[]; size: number } | undefined;
  #received = 0;
  #sent = 0;
  /** What their Close frame said. */
  #close: { readonly code: number; readonly reason: string } | undefined;
  #error: ErrorFacts | undefined;
  #over = false;

  constructor(socket: DuplexSocket, options: WebSocketClientOptions, onEvent: (event: WebSocketClientEvent) => void) {
    this.#socket = socket;
    this.#options = options;
    this.#tracer = options.tracer ?? noTrace;
    this.#onEvent = onEvent;
    this.#http = new Connection({ role: 'client', id: socket.id, tracer: this.#tracer });
    const { request, key } = openHandshake({
      host: options.authority, target: options.target, nonce: options.host.random.fill(new Uint8Array(16)),
      ...(options.subprotocols ? { subprotocols: options.subprotocols } : {}), ...(options.compress ? { compress: true } : {}), ...(options.headers ? { headers: options.headers } : {}),
    });
    this.#key = key;
    socket.open(this);
    this.#write(this.#http.send(request));
    this.#http.send({ type: 'end' });
  }

  /** Send a message or a control frame. Throws LocalProtocolError where RFC 6455 does not allow it (before `open`, after a Close). Returns false under back-pressure. */
  send(event: WsSentEvent): boolean {
    if (!this.#ws) throw new TypeError('the WebSocket is not open yet');
    return this.#write(this.#ws.send(event));
  }

  /** Raw octets in place of a frame: to show what a server does with broken ones. */
  sendRaw(bytes: Uint8Array): boolean {
    return this.#write(bytes);
  }

  /** Begin the closing handshake; `closed` follows. */
  close(code = 1000, reason = ''): void {
    if (this.#over) return;
    if (this.#ws?.state === 'OPEN') this.#write(this.#ws.send({ type: 'close', code, reason }));
    else if (!this.#ws) this.#socket.end();
  }

  /** Cut the connection without a word. */
  reset(): void {
    this.#socket.reset();
    this.#finish(false);
  }

  onData(bytes: Uint8Array): void {
    const start = this.#received;
    this.#received += bytes.length;
    if (this.#tracer.enabled) this.#traceData('recv', [start, this.#received], bytes.slice());
    if (this.#over) return;
    if (this.#ws) {
      this.#ws.receiveData(bytes);
      this.#readFrames();
    } else {
      this.#http.receiveData(bytes);
      this.#readAnswer();
    }
  }

  onEof(): void {
    if (this.#ws) {
      this.#ws.receiveEof();
      this.#readFrames();
    } else {
      this.#http.receiveEof();
      this.#readAnswer();
    }
    this.#socket.end();
  }

  onDrain(): void {}

  onClose(_error?: SocketError): void {
    this.#finish(false);
  }

  // ── handshake ────────────────────────────────────────────────────────────────────────────────────────────────

  #readAnswer(): void {
    try {
      for (;;) {
        const event = this.#http.nextEvent();
        switch (event.type) {
          case 'informational':
            if (event.status === 101) return this.#open(event);
            break;
          case 'response':
            this.#refused = { response: event, error: this.#refusal(event), pieces: [], size: 0 };
            break;
          case 'data': {
            const refused = this.#refused!;
            const piece = event.bytes.slice(0, maxRejectionBytes - refused.size);
            refused.pieces.push(piece);
            refused.size += piece.length;
            break;
          }
          case 'end':
          case 'closed':
            return this.#finish(true);
          case 'need-data':
          case 'paused':
          case 'request':
            return;
        }
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #refusal(response: Response): ErrorFacts | undefined {
    const outcome = readAnswerToHandshake(response, this.#sentOffer);
    return isRefusal(outcome) ? outcome.error.facts() : undefined;
  }

  get #sentOffer() {
    const { subprotocols, compress } = this.#options;
    return { key: this.#key, ...(subprotocols ? { subprotocols } : {}), ...(compress ? { compress } : {}) };
  }

  #open(response: Response): void {
    const outcome = readAnswerToHandshake(response, this.#sentOffer);
    if (isRefusal(outcome)) {
      // RFC6455-4.1: the client must fail the connection; nothing can be said in a frame yet.
      this.#error = outcome.error.facts();
      this.#socket.reset();
      this.#finish(false);
      return;
    }
    const { random } = this.#options.host;
    this.#ws = new WsConnection({
      role: 'client', id: this.#socket.id, exchange: 1, tracer: this.#tracer, maskKey: () => random.fill(new Uint8Array(4)),
      receivedOffset: this.#http.receivedOffset, sentOffset: this.#sent,
      ...(outcome.deflate ? { deflate: outcome.deflate } : {}), ...(this.#options.maxMessageBytes === undefined ? {} : { maxMessageBytes: this.#options.maxMessageBytes }),
    });
    this.#onEvent({ type: 'open', subprotocol: outcome.subprotocol, compressed: outcome.deflate !== undefined });
    this.#ws.receiveData(this.#http.trailingData.bytes);
    this.#readFrames();
  }

  // ── frames ───────────────────────────────────────────────────────────────────────────────────────────────────

  #readFrames(): void {
    const ws = this.#ws!;
    try {
      for (let event: WsReceivedEvent = ws.nextEvent(); event.type !== 'need-data'; event = ws.nextEvent()) this.#take(ws, event);
    } catch (error) {
      this.#fail(error);
    }
  }

  #take(ws: WsConnection, event: Exclude<WsReceivedEvent, { type: 'need-data' }>): void {
    switch (event.type) {
      case 'text':
        this.#onEvent({ type: 'message', data: event.text });
        return;
      case 'binary':
        this.#onEvent({ type: 'message', data: event.bytes });
        return;
      case 'ping':
        this.#onEvent({ type: 'ping', payload: event.payload });
        if (ws.state === 'OPEN') this.#write(ws.send({ type: 'pong', payload: event.payload }));
        return;
      case 'pong':
        this.#onEvent({ type: 'pong', payload: event.payload });
        return;
      case 'close':
        this.#close = { code: event.code, reason: event.reason };
        if (ws.state === 'CLOSE_RECEIVED') this.#write(ws.send({ type: 'close', code: event.code, reason: '' }));
        return; // RFC6455-7.1.1: the server closes the socket first; `ended` follows
      case 'ended':
        this.#finish(event.clean);
    }
  }

  /** They broke a rule: say so in a Close frame where one can be sent, and be done. */
  #fail(error: unknown): void {
    if (!(error instanceof ProtocolError)) throw error;
    this.#error = error.facts();
    if (error instanceof RemoteProtocolError && this.#ws?.state === 'FAILED') this.#write(this.#ws.send({ type: 'close', code: error.status, reason: error.code }));
    this.#socket.end();
    this.#finish(false);
  }

  #finish(clean: boolean): void {
    if (this.#over) return;
    this.#over = true;
    const failure = this.#error ? { error: this.#error } : {};
    const refused = this.#refused;
    if (refused) {
      const { status, reason, headers } = refused.response;
      this.#onEvent({ type: 'rejected', status, reason, headers: [...headers], body: joinBytes(refused.pieces), ...(refused.error ? { error: refused.error } : failure) });
      this.#socket.end();
    } else {
      this.#onEvent({ type: 'closed', code: this.#close?.code ?? abnormal, reason: this.#close?.reason ?? '', clean: clean && this.#close !== undefined, ...failure });
    }
  }

  #write(bytes: Uint8Array): boolean {
    const start = this.#sent;
    this.#sent += bytes.length;
    if (this.#tracer.enabled && bytes.length > 0) this.#traceData('send', [start, this.#sent], bytes);
    return this.#socket.write(bytes);
  }

  #traceData(flow: 'recv' | 'send', span: Span, bytes: Uint8Array): void {
    this.#tracer.emit({ type: 'socket.data', connection: this.#socket.id, exchange: 1, flow, stream: flow === 'recv' ? 's2c' : 'c2s', span, bytes });
  }
}
