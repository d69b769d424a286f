/**
 * `fromFetch`: a `Request -> Response` handler (Hono and its like, edge platforms) as an ASGI application. Bodies stream both ways;
 * the request's signal aborts when the client goes.
 */
import { latin1Bytes, latin1Text } from '../target.ts';
import { ClientDisconnected } from '../errors.ts';
import { fetchPlatform, type AbortSignalLike, type BytesStream, type PlatformRequest, type PlatformResponse, type StreamController } from './fetch-platform.ts';
import type { AsgiApp, AsgiReceive, AsgiReceiveEvent, AsgiSend, HttpScope, WebSocketScope } from './types.ts';
import { webSocketAsHttp } from './websocket-as-http.ts';

/** What a handler answers with: the platform's Response, as far as it is used. */
export type FetchResponse = PlatformResponse;

/** What a platform calls. More arguments (environment, context) are the platform's; here there are none. */
export type FetchHandler = (request: any, ...rest: any[]) => FetchResponse | Promise<FetchResponse>;

/** Adapt a handler. The scope of a request is `request.asgi`, for what a Request does not say (the client's address). A WebSocket is denied with what the handler answers to its handshake. */
export function fromFetch(handler: FetchHandler): AsgiApp {
  const app: AsgiApp = async (scope, receive, send) => {
    if (scope.type === 'websocket') {
      const http = await webSocketAsHttp(scope as WebSocketScope, receive, send);
      return http && app(http.scope, http.receive, http.send);
    }
    // ASGI-lifespan-1: an exception says that there is no lifespan.
    if (scope.type !== 'http') throw new TypeError(`A fetch handler serves http, not ${String(scope.type)}.`);
    const { AbortController } = fetchPlatform();
    const aborted = new AbortController();
    const content = new Content(receive, () => aborted.abort(new ClientDisconnected()));
    const request = toRequest(scope as HttpScope, content, aborted.signal);
    if (request.body === null) content.watch();
    const response = await handler(request);
    // What it has not read by now it may never read.
    content.watch();
    if (typeof response !== 'object' || response === null || typeof response.status !== 'number') throw new TypeError('The fetch handler did not return a Response.');
    await sendResponse(response, send, aborted.signal);
  };
  return app;
}

function toRequest(scope: HttpScope, content: Content, signal: unknown): PlatformRequest {
  const { Request } = fetchPlatform();
  const headers = scope.headers.map(([name, value]): [string, string] => [latin1Text(name), latin1Text(value)]);
  const host = headers.find(([name]) => name === 'host')?.[1] || authorityOf(scope);
  const path = latin1Text(scope.raw_path);
  const query = latin1Text(scope.query_string);
  const url = `${scope.scheme}://${host}${path.startsWith('/') ? '' : '/'}${path}${query === '' ? '' : `?${query}`}`;
  // The Fetch standard allows no content with GET and HEAD, nor any of these methods.
  const body = scope.method === 'GET' || scope.method === 'HEAD' ? undefined : content.stream();
  const request = new Request(url, { method: scope.method, headers, signal, ...(body === undefined ? {} : { body, duplex: 'half' }) });
  Object.defineProperty(request, 'asgi', { value: scope });
  return request;
}

const authorityOf = ({ server }: HttpScope): string => (server === null || server[1] === null ? 'localhost' : `${server[0].includes(':') ? `[${server[0]}]` : server[0]}:${server[1]}`);

/** The request's content as a stream, and an eye on the client while nobody reads it. */
class Content {
  readonly #receive: AsgiReceive;
  readonly #gone: () => void;
  /** The next event, asked for before anybody read: it is kept for whoever does. */
  #ahead: Promise<AsgiReceiveEvent> | undefined;
  /** Somebody reads, or all has been read: the end of the client is noticed without {@link watch}. */
  #attended = false;

  constructor(receive: AsgiReceive, gone: () => void) {
    this.#receive = receive;
    this.#gone = gone;
  }

  /** Asks for the next piece when it is read: that is the back-pressure. */
  stream(): BytesStream {
    const { ReadableStream } = fetchPlatform();
    return new ReadableStream({ pull: (controller) => this.#pull(controller) }, { highWaterMark: 0 });
  }

  /** From now on the client's end aborts the request, also where its content is not read. At most one piece is taken for that. */
  watch(): void {
    if (this.#attended || this.#ahead !== undefined) return;
    this.#ahead = this.#receive();
    void this.#ahead.then((event) => {
      if (event.type === 'http.disconnect') this.#gone();
      else if (event.type === 'http.request' && !event.more_body) void this.#untilGone();
    });
  }

  async #pull(controller: StreamController): Promise<void> {
    this.#attended = true;
    for (;;) {
      const ahead = this.#ahead;
      this.#ahead = undefined;
      const event = await (ahead ?? this.#receive());
      if (event.type !== 'http.request') {
        this.#gone();
        return controller.error(new ClientDisconnected());
      }
      if (event.body.length > 0) controller.enqueue(event.body);
      if (!event.more_body) {
        controller.close();
        return void this.#untilGone();
      }
      this.#attended = false;
      // A pull that gives nothing is not repeated by itself.
      if (event.body.length > 0) return;
    }
  }

  /** The request is complete: what comes next is the end of the response, or the client's. */
  async #untilGone(): Promise<void> {
    this.#attended = true;
    while ((await this.#receive()).type !== 'http.disconnect');
    this.#gone();
  }
}

async function sendResponse(response: FetchResponse, send: AsgiSend, gone: AbortSignalLike): Promise<void> {
  const headers: [Uint8Array, Uint8Array][] = [];
  for (const [name, value] of response.headers) if (name !== 'set-cookie') headers.push([latin1Bytes(name), latin1Bytes(value)]);
  // Headers joins equal names with commas, which would break cookies: they come one by one from getSetCookie.
  for (const cookie of response.headers.getSetCookie?.() ?? []) headers.push([latin1Bytes('set-cookie'), latin1Bytes(cookie)]);
  await send({ type: 'http.response.start', status: response.status, headers });
  const reader = response.body?.getReader();
  if (reader === undefined) return send({ type: 'http.response.body' });
  // A stream that waits for something has nothing to send, and would not find out: whoever produces it is to stop.
  const stop = (): void => void reader.cancel(new ClientDisconnected()).catch(() => {});
  gone.addEventListener('abort', stop);
  try {
    // One piece is held back: a body of a single piece goes out whole, with its length.
    let part = await reader.read();
    if (part.done) return await send({ type: 'http.response.body' });
    for (;;) {
      const next = await soon(reader.read());
      if (next === undefined || !next.settled) {
        await send({ type: 'http.response.body', body: part.value ?? new Uint8Array(0), more_body: true });
        part = await next!.promise;
        if (part.done) return await send({ type: 'http.response.body' });
        continue;
      }
      const { value } = next;
      await send({ type: 'http.response.body', body: part.value ?? new Uint8Array(0), more_body: !value.done });
      if (value.done) return;
      part = value;
    }
  } catch (error) {
    // The client went away: whoever produces the body is to stop.
    await reader.cancel(error).catch(() => {});
    throw error;
  } finally {
    gone.removeEventListener('abort', stop);
  }
}

type Soon<T> = { readonly settled: true; readonly value: T; readonly promise: Promise<T> } | { readonly settled: false; readonly promise: Promise<T> };

/** A few promise jobs' time for a read that is about to settle; a stream that waits for something is not waited for. */
async function soon<T>(promise: Promise<T>): Promise<Soon<T>> {
  let result: { readonly value: T } | undefined;
  let failed = false;
  promise.then((value) => { result = { value }; }, () => { failed = true; });
  for (let job = 0; job < 4 && result === undefined && !failed; job += 1) await Promise.resolve();
  return result === undefined ? { settled: false, promise } : { settled: true, value: result.value, promise };
}
