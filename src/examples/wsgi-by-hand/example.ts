import type { ExampleDescription } from '../example.ts';
import { rawRequest } from '../raw-request.ts';

export const wsgiByHand: ExampleDescription = {
  id: 'wsgi-by-hand',
  title: 'A WSGI server by hand',
  lesson: 'A server that calls a WSGI app fits on a page, and its three mistakes are all in the trace.',
  group: 'Sockets',
  programs: [
    { name: 'by-hand', kind: 'script', entry: 'server.ts', claim: { output: ['by hand at port 8000', 'GET /hello HTTP/1.1'] } },
    { name: 'gateway', kind: 'gateway', entry: 'app.ts:app', port: 8001, claim: { output: [] } },
    {
      name: 'compare', kind: 'script', entry: 'compare.ts',
      claim: { exitCode: 0, output: ['by hand: "HTTP/1.1 200 OK\\nContent-Type: text/plain; charset=utf-8\\n\\nGET /hello, 0 octets', 'gateway: "HTTP/1.1 200 OK\\r\\n', 'Content-Length: '] },
    },
  ],
  requests: [
    { name: 'Small', raw: rawRequest('GET /hello HTTP/1.1'), claim: { status: 0, failure: 'not-http', trace: [{ type: 'http.error', by: 'peer', process: 'client' }] } },
    { name: 'A form of 3000 octets', raw: rawRequest('POST /form HTTP/1.1', ['Content-Type: text/plain'], 'x'.repeat(3000)), claim: { status: 0, failure: 'not-http' } },
  ],
  view: { file: 'server.ts', traceTab: 'terminals' },
};
