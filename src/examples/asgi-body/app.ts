import type { AsgiApp } from 'porthole';

// Measures an upload while it arrives, without ever holding it as a whole.
export const app: AsgiApp = async (scope, receive, send) => {
  if (scope.type !== 'http') return;
  let pieces = 0;
  let octets = 0;
  let moreBody = true;
  while (moreBody) {
    // Waits until the client has sent more. Meanwhile the server can serve others.
    const message = await receive();
    if (message.type !== 'http.request') return; // 'http.disconnect': the client left, nobody wants an answer
    pieces += 1;
    octets += message.body.length;
    moreBody = message.more_body;
    console.log(`piece ${pieces}: ${message.body.length} octets, ${moreBody ? 'more to come' : 'the last one'}`);
  }
  await send({ type: 'http.response.start', status: 200, headers: [[bytes('content-type'), bytes('text/plain')]] });
  await send({ type: 'http.response.body', body: bytes(`Received ${octets} octets.\n`) });
};

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
