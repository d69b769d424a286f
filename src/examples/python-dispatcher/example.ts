import type { ExampleDescription } from '../example.ts';
import { rawRequest } from '../raw-request.ts';

export const pythonDispatcher: ExampleDescription = {
  id: 'python-dispatcher',
  title: 'Two Flask apps behind one',
  lesson: 'A dispatcher moves the start of PATH_INFO to SCRIPT_NAME and calls the application that is mounted there.',
  group: 'Python',
  entry: 'app.py:app',
  requests: [
    { name: 'The shop', raw: rawRequest('GET / HTTP/1.1'), claim: { status: 200, body: 'shop:  + /\n' } },
    { name: 'The blog', raw: rawRequest('GET /blog/2026 HTTP/1.1'), claim: { status: 200, body: 'blog: /blog + /2026\n', context: { SCRIPT_NAME: '', PATH_INFO: '/blog/2026' } } },
  ],
};
