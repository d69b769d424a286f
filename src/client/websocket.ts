/** The client's end of a WebSocket over any DuplexSocket: handshake with the HTTP core, then frames with the WebSocket core. */
import { joinOctets } from '../basics/join.ts';
import { LocalProtocolError, ProtocolError, RemoteProtocolError } from '../core/http1/errors.ts';
import type { FieldPairs, Response } from '../core/http1/events.ts';
import { abnormal } from '../core/ws/close-codes.ts';
import { type FrameFacts, WsConnection } from '../core/ws/connection.ts';
import type { WsReceivedEvent, WsSentEvent } from '../core/ws/events.ts';
import { isRefusal, readAnswerToHandshake } from '../core/ws/handshake.ts';
import type { Host, TimerHandle } from '../host/effects.ts';
import { type DuplexSocket, formatAddress, type SocketError, type SocketHandler } from '../net/socket.ts';
import type { ErrorFacts, Span } from '../trace/events.ts';
import { noTrace, type Tracer } from '../trace/tracer.ts';
import { beginHandshake, type OpenedHandshake, type WebSocketOpening } from './websocket-opening.ts';

/** How a WebSocket is opened. */
export type WebSocketClientOptions = WebSocketOpening & {
  readonly host: Host;
  readonly tracer?: Tracer;
  /** Octets of one message. Default 16 MiB. */
  readonly maxMessageBytes?: number;
  /** How long the server may take to answer the handshake, and to close after our Close. ms. Default 60 000; Infinity: for ever. */
  readonly timeoutMs?: number;
};

/** What the client's owner hears. After `rejected` or `closed` nothing more. */
export type WebSocketClientEvent =
  | { readonly type: 'open'; readonly subprotocol: string | undefined; readonly compressed: boolean; readonly headers: FieldPairs }
  /** A frame was sent, or its header has arrived: before the message that it belongs to. */
  | ({ readonly type: 'frame'; readonly direction: 'sent' | 'received' } & Omit<FrameFacts, 'stream'>)
  | { readonly type: 'message'; readonly data: string | Uint8Array }
  | { readonly type: 'ping' | 'pong'; readonly payload: Uint8Array }
  /** The server answered the handshake with something else than 101: its head, and the body as far as it came. */
  | { readonly type: 'rejected'; readonly status: number; readonly reason: string; readonly headers: FieldPairs; readonly body: Uint8Array; readonly error?: ErrorFacts }
  /** `code` 1006: without a Close frame. `error`: the rule that was broken, by them or by us. `message`: what happened, where no rule was broken. */
  | { readonly type: 'closed'; readonly code: number; readonly reason: string; readonly clean: boolean; readonly error?: ErrorFacts; readonly message?: string };

/** Octets of a refusal's body that are kept. */
const maxRejectionBytes = 65_536;

const defaultTimeoutMs = 60_000;

/** One WebSocket, from connect to close. Pings are answered by themselves (RFC6455-5.5.2), a Close too (RFC6455-5.5.1-REPLY). */
export class WebSocketClient implements SocketHandler {
  readonly #socket: DuplexSocket;
  readonly #options: WebSocketClientOptions;
  readonly #tracer: Tracer;
  readonly #onEvent: (event: WebSocketClientEvent) => void;
  readonly #handshake: OpenedHandshake;
  #ws: WsConnection | undefined;
  #refused: { readonly response: Response; readonly error: ErrorFacts | undefined; readonly pieces: Uint8Array[]; size: number } | undefined;
  #received = 0;
  #sent = 0;
  /** What their Close frame said. */
  #close: { readonly code: number; readonly reason: string } | undefined;
  #error: ErrorFacts | undefined;
  #message: string | undefined;
  #timer: TimerHandle | undefined;
  #over = false;
  /** Our half is closed. */
  #ended = false;

  /** Sends the handshake at once. Throws LocalProtocolError where it cannot be written; the socket is then not opened. */
  constructor(socket: DuplexSocket, options: WebSocketClientOptions, onEvent: (event: WebSocketClientEvent) => void) {
    this.#socket = socket;
    this.#options = options;
    this.#tracer = options.tracer ?? noTrace;
    this.#onEvent = onEvent;
    if (this.#tracer.enabled) {
      this.#tracer.emit({ type: 'socket.connect', connection: socket.id, exchange: 0, local: formatAddress(socket.local), remote: formatAddress(socket.remote) });
    }
    this.#handshake = beginHandshake(options, options.host.random, socket.id, this.#tracer);
    socket.open(this);
    this.#write(this.#handshake.bytes);
    this.#patience('the server did not answer the handshake');
  }

  /** Where it stands, in the words of RFC 6455. */
  get state(): 'CONNECTING' | 'OPEN' | 'CLOSING' | 'CLOSED' {
    if (this.#over) return 'CLOSED';
    if (!this.#ws) return 'CONNECTING';
    return this.#ws.state === 'OPEN' ? 'OPEN' : 'CLOSING';
  }

  /** Send a message or a control frame. Throws LocalProtocolError where RFC 6455 does not allow it (before `open`, after a Close). Returns false under back-pressure. */
  send(event: WsSentEvent): boolean {
    // RFC6455-6.1-1: "The endpoint MUST ensure the WebSocket connection is in the OPEN state".
    if (!this.#ws || this.#over) {
      const state = this.#over ? 'closed' : 'not open yet';
      throw new LocalProtocolError({ code: 'ws-not-open', status: 1002, clause: 'RFC6455-6.1-1', message: `The WebSocket is ${state}.`, advice: this.#over ? 'Open another one.' : 'Wait until it is open.' });
    }
    const flowing = this.#write(this.#ws.send(event));
    if (event.type === 'close') this.#patience('the server did not close the connection');
    return flowing;
  }

  /** Raw octets in place of a frame, or of anything: to show what a server does with broken ones. False: full, or closed. */
  sendRaw(bytes: Uint8Array): boolean {
    if (this.#ended) return false;
    this.#ws?.noteSent(bytes.length);
    return this.#write(bytes.slice());
  }

  /** Begin the closing handshake; `closed` follows. Throws LocalProtocolError where code or reason cannot be sent. */
  close(code = 1000, reason = ''): void {
    if (this.#ws?.state === 'OPEN') this.send({ type: 'close', code, reason });
    else if (!this.#ws) this.#end();
  }

  /** Cut the connection without a word. */
  reset(): void {
    this.#cut('The connection was reset from this side.');
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
      this.#handshake.http.receiveData(bytes);
      this.#readAnswer();
    }
  }

  onEof(): void {
    if (this.#tracer.enabled) this.#traceEof('recv', this.#received);
    if (!this.#over) {
      if (this.#ws) {
        this.#ws.receiveEof();
        this.#readFrames();
      } else if (this.#refused || this.#handshake.http.bufferedBytes > 0) {
        this.#handshake.http.receiveEof();
        this.#readAnswer();
      } else {
        // An answer that has not begun is missing, not malformed.
        this.#message ??= 'The server closed the connection without an answer.';
        this.#finish(false);
      }
    }
    this.#end();
  }

  onDrain(): void {}

  onClose(error?: SocketError): void {
    if (this.#tracer.enabled) this.#tracer.emit({ type: 'socket.close', connection: this.#socket.id, exchange: 1, reason: error ? error.code : 'in order' });
    this.#ended = true;
    if (error) this.#message ??= `The server cut the connection (${error.code}).`;
    this.#finish(false);
  }

  // ── handshake ────────────────────────────────────────────────────────────────────────────────────────────────

  #readAnswer(): void {
    try {
      while (!this.#over && !this.#ws && this.#takeAnswer());
    } catch (error) {
      this.#fail(error);
    }
  }

  /** False: nothing more for now. */
  #takeAnswer(): boolean {
    const event = this.#handshake.http.nextEvent();
    switch (event.type) {
      case 'informational':
        if (event.status === 101) this.#open(event);
        return true;
      case 'response':
        this.#refused = { response: event, error: this.#refusal(event), pieces: [], size: 0 };
        return true;
      case 'data': {
        const refused = this.#refused!;
        const piece = event.bytes.slice(0, maxRejectionBytes - refused.size);
        refused.pieces.push(piece);
        refused.size += piece.length;
        return true;
      }
      case 'end':
      case 'closed':
        this.#finish(true);
        return false;
      case 'need-data':
      case 'paused':
      case 'request':
        return false;
    }
  }

  #refusal(response: Response): ErrorFacts | undefined {
    const outcome = readAnswerToHandshake(response, this.#handshake.offer);
    return isRefusal(outcome) ? outcome.error.facts() : undefined;
  }

  #open(response: Response): void {
    const outcome = readAnswerToHandshake(response, this.#handshake.offer);
    if (isRefusal(outcome)) {
      // RFC6455-4.1: the client must fail the connection; nothing can be said in a frame yet.
      this.#error = outcome.error.facts();
      this.#socket.reset();
      this.#finish(false);
      return;
    }
    const { host, maxMessageBytes } = this.#options;
    const { http } = this.#handshake;
    this.#patience(undefined);
    const ws = new WsConnection({
      role: 'client', id: this.#socket.id, exchange: 1, tracer: this.#tracer, maskKey: () => host.random.fill(new Uint8Array(4)),
      receivedOffset: http.receivedOffset, sentOffset: this.#sent,
      onFrame: ({ stream, ...frame }) => this.#onEvent({ type: 'frame', direction: stream === 'c2s' ? 'sent' : 'received', ...frame }),
      ...(outcome.deflate ? { deflate: outcome.deflate } : {}), ...(maxMessageBytes === undefined ? {} : { maxMessageBytes }),
    });
    this.#ws = ws;
    this.#onEvent({ type: 'open', subprotocol: outcome.subprotocol, compressed: outcome.deflate !== undefined, headers: [...response.headers] });
    const { bytes, eof } = http.trailingData;
    ws.receiveData(bytes);
    if (eof) ws.receiveEof();
    this.#readFrames();
  }

  // ── frames ───────────────────────────────────────────────────────────────────────────────────────────────────

  #readFrames(): void {
    const ws = this.#ws!;
    try {
      for (let event = ws.nextEvent(); event.type !== 'need-data'; event = ws.nextEvent()) this.#take(ws, event);
    } catch (error) {
      this.#fail(error);
    }
  }

  #take(ws: WsConnection, event: Exclude<WsReceivedEvent, { type: 'need-data' }>): void {
    if (this.#over) return;
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
        // RFC6455-7.1.1: the server closes the socket first; `ended` follows.
        this.#patience('the server did not close the connection');
        return;
      case 'ended':
        if (!event.clean) this.#message ??= 'The server closed the connection without a Close frame.';
        this.#finish(event.clean);
    }
  }

  /** They broke a rule: say so in a Close frame where one can be sent, and be done. */
  #fail(error: unknown): void {
    if (!(error instanceof ProtocolError)) throw error;
    this.#error ??= error.facts();
    if (error instanceof RemoteProtocolError && this.#ws?.state === 'FAILED') this.#write(this.#ws.send({ type: 'close', code: error.status, reason: error.code }));
    this.#finish(false);
  }

  // ── the end ──────────────────────────────────────────────────────────────────────────────────────────────────

  /** What is waited for, and what is said if it does not come; undefined: nothing. */
  #patience(message: string | undefined): void {
    const { host, timeoutMs = defaultTimeoutMs } = this.#options;
    if (this.#timer !== undefined) host.timers.cancel(this.#timer);
    this.#timer = message === undefined || this.#over || timeoutMs === Infinity ? undefined : host.timers.after(timeoutMs, () => this.#cut(`No answer for ${timeoutMs} ms: ${message}.`));
  }

  #cut(message: string): void {
    this.#message ??= message;
    this.#ended = true;
    this.#socket.reset();
    this.#finish(false);
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#tracer.enabled) this.#traceEof('send', this.#sent);
    this.#socket.end();
  }

  #finish(clean: boolean): void {
    if (this.#over) return;
    this.#patience(undefined);
    this.#over = true;
    const error = this.#error ? { error: this.#error } : {};
    const refused = this.#refused;
    this.#end();
    if (refused) {
      const { status, reason, headers } = refused.response;
      this.#onEvent({ type: 'rejected', status, reason, headers: [...headers], body: joinOctets(refused.pieces), ...(refused.error ? { error: refused.error } : error) });
    } else {
      const close = this.#close;
      const message = this.#error === undefined && close === undefined && this.#message !== undefined ? { message: this.#message } : {};
      this.#onEvent({ type: 'closed', code: close?.code ?? abnormal, reason: close?.reason ?? '', clean: clean && close !== undefined, ...error, ...message });
    }
  }

  #write(bytes: Uint8Array): boolean {
    const start = this.#sent;
    this.#sent += bytes.length;
    // The socket may hand the buffer on to another thread: the trace keeps a copy.
    if (this.#tracer.enabled && bytes.length > 0) this.#traceData('send', [start, this.#sent], bytes.slice());
    return this.#socket.write(bytes);
  }

  #traceData(flow: 'recv' | 'send', span: Span, bytes: Uint8Array): void {
    this.#tracer.emit({ type: 'socket.data', connection: this.#socket.id, exchange: 1, flow, stream: flow === 'recv' ? 's2c' : 'c2s', span, bytes });
  }

  #traceEof(flow: 'recv' | 'send', at: number): void {
    this.#tracer.emit({ type: 'socket.eof', connection: this.#socket.id, exchange: 1, flow, stream: flow === 'recv' ? 's2c' : 'c2s', span: [at, at] });
  }
}

/** The facts, where what was thrown says that a rule would have been broken. */
export const brokenRule = (error: unknown): ErrorFacts | undefined => (error instanceof ProtocolError ? error.facts() : undefined);
