import type { AsgiApp } from 'porthole';
import { html } from './page.ts';

type Send = Parameters<AsgiApp>[2];

// Who is here, by the function that reaches them. One process serves
// everybody; with several, each would have a room of its own.
const room = new Map<Send, string>();

export const app: AsgiApp = async (scope, receive, send) => {
  if (scope.type === 'http') return page(send);
  if (scope.type !== 'websocket') return;
  await receive();
  const query = new TextDecoder().decode(scope.query_string);
  const name = new URLSearchParams(query).get('name');
  if (!name) return send({ type: 'websocket.close' });
  await send({ type: 'websocket.accept' });

  room.set(send, name);
  await tell(`${name} is here (${room.size})`);
  for (;;) {
    const event = await receive();
    if (event.type !== 'websocket.receive') break;
    await tell(`${name}: ${event.text ?? '…'}`);
  }
  room.delete(send);
  await tell(`${name} left`);
};

// To all of them at once. Whoever has gone meanwhile cannot be reached:
// send() rejects, and their own call will hear of it from receive().
async function tell(text: string): Promise<void> {
  const message = { type: 'websocket.send', text } as const;
  await Promise.allSettled([...room.keys()].map((send) => send(message)));
}

async function page(send: Send): Promise<void> {
  const bytes = (text: string) => new TextEncoder().encode(text);
  await send({
    type: 'http.response.start',
    status: 200,
    headers: [[bytes('content-type'), bytes('text/html; charset=utf-8')]],
  });
  await send({ type: 'http.response.body', body: bytes(html) });
}
