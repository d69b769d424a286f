/**
 * `toFetch`: any application as a `Request -> Response` handler, for platforms that call those (edge platforms, Deno, Bun, service
 * workers). There is no connection here: framing, `Date` and keep-alive are the platform's, and a request for a WebSocket is a request
 * (each such platform has a way of its own to accept one).
 */
import type { GatewayApp } from '../detect.ts';
import { type PlatformRequest, type PlatformResponse } from './fetch-platform.ts';
/** How an application is adapted. */
export interface ToFetchOptions {
    /** Run the application's lifespan startup before the first request. There is nobody who could announce a shutdown. Default 'auto'. */
    readonly lifespan?: 'auto' | 'on' | 'off';
    /** Mount point, as with a server. Default ''. */
    readonly rootPath?: string;
    /** Told about errors, and what a WSGI application writes to `wsgi.errors`. Default: nobody. */
    readonly onLog?: (text: string) => void;
}
/** Adapt an application. The handler never rejects for what the application does: an error before the response begins is a 500, one behind it errors the body's stream. */
export declare function toFetch(app: GatewayApp, options?: ToFetchOptions): (request: PlatformRequest) => Promise<PlatformResponse>;
