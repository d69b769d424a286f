import type { ExampleDescription } from '../example.ts';
import { rawRequest } from '../raw-request.ts';

const hidden = '0\r\n\r\nGET /admin HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n\r\n';

export const sameBytes: ExampleDescription = {
  id: 'same-bytes',
  title: 'The same bytes, three servers',
  lesson: 'Where servers disagree about the end of a body, one sees a request that another took for content: send “Two lengths”.',
  group: 'Sockets',
  programs: [
    { name: 'gateway', kind: 'gateway', entry: 'app.ts:app', claim: { output: [] } },
    { name: 'by-length', kind: 'script', entry: 'server.ts', args: ['8001', 'length'], claim: { output: ['port 8001, believes in length'] } },
    { name: 'by-chunks', kind: 'script', entry: 'server.ts', args: ['8002', 'chunks'], claim: { output: ['port 8002, believes in chunks'] } },
  ],
  requests: [
    { name: 'Small', raw: rawRequest('GET /hello HTTP/1.1'), claim: { status: 200, headers: { 'content-length': '30' }, body: 'GET /hello HTTP/1.1: 0 octets\n' } },
    { name: 'Two lengths', raw: rawRequest('POST / HTTP/1.1', ['Transfer-Encoding: chunked'], hidden), claim: { status: 400, trace: [{ type: 'http.error', code: 'te-and-cl' }] } },
    { name: 'HTTP/1.0', raw: rawRequest('GET /hello HTTP/1.0'), claim: { status: 200, body: 'GET /hello HTTP/1.0: 0 octets\n' } },
    { name: 'No Host', raw: 'GET /hello HTTP/1.1\r\n\r\n', claim: { status: 400, trace: [{ type: 'http.error', code: 'host-missing' }] } },
  ],
  view: { file: 'server.ts', traceTab: 'compare' },
};
