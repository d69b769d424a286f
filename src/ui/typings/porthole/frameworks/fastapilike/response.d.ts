/** Answers, and how they become ASGI messages: Starlette's `responses`. */
import type { AsgiSend } from '../../gateway/asgi/types.ts';
type Body = string | Uint8Array | AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;
/** A response: a whole body, or one that comes in parts. */
export declare class Response {
    status: number;
    readonly headers: [name: string, value: string][];
    readonly body: Body;
    constructor(body?: Body, status?: number, headers?: Readonly<Record<string, string>>);
    /** Send it: one `http.response.start`, then as many `http.response.body` as the body has parts. */
    send(send: AsgiSend): Promise<void>;
}
/** `application/json` with the value in it. */
export declare const json: (value: unknown, status?: number) => Response;
/** `text/html` in UTF-8. */
export declare const html: (text: string, status?: number) => Response;
/** An answer that is thrown. FastAPI's `HTTPException`. */
export declare class HttpException extends Error {
    readonly name = "HttpException";
    readonly status: number;
    readonly detail: unknown;
    readonly headers: Readonly<Record<string, string>>;
    constructor(status: number, detail?: unknown, headers?: Readonly<Record<string, string>>);
}
export {};
