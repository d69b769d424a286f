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
import { Response, type ViewResult } from './response.ts';
import { type Params } from './routing.ts';
import { TestClient } from './testing.ts';
/** A function that answers requests. `params`: the values in the path. */
export type View = (params: Params) => ViewResult;
type ErrorHandler = (error: HttpError) => ViewResult;
/**
 * The current request, as Flask's `request`: imported once, different for each call. Outside a view there is none;
 * a streaming generator runs *after* its view returned, so take what it needs into variables first.
 */
export declare const request: Request;
/** A class whose instances can be called. Fields of a subclass end up on the function that this returns. */
declare class CallableWsgi {
    constructor();
}
export interface Flask extends WsgiApp {
}
/** The application. `new Flask()` is a function of `(environ, startResponse)`, ready for any WSGI server. */
export declare class Flask extends CallableWsgi {
    #private;
    /** Let unexpected errors through to the server instead of answering 500: in tests one wants to see them. */
    propagateErrors: boolean;
    /**
     * `app.route('/hello/<name>')(function hello({ name }) { … })`: Python's `@app.route` written as the call that it is.
     * Returns the function unchanged. The endpoint (for {@link urlFor}) is the function's name.
     */
    route(rule: string, options?: {
        readonly methods?: readonly string[];
        readonly endpoint?: string;
    }): <V extends View>(view: V) => V;
    get(rule: string): <V extends View>(view: V) => V;
    post(rule: string): <V extends View>(view: V) => V;
    /** Runs before every view; what it returns, if anything, is the answer. */
    beforeRequest(hook: () => ViewResult | undefined): void;
    /** Runs on every response; may return another one. The last registered runs first, as in Flask. */
    afterRequest(hook: (response: Response) => Response | undefined): void;
    errorHandler(status: number): (handler: ErrorHandler) => ErrorHandler;
    /** The path of a view, by endpoint. */
    urlFor(endpoint: string, values?: Params): string;
    /** Call the application without a server. */
    testClient(): TestClient;
    /** The WSGI application proper. Flask keeps it under this name so that middleware can be wrapped around it. */
    wsgiApp(environ: WsgiEnviron, startResponse: StartResponse): Iterable<Uint8Array>;
}
export {};
