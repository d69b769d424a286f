import type { WsgiApp } from 'porthole';

export const app: WsgiApp = (environ, startResponse) => {
  const body = new TextEncoder().encode('ok\n');
  startResponse('200 OK', [
    ['Content-Type', 'text/plain'],
    ['Content-Length', String(body.length)],
  ]);
  return [body];
};
