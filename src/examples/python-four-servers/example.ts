import type { ExampleDescription } from '../example.ts';
import { rawRequest } from '../raw-request.ts';

export const pythonFourServers: ExampleDescription = {
  id: 'python-four-servers',
  title: 'One app, four servers',
  lesson: 'The same bytes to this gateway, wsgiref, waitress and uvicorn, around one WSGI application, and what each makes of them.',
  group: 'Python',
  entry: 'app.py:app',
  programs: [
    { name: 'gateway', kind: 'gateway', entry: 'app.py:app', claim: { output: [] } },
    { name: 'wsgiref', kind: 'script', entry: 'with_wsgiref.py', claim: { output: ['wsgiref at port 8001'] } },
    { name: 'waitress', kind: 'script', entry: 'with_waitress.py', claim: { output: ['waitress at port 8002'] } },
    { name: 'uvicorn', kind: 'script', entry: 'with_uvicorn.py', claim: { output: ['uvicorn at port 8003'] } },
  ],
  requests: [
    { name: 'A list', raw: rawRequest('GET /hello HTTP/1.1'), claim: { status: 200, body: 'GET /hello: 0 octets\n' } },
    { name: 'A stream', raw: rawRequest('GET /stream HTTP/1.1'), claim: { status: 200, body: '0\n1\n2\n' } },
    { name: 'A body', raw: rawRequest('POST /form HTTP/1.1', ['Content-Type: text/plain'], 'Good day.'), claim: { status: 200, body: 'POST /form: 9 octets\n' } },
    { name: 'Two lengths', raw: rawRequest('POST / HTTP/1.1', ['Transfer-Encoding: chunked'], '0\r\n\r\nGET /admin HTTP/1.1\r\nHost: a\r\n\r\n'), claim: { status: 400, trace: [{ type: 'http.error', code: 'te-and-cl' }] } },
    { name: 'Lines that end in LF', raw: 'GET /hello HTTP/1.1\nHost: 127.0.0.1:8000\n\n', claim: { status: 400, trace: [{ type: 'http.error', code: 'bare-lf' }] } },
    { name: 'No Host', raw: 'GET /hello HTTP/1.1\r\n\r\n', claim: { status: 400, trace: [{ type: 'http.error', code: 'host-missing' }] } },
  ],
  view: { file: 'app.py', traceTab: 'compare' },
};
