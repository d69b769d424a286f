import type { WsgiApp } from 'porthole';

// What the client sends arrives here as a body like any other.
export const app: WsgiApp = (environ, startResponse) => {
  const body = new TextDecoder().decode(environ['wsgi.input'].read());
  const name = new URLSearchParams(body).get('name') ?? 'nobody';
  startResponse('200 OK', [['Content-Type', 'text/plain; charset=utf-8']]);
  return [new TextEncoder().encode(`Good morning, ${name}.\n`)];
};
