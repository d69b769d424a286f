import type { ExampleDescription } from '../example.ts';
import { rawRequest } from '../raw-request.ts';

export const helloWsgi: ExampleDescription = {
  id: 'hello-wsgi',
  title: 'Hello, WSGI',
  lesson: 'A WSGI application is a function that the server calls with environ and startResponse.',
  group: 'WSGI',
  requests: [
    {
      name: 'GET /world',
      raw: rawRequest('GET /world HTTP/1.1'),
      claim: {
        status: 200,
        headers: { 'content-type': 'text/plain; charset=utf-8' },
        body: 'Hello from WSGI. You asked for /world\n',
        context: { REQUEST_METHOD: 'GET', PATH_INFO: '/world', QUERY_STRING: '', SERVER_PROTOCOL: 'HTTP/1.1' },
        trace: [{ type: 'http.request' }, { type: 'gateway.environ' }, { type: 'app.call', interface: 'wsgi' }, { type: 'app.start', status: '200 OK' }, { type: 'app.body' }, { type: 'http.response' }],
      },
    },
  ],
};
