import type { ExampleDescription } from '../example.ts';
import { rawRequest } from '../raw-request.ts';

export const counter: ExampleDescription = {
  id: 'counter',
  title: 'Four workers count',
  lesson: 'Every worker has its own copy of the app, so what a module remembers is not what the site remembers.',
  group: 'Workers',
  server: { workers: 4 },
  requests: [
    { name: 'Count', raw: rawRequest('GET / HTTP/1.1', ['Connection: close']), claim: { status: 200, bodyIncludes: ['1 ('] } },
  ],
  view: { traceTab: 'response' },
};
