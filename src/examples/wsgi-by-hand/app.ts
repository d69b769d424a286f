import type { WsgiApp } from 'porthole';

// One app, two servers: the gateway calls it, and so does server.ts.
export const app: WsgiApp = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain; charset=utf-8']]);
  const body = environ['wsgi.input'].read();
  const { REQUEST_METHOD, PATH_INFO } = environ;
  const text = `${REQUEST_METHOD} ${PATH_INFO}, ${body.length} octets\n`;
  return [new TextEncoder().encode(text)];
};
