import type { ExampleDescription } from '../example.ts';
import { rawRequest } from '../raw-request.ts';

const body = 'Line 1 of 5\nLine 2 of 5\nLine 3 of 5\nLine 4 of 5\nLine 5 of 5\n';

export const streaming: ExampleDescription = {
  id: 'streaming',
  title: 'A generator that streams',
  lesson: 'A body can be produced piece by piece; who does not know its length sends chunks.',
  group: 'WSGI',
  requests: [
    {
      name: 'HTTP/1.1: chunks',
      raw: rawRequest('GET / HTTP/1.1'),
      claim: {
        status: 200,
        headers: { 'transfer-encoding': 'chunked' },
        body,
        trace: [...Array.from({ length: 5 }, () => ({ type: 'app.body', via: 'yield', size: 12 })), { type: 'app.close' }],
        log: 'The generator is closed.',
      },
    },
    {
      name: 'HTTP/1.0: until the connection closes',
      raw: rawRequest('GET / HTTP/1.0'),
      claim: { status: 200, body, trace: [{ type: 'app.body' }, { type: 'socket.close' }] },
    },
    {
      name: 'HEAD: no body',
      raw: rawRequest('HEAD / HTTP/1.1'),
      claim: { status: 200, body: '' },
    },
  ],
};
