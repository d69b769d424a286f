// Takes 2 ms of processor time per request, so that a second worker has something to do.
const body = new TextEncoder().encode('Hello, world!');

export const app = (environ, startResponse) => {
  const { user, system } = process.cpuUsage();
  for (;;) {
    for (let i = 0; i < 20_000; i += 1) Math.sqrt(i);
    const now = process.cpuUsage();
    if (now.user + now.system - user - system >= 2000) break;
  }
  startResponse('200 OK', [['Content-Type', 'text/plain'], ['Content-Length', '13']]);
  return [body];
};
