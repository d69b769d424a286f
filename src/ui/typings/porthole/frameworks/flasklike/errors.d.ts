/** An answer that is thrown: `abort(404)`. Werkzeug's `HTTPException`. */
export declare class HttpError extends Error {
    readonly name = "HttpError";
    readonly status: number;
    readonly headers: readonly (readonly [string, string])[];
    constructor(status: number, description?: string, headers?: readonly (readonly [string, string])[]);
}
/** Stop here and answer with this status. */
export declare function abort(status: number, description?: string): never;
/** Reason phrases of RFC 9110 §15 that an application is likely to need. WSGI wants one in the status string. */
export declare const reasons: Readonly<Record<number, string>>;
