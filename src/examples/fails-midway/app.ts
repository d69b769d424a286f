import type { WsgiApp } from 'porthole';

const rows = ['{"name": "Ada"}', '{"name": "Grace"}', '{"name": '];

export const app: WsgiApp = function* (_environ, startResponse) {
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  const encoder = new TextEncoder();
  for (const row of rows) {
    // The third row is not JSON. By the time this line throws,
    // "200 OK" and two rows are on their way and can't be taken back.
    // All that the server can do is to break off so that it shows.
    const { name } = JSON.parse(row) as { name: string };
    yield encoder.encode(`${name}\n`);
  }
};
