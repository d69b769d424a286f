import type { ExampleDescription } from '../example.ts';
import { rawRequest } from '../raw-request.ts';

export const pythonFlask: ExampleDescription = {
  id: 'python-flask',
  title: 'Flask',
  lesson: 'The real Flask behind this gateway: routes, a template and a form, and every call that it makes to the server.',
  group: 'Python',
  entry: 'app.py:app',
  requests: [
    {
      name: 'GET /',
      raw: rawRequest('GET / HTTP/1.1'),
      claim: { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, bodyIncludes: ['<li><a href="/books/1">Flatland</a>'], trace: [{ type: 'app.call', interface: 'wsgi' }, { type: 'app.start', status: '200 OK' }, { type: 'app.close' }] },
    },
    {
      name: 'POST a form',
      raw: rawRequest('POST /books HTTP/1.1', ['Content-Type: application/x-www-form-urlencoded'], 'title=Emma'),
      claim: { status: 201, bodyIncludes: ['"title":"Emma"'], trace: [{ type: 'app.read' }, { type: 'app.start', status: '201 CREATED' }] },
    },
    {
      name: 'No such book',
      raw: rawRequest('GET /books/7 HTTP/1.1'),
      claim: { status: 404, bodyIncludes: ['There is no book 7.'] },
    },
  ],
};
