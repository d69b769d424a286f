/**
 * One WebSocket in the hands of an ASGI application (HTTP & WebSocket message format 2.5). It begins as a request that asks for one;
 * the application accepts, or refuses, or answers with a response of its own.
 */
import { reportViolation, type AppFailure, type ExchangeContext, type ExchangeHandler, type HandshakeResponse } from '../channel.ts';
import { LocalProtocolError } from '../../core/http1/errors.ts';
import type { FieldPairs } from '../../core/http1/events.ts';
import { abnormal } from '../../core/ws/close-codes.ts';
import type { SourceSite } from '../../trace/events.ts';
import { AsgiViolation, ClientDisconnected } from '../errors.ts';
import { show } from '../render.ts';
import { errorText } from '../thrown.ts';
import { isThenable } from '../wsgi/checks.ts';
import { notAwaitable, violationAt } from './messages.ts';
import { AsgiResponse, fromCore, rejected, type ResponseOwner } from './response.ts';
import { buildWebSocketScope, type ScopeSource, traceScope } from './scope.ts';
import type { AsgiApp, AsgiReceiveEvent } from './types.ts';
import { readWebSocketMessage, type WebSocketMessage } from './websocket-messages.ts';

/** The server's side of a WebSocket, as the gateway uses it. */
export interface WebSocketChannel {
  /** Complete the handshake. Throws LocalProtocolError, and nothing has happened. */
  accept(subprotocol: string | undefined, headers: FieldPairs): void;
  /** Send a message. False: the socket is full, and the handler's `resume` is called when there is room again. */
  send(message: string | Uint8Array): boolean;
  /** Begin the closing handshake, with a code and a reason that may be sent. */
  close(code: number, reason: string): void;
  /** The application takes messages again. */
  wantMessages(): void;
  /** The application has asked for more than there is: it has nothing left to answer. */
  caughtUp(): void;
}

/** What the server hands over. */
export interface AsgiWebSocketExchange {
  readonly app: AsgiApp;
  readonly name: string;
  readonly context: ExchangeContext;
  readonly state: Readonly<Record<string, unknown>> | undefined;
  /** What the client advertised. */
  readonly subprotocols: readonly string[];
  /** For an answer that is no WebSocket. */
  readonly response: HandshakeResponse;
  readonly channel: WebSocketChannel;
  /** The application's coroutine has ended. */
  readonly finished: () => void;
}

/** What this gateway offers besides the base specification. */
const extensions: ScopeSource['extensions'] = () => ({ 'websocket.http.response': {} });

/** Messages that wait for `receive()`, in octets and in number (uvicorn's `--ws-max-queue`); above either, the socket is paused. */
const highWaterBytes = 65_536;
const highWaterMessages = 32;

/** Longest rendering of a message in the trace. Characters. */
const maxDetail = 200;

/**
 * Where it stands. `connecting`: the application has not answered yet. `denying`: it answers with a response of its own. `over`:
 * nothing can be sent any more.
 */
type Phase = 'connecting' | 'denying' | 'open' | 'over';

type Disconnect = Extract<AsgiReceiveEvent, { type: 'websocket.disconnect' }>;

const resolved: Promise<void> = Promise.resolve();

/** Serves one WebSocket. */
export class AsgiWebSocketHandler implements ExchangeHandler, ResponseOwner {
  readonly prefix = 'websocket.';
  readonly #exchange: AsgiWebSocketExchange;
  readonly #context: ExchangeContext;
  readonly #channel: WebSocketChannel;
  readonly #response: AsgiResponse;
  readonly #violations = new Set<string>();
  #phase: Phase = 'connecting';
  /** `websocket.close` was sent. */
  #closedByApp = false;

  // ── from the client ──
  #connectGiven = false;
  #queue: (string | Uint8Array)[] = [];
  #queuedBytes = 0;
  /** It is over, and with what. Given to every `receive()` from then on. */
  #disconnect: Disconnect | undefined;
  #waiters: ((event: AsgiReceiveEvent) => void)[] = [];
  /** The last thing that it was given is a message, and it has not asked for another one. */
  #answering = false;

  // ── to the client ──
  /** `send()`s that wait for room, in order. */
  #blocked: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[] = [];
  #startedAt = 0;

  constructor(exchange: AsgiWebSocketExchange) {
    this.#exchange = exchange;
    this.#context = exchange.context;
    this.#channel = exchange.channel;
    this.#response = new AsgiResponse(exchange.context, exchange.response, this);
  }

  run(): void {
    const { app, name, state, subprotocols } = this.#exchange;
    const { tracer, clock, connection, exchange, request, facts } = this.#context;
    const source: ScopeSource = { request, facts, state, extensions };
    const scope = buildWebSocketScope(source, subprotocols);
    if (tracer.enabled) {
      this.#startedAt = clock.now();
      traceScope(this.#context, scope, source, () => buildWebSocketScope(source, subprotocols), this.#startedAt);
      tracer.emit({ type: 'app.call', connection, exchange, interface: 'asgi', name }, this.#startedAt);
    }
    let returned: unknown;
    try {
      returned = app(scope, () => this.#receive(), (event) => this.#send(event));
    } catch (error) {
      return this.#finish(error, true);
    }
    if (!isThenable(returned)) {
      this.#report(notAwaitable(returned));
      return this.#finish(undefined, false);
    }
    returned.then(() => this.#finish(undefined, false), (error: unknown) => this.#finish(error, true));
  }

  // ── from the server ───────────────────────────────────────────────────────────────────────────────────────────

  /** A message; bytes are the application's from now on. False: enough for now, until `wantMessages`. */
  receive(message: string | Uint8Array): boolean {
    // After websocket.close nobody reads any more.
    if (this.#phase === 'over') return true;
    this.#queue.push(message);
    this.#queuedBytes += message.length;
    this.#feed();
    return !this.#full;
  }

  /** It is over: the client's Close frame, the server's, or the loss of the socket. Later ones do not count. */
  disconnect(code: number, reason: string): void {
    this.#end(code, reason);
  }

  resume(): void {
    const blocked = this.#blocked;
    this.#blocked = [];
    for (const { resolve } of blocked) resolve();
  }

  abort(_reason: string): void {
    if (!this.#response.over) this.#response.stage = 'broken';
    this.#end(abnormal, '');
  }

  /** The application has not got, or not yet answered, everything that the client sent: it would be a pity to hang up now. */
  get busy(): boolean {
    switch (this.#phase) {
      case 'connecting': return this.#waiters.length === 0;
      case 'denying': return true;
      case 'open': return this.#waiters.length === 0 && (this.#queue.length > 0 || this.#answering);
      case 'over': return false;
    }
  }

  get #full(): boolean {
    return this.#queuedBytes >= highWaterBytes || this.#queue.length >= highWaterMessages;
  }

  /** ASGI-ws.disconnect-1. */
  #end(code: number, reason: string): void {
    this.#phase = 'over';
    this.#disconnect ??= { type: 'websocket.disconnect', code, reason };
    const blocked = this.#blocked;
    this.#blocked = [];
    for (const { reject } of blocked) reject(new ClientDisconnected());
    this.#feed();
  }

  // ── receive ───────────────────────────────────────────────────────────────────────────────────────────────────

  #receive(): Promise<AsgiReceiveEvent> {
    const site = this.#context.sites.here();
    this.#answering = false;
    return new Promise((resolve) => {
      this.#waiters.push((event) => {
        this.#traceReceived(event, site);
        resolve(event);
      });
      this.#feed();
    });
  }

  /** Answer as many waiting `receive()`s as can be. */
  #feed(): void {
    while (this.#waiters.length > 0) {
      const event = this.#nextEvent();
      if (event === undefined) return this.#channel.caughtUp();
      this.#answering = event.type === 'websocket.receive';
      this.#waiters.shift()!(event);
    }
  }

  #nextEvent(): AsgiReceiveEvent | undefined {
    // ASGI-ws.connect-1.
    if (!this.#connectGiven) {
      this.#connectGiven = true;
      return { type: 'websocket.connect' };
    }
    const message = this.#queue[0];
    if (message === undefined) return this.#disconnect && { ...this.#disconnect };
    const wasFull = this.#full;
    this.#queue.shift();
    this.#queuedBytes -= message.length;
    if (wasFull && !this.#full) this.#channel.wantMessages();
    // ASGI-ws.receive-1: "Exactly one of bytes or text must be non-None"; the other key is left out, as uvicorn does.
    return typeof message === 'string' ? { type: 'websocket.receive', text: message } : { type: 'websocket.receive', bytes: message };
  }

  // ── send ──────────────────────────────────────────────────────────────────────────────────────────────────────

  #send(event: unknown): Promise<void> {
    const site = this.#context.sites.here();
    if (this.#phase === 'over') {
      // An application that sends after its own close has lost count, unless many share this WebSocket: then it could not know.
      if (this.#closedByApp) this.soft(violationAt(site, 'after-close', 'ASGI-ws.gone-1', `'${String((Object(event) as { type?: unknown }).type)}' was sent after the WebSocket was closed.`, "Stop at 'websocket.disconnect', and after your own 'websocket.close'; or catch ClientDisconnected.", event, 'nothing more'));
      return rejected(new ClientDisconnected());
    }
    try {
      const { subprotocols } = this.#exchange;
      const message = readWebSocketMessage(event, subprotocols, site, this);
      return this.#take(message, site) ? resolved : new Promise((resolve, reject) => this.#blocked.push({ resolve, reject }));
    } catch (error) {
      const violation = error instanceof LocalProtocolError ? fromCore(error, site, this.#phase === 'denying' ? 'ASGI-start-3' : 'ASGI-ws.accept-3') : error;
      if (violation instanceof AsgiViolation) this.#report(violation);
      return rejected(violation);
    }
  }

  /** ASGI-app-3: one message, in order. False: wait for room. Throws AsgiViolation, or what the channel throws. */
  #take(message: WebSocketMessage, site: SourceSite | undefined): boolean {
    if (message.type === 'denial') return this.#deny(message, site);
    this.#checkOrder(message, site);
    this.#traceSent(message, site);
    switch (message.type) {
      case 'websocket.accept':
        // ASGI-ws.connect-1: it answers websocket.connect, whether that was looked at or not.
        this.#connectGiven = true;
        this.#channel.accept(message.subprotocol, message.headers);
        // Unless the channel was lost meanwhile.
        if (this.#phase === 'connecting') this.#phase = 'open';
        return true;
      case 'websocket.send':
        return this.#channel.send(message.data);
      case 'websocket.close':
        this.#closedByApp = true;
        this.#close(message.code, message.reason);
        return true;
    }
  }

  #checkOrder({ type }: WebSocketMessage, site: SourceSite | undefined): void {
    switch (this.#phase) {
      case 'denying':
        throw violationAt(site, 'after-denial', 'ASGI-ws.denial-2', `'${type}' was sent after 'websocket.http.response.start'.`, "Complete the response with 'websocket.http.response.body'.", type, 'websocket.http.response.body');
      case 'connecting':
        if (type === 'websocket.send') throw violationAt(site, 'send-before-accept', 'ASGI-ws.connect-2', "'websocket.send' was sent before 'websocket.accept'.", "Send { type: 'websocket.accept' } first.", type, 'websocket.accept or websocket.close');
        return;
      case 'open':
        if (type === 'websocket.accept') throw violationAt(site, 'accept-twice', 'ASGI-ws.accept-1', "'websocket.accept' was sent a second time.", 'Send it once; the handshake is complete.', type, 'websocket.send or websocket.close');
        return;
      case 'over':
    }
  }

  #close(code: number, reason: string): void {
    if (this.#phase === 'open') {
      this.#phase = 'over';
      this.#channel.close(code, reason);
      return this.#end(code, reason);
    }
    // ASGI-ws.close-1: "the server must close the connection with a HTTP 403 error code".
    this.#exchange.response.refuse({ status: 403, code: 'ws-refused', message: 'The application did not accept this WebSocket.', advice: 'Whether you may have it, and with what, only the application knows.' }, []);
    this.#end(abnormal, '');
  }

  /** ASGI-ws.denial-1. */
  #deny({ message }: Extract<WebSocketMessage, { type: 'denial' }>, site: SourceSite | undefined): boolean {
    if (this.#phase === 'open') throw violationAt(site, 'denial-after-accept', 'ASGI-ws.denial-1', `'websocket.${message.type}' was sent after 'websocket.accept'.`, "End it with { type: 'websocket.close' }.", message.type, 'websocket.send or websocket.close');
    this.#response.take(message, site);
    if (this.#phase === 'connecting') this.#phase = 'denying';
    // As in http: nothing waits that is not on its way, and nothing that is complete.
    return this.#response.stage === 'started' || this.#exchange.response.flush() || this.#response.over;
  }

  /** For {@link AsgiResponse}: the application has answered with a response (ASGI-ws.denial-2). */
  completed(): void {
    this.#end(abnormal, '');
  }

  // ── the end ───────────────────────────────────────────────────────────────────────────────────────────────────

  /** The coroutine ended, in order or not. */
  #finish(error: unknown, threw: boolean): void {
    const { tracer, clock, connection, exchange } = this.#context;
    if (tracer.enabled && !threw) tracer.emit({ type: 'app.return', connection, exchange, kind: 'coroutine', ms: clock.now() - this.#startedAt });
    // ASGI-ws.gone-2: it may come back from a WebSocket that is gone, but not from one that is there.
    if (threw && !(error instanceof ClientDisconnected && this.#phase === 'over')) this.#fail(error);
    else if (this.#phase === 'connecting') this.#fail(new AsgiViolation({ code: 'no-answer', clause: 'ASGI-ws.connect-2', message: "The application returned without having answered 'websocket.connect'.", advice: "Send 'websocket.accept' or 'websocket.close' before returning; and await what you start." }));
    else if (this.#phase === 'denying') this.#fail(this.#response.incomplete());
    // ASGI-ws.scope-3: "if the application dies the socket should be closed".
    else if (this.#phase === 'open') this.#close(1000, '');
    // Nobody reads any more: what is still waited for must not hang for ever, and what comes is let pass.
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#end(abnormal, '');
    this.#exchange.finished();
  }

  /** ASGI-app-4. 500 where the handshake is not complete, 1011 afterwards. */
  #fail(error: unknown): void {
    if (error instanceof AsgiViolation) this.#report(error);
    const { tracer, connection, exchange, sites, request } = this.#context;
    const { name, message, stack } = errorText(error);
    const site = error instanceof AsgiViolation && error.site !== undefined ? error.site : sites.of(error);
    const phase = this.#phase;
    const stage = phase === 'denying' || phase === 'connecting' ? this.#response.reached : 'after body';
    if (tracer.enabled) tracer.emit({ type: 'app.error', connection, exchange, name, message, stack, stage, ...(site && { site }) });
    this.#context.log('server', 'error', `Error handling WebSocket ${request.target}\n${stack}`, this.#context);
    if (phase === 'over') return;
    if (phase === 'open') return this.#close(1011, '');
    const failure: AppFailure = {
      error, message: `${name}: ${message}`, advice: error instanceof AsgiViolation ? error.advice : '', ...(error instanceof AsgiViolation ? { violation: error } : {}),
    };
    const { response } = this.#exchange;
    const { headSent } = this.#response;
    this.#response.stage = 'broken';
    if (headSent) response.cut(failure);
    else response.fail(failure);
    response.flush();
  }

  #report(violation: AsgiViolation): void {
    reportViolation(this.#context, this.#violations, violation);
  }

  /** What stops nothing is only for those who asked for it. */
  /** For {@link AsgiResponse} and the readers of messages. */
  soft(violation: AsgiViolation): void {
    if (this.#context.validate) this.#report(violation);
  }

  // ── the trace ─────────────────────────────────────────────────────────────────────────────────────────────────

  #traceReceived(event: AsgiReceiveEvent, site: SourceSite | undefined): void {
    if (!this.#context.tracer.enabled) return;
    const detail = event.type === 'websocket.receive' ? describe(event.text ?? event.bytes!) : event.type === 'websocket.disconnect' ? `${event.code} ${event.reason}`.trimEnd() : '';
    this.#trace('receive', event.type, detail, site);
  }

  #traceSent(message: Exclude<WebSocketMessage, { type: 'denial' }>, site: SourceSite | undefined): void {
    if (!this.#context.tracer.enabled) return;
    switch (message.type) {
      case 'websocket.accept':
        return this.#trace('send', message.type, [...(message.subprotocol === undefined ? [] : [`subprotocol ${message.subprotocol}`]), ...message.headers.map(([name, value]) => `${name}: ${value}`)].join('; '), site);
      case 'websocket.send': return this.#trace('send', message.type, describe(message.data), site);
      case 'websocket.close': return this.#trace('send', message.type, `${message.code} ${message.reason}`.trimEnd(), site);
    }
  }

  #trace(direction: 'receive' | 'send', message: string, detail: string, site: SourceSite | undefined): void {
    const { tracer, connection, exchange } = this.#context;
    tracer.emit({ type: 'app.message', connection, exchange, direction, message, detail, ...(site && { site }) });
  }
}

/** A text's beginning in quotes, or the size of bytes. */
const describe = (message: string | Uint8Array): string => (typeof message === 'string' ? show(message, maxDetail) : `${message.length} bytes`);
