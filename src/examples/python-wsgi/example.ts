import type { ExampleDescription } from '../example.ts';
import { rawRequest } from '../raw-request.ts';

export const pythonWsgi: ExampleDescription = {
  id: 'python-wsgi',
  title: 'Hello, Python',
  lesson: 'Real Python behind the same gateway: each yield is one block of the body, and has its line in the timeline.',
  group: 'Python',
  entry: 'app.py:app',
  requests: [
    {
      name: 'GET /Ada',
      raw: rawRequest('GET /Ada HTTP/1.1'),
      claim: {
        status: 200,
        headers: { 'content-type': 'text/plain; charset=utf-8', 'transfer-encoding': 'chunked' },
        body: 'Hello, Ada!\n',
        context: { PATH_INFO: '/Ada', 'wsgi.version': '[1, 0]' },
        trace: [{ type: 'app.call', interface: 'wsgi', name: 'app.py:app' }, { type: 'app.start', status: '200 OK' }, { type: 'app.body', via: 'yield', size: 7 }, { type: 'app.body', size: 3 }, { type: 'app.body', size: 2 }, { type: 'app.close' }],
        log: 'saying hello to Ada',
      },
    },
  ],
};
