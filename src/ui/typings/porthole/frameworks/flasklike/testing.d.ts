/** Calls a WSGI application the way a server would, without one. Werkzeug's test client. */
import type { WsgiApp } from '../../gateway/wsgi/types.ts';
/** What the application answered. */
export interface TestResponse {
    readonly status: number;
    readonly headers: readonly (readonly [string, string])[];
    readonly body: Uint8Array;
    /** The body as UTF-8 text. */
    readonly text: string;
    /** The body as JSON. */
    json(): unknown;
    /** First value of a field, by any spelling. */
    header(name: string): string | undefined;
}
/** What is sent besides method and target. */
export interface TestRequest {
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string | Uint8Array;
    /** Sent as a JSON body. */
    readonly json?: unknown;
    /** Sent as a form. */
    readonly form?: Readonly<Record<string, string>>;
}
/** Calls an application as a server does. */
export declare class TestClient {
    #private;
    constructor(app: WsgiApp);
    get(target: string, request?: TestRequest): TestResponse;
    post(target: string, request?: TestRequest): TestResponse;
    open(method: string, target: string, request?: TestRequest): TestResponse;
}
