import type { ExampleDescription } from '../example.ts';
import { rawRequest } from '../raw-request.ts';

export const forgetsStart: ExampleDescription = {
  id: 'forgets-start',
  title: 'Forgets startResponse',
  lesson: 'An application that breaks the rules of WSGI is told which one.',
  group: 'When apps fail',
  requests: [
    {
      name: 'GET /',
      raw: rawRequest('GET / HTTP/1.1'),
      claim: { status: 500, trace: [{ type: 'app.call' }, { type: 'app.violation' }, { type: 'http.response' }] },
    },
  ],
};
