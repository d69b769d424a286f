/**
 * A `Request -> Response` handler (Hono and its like, edge platforms) as an ASGI application. `Request`, `Response` and
 * `ReadableStream` belong to the platform and are handed in by whoever has them.
 */
import { fromLatin1, latin1 } from '../latin1.ts';
import type { AsgiApp } from './types.ts';

/** What we need of a WHATWG Response. */
export interface FetchResponse {
  readonly status: number;
  readonly headers: { forEach(callback: (value: string, name: string) => void): void; getSetCookie?(): string[] };
  readonly body: { getReader(): { read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>; cancel(reason?: unknown): Promise<void> } } | null;
}

/** `Request -> Response`. The request is the platform's own; its type is left to the handler. */
export type FetchHandler = (request: never) => FetchResponse | Promise<FetchResponse>;

/** The platform's constructors. */
interface Platform {
  readonly Request: new (url: string, init: object) => unknown;
  readonly ReadableStream: new (source: object) => unknown;
  readonly AbortController: new () => { readonly signal: unknown; abort(): void };
}

/** Run a fetch handler as an ASGI application (http only). */
export function fromFetch(handler: FetchHandler): AsgiApp {
  return async (scope, receive, send) => {
    if (scope.type !== 'http') throw new TypeError(`a fetch handler cannot serve ${scope.type}`);
    const { Request, ReadableStream, AbortController } = globalThis as unknown as Platform;
    const headers = scope.headers.map(([name, value]): [string, string] => [latin1(name), latin1(value)]);
    const host = headers.find(([name]) => name === 'host')?.[1] ?? `${scope.server?.[0] ?? 'localhost'}:${scope.server?.[1] ?? 80}`;
    const query = scope.query_string.length > 0 ? `?${latin1(scope.query_string)}` : '';
    const bodiless = scope.method === 'GET' || scope.method === 'HEAD';
    const aborted = new AbortController();
    const body = bodiless ? undefined : new ReadableStream({
      async pull(controller: { enqueue(bytes: Uint8Array): void; close(): void; error(reason: unknown): void }) {
        const event = await receive();
        if (event.type !== 'http.request') {
          aborted.abort();
          controller.error(new Error('the client disconnected'));
          return;
        }
        if (event.body.length > 0) controller.enqueue(event.body);
        if (!event.more_body) controller.close();
      },
      type: 'bytes',
    });
    const request = new Request(`${scope.scheme}://${host}${latin1(scope.raw_path)}${query}`, { method: scope.method, headers, signal: aborted.signal, ...(body ? { body, duplex: 'half' } : {}) });
    const response = await handler(request as never);
    const pairs: [Uint8Array, Uint8Array][] = [];
    response.headers.forEach((value, name) => {
      if (name !== 'set-cookie') pairs.push([fromLatin1(name), fromLatin1(value)]);
    });
    // A Headers object joins lines with commas, which would break cookies; getSetCookie keeps them apart.
    for (const cookie of response.headers.getSetCookie?.() ?? []) pairs.push([fromLatin1('set-cookie'), fromLatin1(cookie)]);
    await send({ type: 'http.response.start', status: response.status, headers: pairs });
    const reader = response.body?.getReader();
    try {
      for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) await send({ type: 'http.response.body', body: part.value ?? new Uint8Array(0), more_body: true });
    } catch (error) {
      await reader?.cancel(error).catch(() => {});
      throw error;
    }
    await send({ type: 'http.response.body', body: new Uint8Array(0) });
  };
}
