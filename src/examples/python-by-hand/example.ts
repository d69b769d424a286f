import type { ExampleDescription } from '../example.ts';
import { rawRequest } from '../raw-request.ts';

export const pythonByHand: ExampleDescription = {
  id: 'python-by-hand',
  title: 'A server by hand, for Flask',
  lesson: 'All that a WSGI server does on one page of Python, from accept to close, with the real Flask behind it.',
  group: 'Python',
  entry: 'server.py',
  programs: [{ name: 'server', kind: 'script', entry: 'server.py', args: ['app:app'], claim: { output: ['app:app by hand at port 8000', 'GET /?name=Ada HTTP/1.1', 'POST /shout HTTP/1.1'] } }],
  requests: [
    {
      name: 'Hello',
      raw: rawRequest('GET /?name=Ada HTTP/1.1'),
      claim: { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: 'Hello from Flask, Ada!\n', trace: [{ type: 'socket.accept', process: 'server' }, { type: 'socket.call', call: 'sendall', process: 'server' }, { type: 'socket.close', process: 'server' }] },
    },
    { name: 'A form', raw: rawRequest('POST /shout HTTP/1.1', ['Content-Type: application/x-www-form-urlencoded'], 'text=by+hand'), claim: { status: 200, body: 'BY HAND\n' } },
    { name: 'Not found', raw: rawRequest('GET /missing HTTP/1.1'), claim: { status: 404, bodyIncludes: ['<h1>Not Found</h1>'] } },
  ],
  view: { file: 'server.py', traceTab: 'terminals' },
};
