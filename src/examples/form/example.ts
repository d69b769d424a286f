import type { ExampleDescription } from '../example.ts';
import { rawRequest } from '../raw-request.ts';

const formType = 'Content-Type: application/x-www-form-urlencoded';

export const form: ExampleDescription = {
  id: 'form',
  title: 'A form that answers',
  lesson: 'The body of a POST waits in wsgi.input, and a form in it is nothing but text.',
  group: 'WSGI',
  requests: [
    {
      name: 'POST the form',
      raw: rawRequest('POST / HTTP/1.1', [formType], 'name=Ada+Lovelace&city=Z%C3%BCrich'),
      claim: {
        status: 200,
        headers: { 'content-type': 'text/html; charset=utf-8' },
        body: '<!doctype html>\n<dl>\n  <dt>name</dt> <dd>Ada Lovelace</dd>\n  <dt>city</dt> <dd>Zürich</dd>\n</dl>\n',
        context: { REQUEST_METHOD: 'POST', CONTENT_LENGTH: '34', CONTENT_TYPE: 'application/x-www-form-urlencoded' },
        trace: [{ type: 'http.framing', framing: 'content-length', length: 34 }, { type: 'app.read', size: 34 }, { type: 'app.body' }],
      },
    },
    {
      name: 'GET the form',
      raw: rawRequest('GET / HTTP/1.1'),
      claim: { status: 200, bodyIncludes: ['<form method="post">', '<input name="city">'] },
    },
    {
      name: 'POST markup',
      raw: rawRequest('POST / HTTP/1.1', [formType], 'name=%3Cscript%3Ealert(1)%3C%2Fscript%3E'),
      claim: { status: 200, bodyIncludes: ['<dd>&lt;script&gt;alert(1)&lt;/script&gt;</dd>'] },
    },
  ],
};
