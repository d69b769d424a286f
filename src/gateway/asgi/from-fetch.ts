/**
 * `fromFetch`: a `Request -> Response` handler (Hono and its like, edge platforms) as an ASGI application. Bodies stream both ways;
 * the request's signal aborts when the client goes.
 */
import { latin1Bytes, latin1Text } from '../target.ts';
import { ClientDisconnected } from '../errors.ts';
import { fetchPlatform, type BytesStream, type PlatformRequest, type PlatformResponse } from './fetch-platform.ts';
import type { AsgiApp, AsgiReceive, AsgiSend, HttpScope, WebSocketScope } from './types.ts';
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
    const gone = (): void => aborted.abort(new ClientDisconnected());
    const request = toRequest(scope as HttpScope, receive, aborted.signal, gone);
    const response = await handler(request);
    if (typeof response !== 'object' || response === null || typeof response.status !== 'number') throw new TypeError('The fetch handler did not return a Response.');
    await sendResponse(response, send);
  };
  return app;
}

function toRequest(scope: HttpScope, receive: AsgiReceive, signal: unknown, gone: () => void): PlatformRequest {
  const { Request } = fetchPlatform();
  const headers = scope.headers.map(([name, value]): [string, string] => [latin1Text(name), latin1Text(value)]);
  const host = headers.find(([name]) => name === 'host')?.[1] || authorityOf(scope);
  const path = latin1Text(scope.raw_path);
  const query = latin1Text(scope.query_string);
  const url = `${scope.scheme}://${host}${path.startsWith('/') ? '' : '/'}${path}${query === '' ? '' : `?${query}`}`;
  // The Fetch standard allows no content with GET and HEAD, nor any of these methods.
  const body = scope.method === 'GET' || scope.method === 'HEAD' ? undefined : bodyStream(receive, gone);
  if (body === undefined) void watch(receive, gone);
  const request = new Request(url, { method: scope.method, headers, signal, ...(body === undefined ? {} : { body, duplex: 'half' }) });
  Object.defineProperty(request, 'asgi', { value: scope });
  return request;
}

const authorityOf = ({ server }: HttpScope): string => (server === null || server[1] === null ? 'localhost' : `${server[0].includes(':') ? `[${server[0]}]` : server[0]}:${server[1]}`);

/** The body as a stream that asks for the next piece when it is read: that is the back-pressure. */
function bodyStream(receive: AsgiReceive, gone: () => void): BytesStream {
  const { ReadableStream } = fetchPlatform();
  return new ReadableStream({
    async pull(controller) {
      const event = await receive();
      if (event.type !== 'http.request') {
        gone();
        return controller.error(new ClientDisconnected());
      }
      if (event.body.length > 0) controller.enqueue(event.body);
      if (event.more_body) {
        // A pull that gives nothing is not repeated by itself.
        if (event.body.length === 0) return this.pull!(controller);
        return;
      }
      controller.close();
      void watch(receive, gone);
    },
  }, { highWaterMark: 0 });
}

/** The request is complete: what comes next is the end of the response, or the client's. */
async function watch(receive: AsgiReceive, gone: () => void): Promise<void> {
  for (;;) if ((await receive()).type === 'http.disconnect') return gone();
}

async function sendResponse(response: FetchResponse, send: AsgiSend): Promise<void> {
  const headers: [Uint8Array, Uint8Array][] = [];
  for (const [name, value] of response.headers) if (name !== 'set-cookie') headers.push([latin1Bytes(name), latin1Bytes(value)]);
  // Headers joins equal names with commas, which would break cookies: they come one by one from getSetCookie.
  for (const cookie of response.headers.getSetCookie?.() ?? []) headers.push([latin1Bytes('set-cookie'), latin1Bytes(cookie)]);
  await send({ type: 'http.response.start', status: response.status, headers });
  const reader = response.body?.getReader();
  if (reader === undefined) return send({ type: 'http.response.body' });
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
