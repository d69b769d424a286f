/** Calls an ASGI application for one `http` scope (ASGI HTTP 2.5). */
import type { SourceSite } from '../../trace/events.ts';
import { AsgiViolation, ClientDisconnected } from '../errors.ts';
import type { BodySource, Exchange } from '../exchange.ts';
import { latin1 } from '../latin1.ts';
import { appSite, callSite } from '../site.ts';
import { buildHttpScope, describeScope } from './scope.ts';
import type { AsgiApp, AsgiReceiveEvent, AsgiSendEvent } from './types.ts';

/** Where the response is: what may be sent next. */
type Stage = 'start' | 'body' | 'trailers' | 'done';

/** Serve one exchange; `exchange.finish` is called once the application has returned. */
export function handleAsgiHttp(app: AsgiApp, name: string, exchange: Exchange, body: BodySource, state: Record<string, unknown> | undefined): void {
  new AsgiHttpCall(app, name, exchange, body, state).run();
}

class AsgiHttpCall {
  readonly #app: AsgiApp;
  readonly #name: string;
  readonly #exchange: Exchange;
  readonly #body: BodySource;
  readonly #state: Record<string, unknown> | undefined;
  readonly #on: { readonly connection: number; readonly exchange: number };
  #stage: Stage = 'start';
  #bodyRead = false;

  constructor(app: AsgiApp, name: string, exchange: Exchange, body: BodySource, state: Record<string, unknown> | undefined) {
    this.#app = app;
    this.#name = name;
    this.#exchange = exchange;
    this.#body = body;
    this.#state = state;
    this.#on = { connection: exchange.connection, exchange: exchange.exchange };
  }

  run(): void {
    const { tracer } = this.#exchange;
    const scope = buildHttpScope(this.#exchange, this.#state);
    const startedAt = this.#exchange.now();
    if (tracer.enabled) {
      tracer.emit({ type: 'gateway.scope', ...this.#on, entries: describeScope(this.#exchange, scope) });
      tracer.emit({ type: 'app.call', ...this.#on, interface: 'asgi', name: this.#name });
    }
    const returned = (kind: string): void => {
      if (tracer.enabled) tracer.emit({ type: 'app.return', ...this.#on, kind, ms: this.#exchange.now() - startedAt });
    };
    let running: unknown;
    try {
      running = this.#app(scope, () => this.#receive(), (event) => this.#send(event));
    } catch (error) {
      this.#fail(error);
      return;
    }
    Promise.resolve(running).then(
      () => {
        returned('coroutine');
        this.#end();
      },
      (error: unknown) => this.#fail(error),
    );
  }

  // ── receive ──────────────────────────────────────────────────────────────────────────────────────────────────

  async #receive(): Promise<AsgiReceiveEvent> {
    const site = this.#site();
    const event = await this.#nextEvent();
    const { tracer } = this.#exchange;
    if (tracer.enabled) {
      if (event.type === 'http.request') tracer.emit({ type: 'app.read', ...this.#on, call: 'receive', size: event.body.length, ...site });
      else tracer.emit({ type: 'app.message', ...this.#on, direction: 'receive', message: event.type, detail: '', ...site });
    }
    return event;
  }

  async #nextEvent(): Promise<AsgiReceiveEvent> {
    if (!this.#bodyRead) {
      this.#exchange.wantBody();
      const piece = await this.#body.next();
      if (piece) {
        this.#bodyRead = !piece.more;
        return { type: 'http.request', body: piece.bytes, more_body: piece.more };
      }
      return { type: 'http.disconnect' };
    }
    // "http.disconnect": sent when the client disconnects, or when receive() is called after the response was sent.
    if (this.#stage !== 'done') await new Promise<void>((resolve) => this.#waitForEnd(resolve));
    return { type: 'http.disconnect' };
  }

  readonly #endWaiters: (() => void)[] = [];
  #waitForEnd(resolve: () => void): void {
    this.#endWaiters.push(resolve);
    this.#exchange.onceGone(resolve);
  }

  // ── send ─────────────────────────────────────────────────────────────────────────────────────────────────────

  async #send(event: AsgiSendEvent): Promise<void> {
    const site = this.#site();
    // HTTP 2.4: "send" raises OSError once the client is gone.
    if (this.#exchange.gone) throw new ClientDisconnected();
    let flowing = true;
    const { tracer } = this.#exchange;
    switch (checkType(event)) {
      case 'http.response.start': {
        const start = event as Extract<AsgiSendEvent, { type: 'http.response.start' }>;
        this.#require('start', event.type, site.site);
        const headers = headerPairs(start.headers);
        if (!Number.isInteger(start.status) || start.status < 200 || start.status > 599) throw violation('bad-status', `The status is ${String(start.status)}; it must be an integer from 200 to 599.`, 'Write status: 200.');
        if (tracer.enabled) tracer.emit({ type: 'app.start', ...this.#on, status: String(start.status), headers, ...site });
        this.#head = { status: start.status, headers };
        this.#stage = 'body';
        return; // like uvicorn and others: the head waits for the first body message
      }
      case 'http.response.body': {
        const message = event as Extract<AsgiSendEvent, { type: 'http.response.body' }>;
        this.#require('body', event.type, site.site);
        const bytes = message.body ?? new Uint8Array(0);
        if (!(bytes instanceof Uint8Array)) throw violation('body-not-bytes', `"body" is ${typeof bytes}, not bytes.`, 'Encode text: new TextEncoder().encode(text).');
        const more = message.more_body ?? false;
        if (tracer.enabled) tracer.emit({ type: 'app.body', ...this.#on, via: 'send', size: bytes.length, more, ...site });
        flowing = this.#sendBody(bytes, more);
        break;
      }
      default:
        throw violation('wrong-message', `"${event.type}" cannot be sent in an http scope.`, 'Send http.response.start, then http.response.body.', site.site);
    }
    if (!flowing && this.#stage !== 'done') await new Promise<void>((resolve) => this.#exchange.onceWritable(resolve));
  }

  #head: { readonly status: number; readonly headers: [string, string][] } | undefined;

  #sendBody(bytes: Uint8Array, more: boolean): boolean {
    let flowing = true;
    if (this.#head) {
      const { status, headers } = this.#head;
      // A whole body in one message tells its length; nothing is gained by chunks.
      if (!more && status !== 204 && status !== 304 && !headers.some(([name]) => name === 'content-length' || name === 'transfer-encoding')) headers.push(['content-length', String(bytes.length)]);
      this.#head = undefined;
      flowing = this.#exchange.send({ type: 'response', status, reason: '', headers });
    }
    if (bytes.length > 0) flowing = this.#exchange.send({ type: 'data', bytes: bytes.slice() }) && flowing;
    if (!more) {
      this.#exchange.send({ type: 'end' });
      this.#finishStage();
    }
    return flowing;
  }

  #finishStage(): void {
    this.#stage = 'done';
    for (const resolve of this.#endWaiters.splice(0)) resolve();
  }

  #require(stage: Stage, type: string, site: SourceSite | undefined): void {
    if (this.#stage === stage) return;
    const expected = { start: 'http.response.start', body: 'http.response.body', trailers: 'http.response.trailers', done: 'nothing more: the response is complete' }[this.#stage];
    throw violation('message-order', `"${type}" was sent; expected was ${expected}.`, 'Send one http.response.start, then http.response.body until one has more_body false.', site);
  }

  // ── the end ──────────────────────────────────────────────────────────────────────────────────────────────────

  #end(): void {
    if (this.#stage === 'done' || this.#exchange.gone) {
      this.#exchange.finish();
      return;
    }
    this.#fail(violation(this.#stage === 'start' ? 'no-response' : 'unfinished-response', this.#stage === 'start' ? 'The application returned without sending a response.' : 'The application returned before its response was complete: the last http.response.body had more_body true.', 'Send http.response.start and an http.response.body with more_body false.'));
  }

  #fail(error: unknown): void {
    const { tracer, settings } = this.#exchange;
    const left = error instanceof ClientDisconnected || (this.#exchange.gone && this.#stage !== 'done');
    if (!left) {
      const known = error instanceof Error ? error : new Error(String(error));
      const stack = known.stack ?? `${known.name}: ${known.message}`;
      if (tracer.enabled) {
        const site = (known instanceof AsgiViolation ? known.site : undefined) ?? appSite(known, settings.isAppFile);
        const where = site ? { site } : {};
        if (known instanceof AsgiViolation) tracer.emit({ type: 'app.violation', ...this.#on, code: known.code, clause: known.clause, message: known.message, advice: known.advice, ...where });
        tracer.emit({ type: 'app.error', ...this.#on, name: known.name, message: known.message, stack, stage: this.#stage === 'start' ? 'before start' : this.#head ? 'before body' : 'after body', ...where });
      }
      this.#exchange.log('server', 'error', `${stack}\n`);
      if (this.#stage !== 'done') this.#exchange.fail(error);
    }
    this.#finishStage();
    this.#exchange.finish();
  }

  #site(): { readonly site?: SourceSite } {
    if (!this.#exchange.tracer.enabled) return {};
    const site = callSite(this.#exchange.settings.isAppFile);
    return site ? { site } : {};
  }
}

const clause = 'ASGI HTTP 2.5';
const violation = (code: string, message: string, advice: string, site?: SourceSite): AsgiViolation => new AsgiViolation({ code, clause, message, advice, site });

function checkType(event: unknown): string {
  if (typeof event !== 'object' || event === null || typeof (event as { type?: unknown }).type !== 'string') throw violation('no-type', 'send() takes an object with a "type".', "Write send({ type: 'http.response.start', … }).");
  return (event as { type: string }).type;
}

/** Header pairs as latin-1 strings; names in lower case already (the spec demands it) or made so. */
function headerPairs(headers: Iterable<readonly [Uint8Array, Uint8Array]> | undefined): [string, string][] {
  const pairs: [string, string][] = [];
  for (const pair of headers ?? []) {
    if (!Array.isArray(pair) || pair.length !== 2 || !(pair[0] instanceof Uint8Array) || !(pair[1] instanceof Uint8Array)) {
      throw violation('headers-not-bytes', 'Each header must be a pair of byte strings.', "Encode them: [encode('content-type'), encode('text/plain')].");
    }
    pairs.push([latin1(pair[0]).toLowerCase(), latin1(pair[1])]);
  }
  // "transfer-encoding": the server frames the body; an application's is ignored (uvicorn, hypercorn).
  return pairs.filter(([name]) => name !== 'transfer-encoding');
}
