import type { ExampleDescription } from '../example.ts';
import { rawRequest } from '../raw-request.ts';

export const flasklike: ExampleDescription = {
  id: 'flasklike',
  title: 'A framework over WSGI',
  lesson: 'A framework in the manner of Flask adds routes, a request object and error pages; underneath it is a WSGI application like any other.',
  group: 'Frameworks',
  requests: [
    {
      name: 'GET /hello/you',
      raw: rawRequest('GET /hello/you HTTP/1.1'),
      claim: { status: 200, body: 'Hello, you!\n', headers: { 'x-framework': 'flasklike', 'content-type': 'text/html; charset=utf-8' }, trace: [{ type: 'app.call', interface: 'wsgi' }, { type: 'app.start', status: '200 OK' }] },
    },
    {
      name: 'GET /books/7',
      raw: rawRequest('GET /books/7 HTTP/1.1'),
      claim: { status: 404, body: '{"error":"No book 7."}\n', headers: { 'content-type': 'application/json' } },
    },
    {
      name: 'POST /books',
      raw: rawRequest('POST /books HTTP/1.1', ['Content-Type: application/json'], '{"title": "Momo"}'),
      claim: { status: 201, body: '{"id":2,"title":"Momo"}\n', headers: { location: '/books/2' } },
    },
    {
      name: 'DELETE /books/1',
      raw: rawRequest('DELETE /books/1 HTTP/1.1'),
      claim: { status: 405, headers: { allow: 'GET, HEAD, OPTIONS' } },
    },
  ],
};
