import type { ExampleDescription } from '../example.ts';
import { rawRequest } from '../raw-request.ts';

export const failsBeforeStart: ExampleDescription = {
  id: 'fails-before-start',
  title: 'Fails before it starts',
  lesson: 'As long as nothing was sent, the server can still turn an exception into a 500.',
  group: 'When apps fail',
  requests: [
    {
      name: 'An item that is not there',
      raw: rawRequest('GET /?item=cocoa HTTP/1.1'),
      claim: { status: 500, trace: [{ type: 'app.call' }, { type: 'app.error', name: 'TypeError', stage: 'before start' }, { type: 'http.response' }] },
    },
    {
      name: 'An item that is',
      raw: rawRequest('GET /?item=tea HTTP/1.1'),
      claim: { status: 200, body: 'One tea is 2.50.\n' },
    },
  ],
};
