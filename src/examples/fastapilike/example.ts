import type { ExampleDescription } from '../example.ts';
import { rawRequest } from '../raw-request.ts';

export const fastapilike: ExampleDescription = {
  id: 'fastapilike',
  title: 'A framework over ASGI',
  lesson: 'A framework in the manner of FastAPI checks what comes in against declared types, provides what handlers depend on, and describes itself at /docs.',
  group: 'Frameworks',
  requests: [
    {
      name: 'GET /items/1',
      raw: rawRequest('GET /items/1?discount=0.5 HTTP/1.1'),
      claim: { status: 200, body: '{"name":"tea","price":2.25}', headers: { 'content-type': 'application/json' }, trace: [{ type: 'app.call', interface: 'asgi' }, { type: 'app.start', status: '200' }] },
    },
    {
      name: 'GET /items/one',
      raw: rawRequest('GET /items/one?discount=2 HTTP/1.1'),
      claim: { status: 422, bodyIncludes: ['["path","id"]', '["query","discount"]'] },
    },
    {
      name: 'POST /items',
      raw: rawRequest('POST /items HTTP/1.1', ['Content-Type: application/json'], '{"name": "jam", "price": 3}'),
      claim: { status: 201, body: '{"id":2,"name":"jam","price":3}', log: 'added jam' },
    },
    {
      name: 'GET /docs',
      raw: rawRequest('GET /docs HTTP/1.1'),
      claim: { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, bodyIncludes: ['<code>/items/{id}</code>'] },
    },
  ],
};
