/**
 * One exchange with an ASGI application (HTTP message format 2.5): the request body streams in as the application asks for it,
 * the response streams out as the client takes it.
 */
import { reportViolation, type AppFailure, type ExchangeContext, type ResponseChannel, type StreamingHandler } from '../channel.ts';
import { LocalProtocolError } from '../../core/http1/errors.ts';
import { errorText } from '../thrown.ts';
import { isThenable } from '../wsgi/checks.ts';
import { BodyBuffer } from '../wsgi/input.ts';
import type { SourceSite } from '../../trace/events.ts';
import { AsgiViolation, ClientDisconnected } from '../errors.ts';
import { notAwaitable, readHttpMessage } from './messages.ts';
import { passed } from './passed.ts';
import { AsgiResponse, fromCore, rejected, type ResponseOwner, type ResponseStage } from './response.ts';
import { buildHttpScope, type ScopeSource, traceScope } from './scope.ts';
import type { AsgiApp, AsgiReceiveEvent } from './types.ts';

/** What the server hands over. */
export interface AsgiExchange {
  readonly app: AsgiApp;
  readonly name: string;
  readonly context: ExchangeContext;
  readonly channel: ResponseChannel;
  readonly state: Readonly<Record<string, unknown>> | undefined;
  /** The application wants more of the body than has been given: let it flow again. */
  readonly wantBody: () => void;
  /** The application's coroutine has ended (the response may have been complete long before). */
  readonly finished: () => void;
}

/** What this gateway offers besides the base specification. */
export const extensions: ScopeSource['extensions'] = () => ({ 'http.response.trailers': {}, 'http.response.early_hint': {} });

/** Octets of request body that wait for `receive()`; above it, the socket is paused. */
const highWaterBytes = 65_536;
/** A body of no more octets may wait as a whole: to hold its client up and let it go on takes longer than to keep it. */
export const wholeBodyBytes = 131_072;

type Waiter = (event: AsgiReceiveEvent) => void;
/** A `send()` that waits for room. */
interface Blocked { readonly resolve: () => void; readonly reject: (error: unknown) => void }

const nothing = new Uint8Array(0);

/** Serves one exchange; `run` may be called before the request body is complete. */
export class AsgiHandler implements StreamingHandler, ResponseOwner {
  readonly prefix = '';
  readonly #exchange: AsgiExchange;
  readonly #context: ExchangeContext;
  readonly #channel: ResponseChannel;
  /** Told already. */
  #violations: Set<string> | undefined;

  // ── the request ──
  /** What has arrived since the last `receive()`. */
  #waiting: BodyBuffer | undefined;
  /** Octets of the body still to come; -1: not known. */
  #announced: number;
  /** So many octets may wait. */
  readonly #room: number;
  /** The whole request has arrived. */
  #ended = false;
  /** …and been given to the application. */
  #endGiven = false;
  /** The client is gone, or sends no more. */
  #disconnected = false;
  /** `receive()`s that wait, in order. */
  #waiters: Waiter[] | undefined;
  #asked100 = false;

  // ── the response ──
  readonly #response: AsgiResponse;
  /** `send()`s that wait for room, in order. */
  #blocked: Blocked[] | undefined;
  /** The client cannot be written to. */
  #gone = false;
  #startedAt = 0;

  constructor(exchange: AsgiExchange) {
    this.#exchange = exchange;
    this.#context = exchange.context;
    this.#channel = exchange.channel;
    this.#announced = exchange.context.request.framing.length;
    this.#room = this.#announced >= 0 && this.#announced <= wholeBodyBytes ? Infinity : highWaterBytes;
    this.#response = new AsgiResponse(exchange.context, exchange.channel, this);
  }

  run(): void {
    const { app, name, state } = this.#exchange;
    const { tracer, clock, connection, exchange, request, facts } = this.#context;
    const source: ScopeSource = { request, facts, state, extensions };
    // Who watches is shown everything, so nothing waits.
    const scope = buildHttpScope(source, !tracer.enabled);
    if (tracer.enabled) {
      this.#startedAt = clock.now();
      traceScope(this.#context, scope, source, () => buildHttpScope(source), this.#startedAt);
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

  // ── the request: from the server ──────────────────────────────────────────────────────────────────────────────

  receive(bytes: Uint8Array): boolean {
    // Nobody will ask for it: let it pass, the server counts it.
    if (this.#response.over) return true;
    const waiting = (this.#waiting ??= new BodyBuffer(Math.min(this.#announced, this.#room)));
    waiting.append(bytes);
    if (this.#announced > 0) this.#announced -= bytes.length;
    this.#feed();
    return this.#waiting === undefined || waiting.size < this.#room;
  }

  receiveEnd(): void {
    this.#ended = true;
    this.#feed();
  }

  receiveEof(): void {
    // ASGI-disconnect-1. The client may still read: `send` goes on working for as long as the socket takes it.
    this.#disconnected = true;
    this.#feed();
  }

  resume(): void {
    // All of them: each asked when there was no room, and now there is.
    const blocked = this.#blocked;
    if (blocked === undefined) return;
    this.#blocked = undefined;
    for (const { resolve } of blocked) resolve();
  }

  abort(_reason: string): void {
    this.#gone = true;
    this.#disconnected = true;
    this.#waiting = undefined;
    if (!this.#response.over) this.#response.stage = 'broken';
    const blocked = this.#blocked ?? [];
    this.#blocked = undefined;
    for (const { reject } of blocked) reject(new ClientDisconnected());
    this.#feed();
  }

  // ── the request: to the application ───────────────────────────────────────────────────────────────────────────

  #receive(): Promise<AsgiReceiveEvent> {
    const site = this.#context.sites.here();
    if (!this.#asked100 && !this.#endGiven && this.#context.request.expects100) {
      this.#asked100 = true;
      // RFC9110-10.1.1: the client waits to hear whether its content is wanted; now it is.
      this.#channel.continue100();
      this.#channel.flush();
    }
    // Mostly it is here, and nobody has asked for it before.
    const event = this.#waiters === undefined ? this.#nextEvent() : undefined;
    if (event !== undefined) {
      this.#traceReceived(event, site);
      return Promise.resolve(event);
    }
    return new Promise((resolve) => {
      (this.#waiters ??= []).push((later) => {
        this.#traceReceived(later, site);
        resolve(later);
      });
    });
  }

  /** Answer as many waiting `receive()`s as can be. */
  #feed(): void {
    while (this.#waiters !== undefined) {
      const event = this.#nextEvent();
      if (event === undefined) return;
      const waiter = this.#waiters.shift()!;
      if (this.#waiters.length === 0) this.#waiters = undefined;
      waiter(event);
    }
  }

  #nextEvent(): AsgiReceiveEvent | undefined {
    if (this.#waiting !== undefined) {
      const body = this.#waiting.bytes;
      this.#waiting = undefined;
      const last = this.#ended;
      if (last) this.#endGiven = true;
      else this.#exchange.wantBody();
      return { type: 'http.request', body, more_body: !last };
    }
    if (this.#ended && !this.#endGiven && !this.#gone) {
      // ASGI-request-2.
      this.#endGiven = true;
      return { type: 'http.request', body: nothing.slice(), more_body: false };
    }
    // ASGI-disconnect-1: "after a response has been sent or after the HTTP connection has been closed".
    return this.#disconnected || this.#response.over ? { type: 'http.disconnect' } : undefined;
  }

  // ── the response ──────────────────────────────────────────────────────────────────────────────────────────────

  #send(event: unknown): Promise<void> {
    const site = this.#context.sites.here();
    // ASGI-gone-1.
    if (this.#gone || !this.#channel.open) return rejected(new ClientDisconnected());
    try {
      const message = readHttpMessage(event, site, this);
      this.#response.take(message, site);
    } catch (error) {
      const violation = error instanceof LocalProtocolError ? fromCore(error, site) : error;
      if (violation instanceof AsgiViolation) this.#report(violation);
      return rejected(violation);
    }
    // ASGI-body-2: passed on before `send` returns; and not resolved before there is room for more.
    if (this.#response.stage === 'started' || this.#channel.flush((this.#response.stage as ResponseStage) === 'complete')) return passed;
    // Nothing will follow that would have to wait.
    if ((this.#response.stage as ResponseStage) === 'complete') return passed;
    return new Promise((resolve, reject) => (this.#blocked ??= []).push({ resolve, reject }));
  }

  /** For {@link AsgiResponse}: there is nothing more to wait for. */
  completed(): void {
    this.#waiting = undefined;
    // Nobody asks us any more whether there is room: earlier `send()`s that were not awaited have nothing to wait for.
    this.resume();
    // Whoever waits for the client to go is told that this is over.
    this.#feed();
  }

  // ── the end ───────────────────────────────────────────────────────────────────────────────────────────────────

  /** The coroutine ended, in order or not. */
  #finish(error: unknown, threw: boolean): void {
    const { tracer, clock, connection, exchange } = this.#context;
    if (tracer.enabled && !threw) tracer.emit({ type: 'app.return', connection, exchange, kind: 'coroutine', ms: clock.now() - this.#startedAt });
    // ASGI-gone-2.
    if (threw && !(error instanceof ClientDisconnected)) this.#fail(error);
    else if (this.#response.stage !== 'complete' && !this.#gone && this.#channel.open) this.#fail(this.#response.incomplete());
    // What is still waited for (by something that outlives the application) must not hang for ever.
    this.resume();
    this.#disconnected = true;
    this.#feed();
    this.#exchange.finished();
  }

  /** ASGI-app-4. */
  #fail(error: unknown): void {
    if (error instanceof AsgiViolation) this.#report(error);
    const stage = this.#response.reached;
    const { tracer, connection, exchange, sites, request } = this.#context;
    const { name, message, stack } = errorText(error);
    const site = error instanceof AsgiViolation && error.site !== undefined ? error.site : sites.of(error);
    if (tracer.enabled) tracer.emit({ type: 'app.error', connection, exchange, name, message, stack, stage, ...(site && { site }) });
    this.#context.log('server', 'error', `Error handling request ${request.method} ${request.target}\n${stack}`, this.#context);
    if (this.#response.stage === 'complete' || this.#gone) return;
    const failure: AppFailure = {
      error, message: `${name}: ${message}`, advice: error instanceof AsgiViolation ? error.advice : '', ...(error instanceof AsgiViolation ? { violation: error } : {}),
    };
    this.#response.stage = 'broken';
    if (this.#response.headSent) this.#channel.cut(failure);
    else this.#channel.fail(failure);
    this.#channel.flush();
  }

  /** For {@link AsgiResponse} and the readers of messages. */
  soft(violation: AsgiViolation): void {
    if (this.#context.validate) this.#report(violation);
  }

  #report(violation: AsgiViolation): void {
    reportViolation(this.#context, (this.#violations ??= new Set()), violation);
  }

  // ── the trace ─────────────────────────────────────────────────────────────────────────────────────────────────

  #traceReceived(event: AsgiReceiveEvent, site: SourceSite | undefined): void {
    const { tracer, connection, exchange } = this.#context;
    if (!tracer.enabled) return;
    if (event.type === 'http.request') tracer.emit({ type: 'app.read', connection, exchange, call: 'receive()', size: event.body.length, ...(site && { site }) });
    else tracer.emit({ type: 'app.message', connection, exchange, direction: 'receive', message: event.type, detail: '', ...(site && { site }) });
  }
}
