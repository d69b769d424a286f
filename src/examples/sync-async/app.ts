import type { AsgiApp } from 'porthole';

// Half of the work of most apps is waiting: for a database, for another
// server. Press "Send burst" under Machine, then change the class of the
// worker to async, Run, and send the same burst again.
//
// A sync worker waits together with its request: the others queue up, and
// the picture is a staircase. An async one begins the next one meanwhile.
export const app: AsgiApp = async (scope, receive, send) => {
  if (scope.type !== 'http') return;
  await new Promise((resolve) => setTimeout(resolve, 50));
  const headers = [[encode('content-length'), encode('5')]] as const;
  await send({ type: 'http.response.start', status: 200, headers });
  await send({ type: 'http.response.body', body: encode('done\n') });
};

const encode = (text: string) => new TextEncoder().encode(text);
