import type { WsgiApp } from 'porthole';

export const shop: WsgiApp = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  const mount = environ.SCRIPT_NAME;
  const path = environ.PATH_INFO || '/';
  const text = `The shop, mounted at ${mount}, sells ${path}\n`;
  return [new TextEncoder().encode(text)];
};
