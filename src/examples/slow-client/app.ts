import type { WsgiApp } from 'porthole';

export const app: WsgiApp = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return [new TextEncoder().encode(`hello, ${environ.PATH_INFO}\n`)];
};
