/**
 * `porthole/asgi`: ASGI 3.0 for JavaScript.
 */
export type { AsgiApp, AsgiHeaders, AsgiReceive, AsgiReceiveEvent, AsgiScope, AsgiSend, AsgiSendEvent, AsgiVersions, HttpScope, LifespanScope, WebSocketScope, } from '../gateway/asgi/types.ts';
