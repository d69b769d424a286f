/**
 * The parts of the Fetch standard that the adapters use, as types of our own: inner folders compile without a platform, and
 * browsers, Node, Deno, Bun and edge runtimes all have them.
 */
/** `Headers`. */
export interface FetchHeaders extends Iterable<[string, string]> {
    get(name: string): string | null;
    getSetCookie?(): string[];
}
/** `ReadableStreamDefaultReader` of octets. */
export interface BytesReader {
    read(): Promise<{
        readonly done: boolean;
        readonly value?: Uint8Array | undefined;
    }>;
    cancel(reason?: unknown): Promise<void>;
    releaseLock(): void;
}
/** `ReadableStream` of octets. */
export interface BytesStream {
    getReader(): BytesReader;
}
/** `AbortSignal`. */
export interface AbortSignalLike {
    readonly aborted: boolean;
    addEventListener(type: 'abort', listener: () => void): void;
    removeEventListener(type: 'abort', listener: () => void): void;
}
/** `Request`. */
export interface PlatformRequest {
    readonly method: string;
    readonly url: string;
    readonly headers: FetchHeaders;
    readonly body: BytesStream | null;
    readonly signal?: AbortSignalLike;
}
/** `Response`. */
export interface PlatformResponse {
    readonly status: number;
    readonly headers: FetchHeaders;
    readonly body: BytesStream | null;
}
/** `ReadableStreamDefaultController`. */
export interface StreamController {
    readonly desiredSize: number | null;
    enqueue(bytes: Uint8Array): void;
    close(): void;
    error(reason: unknown): void;
}
/** What the platform constructs for us. */
export interface FetchPlatform {
    readonly Request: new (url: string, init: Readonly<Record<string, unknown>>) => PlatformRequest;
    readonly Response: new (body: BytesStream | null, init: {
        readonly status: number;
        readonly headers: readonly (readonly [string, string])[];
    }) => PlatformResponse;
    readonly ReadableStream: new (source: {
        start?(controller: StreamController): void;
        pull?(controller: StreamController): void | Promise<void>;
        cancel?(reason: unknown): void | Promise<void>;
    }, strategy?: {
        readonly highWaterMark: number;
        size?(chunk: Uint8Array): number;
    }) => BytesStream;
    readonly AbortController: new () => {
        readonly signal: AbortSignalLike;
        abort(reason?: unknown): void;
    };
}
/** The platform that we run on. */
export declare const fetchPlatform: () => FetchPlatform;
