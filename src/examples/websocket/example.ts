import type { ExampleDescription } from '../example.ts';
import { maskedText, webSocketHandshake } from '../raw-request.ts';

export const webSocket: ExampleDescription = {
  id: 'websocket',
  title: 'A WebSocket that echoes',
  lesson: 'A WebSocket is a request that the application accepts, and after that messages in both directions.',
  group: 'ASGI',
  requests: [
    {
      name: 'Open /echo and say hello',
      raw: webSocketHandshake('/echo', ['Sec-WebSocket-Protocol: v2, v1']) + maskedText('hello'),
      claim: {
        status: 101,
        // The key and the answer to it are those of RFC 6455.
        headers: { upgrade: 'websocket', 'sec-websocket-accept': 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=', 'sec-websocket-protocol': 'v2' },
        context: { type: 'websocket', scheme: 'ws', path: '/echo', subprotocols: '["v2", "v1"]' },
        trace: [
          { type: 'gateway.scope' }, { type: 'app.message', message: 'websocket.connect' }, { type: 'app.message', message: 'websocket.accept' },
          { type: 'ws.frame', stream: 'c2s', opcode: 'text', masked: true }, { type: 'ws.message', kind: 'text', detail: 'hello' },
          { type: 'app.message', message: 'websocket.receive' }, { type: 'app.message', message: 'websocket.send' }, { type: 'ws.frame', stream: 's2c', opcode: 'text', masked: false },
        ],
      },
    },
    {
      name: 'Break a rule: a frame without a mask',
      raw: `${webSocketHandshake('/echo')}\x81\x05hello`,
      claim: { status: 101, trace: [{ type: 'ws.error', code: 'ws-unmasked', status: 1002, clause: 'RFC6455-5.1-CLIENT-MASKS' }, { type: 'ws.frame', stream: 's2c', opcode: 'close' }, { type: 'app.message', message: 'websocket.disconnect' }] },
    },
    {
      name: 'Refused by the application',
      raw: webSocketHandshake('/'),
      claim: { status: 403, headers: { connection: 'close' }, trace: [{ type: 'app.message', message: 'websocket.close' }] },
    },
    {
      name: 'Refused by the server: version 8',
      raw: webSocketHandshake('/echo').replace('Version: 13', 'Version: 8'),
      claim: { status: 426, headers: { 'sec-websocket-version': '13' }, bodyIncludes: ['RFC6455-4.4-VERSION'], trace: [{ type: 'ws.error', code: 'ws-version' }] },
    },
  ],
};
