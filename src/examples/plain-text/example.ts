import type { ExampleDescription } from '../example.ts';
import { rawRequest } from '../raw-request.ts';

export const plainText: ExampleDescription = {
  id: 'plain-text',
  title: 'Why the browser shows nothing',
  lesson: 'An answer that arrives whole is still no HTTP response until it begins with a status line.',
  group: 'Sockets',
  entry: 'server.ts',
  programs: [{ name: 'server', kind: 'script', entry: 'server.ts', claim: { output: ['Send a request', 'GET /plain HTTP/1.1', 'GET / HTTP/1.1'] } }],
  requests: [
    { name: 'Answered in plain text', raw: rawRequest('GET /plain HTTP/1.1'), claim: { status: 0, failure: 'not-http' } },
    { name: 'Answered in HTTP', raw: rawRequest('GET / HTTP/1.1'), claim: { status: 200, headers: { 'content-length': '7' }, body: 'Hello!\n' } },
  ],
  view: { file: 'server.ts', traceTab: 'response' },
};
