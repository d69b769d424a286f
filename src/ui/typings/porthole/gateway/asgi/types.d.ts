/**
 * ASGI 3.0 for JavaScript: the specification's own keys (HTTP & WebSocket message format 2.5, lifespan 2.0).
 * Byte strings are `Uint8Array`, unicode strings are strings, tuples are arrays.
 */
/** `scope["asgi"]`. */
export interface AsgiVersions {
    version: '3.0';
    spec_version: string;
}
/** Field lines in order: octets, names in lower case. */
export type AsgiHeaders = [name: Uint8Array, value: Uint8Array][];
/** What `http` and `websocket` scopes have in common. */
export interface ConnectionScope {
    asgi: AsgiVersions;
    /** `"1.0"` or `"1.1"`. */
    http_version: string;
    scheme: string;
    /** Percent-decoded, UTF-8 decoded. */
    path: string;
    /** The path as received, without the query. */
    raw_path: Uint8Array;
    /** After the `?`, percent-encoded as received. */
    query_string: Uint8Array;
    root_path: string;
    /** Names in lower case, order kept. */
    headers: AsgiHeaders;
    client: [host: string, port: number] | null;
    server: [host: string, port: number | null] | null;
    state?: Record<string, unknown>;
    extensions?: Record<string, Record<string, unknown>>;
    [key: string]: unknown;
}
/** `scope` of an HTTP request. */
export interface HttpScope extends ConnectionScope {
    type: 'http';
    method: string;
}
/** `scope` of a WebSocket. */
export interface WebSocketScope extends ConnectionScope {
    type: 'websocket';
    subprotocols: string[];
}
/** `scope` of the application's own life: startup and shutdown. */
export interface LifespanScope {
    type: 'lifespan';
    asgi: AsgiVersions;
    state?: Record<string, unknown>;
    [key: string]: unknown;
}
/** Whatever an application can be called for. */
export type AsgiScope = HttpScope | WebSocketScope | LifespanScope;
/** What `receive()` gives. */
export type AsgiReceiveEvent = {
    type: 'http.request';
    body: Uint8Array;
    more_body: boolean;
} | {
    type: 'http.disconnect';
} | {
    type: 'websocket.connect';
} | {
    type: 'websocket.receive';
    bytes?: Uint8Array | null;
    text?: string | null;
} | {
    type: 'websocket.disconnect';
    code: number;
    reason?: string;
} | {
    type: 'lifespan.startup';
} | {
    type: 'lifespan.shutdown';
};
/** What `send()` takes. */
export type AsgiSendEvent = {
    type: 'http.response.start';
    status: number;
    headers?: Iterable<readonly [Uint8Array, Uint8Array]>;
    trailers?: boolean;
} | {
    type: 'http.response.body';
    body?: Uint8Array;
    more_body?: boolean;
} | {
    type: 'http.response.trailers';
    headers: Iterable<readonly [Uint8Array, Uint8Array]>;
    more_trailers?: boolean;
} | {
    type: 'http.response.early_hint';
    links: Iterable<Uint8Array>;
} | {
    type: 'websocket.accept';
    subprotocol?: string | null;
    headers?: Iterable<readonly [Uint8Array, Uint8Array]>;
} | {
    type: 'websocket.send';
    bytes?: Uint8Array | null;
    text?: string | null;
} | {
    type: 'websocket.close';
    code?: number;
    reason?: string | null;
} | {
    type: 'websocket.http.response.start';
    status: number;
    headers?: Iterable<readonly [Uint8Array, Uint8Array]>;
} | {
    type: 'websocket.http.response.body';
    body?: Uint8Array;
    more_body?: boolean;
} | {
    type: 'lifespan.startup.complete';
} | {
    type: 'lifespan.startup.failed';
    message?: string;
} | {
    type: 'lifespan.shutdown.complete';
} | {
    type: 'lifespan.shutdown.failed';
    message?: string;
};
/** Waits for the next event. */
export type AsgiReceive = () => Promise<AsgiReceiveEvent>;
/** Resolves under back-pressure; rejects once the client is gone. */
export type AsgiSend = (event: AsgiSendEvent) => Promise<void>;
/** An ASGI application (single callable). `any` scope type lets an app declare the one it serves. */
export type AsgiApp = (scope: AsgiScope & Record<string, any>, receive: AsgiReceive, send: AsgiSend) => Promise<void>;
