import type { AsgiApp } from 'porthole';

// An ASGI application is an asynchronous function.
//   scope    what was asked, as far as it is known at the start
//   receive  waits for more from the client, such as the body
//   send     sends the next piece of the answer
// Nothing is returned: everything that happens is a message.
export const app: AsgiApp = async (scope, receive, send) => {
  // 'websocket' and 'lifespan' are other conversations.
  if (scope.type !== 'http') return;
  await send({
    type: 'http.response.start',
    status: 200,
    headers: [[bytes('content-type'), bytes('text/plain; charset=utf-8')]],
  });
  await send({
    type: 'http.response.body',
    body: bytes(`Hello from ASGI. You asked for ${scope.path}\n`),
  });
};

// Header fields and bodies are byte strings;
// only a few members of scope, such as path, are text.
function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
