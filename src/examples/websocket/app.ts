import type { AsgiApp } from 'porthole';

// A WebSocket begins as a GET request that asks for one. To an ASGI
// application it is a scope of its own, and then messages, both ways.
export const app: AsgiApp = async (scope, receive, send) => {
  if (scope.type !== 'websocket') return;
  // websocket.connect: the handshake waits for an answer.
  await receive();

  // Refused before it is accepted, it never was a WebSocket: HTTP's 403.
  if (scope.path !== '/echo') return send({ type: 'websocket.close' });

  // Now the server answers 101. Of the subprotocols that the client
  // offers, one may be chosen, or none.
  const [subprotocol] = scope.subprotocols;
  await send({ type: 'websocket.accept', subprotocol });

  for (;;) {
    const event = await receive();
    // Frames, fragments, masks, Ping and Pong are the server's business:
    // what comes here is whole messages, and the end.
    if (event.type !== 'websocket.receive') return;
    const { text, bytes } = event;
    await send({ type: 'websocket.send', text, bytes });
  }
};
