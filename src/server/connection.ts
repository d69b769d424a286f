/**
 * One accepted connection: the only file that knows sockets, core and gateway together.
 *
 *   socket ──bytes──▶ core ──events──▶ gateway ──▶ app
 *   socket ◀──bytes── core ◀──events── gateway ◀── app
 *
 * One exchange at a time: the core pauses behind a request until its response is complete, which is what keeps pipelined
 * responses in order however the application's speed varies.
 */
import { Connection } from '../core/http1/connection.ts';
import { RemoteProtocolError } from '../core/http1/errors.ts';
import type { Data, EndOfMessage, ReceivedEvent, Request, ResponseToSend } from '../core/http1/events.ts';
import { handleAsgiHttp } from '../gateway/asgi/http.ts';
import type { GatewayApp } from '../gateway/detect.ts';
import type { BodySource, Exchange, GatewaySettings } from '../gateway/exchange.ts';
import { handleWsgi } from '../gateway/wsgi/handler.ts';
import type { Host } from '../host/effects.ts';
import { type DuplexSocket, formatAddress, type SocketError, type SocketHandler } from '../net/socket.ts';
import type { Span } from '../trace/events.ts';
import type { Tracer } from '../trace/tracer.ts';
import { accessLine } from './access-log.ts';
import type { ServerConfig } from './config.ts';
import type { Deadlines, Patient } from './deadlines.ts';
import { errorPage, reasons } from './error-page.ts';

/** What the connections of a server share. */
export interface ConnectionContext {
  readonly app: GatewayApp;
  readonly config: ServerConfig;
  readonly settings: GatewaySettings;
  readonly host: Host;
  readonly tracer: Tracer;
  readonly deadlines: Deadlines;
  /** Lifespan state, copied per request. */
  readonly state: Record<string, unknown> | undefined;
  /** No new request is to be taken: responses say `Connection: close`. */
  readonly draining: boolean;
  log(source: 'server' | 'access' | 'wsgi.errors', level: 'debug' | 'info' | 'warning' | 'error', text: string): void;
  /** The value of Date, cached per second. */
  date(): string;
  onIdle(connection: ServerConnection): void;
  onClosed(connection: ServerConnection): void;
}

/** Reading is paused while this much of a body waits for the application. Octets. */
const bodyHighWaterBytes = 65_536;
/** How long we listen, deaf, for the peer's FIN after we closed, so that a RST does not overtake our last words (RFC9112-9.6-10). */
const lingerMs = 2000;

export class ServerConnection implements SocketHandler, Patient {
  readonly #context: ConnectionContext;
  readonly #socket: DuplexSocket;
  readonly #core: Connection;
  readonly #tracer: Tracer;
  deadline = Infinity;

  #exchange: ServerExchange | undefined;
  #received = 0;
  #sent = 0;
  /** We have said our last: what still comes is thrown away. */
  #lingering = false;
  #closed = false;
  #pumping = false;
  /** Parts of a response that leave in one write. */
  #pieces: Uint8Array[] = [];
  #corked = false;
  #flowing = true;
  #paused = false;

  constructor(socket: DuplexSocket, context: ConnectionContext) {
    this.#context = context;
    this.#socket = socket;
    this.#tracer = context.tracer;
    this.#core = new Connection({ role: 'server', id: socket.id, limits: context.config.limits, tracer: context.tracer });
    if (this.#tracer.enabled) this.#tracer.emit({ type: 'socket.accept', connection: socket.id, exchange: 0, local: formatAddress(socket.local), remote: formatAddress(socket.remote) });
    context.deadlines.add(this);
    this.#wait(context.config.headTimeoutMs);
    socket.open(this);
  }

  /** Nothing is in flight: this connection may be closed without loss. */
  get idle(): boolean {
    return this.#exchange === undefined && this.#core.bufferedBytes === 0;
  }

  // ── the socket tells ─────────────────────────────────────────────────────────────────────────────────────────

  onData(bytes: Uint8Array): void {
    const start = this.#received;
    this.#received += bytes.length;
    if (this.#tracer.enabled) this.#traceData('recv', [start, this.#received], bytes.slice());
    if (this.#lingering) return;
    if (this.idle) this.#wait(this.#context.config.headTimeoutMs);
    else if (this.#exchange?.bodyWanted) this.#wait(this.#context.config.bodyTimeoutMs);
    this.#core.receiveData(bytes);
    this.#pump();
  }

  onEof(): void {
    if (this.#tracer.enabled) this.#tracer.emit({ type: 'socket.eof', connection: this.#socket.id, exchange: 0, flow: 'recv', stream: 'c2s', span: [this.#received, this.#received] });
    if (this.#lingering) return;
    this.#core.receiveEof();
    this.#pump();
    // A client that has sent its request may close its half and still read (RFC9112-9.6): only an idle one is done with us.
    if (!this.#exchange) this.#end();
  }

  onDrain(): void {
    this.#flowing = true;
    if (this.#tracer.enabled) this.#tracer.emit({ type: 'socket.pressure', connection: this.#socket.id, exchange: this.#exchange?.exchange ?? 0, state: 'drained', buffered: this.#socket.bufferedAmount });
    this.#exchange?.writable();
  }

  onClose(error?: SocketError): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#context.deadlines.remove(this);
    if (this.#tracer.enabled) this.#tracer.emit({ type: 'socket.close', connection: this.#socket.id, exchange: 0, reason: error ? `${error.code}: ${error.message}` : 'closed in order' });
    const exchange = this.#exchange;
    exchange?.leave();
    this.#context.onClosed(this);
  }

  onDeadline(): void {
    if (this.#lingering) this.#socket.reset();
    else if (this.#exchange?.bodyWanted) this.#refuse(timeout('The rest of the request body did not arrive in time.', this.#received));
    else if (this.#exchange) return;
    else if (this.#core.bufferedBytes > 0) this.#refuse(timeout('The rest of the request head did not arrive in time.', this.#received));
    else this.#end(); // an idle connection: nobody waits for an answer
  }

  /**
   * The server shuts down. What is in flight finishes. An idle connection is kept for `patienceMs`, because a request may be on
   * its way already: closing under it would lose it, and the client could not know whether it was served (RFC9112-9.3.1-2).
   * The response to one that comes says `Connection: close`.
   */
  drain(patienceMs: number): void {
    if (!this.idle) return;
    if (patienceMs > 0) this.#wait(patienceMs);
    else this.#end();
  }

  /** Cut the connection now. */
  abort(): void {
    this.#socket.reset();
    this.onClose();
  }

  // ── requests ─────────────────────────────────────────────────────────────────────────────────────────────────

  /** Take events from the core until it has none for us. */
  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (!this.#closed && !this.#lingering && this.#step());
    } finally {
      this.#pumping = false;
    }
  }

  /** One event; false: there is nothing to be had now. */
  #step(): boolean {
    let event: ReceivedEvent;
    try {
      event = this.#core.nextEvent();
    } catch (error) {
      if (!(error instanceof RemoteProtocolError)) throw error;
      this.#refuse(error);
      return false;
    }
    switch (event.type) {
      case 'request':
        this.#begin(event);
        return true;
      case 'data':
        this.#exchange?.take(event.bytes);
        return true;
      case 'end':
        this.#exchange?.bodyComplete();
        return true;
      case 'need-data':
      case 'paused':
        return false;
      case 'closed':
        if (!this.#exchange) this.#end();
        return false;
      case 'response':
      case 'informational':
        throw new Error(`a server received ${event.type}`);
    }
  }

  #begin(request: Request): void {
    this.#wait(request.framing.kind === 'none' ? Infinity : this.#context.config.bodyTimeoutMs);
    this.#exchange = new ServerExchange(request, this, this.#context, this.#socket, this.#core);
    this.#exchange.begin();
  }

  /** The peer broke a rule, or was too slow: answer if an answer can still be sent, then close. */
  #refuse(error: RemoteProtocolError): void {
    const exchange = this.#exchange;
    if (exchange && !exchange.headSent) {
      exchange.leave();
      this.#exchange = undefined;
    } else if (exchange) {
      // The response is on its way already; the connection must not be used again, and the app hears that the body is broken.
      exchange.leave();
      this.#exchange = undefined;
      this.#socket.reset();
      this.onClose();
      return;
    }
    this.#sendErrorPage(error, undefined);
    this.#end();
  }

  /** Our own answer. False where the core will not have it (a response has begun). */
  #sendErrorPage(error: unknown, request: Request | undefined): boolean {
    const page = errorPage(error, { accept: request?.headers.get('accept'), debug: this.#context.config.debug });
    if (this.#core.ourState !== 'SEND_RESPONSE' && this.#core.ourState !== 'IDLE') return false;
    this.cork();
    try {
      this.send({ type: 'response', status: page.status, reason: reasons[page.status] ?? '', headers: [...page.headers, ['Content-Length', String(page.body.length)], ...(request ? [] : [['Connection', 'close'] as const])] }, true);
      if (request?.method !== 'HEAD') this.send({ type: 'data', bytes: page.body });
      this.send({ type: 'end' });
    } finally {
      this.uncork();
    }
    if (!request) this.#context.log('access', 'info', accessLine({ remote: this.#socket.remote.host, wallMs: this.#context.host.clock.wallMs(), requestLine: '-', status: page.status, length: page.body.length, referer: '', userAgent: '' }));
    return true;
  }

  /** An application failed before its head went out. */
  sendFailure(error: unknown, request: Request): boolean {
    return this.#sendErrorPage(error, request);
  }

  /** The exchange is over: the response is complete (or cut), and the application has returned. */
  finished(exchange: ServerExchange, complete: boolean): void {
    if (this.#exchange !== exchange) return;
    this.#exchange = undefined;
    this.#resumeReading();
    if (this.#closed) return;
    if (!complete) {
      // RFC9112-8: an incomplete message is told by closing before its end: short of Content-Length, or without the last chunk.
      this.#end();
      return;
    }
    this.#drainBody();
    if (this.#core.mustClose || this.#context.draining || this.#core.theirState !== 'DONE') {
      this.#end();
      return;
    }
    this.#core.startNextCycle();
    this.#wait(this.#context.config.keepAliveMs);
    this.#context.onIdle(this);
    if (this.#context.config.keepAliveMs === 0 && this.#core.bufferedBytes === 0) this.#end();
    else this.#pump();
  }

  /** Read and throw away what is there of a body nobody read, within a limit; else the connection cannot be kept. */
  #drainBody(): void {
    let left = this.#context.config.drainBytes;
    while (this.#core.theirState === 'SEND_BODY' && left > 0) {
      try {
        const event = this.#core.nextEvent();
        if (event.type === 'data') left -= event.bytes.length;
        else if (event.type !== 'end') return;
      } catch (error) {
        if (!(error instanceof RemoteProtocolError)) throw error;
        return;
      }
    }
  }

  // ── sending ──────────────────────────────────────────────────────────────────────────────────────────────────

  /** Through the core to the socket. False: the socket wants a pause. `ours`: add no Date and Server twice. */
  send(event: ResponseToSend | Data | EndOfMessage, _ours = false): boolean {
    const bytes = this.#core.send(event.type === 'response' ? this.#withServerFields(event) : event);
    if (bytes.length > 0) this.#write(bytes);
    return this.#flowing;
  }

  sendContinue(): void {
    if (!this.#core.clientWaitsFor100) return;
    this.#write(this.#core.send({ type: 'informational', status: 100, reason: 'Continue', headers: [] }));
  }

  cork(): void {
    this.#corked = true;
  }

  /** Let what was gathered go out in one write. */
  uncork(): void {
    this.#corked = false;
    const pieces = this.#pieces;
    if (pieces.length === 0) return;
    this.#pieces = [];
    if (pieces.length === 1) {
      this.#write(pieces[0]!);
      return;
    }
    const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    this.#write(whole);
  }

  #withServerFields(event: ResponseToSend): ResponseToSend {
    const { config } = this.#context;
    const headers: (readonly [string, string])[] = [...event.headers];
    const has = (name: string): boolean => headers.some(([key]) => key.toLowerCase() === name);
    // RFC9110-6.6.1-7: an origin server with a clock MUST generate Date.
    if (config.dateHeader && !has('date')) headers.push(['Date', this.#context.date()]);
    if (config.serverHeader !== '' && !has('server')) headers.push(['Server', config.serverHeader]);
    if (this.#context.draining || config.keepAliveMs === 0) headers.push(['Connection', 'close']);
    return { ...event, headers };
  }

  #write(bytes: Uint8Array): void {
    if (this.#corked) {
      this.#pieces.push(bytes);
      return;
    }
    if (this.#closed) return;
    const start = this.#sent;
    this.#sent += bytes.length;
    if (this.#tracer.enabled) this.#traceData('send', [start, this.#sent], bytes);
    if (!this.#socket.write(bytes)) {
      this.#flowing = false;
      if (this.#tracer.enabled) this.#tracer.emit({ type: 'socket.pressure', connection: this.#socket.id, exchange: this.#exchange?.exchange ?? 0, state: 'full', buffered: this.#socket.bufferedAmount });
    }
  }

  // ── the end ──────────────────────────────────────────────────────────────────────────────────────────────────

  /** FIN after what is queued; then read on, deaf, until the peer's FIN or a deadline. */
  #end(): void {
    if (this.#lingering || this.#closed) return;
    this.#lingering = true;
    this.#resumeReading();
    if (this.#tracer.enabled) this.#tracer.emit({ type: 'socket.eof', connection: this.#socket.id, exchange: 0, flow: 'send', stream: 's2c', span: [this.#sent, this.#sent] });
    this.#socket.end();
    this.#wait(lingerMs);
  }

  // ── odds and ends ────────────────────────────────────────────────────────────────────────────────────────────

  /** Stop reading: the application is behind (ASGI body). */
  pauseReading(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#socket.pause();
  }

  resumeReading(): void {
    this.#resumeReading();
  }

  #resumeReading(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#socket.resume();
  }

  #wait(ms: number): void {
    this.deadline = ms === Infinity ? Infinity : this.#context.host.clock.now() + ms;
  }

  stopWaiting(): void {
    this.deadline = Infinity;
  }

  #traceData(flow: 'recv' | 'send', span: Span, bytes: Uint8Array): void {
    this.#tracer.emit({ type: 'socket.data', connection: this.#socket.id, exchange: this.#core.exchange, flow, stream: flow === 'recv' ? 'c2s' : 's2c', span, bytes });
  }
}

const timeout = (message: string, at: number): RemoteProtocolError =>
  new RemoteProtocolError({ code: 'request-timeout', status: 408, clause: 'RFC9110-15.5.9', message, advice: 'Send the whole request without long pauses.', span: [at, at] });

/** One request on a connection, as the gateway sees it. */
class ServerExchange implements Exchange, BodySource {
  readonly request: Request;
  readonly settings: GatewaySettings;
  readonly local;
  readonly remote;
  readonly connection: number;
  readonly exchange: number;
  readonly tracer: Tracer;
  readonly #server: ServerConnection;
  readonly #context: ConnectionContext;

  headSent = false;
  #status = 0;
  #length = 0;
  #complete = false;
  #finished = false;
  gone = false;

  // The body: pieces waiting (ASGI), or being gathered (WSGI).
  #pieces: Uint8Array[] = [];
  #waiting = 0;
  #whole = false;
  #reader: ((part: { readonly bytes: Uint8Array; readonly more: boolean } | undefined) => void) | undefined;
  readonly #onWritable: (() => void)[] = [];
  readonly #onGone: (() => void)[] = [];

  constructor(request: Request, server: ServerConnection, context: ConnectionContext, socket: DuplexSocket, core: Connection) {
    this.request = request;
    this.settings = context.settings;
    this.local = socket.local;
    this.remote = socket.remote;
    this.connection = socket.id;
    this.exchange = core.exchange;
    this.tracer = context.tracer;
    this.#server = server;
    this.#context = context;
  }

  /** Is more of the body to come? */
  get bodyWanted(): boolean {
    return !this.#whole;
  }

  /** ASGI applications start at once and read as they go; WSGI ones are called when the body is complete. */
  begin(): void {
    const { app } = this.#context;
    if (app.interface === 'asgi') handleAsgiHttp(app.app, app.name, this, this, this.#context.state);
    else if (this.request.framing.kind !== 'none') this.#server.sendContinue();
  }

  take(bytes: Uint8Array): void {
    if (this.#finished) return;
    const piece = bytes.slice(); // borrowed from the core
    this.#pieces.push(piece);
    this.#waiting += piece.length;
    if (this.#reader) this.#deliver();
    else if (this.#context.app.interface === 'asgi' && this.#waiting > bodyHighWaterBytes) this.#server.pauseReading();
  }

  bodyComplete(): void {
    this.#whole = true;
    this.#server.stopWaiting();
    if (this.#finished) return;
    const { app } = this.#context;
    if (app.interface === 'asgi') {
      if (this.#reader) this.#deliver();
      return;
    }
    // Head and a body of one piece leave in one write.
    this.#server.cork();
    try {
      handleWsgi(app.app, app.name, this, this.#gather());
    } finally {
      this.#server.uncork();
    }
  }

  // ── BodySource ───────────────────────────────────────────────────────────────────────────────────────────────

  next(): Promise<{ readonly bytes: Uint8Array; readonly more: boolean } | undefined> {
    return new Promise((resolve) => {
      this.#reader = resolve;
      this.#deliver();
    });
  }

  #deliver(): void {
    if (this.#pieces.length === 0 && !this.#whole && !this.gone) return;
    const reader = this.#reader;
    this.#reader = undefined;
    if (this.gone) {
      reader?.(undefined);
      return;
    }
    const bytes = this.#gather();
    reader?.({ bytes, more: !this.#whole });
    this.#server.resumeReading();
  }

  #gather(): Uint8Array {
    const pieces = this.#pieces;
    this.#pieces = [];
    const size = this.#waiting;
    this.#waiting = 0;
    if (pieces.length === 1) return pieces[0]!;
    const whole = new Uint8Array(size);
    let at = 0;
    for (const piece of pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }

  // ── Exchange ─────────────────────────────────────────────────────────────────────────────────────────────────

  now(): number {
    return this.#context.host.clock.now();
  }

  send(event: ResponseToSend | Data | EndOfMessage): boolean {
    if (event.type === 'response') {
      const flowing = this.#server.send(event.reason === '' ? { ...event, reason: reasons[event.status] ?? okReasons[event.status] ?? '' } : event);
      this.headSent = true;
      this.#status = event.status;
      return flowing;
    }
    const flowing = this.#server.send(event);
    if (event.type === 'data') this.#length += event.bytes.length;
    else this.#complete = true;
    return flowing;
  }

  onceWritable(callback: () => void): void {
    if (this.gone) callback();
    else this.#onWritable.push(callback);
  }

  writable(): void {
    for (const callback of this.#onWritable.splice(0)) callback();
  }

  onceGone(callback: () => void): void {
    if (this.gone) callback();
    else this.#onGone.push(callback);
  }

  wantBody(): void {
    this.#server.sendContinue();
  }

  fail(error: unknown): void {
    if (this.headSent) return; // finish() will see that the response is incomplete, and cut
    if (this.#server.sendFailure(error, this.request)) {
      this.headSent = true;
      this.#status = 500;
      this.#complete = true;
    }
  }

  finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#pieces = [];
    if (this.headSent) this.#logAccess();
    // After the cork of a WSGI call is taken out, so that the next pipelined request finds its answer on the wire.
    this.#server.uncork();
    this.#server.finished(this, this.#complete);
  }

  /** The client is gone (or broke the protocol): tell whoever waits. */
  leave(): void {
    if (this.gone) return;
    this.gone = true;
    if (this.#reader) this.#deliver();
    for (const callback of this.#onGone.splice(0)) callback();
    this.writable();
  }

  log(source: 'wsgi.errors' | 'server', level: 'info' | 'warning' | 'error', text: string): void {
    if (this.tracer.enabled) this.tracer.emit({ type: 'log', connection: this.connection, exchange: this.exchange, source, level, text });
    this.#context.log(source, level, text);
  }

  #logAccess(): void {
    const { headers, method, target, version } = this.request;
    const text = accessLine({
      remote: this.remote.host, wallMs: this.#context.host.clock.wallMs(), requestLine: `${method} ${target} HTTP/${version === 11 ? '1.1' : '1.0'}`,
      status: this.#status, length: method === 'HEAD' ? 0 : this.#length, referer: headers.get('referer') ?? '', userAgent: headers.get('user-agent') ?? '',
    });
    if (this.tracer.enabled) this.tracer.emit({ type: 'log', connection: this.connection, exchange: this.exchange, source: 'access', level: 'info', text });
    this.#context.log('access', 'info', text);
  }
}

/** ASGI gives no reason phrase; these are the ones clients expect to see. */
const okReasons: Readonly<Record<number, string>> = {
  200: 'OK', 201: 'Created', 202: 'Accepted', 203: 'Non-Authoritative Information', 204: 'No Content', 205: 'Reset Content', 206: 'Partial Content',
  300: 'Multiple Choices', 301: 'Moved Permanently', 302: 'Found', 303: 'See Other', 304: 'Not Modified', 307: 'Temporary Redirect', 308: 'Permanent Redirect',
  401: 'Unauthorized', 402: 'Payment Required', 403: 'Forbidden', 406: 'Not Acceptable', 407: 'Proxy Authentication Required', 409: 'Conflict', 410: 'Gone', 411: 'Length Required',
  412: 'Precondition Failed', 415: 'Unsupported Media Type', 416: 'Range Not Satisfiable', 421: 'Misdirected Request', 422: 'Unprocessable Content', 428: 'Precondition Required', 429: 'Too Many Requests',
  451: 'Unavailable For Legal Reasons', 502: 'Bad Gateway', 504: 'Gateway Timeout', 511: 'Network Authentication Required',
};
