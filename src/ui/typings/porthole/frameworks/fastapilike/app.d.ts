/**
 * A web framework in the manner of FastAPI, small enough to read in one sitting.
 *
 * What it adds to ASGI: paths with parameters (routing.ts), parameters with types (parameters.ts), values in place of messages
 * (request.ts, response.ts, websocket.ts), dependencies, background tasks, a lifespan written as one function, and a document
 * that describes it all (openapi.ts). The application is itself an ASGI application: `app(scope, receive, send)`.
 */
import type { Static, TSchema } from '@sinclair/typebox';
import type { AsgiApp } from '../../gateway/asgi/types.ts';
import { type Schemas, type Values } from './parameters.ts';
import { Request } from './request.ts';
import { WebSocket } from './websocket.ts';
/** Work to be done after the response is on its way. */
export declare class BackgroundTasks {
    #private;
    add(task: () => unknown): void;
    run(): Promise<void>;
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
    readonly depends: {
        readonly [K in keyof D]: Provided<D[K]>;
    };
    readonly request: Request;
    readonly background: BackgroundTasks;
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
declare class CallableAsgi {
    constructor();
}
export interface FastApi extends AsgiApp {
}
/** The application. `new FastApi()` is a function of `(scope, receive, send)`, ready for any ASGI server. */
export declare class FastApi extends CallableAsgi {
    #private;
    readonly info: {
        readonly title: string;
        readonly version: string;
    };
    constructor(options?: FastApiOptions);
    get: <P extends Schemas = None, Q extends Schemas = None, H extends Schemas = None, B extends TSchema = TSchema, D extends Readonly<Record<string, Dependency>> = None>(path: string, declaration: Declaration<P, Q, H, B, D>, handler: (args: Arguments<P, Q, H, B, D>) => unknown) => void;
    post: <P extends Schemas = None, Q extends Schemas = None, H extends Schemas = None, B extends TSchema = TSchema, D extends Readonly<Record<string, Dependency>> = None>(path: string, declaration: Declaration<P, Q, H, B, D>, handler: (args: Arguments<P, Q, H, B, D>) => unknown) => void;
    put: <P extends Schemas = None, Q extends Schemas = None, H extends Schemas = None, B extends TSchema = TSchema, D extends Readonly<Record<string, Dependency>> = None>(path: string, declaration: Declaration<P, Q, H, B, D>, handler: (args: Arguments<P, Q, H, B, D>) => unknown) => void;
    patch: <P extends Schemas = None, Q extends Schemas = None, H extends Schemas = None, B extends TSchema = TSchema, D extends Readonly<Record<string, Dependency>> = None>(path: string, declaration: Declaration<P, Q, H, B, D>, handler: (args: Arguments<P, Q, H, B, D>) => unknown) => void;
    delete: <P extends Schemas = None, Q extends Schemas = None, H extends Schemas = None, B extends TSchema = TSchema, D extends Readonly<Record<string, Dependency>> = None>(path: string, declaration: Declaration<P, Q, H, B, D>, handler: (args: Arguments<P, Q, H, B, D>) => unknown) => void;
    websocket(path: string, handler: SocketHandler): void;
    /** The OpenAPI document; also served at `/openapi.json`, and as a page at `/docs`. */
    openApi(): Record<string, unknown>;
    serve(...[scope, receive, send]: Parameters<AsgiApp>): Promise<void>;
}
export {};
