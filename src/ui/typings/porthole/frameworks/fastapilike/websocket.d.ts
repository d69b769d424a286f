/** A WebSocket as an application wants it: Starlette's `WebSocket`. */
import type { AsgiReceive, AsgiSend, WebSocketScope } from '../../gateway/asgi/types.ts';
/** The client closed (or vanished: code 1006). Thrown by `receive…`, so that a loop ends by itself. */
export declare class WebSocketDisconnect extends Error {
    readonly name = "WebSocketDisconnect";
    readonly code: number;
    constructor(code: number);
}
/** One connection, from handshake to close. */
export declare class WebSocket {
    #private;
    readonly scope: WebSocketScope;
    constructor(scope: WebSocketScope, receive: AsgiReceive, send: AsgiSend);
    /** Answer the handshake. The first event is `websocket.connect`; until it is answered, nothing flows. */
    accept(subprotocol?: string): Promise<void>;
    /** The next message, text or bytes. Throws {@link WebSocketDisconnect}. */
    receive(): Promise<string | Uint8Array>;
    receiveJson(): Promise<unknown>;
    /** Messages until the client closes. */
    [Symbol.asyncIterator](): AsyncGenerator<string | Uint8Array>;
    send(message: string | Uint8Array): Promise<void>;
    sendJson(value: unknown): Promise<void>;
    close(code?: number, reason?: string): Promise<void>;
}
