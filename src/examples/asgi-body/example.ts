import type { ExampleDescription } from '../example.ts';
import { rawRequest } from '../raw-request.ts';

export const asgiBody: ExampleDescription = {
  id: 'asgi-body',
  title: 'A body that streams in',
  lesson: 'ASGI hands over the body as it arrives, one message after the other.',
  group: 'ASGI',
  requests: [
    {
      name: 'Three chunks',
      raw: rawRequest('POST /upload HTTP/1.1', ['Content-Type: text/plain'], ['one piece, ', 'another piece, ', 'and the last']),
      claim: {
        status: 200,
        body: 'Received 38 octets.\n',
        trace: [{ type: 'http.framing', framing: 'chunked' }, { type: 'app.read' }, { type: 'app.start' }],
        log: '38 octets so far',
      },
    },
    {
      name: 'One body of known length',
      raw: rawRequest('POST /upload HTTP/1.1', ['Content-Type: text/plain'], 'all of it at once'),
      claim: { status: 200, body: 'Received 17 octets.\n', trace: [{ type: 'http.framing', framing: 'content-length', length: 17 }] },
    },
    {
      name: 'No body',
      raw: rawRequest('GET /upload HTTP/1.1'),
      claim: { status: 200, body: 'Received 0 octets.\n' },
    },
  ],
};
