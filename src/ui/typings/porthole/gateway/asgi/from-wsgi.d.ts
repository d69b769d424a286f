import type { WsgiApp } from '../wsgi/types.ts';
import type { AsgiApp } from './types.ts';
/** How an application is adapted. */
export interface FromWsgiOptions {
    /** What the application writes to `wsgi.errors`; ASGI has no such stream. Default: nowhere. */
    readonly errors?: (text: string) => void;
}
/** Adapt an application. Its errors reach the ASGI server as rejections, so that it shows and logs them. A WebSocket is denied with its response to the handshake. */
export declare function asgiFromWsgi(app: WsgiApp, options?: FromWsgiOptions): AsgiApp;
