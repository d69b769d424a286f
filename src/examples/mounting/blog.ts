import type { WsgiApp } from 'porthole';

export const blog: WsgiApp = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return [new TextEncoder().encode(`The blog, mounted at ${environ.SCRIPT_NAME}, shows ${environ.PATH_INFO || '/'}\n`)];
};
