import type { ExampleDescription } from '../example.ts';
import { rawRequest } from '../raw-request.ts';

export const syncAsync: ExampleDescription = {
  id: 'sync-async',
  title: 'Sync against async, under load',
  lesson: 'A sync worker waits with its request, an async one serves others meanwhile.',
  group: 'Workers',
  server: { workerClass: 'sync' },
  requests: [{ name: 'Wait and answer', raw: rawRequest('GET / HTTP/1.1', ['Connection: close']), claim: { status: 200, body: 'done\n' } }],
  view: { traceTab: 'machine' },
};
