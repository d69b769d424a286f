import type { WsgiApp } from 'porthole';

export const shop: WsgiApp = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return [new TextEncoder().encode(`The shop, mounted at ${environ.SCRIPT_NAME}, sells ${environ.PATH_INFO || '/'}\n`)];
};
