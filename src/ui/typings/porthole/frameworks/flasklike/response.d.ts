/** What a view may return, and how it becomes what WSGI wants. Werkzeug's `Response` and Flask's `make_response`. */
import type { StartResponse } from '../../gateway/wsgi/types.ts';
type Body = string | Uint8Array | Iterable<string | Uint8Array>;
type HeaderPairs = Iterable<readonly [string, string]>;
/** A response that can still be changed (by `afterRequest` functions, say). */
export declare class Response {
    status: number;
    body: Body;
    readonly headers: [name: string, value: string][];
    constructor(body?: Body, status?: number, headers?: HeaderPairs | Readonly<Record<string, string>>);
    has(name: string): boolean;
    /** Replace every line of that name. */
    set(name: string, value: string): this;
    delete(name: string): void;
    /** One more line: `Set-Cookie` must not be folded into one (RFC 6265 §3). */
    setCookie(name: string, value: string, attributes?: string): this;
    /** A response is itself a WSGI application's answer: start it, then give the octets. */
    start(startResponse: StartResponse, method: string): Iterable<Uint8Array>;
}
/** `application/json` with the value in it. */
export declare const jsonify: (value: unknown, status?: number) => Response;
/** An answer that sends the browser elsewhere. */
export declare const redirect: (location: string, status?: number) => Response;
/** What a view function may return: text, bytes, a generator of either, a Response, an object for JSON, or `[any of these, status, headers]`. */
export type ViewResult = Body | Response | Readonly<Record<string, unknown>> | readonly [ViewBody, number, Readonly<Record<string, string>>?];
type ViewBody = Body | Response | Readonly<Record<string, unknown>>;
/** Flask's `make_response`. */
export declare function makeResponse(result: ViewResult): Response;
export {};
