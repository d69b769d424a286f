/**
 * `toFetch`: any application as a `Request -> Response` handler, for platforms that call those (edge platforms, Deno, Bun, service
 * workers). There is no connection here: framing, `Date` and keep-alive are the platform's, and a request for a WebSocket is a request
 * (each such platform has a way of its own to accept one).
 */
import type { GatewayApp } from '../detect.ts';
import { reasonPhrase } from '../reason.ts';
import { latin1Bytes, latin1ToUtf8, percentDecode } from '../target.ts';
import { errorText } from '../thrown.ts';
import { noTrace } from '../../trace/tracer.ts';
import { AsgiViolation, ClientDisconnected } from '../errors.ts';
import { fetchPlatform, type PlatformRequest, type PlatformResponse, type StreamController } from './fetch-platform.ts';
import { asgiFromWsgi } from './from-wsgi.ts';
import { Lifespan } from './lifespan.ts';
import { readHttpMessage, violationAt, type Critic } from './messages.ts';
import { asgiVersions } from './scope.ts';
import type { AsgiApp, AsgiReceiveEvent, HttpScope } from './types.ts';

/** How an application is adapted. */
export interface ToFetchOptions {
  /** Run the application's lifespan startup before the first request. There is nobody who could announce a shutdown. Default 'auto'. */
  readonly lifespan?: 'auto' | 'on' | 'off';
  /** Mount point, as with a server. Default ''. */
  readonly rootPath?: string;
  /** Told about errors, and what a WSGI application writes to `wsgi.errors`. Default: nobody. */
  readonly onLog?: (text: string) => void;
}

/** Octets of response that wait for the platform before `send()` makes the application wait. */
const highWaterBytes = 65_536;

/** Nobody is told of what is wrong and can be sent all the same. */
const uncritical: Critic = { soft: () => {} };

/** Adapt an application. The handler never rejects for what the application does: an error before the response begins is a 500, one behind it errors the body's stream. */
export function toFetch(app: GatewayApp, options: ToFetchOptions = {}): (request: PlatformRequest) => Promise<PlatformResponse> {
  const log = options.onLog ?? (() => {});
  const asgi = app.interface === 'asgi' ? app.app : asgiFromWsgi(app.app, { errors: log });
  let lifespan: Lifespan | undefined;
  let ready: Promise<void> | undefined;
  return async (request) => {
    if (app.interface === 'asgi' && ready === undefined) {
      lifespan = new Lifespan({ app: asgi, mode: options.lifespan ?? 'auto', tracer: noTrace, log: (_level, text) => log(text) });
      ready = lifespan.startup();
    }
    try {
      await ready;
    } catch (error) {
      // The next request tries again: the platform may have brought up what was missing.
      ready = undefined;
      log(errorText(error).message);
      return errorResponse();
    }
    return new FetchExchange(asgi, request, scopeOf(request, options.rootPath ?? '', lifespan?.state), log).response;
  };
}

function scopeOf(request: PlatformRequest, rootPath: string, state: Readonly<Record<string, unknown>> | undefined): HttpScope {
  const [, scheme = 'http', authority = '', path = '/', query = ''] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?/i.exec(request.url) ?? [];
  const headers: [Uint8Array, Uint8Array][] = [...request.headers].map(([name, value]) => [latin1Bytes(name), latin1Bytes(value)]);
  // A Request's headers have no Host: it is in the URL.
  if (request.headers.get('host') === null) headers.unshift([latin1Bytes('host'), latin1Bytes(authority)]);
  const [, host = 'localhost', port] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(authority) ?? [];
  return {
    type: 'http', asgi: asgiVersions(), http_version: '1.1', method: request.method, scheme,
    path: latin1ToUtf8(percentDecode(path || '/')), raw_path: latin1Bytes(path || '/'), query_string: latin1Bytes(query), root_path: rootPath,
    headers, client: null, server: [host, port === undefined ? (scheme === 'https' ? 443 : 80) : Number(port)],
    ...(state === undefined ? {} : { state: { ...state } }), extensions: {},
  };
}

/** One request. */
class FetchExchange {
  /** Resolves with the response when the application has sent its first content. */
  readonly response: Promise<PlatformResponse>;
  readonly #request: PlatformRequest;
  readonly #log: (text: string) => void;
  #answer!: (response: PlatformResponse) => void;
  #reader: ReturnType<NonNullable<PlatformRequest['body']>['getReader']> | undefined;
  #requestDone: boolean;
  #gone = false;
  #waiters: ((event: AsgiReceiveEvent) => void)[] = [];

  #stage: 'waiting' | 'started' | 'sending' | 'complete' = 'waiting';
  #status = 0;
  #headers: readonly (readonly [string, string])[] = [];
  #controller: StreamController | undefined;
  /** `send()`s that wait for the platform to read. */
  #blocked: (() => void)[] = [];

  constructor(app: AsgiApp, request: PlatformRequest, scope: HttpScope, log: (text: string) => void) {
    this.#request = request;
    this.#log = log;
    this.#requestDone = false;
    this.response = new Promise((resolve) => {
      this.#answer = resolve;
    });
    const leave = (): void => this.#leave();
    if (request.signal?.aborted === true) this.#leave();
    request.signal?.addEventListener('abort', leave);
    void this.#run(app, scope).finally(() => request.signal?.removeEventListener('abort', leave));
  }

  async #run(app: AsgiApp, scope: HttpScope): Promise<void> {
    try {
      await app(scope, () => this.#receive(), (event) => this.#send(event));
      // Nobody waits for the rest, but somebody may hold the response: it must not stay open.
      if (this.#gone) throw new ClientDisconnected();
      if (this.#stage !== 'complete') throw new AsgiViolation({ code: 'incomplete', clause: 'ASGI-body-3', message: 'The application returned without having completed the response.', advice: "Send 'http.response.body' without more_body at the end; and await what you start." });
    } catch (error) {
      if (!(error instanceof ClientDisconnected)) this.#log(errorText(error).stack);
      if (this.#stage === 'waiting' || this.#stage === 'started') this.#answer(errorResponse());
      else if (this.#stage === 'sending') this.#controller?.error(error);
      this.#stage = 'complete';
    }
    this.#notify();
  }

  async #receive(): Promise<AsgiReceiveEvent> {
    if (!this.#requestDone && !this.#gone) {
      this.#reader ??= this.#request.body?.getReader();
      const part = await this.#reader?.read().catch(() => undefined);
      if (part !== undefined && !part.done) return { type: 'http.request', body: part.value ?? new Uint8Array(0), more_body: true };
      this.#requestDone = true;
      if (part !== undefined || this.#reader === undefined) return { type: 'http.request', body: new Uint8Array(0), more_body: false };
      this.#leave();
    }
    if (this.#gone || this.#stage === 'complete') return { type: 'http.disconnect' };
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  async #send(event: unknown): Promise<void> {
    if (this.#gone) throw new ClientDisconnected();
    const message = readHttpMessage(event, undefined, uncritical);
    switch (message.type) {
      case 'http.response.start':
        if (this.#stage !== 'waiting') throw violationAt(undefined, 'start-twice', 'ASGI-start-1', "'http.response.start' was sent a second time.", 'Send it once.', message.type, 'http.response.body');
        this.#status = message.status;
        // Framing is the platform's (ASGI-start-4).
        this.#headers = message.headers.filter(([name]) => !/^(?:transfer-encoding|connection|keep-alive)$/i.test(name));
        this.#stage = 'started';
        return;
      case 'http.response.body':
        if (this.#stage === 'waiting') throw violationAt(undefined, 'body-before-start', 'ASGI-start-1', "'http.response.body' was sent before 'http.response.start'.", "Send 'http.response.start' first.", message.type, 'http.response.start');
        // ASGI-body-3: "any further messages on the channel will be ignored".
        if (this.#stage === 'complete') return;
        return this.#body(message.body, message.more);
      case 'http.response.trailers':
      case 'http.response.early_hint':
        // Not offered in the scope, and Response has no place for them.
        throw violationAt(undefined, 'message-unknown', 'ASGI-app-2', `'${message.type}' is not available here.`, 'Look into scope.extensions before using an extension.', message.type, 'http.response.start or http.response.body');
    }
  }

  #body(bytes: Uint8Array, more: boolean): Promise<void> | undefined {
    if (this.#stage === 'started') this.#begin();
    const controller = this.#controller;
    if (controller !== undefined && bytes.length > 0) controller.enqueue(bytes.slice());
    if (!more) {
      controller?.close();
      this.#stage = 'complete';
      this.#unblock();
      this.#notify();
      return undefined;
    }
    if (controller === undefined || (controller.desiredSize ?? 1) > 0) return undefined;
    return new Promise((resolve, reject) => this.#blocked.push(() => (this.#gone ? reject(new ClientDisconnected()) : resolve())));
  }

  #begin(): void {
    const { Response, ReadableStream } = fetchPlatform();
    // The Fetch standard's null body statuses; and content of an answer to HEAD is nobody's.
    const bodiless = this.#request.method === 'HEAD' || this.#status === 204 || this.#status === 205 || this.#status === 304;
    const stream = bodiless ? null : new ReadableStream({
      start: (controller) => { this.#controller = controller; },
      pull: () => this.#unblock(),
      cancel: () => this.#leave(),
    }, { highWaterMark: highWaterBytes, size: (chunk) => chunk.length });
    this.#stage = 'sending';
    this.#answer(new Response(stream, { status: this.#status, headers: this.#headers }));
  }

  #unblock(): void {
    const blocked = this.#blocked;
    this.#blocked = [];
    for (const go of blocked) go();
  }

  /** The client has gone. */
  #leave(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#unblock();
    this.#notify();
  }

  #notify(): void {
    const waiters = this.#waiters;
    if (!this.#gone && this.#stage !== 'complete') return;
    this.#waiters = [];
    for (const give of waiters) give({ type: 'http.disconnect' });
  }
}

function errorResponse(): PlatformResponse {
  const { Response } = fetchPlatform();
  return new Response(`500 ${reasonPhrase(500)}\n` as never, { status: 500, headers: [['content-type', 'text/plain; charset=utf-8']] });
}

