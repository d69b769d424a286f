/** `scope` and `receive` with a friendlier face: Starlette's `Request`. */
import type { AsgiReceive, HttpScope, WebSocketScope } from '../../gateway/asgi/types.ts';
/** Field lines by name in lower case, each with all its values (latin-1). */
export declare function headerMap(scope: HttpScope | WebSocketScope): Map<string, string[]>;
/** The query by name, percent-decoded. */
export declare function queryMap(scope: HttpScope | WebSocketScope): Map<string, string[]>;
/** The request of one operation. */
export declare class Request {
    #private;
    readonly scope: HttpScope;
    readonly headers: ReadonlyMap<string, readonly string[]>;
    constructor(scope: HttpScope, receive: AsgiReceive);
    get method(): string;
    get path(): string;
    /** Made by the lifespan function at startup; this request's own shallow copy (ASGI lifespan 2.0, "Scope"). */
    get state(): Record<string, unknown>;
    /** The body piece by piece, as it arrives. Throws once the client is gone. */
    stream(): AsyncGenerator<Uint8Array>;
    /** The whole body. Read once, then kept. */
    body(): Promise<Uint8Array>;
    text(): Promise<string>;
}
