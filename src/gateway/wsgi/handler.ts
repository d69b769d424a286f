/**
 * Calls a WSGI application for one exchange and gives what it answers to the core (PEP 3333).
 *
 * There is no promise on this road: the application runs within `run`, and so does the whole iteration, unless the client reads
 * more slowly than the application writes; then it pauses between two items and goes on when the transport says so.
 */
import { ClientDisconnected, WsgiViolation } from '../errors.ts';
import type { Exchange } from '../exchange.ts';
import { appSite, callSite } from '../site.ts';
import type { SourceSite } from '../../trace/events.ts';
import { buildEnviron, describeEnviron } from './environ.ts';
import { BodyInput } from './input.ts';
import { type CheckedHead, checkHead } from './start-response.ts';
import type { WsgiApp, WsgiErrors, WsgiHeaders } from './types.ts';

type Result = ReturnType<WsgiApp>;

/** Serve one exchange. `body` is complete; the handler calls `exchange.finish` in every case. */
export function handleWsgi(app: WsgiApp, name: string, exchange: Exchange, body: Uint8Array): void {
  new WsgiCall(app, name, exchange, body).run();
}

class WsgiCall {
  readonly #app: WsgiApp;
  readonly #name: string;
  readonly #exchange: Exchange;
  readonly #body: Uint8Array;
  readonly #on: { readonly connection: number; readonly exchange: number };

  #head: CheckedHead | undefined;
  #headSent = false;
  #result: Result | undefined;
  #iterator: Iterator<unknown> | undefined;
  #startedAt = 0;
  /** The transport asked for a pause. */
  #full = false;
  /** Octets given so far. */
  #sent = 0;

  constructor(app: WsgiApp, name: string, exchange: Exchange, body: Uint8Array) {
    this.#app = app;
    this.#name = name;
    this.#exchange = exchange;
    this.#body = body;
    this.#on = { connection: exchange.connection, exchange: exchange.exchange };
  }

  run(): void {
    const { tracer } = this.#exchange;
    const traced = tracer.enabled;
    const input = new BodyInput(this.#body, traced ? (call, size) => tracer.emit({ type: 'app.read', ...this.#on, call: `wsgi.input.${call}`, size, ...this.#site() }) : undefined);
    const environ = buildEnviron(this.#exchange, input, this.#errors());
    if (traced) {
      this.#traceDropped();
      tracer.emit({ type: 'gateway.environ', ...this.#on, entries: describeEnviron(this.#exchange, environ) });
      tracer.emit({ type: 'app.call', ...this.#on, interface: 'wsgi', name: this.#name });
      this.#startedAt = this.#exchange.now();
    }
    try {
      const result: unknown = this.#app(environ, (status, headers, excInfo) => this.#startResponse(status, headers, excInfo));
      if (traced) tracer.emit({ type: 'app.return', ...this.#on, kind: kindOf(result), ms: this.#exchange.now() - this.#startedAt });
      this.#result = this.#checkResult(result);
      this.#iterator = this.#result[Symbol.iterator]();
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#iterate();
  }

  // ── startResponse and write ──────────────────────────────────────────────────────────────────────────────────

  #startResponse(status: unknown, headers: unknown, excInfo: unknown): (data: Uint8Array) => void {
    if (excInfo !== undefined && excInfo !== null) {
      // PEP 3333: "if exc_info is provided, and the HTTP headers have already been output, start_response must raise an error".
      if (this.#headSent) throw excInfo;
    } else if (this.#head) {
      throw new WsgiViolation({ code: 'start-response-twice', clause: 'PEP 3333, The start_response() Callable', message: 'startResponse was called a second time without excInfo.', advice: 'Call it once; only an error handler may call it again, with the error as third argument.', site: this.#site().site });
    }
    const head = checkHead(status, headers);
    this.#head = head;
    const { tracer } = this.#exchange;
    if (tracer.enabled) tracer.emit({ type: 'app.start', ...this.#on, status: status as string, headers: head.headers, ...this.#site() });
    // PEP 3333: nothing is sent before the first non-empty item: until then excInfo may still replace the head.
    return (data) => {
      this.#checkItem(data, 'write');
      if (tracer.enabled) tracer.emit({ type: 'app.body', ...this.#on, via: 'write', size: data.length, more: true, ...this.#site() });
      // The application may reuse its buffer after write() returns; there is no way to make it wait, so the bytes are kept.
      if (data.length > 0) this.#send(data.slice(), false);
    };
  }

  // ── the iterable ─────────────────────────────────────────────────────────────────────────────────────────────

  /** Until the end, an error, a pause or the client's leaving. */
  #iterate(): void {
    const { tracer } = this.#exchange;
    try {
      for (;;) {
        if (this.#exchange.gone) throw new ClientDisconnected();
        if (this.#full) {
          this.#full = false;
          this.#exchange.onceWritable(() => this.#iterate());
          return;
        }
        const { done, value } = this.#iterator!.next();
        if (done) break;
        this.#checkItem(value, 'yield');
        if (tracer.enabled) tracer.emit({ type: 'app.body', ...this.#on, via: 'yield', size: value.length, more: true });
        if (value.length > 0) this.#send(value, this.#isWhole);
      }
      if (!this.#head) throw notStarted('The application returned, and its iterable ended, without a call of startResponse.');
      if (!this.#headSent) this.#sendHead(0);
      this.#exchange.send({ type: 'end' });
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#close();
    this.#exchange.finish();
  }

  #send(data: Uint8Array, whole: boolean): void {
    if (!this.#head) throw notStarted('Body bytes came before the call of startResponse.');
    if (this.#exchange.gone) throw new ClientDisconnected();
    if (!this.#headSent) this.#sendHead(whole ? data.length : -1);
    this.#sent += data.length;
    if (!this.#exchange.send({ type: 'data', bytes: data })) this.#full = true;
  }

  /** `length`: octets of the whole body where that is known, else -1. */
  #sendHead(length: number): void {
    const { status, reason, headers } = this.#head!;
    const sent: WsgiHeaders = [...headers];
    // PEP 3333, "Handling the Content-Length Header": a result of one element tells its length.
    if (length >= 0 && status !== 204 && status !== 304 && !headers.some(([name]) => name.toLowerCase() === 'content-length')) sent.push(['Content-Length', String(length)]);
    this.#headSent = true;
    if (!this.#exchange.send({ type: 'response', status, reason, headers: sent })) this.#full = true;
  }

  /** The result is an array of one: its item is the whole body. */
  get #isWhole(): boolean {
    return Array.isArray(this.#result) && this.#result.length === 1 && this.#sent === 0;
  }

  /** PEP 3333: close() "must be called on completion of the request", whatever way it was completed. */
  #close(): void {
    const result = this.#result;
    this.#result = undefined;
    const iterator = this.#iterator;
    this.#iterator = undefined;
    if (!result) return;
    try {
      if (typeof result.close === 'function') result.close();
      else iterator?.return?.();
    } catch (error) {
      this.#report(error, 'close');
      return;
    }
    if (this.#exchange.tracer.enabled) this.#exchange.tracer.emit({ type: 'app.close', ...this.#on });
  }

  #fail(error: unknown): void {
    const left = error instanceof ClientDisconnected;
    if (!left) this.#report(error, this.#headSent ? 'after body' : this.#head ? 'before body' : 'before start');
    this.#close();
    if (!left) this.#exchange.fail(error);
    this.#exchange.finish();
  }

  #report(error: unknown, stage: 'before start' | 'before body' | 'after body' | 'close'): void {
    const { tracer, settings } = this.#exchange;
    const known = error instanceof Error ? error : new Error(String(error));
    const stack = known.stack ?? `${known.name}: ${known.message}`;
    if (tracer.enabled) {
      const site = (known instanceof WsgiViolation ? known.site : undefined) ?? appSite(known, settings.isAppFile);
      const where = site ? { site } : {};
      if (known instanceof WsgiViolation) tracer.emit({ type: 'app.violation', ...this.#on, code: known.code, clause: known.clause, message: known.message, advice: known.advice, ...where });
      tracer.emit({ type: 'app.error', ...this.#on, name: known.name, message: known.message, stack, stage, ...where });
    }
    this.#exchange.log('wsgi.errors', 'error', `${stack}\n`);
  }

  // ── checks ───────────────────────────────────────────────────────────────────────────────────────────────────

  #checkResult(result: unknown): Result {
    const clause = 'PEP 3333, Specification Details';
    if (typeof result === 'object' && result !== null && typeof (result as PromiseLike<unknown>).then === 'function') {
      // It will settle some day, and nobody will look: not even an unhandled rejection shall come of it.
      (result as PromiseLike<unknown>).then(undefined, () => {});
      throw new WsgiViolation({ code: 'async-app', clause, message: 'The application returned a promise. WSGI is synchronous: the server calls the application and iterates over what it returns.', advice: 'Remove "async", or write an ASGI application: async (scope, receive, send).' });
    }
    if (typeof result === 'string') throw new WsgiViolation({ code: 'string-result', clause, message: 'The application returned a string; iterating over it gives characters, not bytes.', advice: 'Return [new TextEncoder().encode(text)].' });
    if (result instanceof Uint8Array) throw new WsgiViolation({ code: 'bytes-result', clause, message: 'The application returned bytes; iterating over them gives numbers, not bytes.', advice: 'Put them into an array: return [bytes].' });
    if (typeof result === 'object' && result !== null && Symbol.iterator in result) return result as Result;
    if (typeof result === 'object' && result !== null && Symbol.asyncIterator in result) throw new WsgiViolation({ code: 'async-iterable', clause, message: 'The application returned an async iterable. WSGI is synchronous.', advice: 'Use function* without async, or write an ASGI application.' });
    throw new WsgiViolation({ code: 'not-iterable', clause, message: `The application returned ${result === null ? 'null' : typeof result}; it must return an iterable of bytes.`, advice: 'Return an array, such as [bytes], or yield bytes from a generator. For an empty body return [].' });
  }

  #checkItem(item: unknown, via: 'write' | 'yield'): asserts item is Uint8Array {
    if (item instanceof Uint8Array) return;
    const what = typeof item === 'string' ? `the string ${JSON.stringify(item.slice(0, 40))}` : item === null ? 'null' : typeof item;
    const advice = typeof item === 'string' ? 'Encode it: new TextEncoder().encode(text).' : 'Give bytes: a Uint8Array.';
    throw new WsgiViolation({ code: 'not-bytes', clause: 'PEP 3333, Specification Details', message: via === 'write' ? `write() was given ${what}, not bytes.` : `The iterable gave ${what}, not bytes.`, advice, site: via === 'write' ? this.#site().site : undefined });
  }

  // ── odds and ends ────────────────────────────────────────────────────────────────────────────────────────────

  #site(): { readonly site?: SourceSite } {
    if (!this.#exchange.tracer.enabled) return {};
    const site = callSite(this.#exchange.settings.isAppFile);
    return site ? { site } : {};
  }

  #errors(): WsgiErrors {
    const write = (text: string): void => this.#exchange.log('wsgi.errors', 'error', String(text));
    return {
      write,
      writelines: (lines) => {
        for (const line of lines) write(line);
      },
      flush: () => {},
    };
  }

  #traceDropped(): void {
    const { request, tracer } = this.#exchange;
    for (let i = 0; i < request.headers.length; i += 1) {
      if (request.headers.nameHasUnderscore(i)) tracer.emit({ type: 'http.dropped', ...this.#on, stream: 'c2s', span: request.headers.nameSpan(i), name: request.headers.name(i), clause: 'RFC3875-4.1.18' });
    }
  }
}

const notStarted = (message: string): WsgiViolation =>
  new WsgiViolation({ code: 'no-start-response', clause: 'PEP 3333, The start_response() Callable', message, advice: 'Call startResponse(status, headers) before you return, yield or write anything.' });

const kindOf = (result: unknown): string => (Array.isArray(result) ? `array of ${result.length}` : typeof result === 'object' && result !== null ? (result.constructor?.name ?? 'object') || 'iterable' : result === null ? 'null' : typeof result);
