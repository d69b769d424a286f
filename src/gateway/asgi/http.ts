/**
 * One exchange with an ASGI application (HTTP message format 2.5): the request body streams in as the application asks for it,
 * the response streams out as the client takes it.
 */
import { reportViolation, type AppFailure, type ExchangeContext, type ResponseChannel, type StreamingHandler } from '../channel.ts';
import { LocalProtocolError } from '../../core/http1/errors.ts';
import type { FieldPairs } from '../../core/http1/events.ts';
import { reasonPhrase } from '../reason.ts';
import { describeType, show } from '../render.ts';
import { errorText } from '../thrown.ts';
import { isThenable } from '../wsgi/checks.ts';
import type { SourceSite } from '../../trace/events.ts';
import { AsgiViolation, ClientDisconnected } from '../errors.ts';
import { readHttpMessage, violationAt, type HttpMessage } from './messages.ts';
import { buildHttpScope, describeScope, type ScopeSource } from './scope.ts';
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
const extensions = ['http.response.trailers', 'http.response.early_hint'] as const;

/** Octets of request body that wait for `receive()`; above it, the socket is paused. */
const highWaterBytes = 65_536;

/** Where the response stands. `trailing`: the body is complete, trailers are awaited. */
type Stage = 'waiting' | 'started' | 'sending' | 'trailing' | 'complete' | 'broken';

type Waiter = (event: AsgiReceiveEvent) => void;

const resolved: Promise<void> = Promise.resolve();
const nothing = new Uint8Array(0);

/** Serves one exchange; `run` may be called before the request body is complete. */
export class AsgiHandler implements StreamingHandler {
  readonly #exchange: AsgiExchange;
  readonly #context: ExchangeContext;
  readonly #channel: ResponseChannel;
  readonly #violations = new Set<string>();

  // ── the request ──
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  /** The whole request has arrived. */
  #ended = false;
  /** …and been given to the application. */
  #endGiven = false;
  /** The client is gone, or sends no more. */
  #disconnected = false;
  #waiters: Waiter[] = [];
  #asked100 = false;

  // ── the response ──
  #stage: Stage = 'waiting';
  #head: Extract<HttpMessage, { type: 'http.response.start' }> | undefined;
  /** Value of content-length; -1 where there is none. */
  #announced = -1;
  /** Octets of content given. */
  #given = 0;
  /** The head is on its way. */
  #headSent = false;
  #trailers: (readonly [string, string])[] = [];
  /** `send()`s that wait for room, in order. */
  #blocked: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[] = [];
  /** The client cannot be written to. */
  #gone = false;
  #startedAt = 0;

  constructor(exchange: AsgiExchange) {
    this.#exchange = exchange;
    this.#context = exchange.context;
    this.#channel = exchange.channel;
  }

  run(): void {
    const { app, name, state } = this.#exchange;
    const { tracer, clock, connection, exchange, request, facts } = this.#context;
    const source: ScopeSource = { request, facts, state, extensions };
    const scope = buildHttpScope(source);
    if (tracer.enabled) {
      tracer.emit({ type: 'gateway.scope', connection, exchange, entries: describeScope(scope, source) });
      this.#startedAt = clock.now();
      tracer.emit({ type: 'app.call', connection, exchange, interface: 'asgi', name });
    }
    let returned: unknown;
    try {
      returned = app(scope, () => this.#receive(), (event) => this.#send(event));
    } catch (error) {
      return this.#finish(error, true);
    }
    if (!isThenable(returned)) {
      this.#report(new AsgiViolation({ code: 'not-awaitable', clause: 'ASGI-app-1', message: `The application returned ${describeType(returned)} instead of a promise.`, advice: 'Make it async: async (scope, receive, send) => { … }.', given: show(returned), expected: 'a promise' }));
      return this.#finish(undefined, false);
    }
    returned.then(() => this.#finish(undefined, false), (error: unknown) => this.#finish(error, true));
  }

  // ── the request: from the server ──────────────────────────────────────────────────────────────────────────────

  receive(bytes: Uint8Array): boolean {
    // Nobody will ask for it: let it pass, the server counts it.
    if (this.#stage === 'complete' || this.#stage === 'broken') return true;
    this.#queue.push(bytes.slice());
    this.#queuedBytes += bytes.length;
    this.#feed();
    return this.#queuedBytes < highWaterBytes;
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
    this.#blocked = [];
    for (const { resolve } of blocked) resolve();
  }

  abort(_reason: string): void {
    this.#gone = true;
    this.#disconnected = true;
    this.#queue = [];
    this.#queuedBytes = 0;
    if (this.#stage !== 'complete') this.#stage = 'broken';
    const blocked = this.#blocked;
    this.#blocked = [];
    for (const { reject } of blocked) reject(new ClientDisconnected());
    this.#feed();
  }

  // ── the request: to the application ───────────────────────────────────────────────────────────────────────────

  #receive(): Promise<AsgiReceiveEvent> {
    const site = this.#context.sites.here();
    return new Promise((resolve) => {
      this.#waiters.push((event) => {
        this.#traceReceived(event, site);
        resolve(event);
      });
      if (!this.#asked100 && !this.#endGiven) {
        this.#asked100 = true;
        // RFC9110-10.1.1: the client waits to hear whether its content is wanted; now it is.
        this.#channel.continue100();
        this.#channel.flush();
      }
      this.#feed();
    });
  }

  /** Answer as many waiting `receive()`s as can be. */
  #feed(): void {
    while (this.#waiters.length > 0) {
      const event = this.#nextEvent();
      if (event === undefined) return;
      this.#waiters.shift()!(event);
    }
  }

  #nextEvent(): AsgiReceiveEvent | undefined {
    if (this.#queue.length > 0) {
      const body = this.#takeQueued();
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
    return this.#disconnected || this.#stage === 'complete' || this.#stage === 'broken' ? { type: 'http.disconnect' } : undefined;
  }

  /** What has arrived since the last time, in one piece. */
  #takeQueued(): Uint8Array {
    const queue = this.#queue;
    const size = this.#queuedBytes;
    this.#queue = [];
    this.#queuedBytes = 0;
    if (queue.length === 1) return queue[0]!;
    const body = new Uint8Array(size);
    let at = 0;
    for (const part of queue) {
      body.set(part, at);
      at += part.length;
    }
    return body;
  }

  // ── the response ──────────────────────────────────────────────────────────────────────────────────────────────

  #send(event: unknown): Promise<void> {
    const site = this.#context.sites.here();
    // ASGI-gone-1.
    if (this.#gone || !this.#channel.open) return rejected(new ClientDisconnected());
    try {
      const message = readHttpMessage(event, { site, soft: (violation) => { if (this.#context.validate) this.#report(violation); } });
      this.#take(message, site);
    } catch (error) {
      const violation = error instanceof LocalProtocolError ? fromCore(error, site) : error;
      if (violation instanceof AsgiViolation) this.#report(violation);
      return rejected(violation);
    }
    // ASGI-body-2: passed on before `send` returns; and not resolved before there is room for more.
    if (this.#stage === 'started' || this.#channel.flush()) return resolved;
    // Nothing will follow that would have to wait.
    if ((this.#stage as Stage) === 'complete') return resolved;
    return new Promise((resolve, reject) => this.#blocked.push({ resolve, reject }));
  }

  /** ASGI-app-3: one message, in order. */
  #take(message: HttpMessage, site: SourceSite | undefined): void {
    const refuse = violationAt(site);
    if (this.#stage === 'complete' || this.#stage === 'broken') {
      // ASGI-body-3: "any further messages on the channel will be ignored".
      if (this.#context.validate) this.#report(refuse('after-complete', 'ASGI-body-3', `'${message.type}' was sent after the response was complete.`, 'The message with more_body false (or missing) is the last one.', message.type, 'nothing more'));
      return;
    }
    switch (message.type) {
      case 'http.response.start':
        if (this.#stage !== 'waiting') throw refuse('start-twice', 'ASGI-start-1', "'http.response.start' was sent a second time.", 'Send it once; its status and headers cannot be changed afterwards.', message.type, 'http.response.body');
        this.#head = message;
        this.#announced = Number(message.headers.find(([name]) => isContentLength(name))?.[1] ?? -1);
        // ASGI-start-5: "need not flush the data generated by this event … until the first Response Body event": an error until then still gets a proper page.
        this.#stage = 'started';
        this.#traceStart(message, site);
        return;
      case 'http.response.body':
        if (this.#stage === 'waiting' || this.#stage === 'trailing') {
          throw this.#stage === 'waiting'
            ? refuse('body-before-start', 'ASGI-start-1', "'http.response.body' was sent before 'http.response.start'.", "Send { type: 'http.response.start', status: 200, headers: [] } first.", message.type, 'http.response.start')
            : refuse('body-after-end', 'ASGI-start-6', "'http.response.body' was sent after the body was complete.", "Send 'http.response.trailers', as announced.", message.type, 'http.response.trailers');
        }
        this.#traceBody(message, site);
        this.#checkLength(message.body.length, message.more, site);
        return this.#body(message.body, message.more);
      case 'http.response.trailers':
        if (this.#stage !== 'trailing') throw refuse('trailers-unannounced', 'ASGI-trailers-1', `'http.response.trailers' was sent ${this.#head?.trailers === true ? 'before the body was complete' : 'without having been announced'}.`, "Give trailers: true in 'http.response.start', and send them after the body.", message.type, this.#stage === 'waiting' ? 'http.response.start' : 'http.response.body');
        this.#traceMessage('send', message.type, message.headers.map(([name, value]) => `${name}: ${value}`).join('; '), site);
        this.#trailers.push(...message.headers);
        if (!message.more) this.#complete();
        return;
      case 'http.response.early_hint':
        // The extension says "after the Response Start message"; the head is not out yet then, and 103 must come before it (RFC 8297 §2).
        if (this.#stage !== 'started' && this.#stage !== 'waiting') return;
        this.#traceMessage('send', message.type, message.links.join(', '), site);
        if (this.#context.request.version === 10) return;
        this.#channel.inform(103, 'Early Hints', message.links.map((link) => ['Link', link] as const));
        this.#channel.flush();
        return;
    }
  }

  /** ASGI-body-4. Before anything of the message is sent: while the head waits, the client can still be told. */
  #checkLength(size: number, more: boolean, site: SourceSite | undefined): void {
    const { status } = this.#head!;
    const announced = this.#announced;
    this.#given += size;
    if (announced < 0 || this.#channel.isHead || status === 204 || status === 304) return;
    const advice = 'Count bytes, not characters, or leave content-length out.';
    if (this.#given > announced) throw violationAt(site)('body-too-long', 'ASGI-body-4', `The application gave ${this.#given} bytes; its content-length announces ${announced}.`, advice, this.#given, String(announced));
    if (!more && this.#given < announced) throw violationAt(site)('body-too-short', 'ASGI-body-4', `The application gave ${this.#given} of the ${announced} bytes that its content-length announces.`, advice, this.#given, String(announced));
  }

  #body(body: Uint8Array, more: boolean): void {
    if (this.#stage === 'started') {
      this.#startHead(body.length, more);
      this.#stage = 'sending';
    }
    if (body.length > 0) this.#channel.write(body);
    if (more) return;
    if (this.#head!.trailers) this.#stage = 'trailing';
    else this.#complete();
  }

  #startHead(size: number, more: boolean): void {
    const { status, headers, trailers } = this.#head!;
    // ASGI-start-4: "the server must ignore it".
    let fields: FieldPairs = headers.some(([name]) => isTransferEncoding(name)) ? headers.filter(([name]) => !isTransferEncoding(name)) : headers;
    const measured = this.#announced >= 0;
    // All of it is here: its length is known.
    if (!more && !trailers && !measured && status !== 204 && status !== 304 && !(this.#channel.isHead && size === 0)) fields = [...fields, ['content-length', String(size)]];
    this.#channel.start(status, reasonPhrase(status), fields);
    this.#headSent = true;
  }

  #complete(): void {
    // ASGI-trailers-2: "will only send the trailing headers in case the client has sent the TE: trailers header".
    const wanted = this.#trailers.length > 0 && /(?:^|,)\s*trailers\s*(?:;|,|$)/i.test(this.#context.request.headers.get('te') ?? '');
    if (wanted) this.#channel.end(this.#trailers);
    else this.#channel.end();
    this.#stage = 'complete';
    this.#queue = [];
    this.#queuedBytes = 0;
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
    else if (this.#stage !== 'complete' && !this.#gone && this.#channel.open) this.#fail(this.#incomplete());
    // A receive() that is still waited for (by something that outlives the application) must not hang for ever.
    this.#disconnected = true;
    this.#feed();
    this.#exchange.finished();
  }

  #incomplete(): AsgiViolation {
    return this.#stage === 'waiting'
      ? new AsgiViolation({ code: 'no-response', clause: 'ASGI-start-1', message: "The application returned without having sent 'http.response.start'.", advice: 'Send a response before returning; and await what you start.' })
      : new AsgiViolation({ code: 'incomplete', clause: 'ASGI-body-3', message: 'The application returned without having completed the response.', advice: this.#stage === 'trailing' ? "Send 'http.response.trailers', as announced." : "Send 'http.response.body' without more_body at the end; and await what you start." });
  }

  /** ASGI-app-4. */
  #fail(error: unknown): void {
    if (error instanceof AsgiViolation) this.#report(error);
    const stage = this.#headSent ? 'after body' : this.#head === undefined ? 'before start' : 'before body';
    const { tracer, connection, exchange, sites, request } = this.#context;
    const { name, message, stack } = errorText(error);
    const site = error instanceof AsgiViolation && error.site !== undefined ? error.site : sites.of(error);
    if (tracer.enabled) tracer.emit({ type: 'app.error', connection, exchange, name, message, stack, stage, ...(site && { site }) });
    this.#context.log('server', 'error', `Error handling request ${request.method} ${request.target}\n${stack}`, this.#context);
    if (this.#stage === 'complete' || this.#gone) return;
    const failure: AppFailure = {
      error, message: `${name}: ${message}`, advice: error instanceof AsgiViolation ? error.advice : '', ...(error instanceof AsgiViolation ? { violation: error } : {}),
    };
    this.#stage = 'broken';
    if (this.#headSent) this.#channel.cut(failure);
    else this.#channel.fail(failure);
    this.#channel.flush();
  }

  #report(violation: AsgiViolation): void {
    reportViolation(this.#context, this.#violations, violation);
  }

  // ── the trace ─────────────────────────────────────────────────────────────────────────────────────────────────

  #traceReceived(event: AsgiReceiveEvent, site: SourceSite | undefined): void {
    const { tracer, connection, exchange } = this.#context;
    if (!tracer.enabled) return;
    if (event.type === 'http.request') tracer.emit({ type: 'app.read', connection, exchange, call: 'receive()', size: event.body.length, ...(site && { site }) });
    else this.#traceMessage('receive', event.type, '', site);
  }

  #traceStart({ status, headers }: { readonly status: number; readonly headers: FieldPairs }, site: SourceSite | undefined): void {
    const { tracer, connection, exchange } = this.#context;
    if (tracer.enabled) tracer.emit({ type: 'app.start', connection, exchange, status: String(status), headers, ...(site && { site }) });
  }

  #traceBody({ body, more }: { readonly body: Uint8Array; readonly more: boolean }, site: SourceSite | undefined): void {
    const { tracer, connection, exchange } = this.#context;
    if (tracer.enabled) tracer.emit({ type: 'app.body', connection, exchange, via: 'send', size: body.length, more, ...(site && { site }) });
  }

  #traceMessage(direction: 'receive' | 'send', message: string, detail: string, site: SourceSite | undefined): void {
    const { tracer, connection, exchange } = this.#context;
    if (tracer.enabled) tracer.emit({ type: 'app.message', connection, exchange, direction, message, detail, ...(site && { site }) });
  }
}

const isContentLength = (name: string): boolean => name.length === 14 && name.toLowerCase() === 'content-length';
const isTransferEncoding = (name: string): boolean => name.length === 17 && name.toLowerCase() === 'transfer-encoding';

/** The writer refused what the messages' own checks let pass: a Content-Length that is no number, a trailer that must not be one. */
function fromCore(error: LocalProtocolError, site: SourceSite | undefined): AsgiViolation {
  return new AsgiViolation({ code: error.code.replace(/^local-/, ''), clause: error.code.includes('trailer') ? 'ASGI-trailers-1' : 'ASGI-start-3', message: error.message, advice: error.advice, ...(site && { site }) });
}

/** A rejection that the application may overlook (`send` without `await`) without the process being told of an unhandled one: it was reported. */
function rejected(error: unknown): Promise<never> {
  const promise = Promise.reject(error);
  promise.catch(() => {});
  return promise;
}
