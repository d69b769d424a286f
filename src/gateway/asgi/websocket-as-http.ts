/**
 * A WebSocket in the hands of an application that knows only requests (WSGI, fetch): it is called with the handshake as the GET request
 * that it is, and its response denies the WebSocket. That is what a server does that has never heard of WebSocket (RFC9110-7.8).
 */
import type { AsgiReceive, AsgiReceiveEvent, AsgiSend, HttpScope, WebSocketScope } from './types.ts';

/** What the application is called with instead. */
export interface AsHttp {
  readonly scope: HttpScope;
  readonly receive: AsgiReceive;
  readonly send: AsgiSend;
}

/** Undefined where the server does not let an application answer: it has been told to refuse (403). */
export async function webSocketAsHttp(scope: WebSocketScope, receive: AsgiReceive, send: AsgiSend): Promise<AsHttp | undefined> {
  await receive(); // websocket.connect
  if (scope.extensions?.['websocket.http.response'] === undefined) {
    await send({ type: 'websocket.close' });
    return undefined;
  }
  let asked = false;
  return {
    scope: { ...scope, type: 'http', method: 'GET', scheme: scope.scheme === 'wss' ? 'https' : 'http', extensions: {} },
    async receive(): Promise<AsgiReceiveEvent> {
      if (!asked) {
        asked = true;
        return { type: 'http.request', body: new Uint8Array(0), more_body: false };
      }
      while ((await receive()).type !== 'websocket.disconnect');
      return { type: 'http.disconnect' };
    },
    send(event) {
      switch (event.type) {
        case 'http.response.start': return send({ type: 'websocket.http.response.start', status: event.status, headers: event.headers ?? [] });
        case 'http.response.body': return send({ type: 'websocket.http.response.body', body: event.body ?? new Uint8Array(0), more_body: event.more_body ?? false });
        // Not offered in the scope; the server says so.
        default: return send(event);
      }
    },
  };
}
