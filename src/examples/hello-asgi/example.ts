import type { ExampleDescription } from '../example.ts';
import { rawRequest } from '../raw-request.ts';

export const helloAsgi: ExampleDescription = {
  id: 'hello-asgi',
  title: 'Hello, ASGI',
  lesson: 'An ASGI application is an asynchronous function that receives and sends messages.',
  group: 'ASGI',
  requests: [
    {
      name: 'GET /world',
      raw: rawRequest('GET /world HTTP/1.1'),
      claim: {
        status: 200,
        headers: { 'content-type': 'text/plain; charset=utf-8' },
        body: 'Hello from ASGI. You asked for /world\n',
        context: { type: 'http', method: 'GET', path: '/world' },
        trace: [{ type: 'gateway.scope' }, { type: 'app.call', interface: 'asgi' }, { type: 'app.start' }, { type: 'app.body', via: 'send', more: false }],
      },
    },
    {
      name: 'GET /café',
      raw: rawRequest('GET /caf%C3%A9 HTTP/1.1'),
      // Where WSGI gives octets, ASGI decodes.
      claim: { status: 200, body: 'Hello from ASGI. You asked for /café\n', context: { path: '/café' } },
    },
  ],
};
