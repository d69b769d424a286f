import type { WsgiApp } from 'porthole';

// Send "The stuck one". Its worker answers nothing any more: no request and
// no heartbeat. The arbiter waits for the timeout (two seconds here), kills
// the process, and starts another. The client of the stuck request sees a
// reset; everybody else is served by the second worker all the while.
export const app: WsgiApp = (environ, startResponse) => {
  if (environ.PATH_INFO === '/stuck') {
    for (;;);
  }
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return [new TextEncoder().encode('served\n')];
};
