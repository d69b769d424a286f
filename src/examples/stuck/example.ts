import type { ExampleDescription } from '../example.ts';
import { rawRequest } from '../raw-request.ts';

export const stuck: ExampleDescription = {
  id: 'stuck',
  title: 'A stuck request and the arbiter',
  lesson: 'A worker that misses its heartbeats is killed and replaced, which is what an arbiter is for.',
  group: 'Workers',
  server: { workers: 2, workerClass: 'sync', timeout: 2 },
  requests: [
    { name: 'The stuck one', raw: rawRequest('GET /stuck HTTP/1.1'), claim: { status: 0, failure: 'reset' } },
    { name: 'Anybody else', raw: rawRequest('GET / HTTP/1.1', ['Connection: close']), claim: { status: 200, body: 'served\n' } },
  ],
  view: { traceTab: 'machine' },
};
