import type { ExampleDescription } from '../example.ts';
import { rawRequest } from '../raw-request.ts';

export const pythonEnviron: ExampleDescription = {
  id: 'python-environ',
  title: 'environ in Python',
  lesson: 'In Python environ is a dict: of str that hold the octets of the request one by one, and of the wsgi.* objects.',
  group: 'Python',
  entry: 'app.py:app',
  requests: [
    {
      name: 'POST with a name in UTF-8',
      raw: rawRequest('POST /caf%C3%A9?q=1&q=2 HTTP/1.1', ['Content-Type: text/plain'], 'Hello, environ'),
      claim: {
        status: 200,
        headers: { 'content-type': 'text/html; charset=utf-8' },
        bodyIncludes: ['<h1>Python 3.14', '<tr><td>PATH_INFO<td>str<td>&#x27;/cafÃ©&#x27;', '<tr><td>wsgi.version<td>tuple<td>(1, 0)', '<tr><td>QUERY_STRING<td>str<td>&#x27;q=1&amp;q=2&#x27;', '<pre>Hello, environ</pre>'],
        context: { REQUEST_METHOD: 'POST', QUERY_STRING: 'q=1&q=2', CONTENT_LENGTH: '14' },
        trace: [{ type: 'gateway.environ' }, { type: 'app.call' }, { type: 'app.read', call: 'read(-1)', size: 14 }, { type: 'app.start' }, { type: 'http.response' }],
        log: '14 octets of content',
      },
    },
  ],
};
