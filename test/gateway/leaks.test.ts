/**
 * Whenever and however a client leaves, nothing of its request stays behind: no iterator that was not closed, no promise that never
 * settles, no coroutine, no timer, no connection.
 */
import { describe, expect, test } from 'vitest';
import { fromFetch } from '../../src/gateway/asgi/from-fetch.ts';
import type { AsgiApp } from '../../src/gateway/asgi/types.ts';
import type { WsgiApp } from '../../src/gateway/wsgi/types.ts';
import { readBody } from '../helpers/apps.ts';
import { settle } from '../helpers/fake-clock.ts';
import { harness } from '../server/harness.ts';

/** What is under way. Each count must come back to 0. */
class Ledger {
  iterators = 0;
  coroutines = 0;
  promises = 0;
  streams = 0;

  /** Count a promise for as long as it is pending. */
  readonly watch = <T>(promise: Promise<T>): Promise<T> => {
    this.promises += 1;
    const over = (): void => { this.promises -= 1; };
    promise.then(over, over);
    return promise;
  };
}

const block = (): Uint8Array => new Uint8Array(3000).fill(97);

function* blocks(count: number): Generator<Uint8Array> {
  for (let i = 0; i < count; i += 1) yield block();
}

/** Closable as PEP 3333 has it, whatever the generator inside does. */
class Closable implements Iterable<Uint8Array> {
  readonly #ledger: Ledger;
  readonly #items: Iterator<Uint8Array>;
  constructor(ledger: Ledger, items: Iterator<Uint8Array>) {
    this.#ledger = ledger;
    this.#items = items;
    ledger.iterators += 1;
  }
  [Symbol.iterator](): Iterator<Uint8Array> {
    return { next: () => this.#items.next() };
  }
  close(): void {
    this.#ledger.iterators -= 1;
  }
}

const wsgi = (make: (ledger: Ledger, environ: Parameters<WsgiApp>[0], start: Parameters<WsgiApp>[1]) => Iterable<Uint8Array>) => (ledger: Ledger): WsgiApp => (environ, startResponse) => make(ledger, environ, startResponse);

/** Counts the coroutine and every `receive()` and `send()`. */
const asgi = (app: AsgiApp) => (ledger: Ledger): AsgiApp => async (scope, receive, send) => {
  ledger.coroutines += 1;
  try {
    await app(scope, () => ledger.watch(receive()), (event) => ledger.watch(send(event)));
  } finally {
    ledger.coroutines -= 1;
  }
};

const apps: Readonly<Record<string, (ledger: Ledger) => WsgiApp | AsgiApp>> = {
  'WSGI, blocks': wsgi((ledger, _environ, start) => {
    start('200 OK', []);
    return new Closable(ledger, blocks(5));
  }),
  'WSGI, more than a client will wait for': wsgi((ledger, _environ, start) => {
    start('200 OK', []);
    return new Closable(ledger, blocks(500));
  }),
  'WSGI, written': wsgi((ledger, _environ, start) => {
    const write = start('200 OK', []);
    const result = new Closable(ledger, blocks(1));
    try {
      for (let i = 0; i < 5; i += 1) write(block());
    } catch (error) {
      // It is ours until it is returned.
      result.close();
      throw error;
    }
    return result;
  }),
  'WSGI, failing': wsgi((ledger, environ, start) => {
    start('200 OK', []);
    return new Closable(ledger, (function* () {
      yield environ['wsgi.input'].read();
      yield block();
      throw new Error('on purpose');
    })());
  }),
  'ASGI, echo': asgi(async (_scope, receive, send) => {
    const body = await readBody(receive);
    await send({ type: 'http.response.start', status: 200 });
    await send({ type: 'http.response.body', body, more_body: true });
    for (let i = 0; i < 5; i += 1) await send({ type: 'http.response.body', body: block(), more_body: true });
    await send({ type: 'http.response.body' });
  }),
  'ASGI, waiting for the end of the client': asgi(async (_scope, receive, send) => {
    await send({ type: 'http.response.start', status: 200 });
    await send({ type: 'http.response.body', body: block(), more_body: true });
    while ((await receive()).type !== 'http.disconnect');
    await send({ type: 'http.response.body' });
  }),
  'ASGI, without awaiting': asgi(async (_scope, receive, send) => {
    void receive().catch(() => {});
    void send({ type: 'http.response.start', status: 200 }).catch(() => {});
    for (let i = 0; i < 3; i += 1) void send({ type: 'http.response.body', body: block(), more_body: true }).catch(() => {});
    await send({ type: 'http.response.body', body: block() });
  }),
  'ASGI, without end': asgi(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 });
    for (;;) {
      await send({ type: 'http.response.body', body: block(), more_body: true });
      // A socket in memory is quicker than the event loop: whoever never waits for anything else would keep the thread.
      await new Promise((resolve) => { setImmediate(resolve); });
    }
  }),
  'ASGI, on after the response': asgi(async (_scope, receive, send) => {
    await send({ type: 'http.response.start', status: 200 });
    await send({ type: 'http.response.body', body: block() });
    while ((await receive()).type !== 'http.disconnect');
  }),
  'fetch, streaming both ways': (ledger) => asgi(fromFetch((request: Request) => {
    ledger.streams += 1;
    const reader = request.body!.getReader();
    let count = 0;
    let open = true;
    const over = (): void => {
      if (open) ledger.streams -= 1;
      open = false;
    };
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const part = count === 0 ? await reader.read() : undefined;
        // Cancelled while it waited.
        if (!open) return;
        if (part && !part.done) return controller.enqueue(part.value);
        count += 1;
        if (count < 5) return controller.enqueue(block());
        over();
        controller.close();
      },
      cancel: over,
    });
    request.signal.addEventListener('abort', () => { void reader.cancel().catch(() => {}); });
    return new Response(body) as never;
  }))(ledger),
};

const request = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 40\r\n\r\n0123456789012345678901234567890123456789';
/** Octets sent at a time. */
const piece = 13;

/** Everything that a client does before it leaves: sends piece by piece, then reads now and then. */
const steps = Math.ceil(request.length / piece) + 8;

interface Left { readonly connections: number; readonly timers: number; readonly iterators: number; readonly coroutines: number; readonly promises: number; readonly streams: number }
const nothing: Left = { connections: 0, timers: 0, iterators: 0, coroutines: 0, promises: 0, streams: 0 };

async function leaveAfter(make: (ledger: Ledger) => WsgiApp | AsgiApp, step: number, how: 'FIN' | 'RST', reading: boolean): Promise<Left> {
  const ledger = new Ledger();
  const { server, host, connect } = harness(make(ledger), { interface: 'auto', sendTimeoutMs: 1000, keepAliveMs: 1000, bodyTimeoutMs: 1000, headTimeoutMs: 1000 });
  const { socket } = connect({ highWaterBytes: 4096, lowWaterBytes: 1024 });
  if (!reading) socket.pause();
  for (let done = 0; done < step; done += 1) {
    const from = done * piece;
    if (from < request.length) socket.write(Uint8Array.from(request.slice(from, from + piece), (char) => char.charCodeAt(0)));
    await settle(1);
  }
  if (how === 'FIN') socket.end();
  else socket.reset();
  // Time limits that end what the client has not ended itself (one that neither reads nor goes, say).
  for (let turn = 0; turn < 24; turn += 1) {
    host.advance(250);
    await settle(1);
  }
  if (server.connections > 0) socket.reset();
  await settle(3);
  await server.shutdown(0);
  await settle(3);
  return { connections: server.connections, timers: host.pendingTimers, iterators: ledger.iterators, coroutines: ledger.coroutines, promises: ledger.promises, streams: ledger.streams };
}

describe.each(Object.entries(apps))('PEP3333-details-8 ASGI-gone-1 %s: nothing is left when the client leaves', (_name, make) => {
  describe.each(['FIN', 'RST'] as const)('with a %s', (how) => {
    test.each([true, false])('reading: %s', async (reading) => {
      for (let step = 0; step <= steps; step += 1) expect(await leaveAfter(make, step, how, reading), `after ${step} steps`).toEqual(nothing);
    });
  });
});
