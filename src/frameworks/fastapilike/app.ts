/**
 * A web framework in the manner of FastAPI, small enough to read in one sitting.
 *
 * What it adds to ASGI: paths with parameters (routing.ts), parameters with types (parameters.ts), values in place of messages
 * (request.ts, response.ts, websocket.ts), dependencies, background tasks, a lifespan written as one function, and a document
 * that describes it all (openapi.ts). The application is itself an ASGI application: `app(scope, receive, send)`.
 */
import type { Static, TSchema } from '@sinclair/typebox';
import type { AsgiApp, AsgiReceive, AsgiSend, HttpScope, WebSocketScope } from '../../gateway/asgi/types.ts';
import { docsPage, openApi, type OperationFacts } from './openapi.ts';
import { check, checkAll, type Complaint, type Schemas, ValidationError, type Values } from './parameters.ts';
import { queryMap, Request, routePath } from './request.ts';
import { html, HttpException, json, Response } from './response.ts';
import { type PathPattern, pathPattern } from './routing.ts';
import { WebSocket } from './websocket.ts';

/** Work to be done after the response is on its way. */
export class BackgroundTasks {
  readonly #tasks: (() => unknown)[] = [];
  add(task: () => unknown): void {
    this.#tasks.push(task);
  }
  async run(): Promise<void> {
    for (const task of this.#tasks) await task();
  }
}

/**
 * Something that an operation needs: a function of the request. It may be asynchronous, or a generator: what it yields is the
 * value, and what stands after `yield` runs once the response is sent (FastAPI's "dependencies with yield").
 */
export type Dependency<T = unknown> = (request: Request) => T | Promise<T> | Generator<T, void> | AsyncGenerator<T, void>;
type Provided<D> = D extends (request: Request) => infer R ? (R extends Generator<infer T, void> | AsyncGenerator<infer T, void> ? T : Awaited<R>) : never;

/** What an operation declares; all of it is optional. */
export interface Declaration<P extends Schemas, Q extends Schemas, H extends Schemas, B extends TSchema, D extends Readonly<Record<string, Dependency>>> {
  readonly path?: P;
  readonly query?: Q;
  /** Field names with `_` for `-`. */
  readonly header?: H;
  /** The body is JSON of this shape. */
  readonly body?: B;
  readonly depends?: D;
  /** Status of a plain return value. Default 200. */
  readonly status?: number;
  /** Shape of the answer, for the document. */
  readonly response?: TSchema;
  readonly summary?: string;
}

/** What a handler is given. */
export interface Arguments<P extends Schemas, Q extends Schemas, H extends Schemas, B extends TSchema, D> {
  readonly path: Values<P>;
  readonly query: Values<Q>;
  readonly header: Values<H>;
  readonly body: Static<B>;
  readonly depends: { readonly [K in keyof D]: Provided<D[K]> };
  readonly request: Request;
  readonly background: BackgroundTasks;
}

interface Operation extends OperationFacts {
  readonly pattern: PathPattern;
  readonly depends: Readonly<Record<string, Dependency>>;
  readonly handler: (args: Arguments<Schemas, Schemas, Schemas, TSchema, Record<string, Dependency>>) => unknown;
}

type None = Record<never, never>;
type SocketHandler = (socket: WebSocket, path: Record<string, string>) => Promise<void>;

/** What an application is made of besides its operations. */
export interface FastApiOptions {
  readonly title?: string;
  readonly version?: string;
  /** Before `yield`: startup; the yielded object becomes `request.state`; after it: shutdown. */
  readonly lifespan?: () => AsyncGenerator<Record<string, unknown> | void, void>;
}

/** A class whose instances can be called. Fields of a subclass end up on the function that this returns. */
class CallableAsgi {
  constructor() {
    const self: AsgiApp = (scope, receive, send) => (self as unknown as FastApi).serve(scope, receive, send);
    return Object.setPrototypeOf(self, new.target.prototype) as CallableAsgi;
  }
}

// One name, two declarations: an instance of the class is a function too (the constructor above returns one).
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging
export interface FastApi extends AsgiApp {}

/** The application. `new FastApi()` is a function of `(scope, receive, send)`, ready for any ASGI server. */
export class FastApi extends CallableAsgi {
  readonly info: { readonly title: string; readonly version: string };
  readonly #operations: Operation[] = [];
  readonly #sockets: { pattern: PathPattern; handler: SocketHandler }[] = [];
  readonly #lifespan: FastApiOptions['lifespan'];

  constructor(options: FastApiOptions = {}) {
    super();
    this.info = { title: options.title ?? 'API', version: options.version ?? '0.1.0' };
    this.#lifespan = options.lifespan;
  }

  get = this.#method('GET');
  post = this.#method('POST');
  put = this.#method('PUT');
  patch = this.#method('PATCH');
  delete = this.#method('DELETE');

  websocket(path: string, handler: SocketHandler): void {
    this.#sockets.push({ pattern: pathPattern(path), handler });
  }

  /** The OpenAPI document; also served at `/openapi.json`, and as a page at `/docs`. */
  openApi(): Record<string, unknown> {
    return openApi(this.info, this.#operations);
  }

  #method(method: string) {
    return <P extends Schemas = None, Q extends Schemas = None, H extends Schemas = None, B extends TSchema = TSchema, D extends Readonly<Record<string, Dependency>> = None>(
      path: string,
      declaration: Declaration<P, Q, H, B, D>,
      handler: (args: Arguments<P, Q, H, B, D>) => unknown,
    ): void => {
      const pattern = pathPattern(path);
      const declared = Object.keys(declaration.path ?? {});
      const missing = pattern.names.filter((name) => !declared.includes(name));
      const extra = declared.filter((name) => !pattern.names.includes(name));
      if (missing.length + extra.length > 0) throw new TypeError(`${method} ${path}: the path has {${pattern.names.join('}, {')}}, the declaration has ${declared.join(', ') || 'none'}`);
      this.#operations.push({
        method, path: pattern.text, pattern, handler: handler as Operation['handler'],
        summary: declaration.summary ?? handler.name, status: declaration.status ?? 200, depends: declaration.depends ?? {},
        parameters: [{ in: 'path', schemas: declaration.path ?? {} }, { in: 'query', schemas: declaration.query ?? {} }, { in: 'header', schemas: declaration.header ?? {} }],
        body: declaration.body, response: declaration.response,
      });
    };
  }

  // ── the ASGI application ─────────────────────────────────────────────────────────────────────────────────────

  async serve(...[scope, receive, send]: Parameters<AsgiApp>): Promise<void> {
    switch (scope.type) {
      case 'lifespan':
        return this.#live(scope.state ?? this.#state, receive, send);
      case 'websocket':
        return this.#serveSocket(scope as WebSocketScope, receive, send);
      case 'http':
        return this.#serveHttp(scope as HttpScope, receive, send);
    }
  }

  /** ASGI lifespan: startup and shutdown are two messages; here they are the two halves of one generator. */
  async #live(home: Record<string, unknown>, receive: AsgiReceive, send: AsgiSend): Promise<void> {
    const life = this.#lifespan?.();
    await receive();
    try {
      const state = (await life?.next())?.value;
      if (state) Object.assign(home, state);
    } catch (error) {
      return send({ type: 'lifespan.startup.failed', message: String(error) });
    }
    await send({ type: 'lifespan.startup.complete' });
    await receive();
    try {
      await life?.next();
    } catch (error) {
      return send({ type: 'lifespan.shutdown.failed', message: String(error) });
    }
    await send({ type: 'lifespan.shutdown.complete' });
  }
  /** Used where the server offers no `scope.state` to put things in. */
  readonly #state: Record<string, unknown> = {};

  async #serveSocket(scope: WebSocketScope, receive: AsgiReceive, send: AsgiSend): Promise<void> {
    for (const { pattern, handler } of this.#sockets) {
      const found = pattern.match(routePath(scope));
      if (found) return handler(new WebSocket(scope, receive, send), Object.fromEntries([...found].map(([name, [text]]) => [name, text!])));
    }
    await receive();
    await send({ type: 'websocket.close', code: 1000 }); // before accept: the server answers 403
  }

  async #serveHttp(scope: HttpScope, receive: AsgiReceive, send: AsgiSend): Promise<void> {
    const request = new Request({ ...scope, state: { ...this.#state, ...scope.state } }, receive);
    const background = new BackgroundTasks();
    const cleanups: (() => Promise<unknown>)[] = [];
    try {
      const response = await this.#answer(request, background, cleanups);
      // RFC 9110 §9.3.2: HEAD is GET without the content; the gateway leaves the body out.
      await response.send(send);
      await background.run();
    } finally {
      for (const cleanup of cleanups.reverse()) await cleanup();
    }
  }

  async #answer(request: Request, background: BackgroundTasks, cleanups: (() => Promise<unknown>)[]): Promise<Response> {
    try {
      const method = request.method === 'HEAD' ? 'GET' : request.method;
      const here = this.#operations.flatMap((operation) => {
        const found = operation.pattern.match(request.path);
        return found ? [{ operation, found }] : [];
      });
      const match = here.find(({ operation }) => operation.method === method);
      if (match) return await this.#call(match.operation, match.found, request, background, cleanups);
      if (here.length > 0) throw new HttpException(405, 'Method Not Allowed', { allow: [...new Set(here.flatMap(({ operation }) => (operation.method === 'GET' ? ['GET', 'HEAD'] : operation.method)))].join(', ') });
      if (method === 'GET' && request.path === '/openapi.json') return json(this.openApi());
      if (method === 'GET' && request.path === '/docs') return html(docsPage(this.info, this.#operations));
      throw new HttpException(404, 'Not Found');
    } catch (error) {
      if (error instanceof ValidationError) return json({ detail: error.detail }, 422);
      if (!(error instanceof HttpException)) throw error; // the gateway answers 500 and shows where it happened
      const response = json({ detail: error.detail }, error.status);
      response.headers.push(...Object.entries(error.headers));
      return response;
    }
  }

  async #call(operation: Operation, found: ReadonlyMap<string, readonly string[]>, request: Request, background: BackgroundTasks, cleanups: (() => Promise<unknown>)[]): Promise<Response> {
    const complaints: Complaint[] = [];
    const [path, query, header] = [found, queryMap(request.scope), request.headers].map((given, i) => checkAll(operation.parameters[i]!.schemas, given, operation.parameters[i]!.in, complaints));
    const body = operation.body ? check(operation.body, await readJson(request), ['body'], complaints, false) : undefined;
    // All mistakes in one answer: nobody likes to fix a form field by field.
    if (complaints.length > 0) throw new ValidationError(complaints);
    const depends: Record<string, unknown> = {};
    for (const [name, dependency] of Object.entries(operation.depends)) depends[name] = await provide(dependency, request, cleanups);
    const result = await operation.handler({ path: path!, query: query!, header: header!, body: body as never, depends: depends as never, request, background });
    if (result instanceof Response) return result;
    return operation.status === 204 ? new Response('', 204) : json(result ?? null, operation.status);
  }
}

async function readJson(request: Request): Promise<unknown> {
  const text = await request.text();
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new ValidationError([{ loc: ['body'], msg: `not JSON: ${(error as Error).message}`, type: 'json_invalid' }]);
  }
}

async function provide(dependency: Dependency, request: Request, cleanups: (() => Promise<unknown>)[]): Promise<unknown> {
  const made = await dependency(request);
  if (typeof made !== 'object' || made === null || !('next' in made) || typeof made.next !== 'function') return made;
  const generator = made as AsyncGenerator<unknown, void>;
  const { value } = await generator.next();
  cleanups.push(async () => generator.next());
  return value as unknown;
}
