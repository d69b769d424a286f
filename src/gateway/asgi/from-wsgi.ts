/**
 * `asgiFromWsgi`: a WSGI application as an ASGI one. The body is read to its end, the application is called once it is there
 * (WSGI is synchronous: while it runs, nothing else does), and its blocks are sent as the client takes them.
 *
 * It is the gateway's own {@link WsgiHandler} with another channel, so everything that PEP 3333 asks for holds here too.
 */
import type { AppFailure, ExchangeContext, ResponseChannel } from '../channel.ts';
import type { FieldPairs, Request } from '../../core/http1/events.ts';
import type { Fields } from '../../core/http1/headers.ts';
import { noSites } from '../site.ts';
import { latin1Bytes, latin1Text } from '../target.ts';
import { noTrace } from '../../trace/tracer.ts';
import { WsgiHandler } from '../wsgi/handler.ts';
import { BodyBuffer } from '../wsgi/input.ts';
import type { WsgiApp } from '../wsgi/types.ts';
import { ClientDisconnected } from '../errors.ts';
import type { AsgiApp, AsgiSend, AsgiSendEvent, HttpScope, WebSocketScope } from './types.ts';
import { webSocketAsHttp } from './websocket-as-http.ts';

/** How an application is adapted. */
export interface FromWsgiOptions {
  /** What the application writes to `wsgi.errors`; ASGI has no such stream. Default: nowhere. */
  readonly errors?: (text: string) => void;
}

/** Adapt an application. Its errors reach the ASGI server as rejections, so that it shows and logs them. A WebSocket is denied with its response to the handshake. */
export function asgiFromWsgi(app: WsgiApp, options: FromWsgiOptions = {}): AsgiApp {
  const adapted: AsgiApp = async (scope, receive, send) => {
    if (scope.type === 'websocket') {
      const http = await webSocketAsHttp(scope as WebSocketScope, receive, send);
      return http && adapted(http.scope, http.receive, http.send);
    }
    if (scope.type !== 'http') throw new TypeError(`A WSGI application serves http, not ${String(scope.type)}.`);
    const http = scope as HttpScope;
    const body = new BodyBuffer(-1);
    for (let more = true; more; ) {
      const event = await receive();
      if (event.type !== 'http.request') return;
      body.append(event.body);
      more = event.more_body;
    }
    await new Promise<void>((resolve, reject) => {
      const channel = new SendChannel(send, http.method === 'HEAD', resolve, reject);
      const handler = new WsgiHandler({ app, name: 'wsgi', body: body.bytes, context: contextOf(http, options), channel, yieldTurn: () => void Promise.resolve().then(() => handler.resume()) });
      channel.handler = handler;
      handler.run();
      channel.settle();
    });
  };
  return adapted;
}

/** What the handler writes, as messages. */
class SendChannel implements ResponseChannel {
  open = true;
  readonly isHead: boolean;
  /** Whose channel it is. Set once, before anything is sent. */
  handler: WsgiHandler | undefined;
  readonly #send: AsgiSend;
  readonly #resolve: () => void;
  readonly #reject: (error: unknown) => void;
  #queue: AsgiSendEvent[] = [];
  #sending = false;
  #over = false;

  constructor(send: AsgiSend, isHead: boolean, resolve: () => void, reject: (error: unknown) => void) {
    this.#send = send;
    this.isHead = isHead;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  start(status: number, _reason: string, headers: FieldPairs): void {
    this.#queue.push({ type: 'http.response.start', status, headers: headers.map(([name, value]) => [latin1Bytes(name.toLowerCase()), latin1Bytes(value)] as const) });
  }

  write(bytes: Uint8Array): void {
    this.#queue.push({ type: 'http.response.body', body: bytes.slice(), more_body: true });
  }

  end(): void {
    // The last content takes the end along.
    const last = this.#queue.at(-1);
    if (last?.type === 'http.response.body') last.more_body = false;
    else this.#queue.push({ type: 'http.response.body', more_body: false });
    this.#over = true;
  }

  inform(): void {}
  continue100(): void {}

  flush(): boolean {
    if (this.#queue.length === 0) return !this.#sending;
    if (!this.#sending) void this.#drain();
    // Every send is a promise, so there is always something to wait for: the handler is resumed when it has settled.
    return false;
  }

  /** The server makes the error page, or breaks off: it knows what has gone out. */
  fail({ error }: AppFailure): void {
    this.#over = true;
    this.open = false;
    this.#reject(error);
  }

  cut({ error }: AppFailure): void {
    this.#over = true;
    this.open = false;
    this.#queue = [];
    this.#reject(error);
  }

  /** The handler has returned. */
  settle(): void {
    if (this.#over && !this.#sending && this.#queue.length === 0) this.#resolve();
  }

  async #drain(): Promise<void> {
    this.#sending = true;
    try {
      for (let event = this.#queue.shift(); event !== undefined; event = this.#queue.shift()) await this.#send(event);
    } catch (error) {
      this.open = false;
      this.#queue = [];
      this.#sending = false;
      if (error instanceof ClientDisconnected && !this.#over) this.handler?.abort('the client went away');
      return this.#reject(error);
    }
    this.#sending = false;
    if (this.#over) this.#resolve();
    else this.handler?.resume();
  }
}

function contextOf(scope: HttpScope, options: FromWsgiOptions): ExchangeContext {
  const [host, port] = scope.server ?? ['', 0];
  const [remoteHost, remotePort] = scope.client ?? ['', 0];
  return {
    connection: 0, exchange: 0, request: requestOf(scope), tracer: noTrace, sites: noSites, validate: false, files: undefined,
    clock: { now: () => 0, wallMs: () => 0 },
    facts: {
      scheme: scope.scheme === 'https' ? 'https' : 'http', local: { host, port: port ?? 0 }, remote: { host: remoteHost, port: remotePort },
      rootPath: latin1Text(new TextEncoder().encode(scope.root_path)), multiprocess: false, software: 'porthole',
    },
    log: (source, _level, text) => {
      if (source === 'wsgi.errors') options.errors?.(`${text}\n`);
    },
  };
}

/** The scope as the request that `environ` is built from. It has no place in a stream, so its spans are empty, and so are its octets. */
function requestOf(scope: HttpScope): Request {
  const nowhere = [0, 0] as const;
  const path = latin1Text(scope.raw_path);
  const query = latin1Text(scope.query_string);
  const target = query === '' ? path : `${path}?${query}`;
  const headers = new ListedFields(scope.headers.map(([name, value]) => [latin1Text(name), latin1Text(value)]));
  return {
    type: 'request', method: scope.method, target, version: scope.http_version === '1.0' ? 10 : 11, headers,
    targetParts: { form: path === '*' ? 'asterisk' : 'origin', scheme: '', authority: nowhere, path: [0, path.length], query: query === '' ? undefined : [path.length + 1, target.length] },
    framing: headers.has('transfer-encoding') ? { kind: 'chunked', length: -1 } : { kind: 'none', length: 0 },
    keepAlive: false, expects100: false, methodSpan: nowhere, targetSpan: nowhere, versionSpan: nowhere, span: nowhere, octets: () => new Uint8Array(0), notes: undefined,
  };
}

/** Fields over a list. */
class ListedFields implements Fields {
  readonly notes = undefined;
  readonly #pairs: readonly (readonly [string, string])[];
  constructor(pairs: readonly (readonly [string, string])[]) {
    this.#pairs = pairs;
  }
  get length(): number { return this.#pairs.length; }
  name(index: number): string { return this.#pairs[index]![0]; }
  nameNumber(): number { return 0; }
  lowerName(index: number): string { return this.name(index).toLowerCase(); }
  value(index: number): string { return this.#pairs[index]![1]; }
  nameHasUnderscore(index: number): boolean { return this.name(index).includes('_'); }
  nameSpan(): readonly [number, number] { return [0, 0]; }
  valueSpan(): readonly [number, number] { return [0, 0]; }
  get(name: string): string | undefined {
    const values = this.getAll(name);
    return values.length === 0 ? undefined : values.join(', ');
  }
  getAll(name: string): string[] { return this.#pairs.filter(([own]) => own.toLowerCase() === name).map(([, value]) => value); }
  has(name: string): boolean { return this.#pairs.some(([own]) => own.toLowerCase() === name); }
  [Symbol.iterator](): Iterator<readonly [string, string]> { return this.#pairs[Symbol.iterator](); }
}
