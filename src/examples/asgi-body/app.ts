import type { AsgiApp } from 'porthole';

// Measures an upload while it arrives, without ever holding all of it.
export const app: AsgiApp = async (scope, receive, send) => {
  if (scope.type !== 'http') return;
  let octets = 0;
  let moreBody = true;
  while (moreBody) {
    // Waits until the client has sent more.
    // Meanwhile the server can serve others.
    const message = await receive();
    // 'http.disconnect': the client left, nobody wants an answer.
    if (message.type !== 'http.request') return;
    octets += message.body.length;
    moreBody = message.more_body;
    console.log(`${octets} octets so far`);
  }
  await send({
    type: 'http.response.start',
    status: 200,
    headers: [[bytes('content-type'), bytes('text/plain')]],
  });
  await send({
    type: 'http.response.body',
    body: bytes(`Received ${octets} octets.\n`),
  });
};

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
