import type { ExampleDescription } from '../example.ts';
import { rawRequest } from '../raw-request.ts';

export const failsMidway: ExampleDescription = {
  id: 'fails-midway',
  title: 'Fails in the middle of the body',
  lesson: 'Once the head is sent it is too late for a 500: the connection is cut, so that half an answer cannot pass for a whole one.',
  group: 'When apps fail',
  requests: [
    {
      name: 'GET /',
      raw: rawRequest('GET / HTTP/1.1'),
      claim: {
        status: 200,
        cutShort: true,
        bodyIncludes: ['Ada\n', 'Grace\n'],
        trace: [{ type: 'app.start' }, { type: 'app.body' }, { type: 'app.body' }, { type: 'app.error', name: 'SyntaxError', stage: 'after body' }, { type: 'socket.close' }],
      },
    },
  ],
};
