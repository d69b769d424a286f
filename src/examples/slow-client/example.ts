import type { ExampleDescription } from '../example.ts';
import { rawRequest } from '../raw-request.ts';

export const slowClient: ExampleDescription = {
  id: 'slow-client',
  title: 'A slow client holds a worker',
  lesson: 'A sync worker belongs to the client that it reads from, however slowly that client sends.',
  group: 'Workers',
  programs: [
    { name: 'gateway', kind: 'gateway', entry: 'app.ts:app', server: { workerClass: 'sync' }, claim: { output: [] } },
    { name: 'slow', kind: 'script', entry: 'slow.ts', claim: { exitCode: 0, output: ['half a request', 'the other half', 'HTTP/1.1 200 OK'] } },
  ],
  requests: [{ name: 'In a hurry', raw: rawRequest('GET /quick HTTP/1.1', ['Connection: close']), claim: { status: 200, body: 'hello, /quick\n' } }],
  view: { file: 'slow.ts', traceTab: 'terminals' },
};
