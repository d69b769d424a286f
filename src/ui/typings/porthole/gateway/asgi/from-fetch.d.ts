import type { AsgiApp } from './types.ts';
/** What we need of a WHATWG Response. */
export interface FetchResponse {
    readonly status: number;
    readonly headers: {
        forEach(callback: (value: string, name: string) => void): void;
        getSetCookie?(): string[];
    };
    readonly body: {
        getReader(): {
            read(): Promise<{
                readonly done: boolean;
                readonly value?: Uint8Array | undefined;
            }>;
            cancel(reason?: unknown): Promise<void>;
        };
    } | null;
}
/** `Request -> Response`. The request is the platform's own; its type is left to the handler. */
export type FetchHandler = (request: never) => FetchResponse | Promise<FetchResponse>;
/** Run a fetch handler as an ASGI application (http only). */
export declare function fromFetch(handler: FetchHandler): AsgiApp;
