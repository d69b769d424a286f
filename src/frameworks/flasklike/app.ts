/**
 * A web framework in the manner of Flask, small enough to read in one sitting.
 *
 * What a framework adds to WSGI is little, and all of it is here: a table of rules (routing.ts), `environ` with a friendlier
 * face (request.ts), return values turned into `startResponse` and bytes (response.ts), errors that are answers (errors.ts),
 * and this class, which is itself a WSGI application: `app(environ, startResponse)`.
 */
import type { StartResponse, WsgiApp, WsgiEnviron } from '../../gateway/wsgi/types.ts';
import { HttpError } from './errors.ts';
import { Request } from './request.ts';
import { makeResponse, redirect, Response, type ViewResult } from './response.ts';
import { type Params, Router } from './routing.ts';
import { TestClient } from './testing.ts';

/** A function that answers requests. `params`: the values in the path. */
export type View = (params: Params) => ViewResult;
type ErrorHandler = (error: HttpError) => ViewResult;

/** The request being answered in this thread. WSGI is synchronous, so one variable is a whole "context local". */
let current: Request | undefined;

/**
 * The current request, as Flask's `request`: imported once, different for each call. Outside a view there is none;
 * a streaming generator runs *after* its view returned, so take what it needs into variables first.
 */
export const request: Request = new Proxy({} as Request, {
  get(_target, key) {
    if (!current) throw new Error('Working outside of request context: `request` is only there while a view function runs.');
    const value: unknown = Reflect.get(current, key, current);
    return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(current) : value;
  },
});

/** A class whose instances can be called. Fields of a subclass end up on the function that this returns. */
class CallableWsgi {
  constructor() {
    const self = (environ: WsgiEnviron, startResponse: StartResponse): Iterable<Uint8Array> => (self as unknown as Flask).wsgiApp(environ, startResponse);
    return Object.setPrototypeOf(self, new.target.prototype) as CallableWsgi;
  }
}

// One name, two declarations: an instance of the class is a function too (the constructor above returns one).
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging
export interface Flask extends WsgiApp {}

/** The application. `new Flask()` is a function of `(environ, startResponse)`, ready for any WSGI server. */
export class Flask extends CallableWsgi {
  readonly #router = new Router();
  readonly #views = new Map<string, View>();
  readonly #before: (() => ViewResult | undefined)[] = [];
  readonly #after: ((response: Response) => Response | undefined)[] = [];
  readonly #errorHandlers = new Map<number, ErrorHandler>();
  /** Let unexpected errors through to the server instead of answering 500: in tests one wants to see them. */
  propagateErrors = false;

  /**
   * `app.route('/hello/<name>')(function hello({ name }) { … })`: Python's `@app.route` written as the call that it is.
   * Returns the function unchanged. The endpoint (for {@link urlFor}) is the function's name.
   */
  route(rule: string, options: { readonly methods?: readonly string[]; readonly endpoint?: string } = {}): <V extends View>(view: V) => V {
    return (view) => {
      const endpoint = options.endpoint ?? (view.name || rule);
      const known = this.#views.get(endpoint);
      if (known && known !== view) throw new TypeError(`endpoint "${endpoint}" has a view already; name the function differently or pass an endpoint`);
      this.#router.add(rule, endpoint, options.methods ?? ['GET']);
      this.#views.set(endpoint, view);
      return view;
    };
  }
  get(rule: string): <V extends View>(view: V) => V {
    return this.route(rule);
  }
  post(rule: string): <V extends View>(view: V) => V {
    return this.route(rule, { methods: ['POST'] });
  }

  /** Runs before every view; what it returns, if anything, is the answer. */
  beforeRequest(hook: () => ViewResult | undefined): void {
    this.#before.push(hook);
  }
  /** Runs on every response; may return another one. The last registered runs first, as in Flask. */
  afterRequest(hook: (response: Response) => Response | undefined): void {
    this.#after.unshift(hook);
  }
  errorHandler(status: number): (handler: ErrorHandler) => ErrorHandler {
    return (handler) => {
      this.#errorHandlers.set(status, handler);
      return handler;
    };
  }
  /** The path of a view, by endpoint. */
  urlFor(endpoint: string, values: Params = {}): string {
    const mount = current?.environ.SCRIPT_NAME ?? '';
    return mount + this.#router.build(endpoint, values);
  }
  /** Call the application without a server. */
  testClient(): TestClient {
    return new TestClient(this);
  }

  /** The WSGI application proper. Flask keeps it under this name so that middleware can be wrapped around it. */
  wsgiApp(environ: WsgiEnviron, startResponse: StartResponse): Iterable<Uint8Array> {
    const outer = current;
    current = new Request(environ);
    try {
      return this.#respond(current).start(startResponse, current.method);
    } finally {
      current = outer; // not undefined: an app may call another one (a dispatcher, a test client)
    }
  }

  #respond(request: Request): Response {
    let response: Response;
    try {
      response = makeResponse(this.#dispatch(request));
    } catch (error) {
      response = this.#answerError(error, request);
    }
    for (const hook of this.#after) response = hook(response) ?? response;
    return response;
  }

  #dispatch(request: Request): ViewResult {
    const match = this.#router.match(request.path, request.method);
    for (const hook of this.#before) {
      const early = hook();
      if (early !== undefined) return early;
    }
    switch (match.kind) {
      case 'not found':
        throw new HttpError(404, 'Nothing is here. Check the address.');
      case 'method not allowed':
        // RFC 9110 §15.5.6: a 405 says which methods are allowed.
        throw new HttpError(405, `${request.method} is not allowed here.`, [['Allow', match.allow.join(', ')]]);
      case 'redirect':
        return redirect(request.environ.SCRIPT_NAME + match.path, 308);
      case 'found':
        if (request.method === 'OPTIONS') return new Response('', 200, { Allow: this.#router.allowed(request.path).join(', ') });
        request.viewArgs = match.params;
        return this.#views.get(match.endpoint)!(match.params);
    }
  }

  #answerError(error: unknown, request: Request): Response {
    const known = error instanceof HttpError;
    if (!known) {
      if (this.propagateErrors) throw error;
      request.environ['wsgi.errors'].write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    }
    const answer = known ? error : new HttpError(500, 'The server met an error it did not expect.');
    const handler = this.#errorHandlers.get(answer.status);
    const response = handler ? makeResponse(handler(answer)) : new Response(`${answer.status}: ${answer.message}\n`, answer.status, { 'Content-Type': 'text/plain; charset=utf-8' });
    // A handler says how the error looks; that it is one stays, unless the handler said otherwise with a tuple.
    if (handler && response.status === 200) response.status = answer.status;
    for (const [name, value] of answer.headers) response.set(name, value);
    return response;
  }
}
