import type { WsgiApp } from 'porthole';

const rows = ['{"id": 1, "name": "Ada"}', '{"id": 2, "name": "Grace"}', '{"id": 3, "name": '];

export const app: WsgiApp = function* (environ, startResponse) {
  startResponse('200 OK', [['Content-Type', 'text/plain; charset=utf-8']]);
  const encoder = new TextEncoder();
  for (const row of rows) {
    // The third row is not JSON. By the time this line throws, "200 OK" and two rows are on their way and can't be taken back.
    // All that the server can do is to break off in a way that the client notices.
    const { name } = JSON.parse(row) as { name: string };
    yield encoder.encode(`${name}\n`);
  }
};
