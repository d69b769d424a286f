import type { ExampleDescription } from '../example.ts';
import { rawRequest } from '../raw-request.ts';

export const pythonAsgi: ExampleDescription = {
  id: 'python-asgi',
  title: 'ASGI in Python',
  lesson: 'A coroutine of Python\'s, with lifespan and a response in parts: each await of send has its line in the timeline.',
  group: 'Python',
  entry: 'app.py:app',
  requests: [
    {
      name: 'GET /countdown',
      raw: rawRequest('GET /countdown HTTP/1.1'),
      claim: {
        status: 200,
        headers: { 'content-type': 'text/plain; charset=utf-8', 'transfer-encoding': 'chunked' },
        body: '3…\n2…\n1…\n1 so far\n',
        context: { type: 'http', path: '/countdown' },
        trace: [{ type: 'gateway.scope' }, { type: 'app.call', interface: 'asgi' }, { type: 'app.start', status: '200' }, { type: 'app.body', via: 'send', size: 5 }, { type: 'app.body', size: 9, more: false }, { type: 'http.end' }],
      },
    },
  ],
};
