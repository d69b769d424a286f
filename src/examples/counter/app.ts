import type { WsgiApp } from 'porthole';

// A variable of the module. There is one in each process.
let count = 0;

// Send this several times. With four workers the numbers jump: each counts
// for itself, and who accepts a connection serves it. With one worker (set
// it under Machine, then Run) they go up one by one.
export const app: WsgiApp = (environ, startResponse) => {
  count += 1;
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  const many = environ['wsgi.multiprocess'] ? 'several' : 'one';
  return [new TextEncoder().encode(`${count} (of ${many})\n`)];
};
