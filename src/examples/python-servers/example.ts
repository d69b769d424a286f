import type { ExampleDescription } from '../example.ts';
import { rawRequest } from '../raw-request.ts';

export const pythonServers: ExampleDescription = {
  id: 'python-servers',
  title: 'uvicorn and waitress',
  lesson: 'The servers that people deploy, unmodified, on the sockets of this page, with every call that they make.',
  group: 'Python',
  entry: 'asgi.py',
  programs: [
    { name: 'uvicorn', kind: 'script', entry: 'asgi.py', claim: { output: ['Uvicorn running on http://127.0.0.1:8000', '"GET /hello HTTP/1.1" 200 OK'] } },
    { name: 'waitress', kind: 'script', entry: 'wsgi.py', claim: { output: ['waitress at port 8001'] } },
    {
      name: 'ask', kind: 'script', entry: 'ask.py',
      claim: { exitCode: 0, output: ['8000 200 uvicorn', 'transfer-encoding chunked', "b'asgi /hello\\n'", '8001 200 waitress', 'content-length', "b'wsgi /hello by waitress-0\\n'"] },
    },
  ],
  requests: [{ name: 'uvicorn', raw: rawRequest('GET /page HTTP/1.1'), claim: { status: 200, headers: { server: 'uvicorn', 'transfer-encoding': 'chunked' }, body: 'asgi /page\n' } }],
  view: { file: 'asgi.py', traceTab: 'terminals' },
};
