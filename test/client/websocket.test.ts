/** The client against a server that the test plays, octet by octet. What a real server makes of it is in `test/server/websocket.test.ts`. */
import { describe, expect, test } from 'vitest';
import { WebSocketClient, type WebSocketClientEvent, type WebSocketClientOptions } from '../../src/client/websocket.ts';
import type { WebSocketTarget } from '../../src/client/websocket-opening.ts';
import { LocalProtocolError } from '../../src/core/http1/errors.ts';
import { acceptKey } from '../../src/core/ws/handshake.ts';
import { socketPair } from '../../src/net/memory.ts';
import type { TraceEvent } from '../../src/trace/events.ts';
import { materialise, Recorder } from '../../src/trace/recorder.ts';
import { fakeHost, passTime, settle } from '../helpers/fake-clock.ts';
import { ascii, Collector } from '../net/collect.ts';

function meet(options: Partial<WebSocketClientOptions> = {}) {
  const host = fakeHost();
  const [near, server] = socketPair({ id: 7 });
  const recorder = new Recorder({ process: 'client', clock: host.clock });
  const events: WebSocketClientEvent[] = [];
  const opening = 'request' in options ? {} : { authority: 'h', target: '/chat' };
  const client = new WebSocketClient(near, { ...opening, host, tracer: recorder, ...options } as WebSocketClientOptions, (event) => events.push(event));
  const seen = new Collector().attach(server);
  return {
    client, events, seen, server, host,
    /** The client's request, and 101 with these fields besides. */
    async accept(more = '', then: Uint8Array = new Uint8Array(0)) {
      await settle();
      const key = /^Sec-WebSocket-Key: (.*)\r$/m.exec(seen.text)?.[1] ?? '';
      const head = ascii(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptKey(key)}\r\n${more}\r\n`);
      server.write(new Uint8Array([...head, ...then]));
      await settle();
    },
    async say(...octets: number[]) {
      server.write(Uint8Array.from(octets));
      await settle();
    },
    types: () => events.map(({ type }) => type),
    last: () => events.at(-1),
    trace: (): TraceEvent[] => materialise(recorder.drain()),
  };
}

const hello = [0x81, 5, ...ascii('hello')];

describe('the handshake', () => {
  test('RFC6455-4.1 what is sent', async () => {
    const { seen } = meet({ subprotocols: ['a', 'b'], compress: true, headers: [['Origin', 'http://x']] } as Partial<WebSocketTarget>);
    await settle();
    expect(seen.text.replace(/Key: .*/, 'Key: …')).toBe([
      'GET /chat HTTP/1.1', 'Host: h', 'Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Key: …', 'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Protocol: a, b', 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits', 'Origin: http://x', '', '',
    ].join('\r\n'));
  });

  test('accepted, with a frame in the same segment', async () => {
    const { accept, events, client } = meet({ subprotocols: ['a', 'b'] } as Partial<WebSocketTarget>);
    expect(client.state).toBe('CONNECTING');
    await accept('Sec-WebSocket-Protocol: b\r\n', Uint8Array.from(hello));
    expect(client.state).toBe('OPEN');
    expect(events).toMatchObject([
      { type: 'open', subprotocol: 'b', compressed: false },
      { type: 'frame', direction: 'received', opcode: 'text', fin: true, masked: false, length: 5 },
      { type: 'message', data: 'hello' },
    ]);
  });

  test('a handshake of one\'s own is sent as it is, and the answer is checked against it', async () => {
    const raw = 'GET /x HTTP/1.1\r\nhost: h\r\nupgrade: WebSocket\r\nconnection: keep-alive, upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: one\r\nSec-WebSocket-Protocol: two\r\n\r\n';
    const { accept, seen, events } = meet({ request: ascii(raw) });
    await accept('Sec-WebSocket-Protocol: two\r\n');
    expect(seen.text).toBe(raw);
    expect(events).toMatchObject([{ type: 'open', subprotocol: 'two', compressed: false }]);
  });

  test('a handshake of one\'s own that is none: the refusal is told', async () => {
    const { server, events } = meet({ request: ascii('GET /x HTTP/1.1\r\nHost: h\r\nBad header\r\n\r\n') });
    server.write(ascii('HTTP/1.1 400 Bad Request\r\nContent-Length: 4\r\nConnection: close\r\n\r\nno.\n'));
    await settle();
    expect(events).toEqual([{ type: 'rejected', status: 400, reason: 'Bad Request', headers: [['Content-Length', '4'], ['Connection', 'close']], body: ascii('no.\n'), error: expect.objectContaining({ code: 'ws-not-101' }) }]);
  });

  test('an answer with the wrong key ends it', async () => {
    const { server, events, client } = meet();
    await settle();
    server.write(ascii('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAA\r\n\r\n'));
    await settle();
    expect(events).toMatchObject([{ type: 'closed', code: 1006, clean: false, error: { code: 'ws-answer-accept', clause: 'RFC6455-4.1-RESPONSE-4' } }]);
    expect(client.state).toBe('CLOSED');
  });

  test.each([
    ['closes', (server: { end(): void; reset(): void }) => server.end(), 'The server closed the connection without an answer.'],
    ['cuts', (server: { end(): void; reset(): void }) => server.reset(), 'The server cut the connection (ECONNRESET).'],
  ])('a server that %s instead of an answer', async (_what, act, message) => {
    const { server, events } = meet();
    await settle();
    act(server);
    await settle();
    expect(events).toEqual([{ type: 'closed', code: 1006, reason: '', clean: false, message }]);
  });

  test('a server that does not answer', async () => {
    const { host, events, seen } = meet({ timeoutMs: 1000 });
    await passTime(host, 999);
    expect(events).toEqual([]);
    await passTime(host, 1);
    expect(events).toEqual([{ type: 'closed', code: 1006, reason: '', clean: false, message: 'No answer for 1000 ms: the server did not answer the handshake.' }]);
    await settle();
    expect(seen.error?.code).toBe('ECONNRESET');
  });

  test('nothing can be sent before it is open', () => {
    const { client } = meet();
    expect(() => client.send({ type: 'text', text: 'early' })).toThrow(LocalProtocolError);
  });

  test('a header that cannot be sent touches no socket', () => {
    expect(() => meet({ headers: [['Bad name', 'x']] } as Partial<WebSocketTarget>)).toThrow(LocalProtocolError);
  });
});

describe('frames', () => {
  test('RFC6455-5.1-CLIENT-MASKS what is sent is masked, each frame with a key of its own', async () => {
    const { accept, client, seen, events } = meet();
    await accept();
    const from = seen.size;
    client.send({ type: 'text', text: 'hello' });
    client.send({ type: 'text', text: 'hello' });
    await settle();
    const [first, second] = [seen.bytes.slice(from, from + 11), seen.bytes.slice(from + 11)];
    expect([first[0], first[1], second[0], second[1]]).toEqual([0x81, 0x85, 0x81, 0x85]);
    expect(first.slice(2, 6)).not.toEqual(second.slice(2, 6));
    expect(String.fromCharCode(...first.slice(6).map((octet, i) => octet ^ first[2 + (i & 3)]!))).toBe('hello');
    expect(events.filter(({ type }) => type === 'frame')).toMatchObject([{ direction: 'sent', masked: true, span: [from, from + 11] }, { span: [from + 11, from + 22] }]);
  });

  test('RFC6455-5.5.2 a ping is answered with its payload', async () => {
    const { accept, say, types, seen } = meet();
    await accept();
    const from = seen.size;
    await say(0x89, 2, 104, 105);
    expect(types()).toEqual(['open', 'frame', 'ping', 'frame']);
    const pong = seen.bytes.slice(from);
    expect([pong[0], pong[1], pong[6]! ^ pong[2]!, pong[7]! ^ pong[3]!]).toEqual([0x8a, 0x82, 104, 105]);
  });

  test('raw octets are sent as they are, and spans go on counting', async () => {
    const { accept, client, seen, last } = meet();
    await accept();
    const from = seen.size;
    client.sendRaw(Uint8Array.of(1, 2, 3));
    client.send({ type: 'ping', payload: new Uint8Array(0) });
    await settle();
    expect([...seen.bytes.slice(from, from + 3)]).toEqual([1, 2, 3]);
    expect(last()).toMatchObject({ type: 'frame', opcode: 'ping', span: [from + 3, from + 9] });
  });

  test('RFC6455-5.1-SERVER-NEVER-MASKS a masked frame ends it, with a Close that says why', async () => {
    const { accept, say, last, seen } = meet();
    await accept();
    const from = seen.size;
    await say(0x81, 0x81, 0, 0, 0, 0, 65);
    expect(last()).toMatchObject({ type: 'closed', code: 1006, clean: false, error: { code: 'ws-masked', status: 1002 } });
    const close = seen.bytes.slice(from);
    expect([close[0], (close[6]! ^ close[2]!) * 256 + (close[7]! ^ close[3]!)]).toEqual([0x88, 1002]);
  });
});

describe('the end', () => {
  test('RFC6455-7.1.1 we close: a Close each way, and the server ends the connection', async () => {
    const { accept, client, say, server, last, types } = meet();
    await accept();
    client.close(3001, 'enough');
    expect(client.state).toBe('CLOSING');
    await say(0x88, 2, 0x0b, 0xb9);
    expect(types()).not.toContain('closed');
    server.end();
    await settle();
    expect(last()).toEqual({ type: 'closed', code: 3001, reason: '', clean: true });
  });

  test('RFC6455-5.5.1-REPLY the server closes: our Close echoes its code', async () => {
    const { accept, say, server, last, seen } = meet();
    await accept();
    const from = seen.size;
    await say(0x88, 5, 0x03, 0xe9, 98, 121, 101);
    const close = seen.bytes.slice(from);
    expect([close[0], close[1], (close[6]! ^ close[2]!) * 256 + (close[7]! ^ close[3]!)]).toEqual([0x88, 0x82, 1001]);
    server.end();
    await settle();
    expect(last()).toEqual({ type: 'closed', code: 1001, reason: 'bye', clean: true });
  });

  test.each([['in one segment', [[0x88, 0, ...hello, 0x83, 0]]], ['in several', [[0x88, 0], hello, [0x83, 0]]]])('RFC6455-1.4 what follows the server\'s Close is nobody\'s, %s', async (_title, segments) => {
    const { accept, say, server, types, last } = meet();
    await accept();
    for (const segment of segments) await say(...segment);
    server.end();
    await settle();
    expect(types()).toEqual(['open', 'frame', 'frame', 'closed']); // their Close and ours
    expect(last()).toEqual({ type: 'closed', code: 1005, reason: '', clean: true });
  });

  test('RFC6455-7.1.5 without a Close frame the code is 1006, with an empty one 1005', async () => {
    const cut = meet();
    await cut.accept();
    cut.server.end();
    await settle();
    expect(cut.last()).toEqual({ type: 'closed', code: 1006, reason: '', clean: false, message: 'The server closed the connection without a Close frame.' });
    const empty = meet();
    await empty.accept();
    await empty.say(0x88, 0);
    empty.server.end();
    await settle();
    expect(empty.last()).toEqual({ type: 'closed', code: 1005, reason: '', clean: true });
  });

  test('a server that does not close after our Close is cut off', async () => {
    const { accept, client, host, last, seen } = meet({ timeoutMs: 500 });
    await accept();
    client.close();
    await passTime(host, 500);
    expect(last()).toMatchObject({ type: 'closed', code: 1006, message: 'No answer for 500 ms: the server did not close the connection.' });
    expect(seen.error?.code).toBe('ECONNRESET');
  });

  test('a code that must not be sent is refused, and nothing has happened', async () => {
    const { accept, client } = meet();
    await accept();
    expect(() => client.close(1006)).toThrow(LocalProtocolError);
    expect(client.state).toBe('OPEN');
  });

  test('after a reset nothing can be sent', async () => {
    const { accept, client, types } = meet();
    await accept();
    client.reset();
    expect(() => client.send({ type: 'text', text: 'late' })).toThrow(/closed/);
    await settle();
    expect(types()).toEqual(['open', 'closed']);
  });
});

test('the trace tells connect, octets, frames and the end', async () => {
  const { accept, client, server, trace } = meet();
  await accept();
  client.send({ type: 'text', text: 'x' });
  server.reset();
  await settle();
  const told = trace().map(({ type }) => type).filter((type) => type !== 'http.token');
  expect(told).toContain('ws.frame');
  expect([told[0], told[1], told.at(-1)]).toEqual(['socket.connect', 'http.request', 'socket.close']);
});
