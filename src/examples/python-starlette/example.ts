import type { ExampleDescription } from '../example.ts';
import { rawRequest } from '../raw-request.ts';

export const pythonStarlette: ExampleDescription = {
  id: 'python-starlette',
  title: 'Starlette',
  lesson: 'The real Starlette behind this gateway: what its lifespan yields, a stream, and a WebSocket at /echo.',
  group: 'Python',
  entry: 'app.py:app',
  requests: [
    { name: 'GET /hello/Ada', raw: rawRequest('GET /hello/Ada HTTP/1.1'), claim: { status: 200, body: 'Hello, Ada!\n', trace: [{ type: 'gateway.scope' }, { type: 'app.start', status: '200' }, { type: 'app.body', via: 'send' }] } },
    { name: 'A stream', raw: rawRequest('GET /count HTTP/1.1'), claim: { status: 200, headers: { 'transfer-encoding': 'chunked' }, body: 'one\ntwo\nthree\n', trace: [{ type: 'app.body', size: 4 }, { type: 'app.body', size: 4 }, { type: 'app.body', size: 6 }] } },
  ],
};
