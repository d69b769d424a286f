import type { ExampleDescription } from '../example.ts';
import { maskedText, rawRequest, webSocketHandshake } from '../raw-request.ts';

export const chat: ExampleDescription = {
  id: 'chat',
  title: 'A chat room',
  lesson: 'Many WebSockets share one application: what one client says, all of them hear.',
  group: 'ASGI',
  requests: [
    {
      name: 'Ann comes in and speaks',
      raw: webSocketHandshake('/?name=Ann') + maskedText('hi'),
      claim: {
        status: 101,
        context: { type: 'websocket', query_string: 'b"name=Ann"' },
        trace: [
          { type: 'app.message', message: 'websocket.accept' }, { type: 'app.message', message: 'websocket.send', detail: '"Ann is here (1)"' },
          { type: 'app.message', message: 'websocket.receive', detail: '"hi"' }, { type: 'app.message', message: 'websocket.send', detail: '"Ann: hi"' },
        ],
      },
    },
    {
      name: 'Somebody without a name',
      raw: webSocketHandshake('/'),
      claim: { status: 403, trace: [{ type: 'app.message', message: 'websocket.close' }] },
    },
    {
      name: 'The page for a browser',
      raw: rawRequest('GET / HTTP/1.1'),
      claim: { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, bodyIncludes: ['new WebSocket'] },
    },
  ],
};
