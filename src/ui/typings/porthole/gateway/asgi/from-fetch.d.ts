import { type PlatformResponse } from './fetch-platform.ts';
import type { AsgiApp } from './types.ts';
/** What a handler answers with: the platform's Response, as far as it is used. */
export type FetchResponse = PlatformResponse;
/** What a platform calls. More arguments (environment, context) are the platform's; here there are none. */
export type FetchHandler = (request: any, ...rest: any[]) => FetchResponse | Promise<FetchResponse>;
/** Adapt a handler. The scope of a request is `request.asgi`, for what a Request does not say (the client's address). A WebSocket is denied with what the handler answers to its handshake. */
export declare function fromFetch(handler: FetchHandler): AsgiApp;
