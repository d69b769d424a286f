/**
 * `porthole/asgi`: ASGI 3.0 for JavaScript.
 */
export { fromFetch, type FetchHandler, type FetchResponse } from '../gateway/asgi/from-fetch.ts';
export { asgiFromWsgi, type FromWsgiOptions } from '../gateway/asgi/from-wsgi.ts';
export { toFetch, type ToFetchOptions } from '../gateway/asgi/to-fetch.ts';
export { AsgiViolation, ClientDisconnected } from '../gateway/errors.ts';
export type {
  AsgiApp, AsgiHeaders, AsgiReceive, AsgiReceiveEvent, AsgiScope, AsgiSend, AsgiSendEvent, AsgiVersions, HttpScope, LifespanScope, WebSocketScope,
} from '../gateway/asgi/types.ts';
