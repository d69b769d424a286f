/** `scope` and `receive` with a friendlier face: Starlette's `Request`. */
import type { AsgiReceive, HttpScope, WebSocketScope } from '../../gateway/asgi/types.ts';
/** Field lines by name in lower case, each with all its values (latin-1). */
export declare function headerMap(scope: HttpScope | WebSocketScope): Map<string, string[]>;
/** The query by name, percent-decoded. */
export declare function queryMap(scope: HttpScope | WebSocketScope): Map<string, string[]>;
/**
 * The path that rules are matched with. ASGI's `path` is the whole of it, the mount point `root_path` included (spec 2.5): an application
 * behind a mount point must not need to know which. Starlette's `get_route_path`.
 */
export declare function routePath({ path, root_path: root }: HttpScope | WebSocketScope): string;
/** The request of one operation. */
export declare class Request {
    #private;
    readonly scope: HttpScope;
    readonly headers: ReadonlyMap<string, readonly string[]>;
    constructor(scope: HttpScope, receive: AsgiReceive);
    get method(): string;
    /** Without the mount point. */
    get path(): string;
    /** Made by the lifespan function at startup; this request's own shallow copy (ASGI lifespan 2.0, "Scope"). */
    get state(): Record<string, unknown>;
    /** The body piece by piece, as it arrives. Throws once the client is gone. */
    stream(): AsyncGenerator<Uint8Array>;
    /** The whole body. Read once, then kept. */
    body(): Promise<Uint8Array>;
    text(): Promise<string>;
}
