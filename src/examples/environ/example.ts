import type { ExampleDescription } from '../example.ts';
import { rawRequest } from '../raw-request.ts';

export const environ: ExampleDescription = {
  id: 'environ',
  title: 'Everything in environ',
  lesson: 'The server turns the bytes of a request into a dictionary; select a key to see the bytes it came from.',
  group: 'WSGI',
  view: { traceTab: 'environ' },
  requests: [
    {
      name: 'POST with ten fields',
      raw: rawRequest('POST /a%20b?x=1 HTTP/1.1', [
        'Accept-Language: fr, en;q=0.5',
        'Cache-Control: no-cache',
        'Content-Type: application/json',
        'Cookie: theme=dark',
        'Referer: http://127.0.0.1:8000/',
        'X-Request-Id: 42',
      ], '{"hello": "world"}'),
      claim: {
        status: 200,
        bodyIncludes: ['REQUEST_METHOD: POST\n', 'PATH_INFO: /a b\n', 'QUERY_STRING: x=1\n', 'RAW_URI: /a%20b?x=1\n', 'CONTENT_LENGTH: 18\n', 'HTTP_X_REQUEST_ID: 42\n', 'wsgi.version: [1,0]\n', 'wsgi.input: <object>\n'],
        context: { PATH_INFO: '/a b', QUERY_STRING: 'x=1', CONTENT_TYPE: 'application/json', HTTP_COOKIE: 'theme=dark', HTTP_HOST: '127.0.0.1:8000' },
      },
    },
    {
      name: 'GET /café',
      raw: rawRequest('GET /caf%C3%A9 HTTP/1.1'),
      claim: { status: 200, bodyIncludes: ['PATH_INFO: /café\n'], context: { PATH_INFO: '/caf\u00c3\u00a9' } },
    },
    {
      name: 'Two fields of one name',
      raw: rawRequest('GET / HTTP/1.1', ['X-Forwarded-For: 192.0.2.1', 'X-Forwarded-For: 198.51.100.7']),
      claim: { status: 200, bodyIncludes: ['HTTP_X_FORWARDED_FOR: 192.0.2.1'] },
    },
  ],
};
