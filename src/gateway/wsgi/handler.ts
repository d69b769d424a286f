/**
 * One exchange with a WSGI application (PEP 3333): call it, send what it gives as it gives it, and close what it returned.
 *
 * Everything happens synchronously within `run` and `resume`; there is no promise on this road. When the socket is full the
 * handler returns and asks for the next block only when there is room again: back-pressure is simply not calling `next()`.
 */
import { reportViolation, type AppFailure, type ExchangeContext, type ExchangeHandler, type ResponseChannel } from '../channel.ts';
import { describeType, entriesBytes } from '../render.ts';
import type { FieldPairs } from '../../core/http1/events.ts';
import type { SourceSite } from '../../trace/events.ts';
import { emitLater } from '../../trace/tracer.ts';
import { checkBlock, checkResult, isThenable } from './checks.ts';
import { buildEnviron, environEntries } from './environ.ts';
import { type ErrorLog, ErrorStream } from './error-stream.ts';
import { FileWrapper } from './file-wrapper.ts';
import { ClientDisconnected, type GatewayViolation, WsgiViolation } from '../errors.ts';
import { BodyInput } from './input.ts';
import { isClosable, Result } from './result.ts';
import { Starter, type StartHooks } from './start-response.ts';
import { errorText } from '../thrown.ts';
import type { WsgiApp, WsgiEnviron } from './types.ts';
import { validate } from './validate.ts';

/** What the server hands over. */
export interface WsgiExchange {
  readonly app: WsgiApp;
  /** Name of the application in the trace. */
  readonly name: string;
  /** The whole request body; given away for good. */
  readonly body: Uint8Array;
  readonly context: ExchangeContext;
  readonly channel: ResponseChannel;
  /** Give other connections a turn and call `resume` soon: asked for by an application that has written for long without filling the socket. */
  yieldTurn(): void;
}

/**
 * Blocks asked for before others get a turn of the event loop. A never-ending generator must not keep the thread for ever, even
 * where the reader is so fast that the socket is never full for longer than a promise job.
 */
const blocksPerTurn = 512;

/** Octets of a file that are read at a time. */
const fileBytes = 65_536;

/** Serves one exchange; `run` is called once, with the body complete. */
export class WsgiHandler implements ExchangeHandler, StartHooks, ErrorLog {
  /** What the application was given, and may have added to. Undefined before `run`. */
  environ: WsgiEnviron | undefined;
  readonly #exchange: WsgiExchange;
  readonly #context: ExchangeContext;
  readonly #channel: ResponseChannel;
  readonly #starter: Starter;
  readonly #errors: ErrorStream;
  /** Told already. */
  #violations: Set<string> | undefined;
  #result: Result | undefined;
  /** Blocks asked for. */
  #blocks = 0;
  /** Octets of content that went out. */
  #sent = 0;
  /** Octets of content, where all of it is known before the head goes out; -1 otherwise. */
  #whole = -1;
  #startedAt = 0;
  /** The application (or its iterator) is on the stack. */
  #inApp = false;
  /** Nothing more is asked of the application. */
  #over = false;
  /** `next()` was called for the first time, so `write()` is too late (PEP3333-write-3). */
  #iterating = false;
  /** The line that gave what was given last. */
  #gaveAt: SourceSite | undefined;
  /** The result is this file of the operating system, and the platform reads it for us. */
  #fd = -1;
  #fileBlock: Uint8Array | undefined;
  /** The platform is reading: the file must not be closed under it. */
  #reading = false;

  constructor(exchange: WsgiExchange) {
    this.#exchange = exchange;
    this.#context = exchange.context;
    this.#channel = exchange.channel;
    this.#errors = new ErrorStream(this);
    this.#starter = new Starter(this);
  }

  run(): void {
    const { app, name } = this.#exchange;
    const { tracer, clock, connection, exchange, validate: validating } = this.#context;
    if (tracer.enabled) this.#startedAt = clock.now();
    const environ = (this.environ = this.#environ());
    const callable = validating ? validate(app, { report: (violation) => this.#report(violation), sites: this.#context.sites }) : app;
    if (tracer.enabled) tracer.emit({ type: 'app.call', connection, exchange, interface: 'wsgi', name }, this.#startedAt);
    let returned: unknown;
    try {
      this.#inApp = true;
      // PEP3333-details-1: two positional arguments.
      returned = callable(environ, this.#starter.startResponse);
    } catch (error) {
      return this.#fail(error);
    } finally {
      this.#inApp = false;
    }
    if (tracer.enabled) {
      const now = clock.now();
      tracer.emit({ type: 'app.return', connection, exchange, kind: describeType(returned), ms: now - this.#startedAt }, now);
    }
    if (this.#over) return this.#drop(returned);
    this.#gaveAt = this.#context.sites.gave?.(returned);
    const violation = checkResult(returned, this.#gaveAt);
    if (violation !== undefined) {
      // Nobody will await it, but a rejection of it is not to be reported as unhandled on top.
      if (isThenable(returned)) returned.then(undefined, () => {});
      return this.#fail(violation);
    }
    // Nothing to be asked for one by one, nor to be closed.
    if (Array.isArray(returned) && !isClosable(returned)) return this.#sendAll(returned);
    this.#result = new Result(returned as Iterable<unknown>);
    const { items } = this.#result;
    if (items !== undefined) return this.#sendAll(items);
    // PEP3333-file-3. The wrapper that came back may be another's; only the class itself is known to give the file and nothing else.
    if (this.#context.files !== undefined && returned instanceof FileWrapper) this.#fd = returned.file.fd ?? -1;
    this.resume();
  }

  resume(): void {
    if (this.#over || this.#inApp) return;
    if (this.#fd >= 0) return this.#readFile();
    const result = this.#result!;
    for (;;) {
      this.#blocks += 1;
      if (this.#blocks % blocksPerTurn === 0) return this.#exchange.yieldTurn();
      let step: IteratorResult<unknown>;
      try {
        this.#inApp = true;
        this.#iterating = true;
        step = result.next();
      } catch (error) {
        return this.#fail(error);
      } finally {
        this.#inApp = false;
      }
      // The client went away while the application was busy (it may have found out itself, through `write`).
      if (this.#over) return this.#close();
      if (step.done === true) return this.#finish();
      const site = this.#gaveAt = this.#context.sites.gave?.(step.value);
      const violation = checkBlock(step.value, 'the iterable', site);
      if (violation !== undefined) return this.#fail(violation);
      try {
        // PEP3333-length-1: "should stop iterating over the response when enough data has been sent".
        if (!this.#block(step.value as Uint8Array, 'yield', true, site)) return this.#finish();
      } catch (error) {
        return this.#fail(error);
      }
      // PEP3333-details-6 and PEP3333-streaming-1: on its way before the next one is asked for.
      if (!this.#channel.flush()) return;
    }
  }

  abort(reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#context.log('server', 'info', `The client went away before the response was complete: ${reason}.`, this.#context);
    // Within the application its iterator cannot be closed, nor a file that is being read; whoever called it does that.
    if (!this.#inApp && !this.#reading) this.#close();
  }

  /** The next block of the file, then the next, for as long as the client takes them. */
  #readFile(): void {
    if (this.#reading) return;
    this.#reading = true;
    const block = (this.#fileBlock ??= new Uint8Array(fileBytes));
    this.#context.files!.read(this.#fd, block, (error, size) => {
      this.#reading = false;
      if (this.#over) return this.#close();
      if (error !== undefined) return this.#fail(error);
      if (size === 0) return this.#finish();
      try {
        if (!this.#block(block.subarray(0, size), 'yield', true, this.#gaveAt)) return this.#finish();
      } catch (thrown) {
        return this.#fail(thrown);
      }
      // Copied by now: the block can be filled again.
      if (this.#channel.flush()) this.#readFile();
    });
  }

  // ── the request ───────────────────────────────────────────────────────────────────────────────────────────────

  #environ(): WsgiEnviron {
    const { tracer, connection, exchange, request, facts, sites } = this.#context;
    const { body } = this.#exchange;
    if (!tracer.enabled) return buildEnviron({ request, facts, input: new BodyInput(body), errors: this.#errors, bodyBytes: body.length });
    const input = new BodyInput(body, (call, size) => {
      const site = sites.here();
      tracer.emit({ type: 'app.read', connection, exchange, call, size, ...(site && { site }) });
    });
    const environ = buildEnviron({
      request, facts, input, errors: this.#errors, bodyBytes: body.length,
      dropped: (name, span, clause) => tracer.emit({ type: 'http.dropped', connection, exchange, stream: 'c2s', span, name, clause }),
    });
    const bodyBytes = body.length;
    emitLater(tracer, 'gateway.environ', entriesBytes(request), () => ({ type: 'gateway.environ', connection, exchange, entries: environEntries(request, facts, bodyBytes) }), this.#startedAt);
    return environ;
  }

  // ── the response ──────────────────────────────────────────────────────────────────────────────────────────────

  /** An array: all blocks are there, so they are checked before the first is sent, and their length is known. */
  #sendAll(items: readonly unknown[]): void {
    let size = 0;
    const site = this.#gaveAt;
    for (const item of items) {
      const violation = checkBlock(item, 'the iterable', site);
      if (violation !== undefined) return this.#fail(violation);
      size += (item as Uint8Array).length;
    }
    try {
      // PEP3333-length-4, for any number of elements.
      this.#whole = size;
      for (let i = 0; i < items.length; i += 1) if (!this.#block(items[i] as Uint8Array, 'yield', i + 1 < items.length, site, i === 0)) break;
    } catch (error) {
      return this.#fail(error);
    }
    this.#finish();
  }

  // ── StartHooks ────────────────────────────────────────────────────────────────────────────────────────────────

  site(): SourceSite | undefined {
    return this.#context.sites.here();
  }

  /** For {@link ErrorStream}. */
  wroteErrors(text: string): void {
    this.#context.log('wsgi.errors', 'error', text, this.#context, this.site());
  }

  started(status: string, headers: FieldPairs, site: SourceSite | undefined): void {
    const { tracer, connection, exchange } = this.#context;
    if (tracer.enabled) tracer.emit({ type: 'app.start', connection, exchange, status, headers: [...headers], ...(site && { site }) });
  }

  refused(violation: WsgiViolation): void {
    this.#report(violation);
  }

  /** PEP 3333, "The write() Callable". Cannot wait: what does not fit the socket is kept. */
  wrote(data: Uint8Array): void {
    const site = this.#context.sites.here();
    const violation = checkBlock(data, 'write()', site) ?? (this.#iterating && this.#context.validate ? lateWrite(site) : undefined);
    if (violation !== undefined) {
      this.#report(violation);
      // A late write is only a disorder of the application's own making; its bytes still go out in the order of the calls.
      if (violation.code === 'body-not-bytes') throw violation;
    }
    if (this.#over) throw new ClientDisconnected();
    if (!this.#block(data, 'write', true, site)) {
      // PEP3333-length-2: "or raise an error if the application tries to write() past that point".
      const tooLong = this.#tooLong('PEP3333-length-2', site);
      this.#report(tooLong);
      throw tooLong;
    }
    this.#channel.flush();
    if (!this.#channel.open) throw new ClientDisconnected();
  }

  /** Send a block. False: Content-Length is used up, and more was given (what fits has been sent). `sameMoment`: it has just been returned. */
  #block(bytes: Uint8Array, via: 'write' | 'yield', more: boolean, site?: SourceSite, sameMoment = false): boolean {
    const { tracer, connection, exchange, validate: validating } = this.#context;
    if (tracer.enabled) tracer.emit({ type: 'app.body', connection, exchange, via, size: bytes.length, more, ...(site && { site }) }, sameMoment || undefined);
    if (this.#starter.head === undefined && (bytes.length > 0 || validating)) {
      const violation = noStart('gave content', site);
      if (bytes.length > 0) throw violation;
      this.#report(violation);
    }
    // PEP3333-start-9: the head waits for the first non-empty block.
    if (bytes.length === 0) return true;
    if (!this.#starter.headSent) this.#sendHead(this.#whole);
    // No content to be sent (RFC9112-6.3-2.1): no more is asked for.
    if (!this.#contentAllowed) return this.#channel.isHead ? false : this.#unwanted(site);
    const { contentLength } = this.#starter.head!;
    const room = contentLength < 0 ? bytes.length : Math.min(bytes.length, contentLength - this.#sent);
    if (room > 0) this.#channel.write(room === bytes.length ? bytes : bytes.subarray(0, room));
    this.#sent += room;
    if (room === bytes.length) return true;
    if (via === 'yield') this.#report(this.#tooLong('PEP3333-length-1', site));
    return false;
  }

  get #contentAllowed(): boolean {
    const { status } = this.#starter.head!;
    return !this.#channel.isHead && status !== 204 && status !== 304;
  }

  #unwanted(site: SourceSite | undefined): boolean {
    const { status } = this.#starter.head!;
    this.#report(new WsgiViolation({ code: 'body-not-allowed', clause: 'PEP3333-start-6', message: `A response of status ${status} has no content, but the application gave some.`, advice: 'Return [] with 204 and 304.', ...(site && { site }) }));
    return false;
  }

  /** `length`: octets of content, where all of it is known; -1 otherwise. */
  #sendHead(length: number): void {
    const head = this.#starter.head!;
    let { headers } = head;
    if (length >= 0 && head.contentLength < 0 && head.status !== 204 && head.status !== 304) headers = [...headers, ['Content-Length', String(length)]];
    this.#channel.start(head.status, head.reason, headers);
    this.#starter.headSent = true;
  }

  /** Everything was given. */
  #finish(): void {
    try {
      const { head } = this.#starter;
      if (head === undefined) throw noStart('returned', this.#gaveAt);
      // Before the head, if that is still to be sent: then the client can be told.
      if (this.#contentAllowed && head.contentLength > this.#sent) throw this.#tooShort(head.contentLength);
      // PEP3333-start-9: "or until the application's returned iterable is exhausted". Nothing was given, so the length is known.
      if (!this.#starter.headSent) this.#sendHead(this.#channel.isHead ? -1 : 0);
      this.#channel.end();
    } catch (error) {
      return this.#fail(error);
    }
    this.#over = true;
    this.#channel.flush(this.#result?.closes !== true);
    this.#close();
  }

  /** PEP3333-errors-1: trap it, log it, and tell the client as far as it can still be told. */
  #fail(error: unknown): void {
    // The client is gone, and the application was told by way of `write`: that it gave up is in order.
    const gone = this.#over || error instanceof ClientDisconnected;
    this.#over = true;
    if (!gone) {
      if (error instanceof WsgiViolation) this.#report(error);
      const stage = !this.#starter.headSent ? (this.#starter.head === undefined ? 'before start' : 'before body') : 'after body';
      this.#traceError(error, stage);
      this.#logError(error, stage);
      const failure: AppFailure = {
        error, message: messageOf(error), advice: error instanceof WsgiViolation ? error.advice : '',
        ...(error instanceof WsgiViolation ? { violation: error } : {}),
      };
      if (this.#starter.headSent) this.#channel.cut(failure);
      else this.#channel.fail(failure);
      this.#channel.flush();
    }
    this.#close();
  }

  // ── the end ───────────────────────────────────────────────────────────────────────────────────────────────────

  /** What came back after the exchange was over: only to be closed. */
  #drop(returned: unknown): void {
    if (isThenable(returned)) returned.then(undefined, () => {});
    else if (checkResult(returned) === undefined) this.#result = new Result(returned as Iterable<unknown>);
    this.#close();
  }

  /** PEP3333-details-8. In every path, once, after the response is on its way. */
  #close(): void {
    const { tracer, connection, exchange } = this.#context;
    try {
      this.#inApp = true;
      const called = this.#result?.close() ?? false;
      if (called && tracer.enabled) tracer.emit({ type: 'app.close', connection, exchange });
    } catch (error) {
      this.#traceError(error, 'close');
      this.#logError(error, 'close');
    } finally {
      this.#inApp = false;
    }
    this.#errors.flush();
  }

  #report(violation: GatewayViolation): void {
    reportViolation(this.#context, (this.#violations ??= new Set()), violation);
  }

  #tooLong(clause: 'PEP3333-length-1' | 'PEP3333-length-2', site: SourceSite | undefined): WsgiViolation {
    return new WsgiViolation({
      code: 'body-too-long', clause, message: `The application gave more than the ${this.#starter.head!.contentLength} bytes that its Content-Length announces; the rest is not sent.`,
      advice: 'Count bytes, not characters, or leave Content-Length out.', ...(site && { site }),
    });
  }

  #tooShort(announced: number): WsgiViolation {
    return new WsgiViolation({
      code: 'body-too-short', clause: 'PEP3333-length-3', message: `The application gave ${this.#sent} of the ${announced} bytes that its Content-Length announces.`,
      advice: 'Count what you send, or leave Content-Length out.', ...(this.#gaveAt && { site: this.#gaveAt }),
    });
  }

  #traceError(error: unknown, stage: 'before start' | 'before body' | 'after body' | 'close'): void {
    const { tracer, connection, exchange, sites } = this.#context;
    if (!tracer.enabled) return;
    const { name, message, stack } = errorText(error);
    const site = error instanceof WsgiViolation && error.site !== undefined ? error.site : sites.of(error);
    tracer.emit({ type: 'app.error', connection, exchange, name, message, stack, stage, ...(site && { site }) });
  }

  #logError(error: unknown, stage: string): void {
    const { method, target } = this.#context.request;
    const { stack } = errorText(error);
    this.#context.log('server', 'error', `${stage === 'close' ? 'Error in close() after' : 'Error handling request'} ${method} ${target}\n${stack}`, this.#context);
  }
}

const noStart = (what: string, site: SourceSite | undefined): WsgiViolation =>
  new WsgiViolation({ code: 'no-start', clause: 'PEP3333-details-10', message: `The application ${what} without having called startResponse.`, advice: 'Call startResponse(status, headers) before the first block is given.', expected: "startResponse('200 OK', [['Content-Type', 'text/plain']])", ...(site && { site }) });

const lateWrite = (site: SourceSite | undefined): WsgiViolation =>
  new WsgiViolation({ code: 'write-while-iterating', clause: 'PEP3333-write-3', message: 'write() was called from within the iterable.', advice: 'Yield the bytes instead.', ...(site && { site }) });

const messageOf = (error: unknown): string => {
  const { name, message } = errorText(error);
  return `${name}: ${message}`;
};
