/** `environ` with a friendlier face: Werkzeug's `Request`. Nothing is parsed before somebody asks for it. */
import type { WsgiEnviron } from '../../gateway/wsgi/types.ts';
import type { Params } from './routing.ts';
/** Several values per name, as HTML forms and queries have them. Unicode strings. */
export declare class MultiDict {
    #private;
    constructor(pairs: readonly (readonly [string, string])[]);
    /** The first value, or `fallback`. */
    get(name: string, fallback?: string): string | undefined;
    getlist(name: string): string[];
    has(name: string): boolean;
    [Symbol.iterator](): Iterator<readonly [string, string]>;
}
/** WSGI strings are octets dressed as latin-1 (PEP 3333, "Unicode Issues"): undo that and read them as UTF-8. */
export declare const fromWsgi: (text: string) => string;
/** `a=1&b=x+y` (WHATWG URL, application/x-www-form-urlencoded). Broken escapes are kept as they are. */
export declare function parsePairs(text: string): MultiDict;
/** One request. Flask's `request` is the current one. */
export declare class Request {
    #private;
    readonly environ: WsgiEnviron;
    readonly method: string;
    /** Decoded; without the mount point. */
    readonly path: string;
    /** Values from the path. Set once a rule has matched. */
    viewArgs: Params;
    constructor(environ: WsgiEnviron);
    /** The query. */
    get args(): MultiDict;
    /** The body of an HTML form (urlencoded). Empty for any other content type. */
    get form(): MultiDict;
    /** The body. Read once from `wsgi.input`, then kept. */
    get data(): Uint8Array;
    /** The body as UTF-8 text. */
    get text(): string;
    /** The body as JSON; 415 where the content type says otherwise, 400 where it isn't JSON: as Flask does. */
    get json(): unknown;
    /** Content type without parameters, in lower case. */
    get mimetype(): string;
    /** A request field, by its usual name: `request.header('User-Agent')`. */
    header(name: string): string | undefined;
    get cookies(): MultiDict;
}
