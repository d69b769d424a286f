import type { WsgiApp } from 'porthole';

// What the gateway serves. The servers by hand answer alike.
export const app: WsgiApp = (environ, startResponse) => {
  const { REQUEST_METHOD, RAW_URI, SERVER_PROTOCOL } = environ;
  const body = environ['wsgi.input'].read();
  const line = `${REQUEST_METHOD} ${RAW_URI} ${SERVER_PROTOCOL}`;
  const text = `${line}: ${body.length} octets\n`;
  startResponse('200 OK', [
    ['Content-Type', 'text/plain'], ['Content-Length', String(text.length)],
  ]);
  return [new TextEncoder().encode(text)];
};
