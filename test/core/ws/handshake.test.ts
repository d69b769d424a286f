import { describe, expect, test } from 'vitest';
import { Connection } from '../../../src/core/http1/connection.ts';
import type { FieldPairs, Request, Response } from '../../../src/core/http1/events.ts';
import { parseExtensions } from '../../../src/core/ws/extensions.ts';
import { acceptKey, answerHandshake, type HandshakeRequest, isRefusal, openHandshake, readAnswerToHandshake, readHandshake, wantsWebSocket } from '../../../src/core/ws/handshake.ts';

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

/** The key and the answer of RFC 6455 §1.3. */
const key = 'dGhlIHNhbXBsZSBub25jZQ==';
const answerToKey = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

const good = ['Host: x', 'Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Key: ${key}`, 'Sec-WebSocket-Version: 13'];

function request(lines: readonly string[], start = 'GET /chat HTTP/1.1'): Request {
  const core = new Connection({ role: 'server' });
  core.receiveData(latin1([start, ...lines, '', ''].join('\r\n')));
  const event = core.nextEvent();
  if (event.type !== 'request') throw new Error(`expected a request, got ${event.type}`);
  return event;
}

/** `good` with the line of that name replaced, or taken out. */
const but = (name: string, ...instead: string[]): string[] => good.flatMap((line) => (line.startsWith(`${name}:`) ? instead : [line]));

describe('the server reads the request (RFC6455-4.2.1)', () => {
  test.each<[clause: string, code: string, status: number, lines: string[], start?: string]>([
    ['RFC6455-4.2.1-1 only GET', 'ws-method', 405, good, 'POST /chat HTTP/1.1'],
    ['RFC6455-4.2.1-1 not HTTP/1.0', 'ws-http-version', 400, good, 'GET /chat HTTP/1.0'],
    ['RFC9110-9.3.1 content', 'ws-content', 400, [...good, 'Content-Length: 3']],
    ['RFC9110-9.3.1 content in chunks', 'ws-content', 400, [...good, 'Transfer-Encoding: chunked']],
    ['RFC6455-4.2.1-3 no Upgrade', 'ws-no-upgrade', 400, but('Upgrade')],
    ['RFC6455-4.2.1-3 Upgrade to something else', 'ws-no-upgrade', 400, but('Upgrade', 'Upgrade: h2c')],
    ['RFC6455-4.2.1-4 no Connection', 'ws-no-connection-upgrade', 400, but('Connection')],
    ['RFC6455-4.2.1-4 Connection without the option', 'ws-no-connection-upgrade', 400, but('Connection', 'Connection: keep-alive')],
    ['RFC6455-4.2.1-5 no key', 'ws-key-count', 400, but('Sec-WebSocket-Key')],
    ['RFC6455-11.3.1-ONCE two keys', 'ws-key-count', 400, [...good, `Sec-WebSocket-Key: ${key}`]],
    ['RFC6455-4.2.1-5 a key of 15 octets', 'ws-bad-key', 400, but('Sec-WebSocket-Key', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAA')],
    ['RFC6455-4.2.1-5 a key that is not base64', 'ws-bad-key', 400, but('Sec-WebSocket-Key', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZ*==')],
    ['RFC6455-4.2.1-5 a key with bits that base64 leaves out', 'ws-bad-key', 400, but('Sec-WebSocket-Key', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZR==')],
    ['RFC6455-4.4-VERSION none', 'ws-version', 426, but('Sec-WebSocket-Version')],
    ['RFC6455-4.4-VERSION 8', 'ws-version', 426, but('Sec-WebSocket-Version', 'Sec-WebSocket-Version: 8')],
    ['RFC6455-4.2.1-6 "13, 8"', 'ws-version', 426, but('Sec-WebSocket-Version', 'Sec-WebSocket-Version: 13, 8')],
    ['RFC6455-4.1-REQUEST-10 a subprotocol twice', 'ws-bad-subprotocol', 400, [...good, 'Sec-WebSocket-Protocol: chat, chat']],
    ['RFC6455-4.1-REQUEST-10 a subprotocol with a space', 'ws-bad-subprotocol', 400, [...good, 'Sec-WebSocket-Protocol: my chat']],
    ['RFC6455-9.1-GRAMMAR an extension without a name', 'ws-bad-extensions', 400, [...good, 'Sec-WebSocket-Extensions: ; x=1']],
  ])('%s', (_clause, code, status, lines, start) => {
    const outcome = readHandshake(request(lines, start));
    expect(isRefusal(outcome) && [outcome.error.code, outcome.error.status]).toEqual([code, status]);
  });

  test('RFC6455-4.4-VERSION a refused version is told which one is spoken', () => {
    const outcome = readHandshake(request(but('Sec-WebSocket-Version', 'Sec-WebSocket-Version: 8')));
    expect(isRefusal(outcome) && outcome.headers).toEqual([['Upgrade', 'websocket'], ['Sec-WebSocket-Version', '13']]);
  });

  test('a refusal names the bytes of the field', () => {
    const lines = but('Sec-WebSocket-Version', 'Sec-WebSocket-Version: 8');
    const outcome = readHandshake(request(lines));
    const text = ['GET /chat HTTP/1.1', ...lines, '', ''].join('\r\n');
    expect(isRefusal(outcome) && text.slice(...outcome.error.span)).toBe('8');
  });

  test('names and option lists are compared as HTTP compares them', () => {
    const outcome = readHandshake(request(['Host: x', 'upgrade: h2c, WebSocket', 'connection: keep-alive, UPGRADE', `sec-websocket-key: ${key}`, 'sec-websocket-version: 13', 'Origin: https://a.example', 'Sec-WebSocket-Protocol: chat, superchat', 'Sec-WebSocket-Protocol: third']));
    expect(outcome).toEqual({ key, subprotocols: ['chat', 'superchat', 'third'], extensions: [], origin: 'https://a.example' });
  });

  test('what asks for a WebSocket, and what does not', () => {
    expect(wantsWebSocket(request(good))).toBe(true);
    expect(wantsWebSocket(request(but('Upgrade')))).toBe(true); // a proxy took it away: the key is still there
    expect(wantsWebSocket(request(['Host: x', 'Upgrade: h2c', 'Connection: Upgrade']))).toBe(false);
  });
});

describe('the server answers (RFC6455-4.2.2-5)', () => {
  const shake = (extra: string[] = []): HandshakeRequest => readHandshake(request([...good, ...extra])) as HandshakeRequest;

  test('RFC6455-1.3 the accept key of the example', () => {
    expect(acceptKey(key)).toBe(answerToKey);
  });

  test('RFC6455-4.2.2-5.4 fields of the 101', () => {
    expect(answerHandshake(shake(), { subprotocol: 'chat', headers: [['X-A', '1']] })).toEqual({
      headers: [['Upgrade', 'websocket'], ['Connection', 'Upgrade'], ['Sec-WebSocket-Accept', answerToKey], ['Sec-WebSocket-Protocol', 'chat'], ['X-A', '1']],
      deflate: undefined,
    });
  });

  test.each<[title: string, offer: string, field: string | undefined]>([
    ['RFC7692-7.1 a plain offer', 'permessage-deflate', 'permessage-deflate'],
    ['RFC7692-7.1.2.2 a hint needs no answer', 'permessage-deflate; client_max_window_bits', 'permessage-deflate'],
    ['RFC7692-7.1.1.1 context takeover', 'permessage-deflate; server_no_context_takeover; client_no_context_takeover', 'permessage-deflate; server_no_context_takeover; client_no_context_takeover'],
    ['RFC7692-7.1.2.1 window bits', 'permessage-deflate; server_max_window_bits=10; client_max_window_bits=12', 'permessage-deflate; server_max_window_bits=10; client_max_window_bits=12'],
    ['RFC6455-9.1-GRAMMAR a quoted value', 'permessage-deflate; server_max_window_bits="10"', 'permessage-deflate; server_max_window_bits=10'],
    ['RFC7692-5.1 the first acceptable of several', 'permessage-deflate; unknown, x-other; a=b, permessage-deflate; server_max_window_bits=9', 'permessage-deflate; server_max_window_bits=9'],
    ['RFC7692-7.1 an unknown parameter is declined', 'permessage-deflate; unknown', undefined],
    ['RFC7692-7.1 a repeated parameter is declined', 'permessage-deflate; server_max_window_bits=9; server_max_window_bits=9', undefined],
    ['RFC7692-7.1.2.1 16 bits are declined', 'permessage-deflate; server_max_window_bits=16', undefined],
    ['RFC7692-7.1.2.1 a leading zero is declined', 'permessage-deflate; server_max_window_bits=09', undefined],
    ['8 bits, which zlib cannot do, are declined', 'permessage-deflate; server_max_window_bits=8', undefined],
    ['another extension is declined', 'x-webkit-deflate-frame', undefined],
  ])('%s', (_title, offer, field) => {
    const { headers } = answerHandshake(shake([`Sec-WebSocket-Extensions: ${offer}`]));
    expect(headers.find(([name]) => name === 'Sec-WebSocket-Extensions')?.[1]).toBe(field);
  });
});

describe('the client (RFC6455-4.1)', () => {
  const sent = { key, subprotocols: ['chat'], compress: true };

  function response(lines: readonly string[], status = '101 Switching Protocols'): Response {
    const core = new Connection({ role: 'client' });
    const opened = openHandshake({ host: 'x', target: '/', nonce: latin1('the sample nonce') });
    expect(opened.key).toBe(key);
    core.send(opened.request);
    core.send({ type: 'end' });
    core.receiveData(latin1([`HTTP/1.1 ${status}`, ...lines, '', ''].join('\r\n')));
    const event = core.nextEvent();
    if (event.type !== 'informational' && event.type !== 'response') throw new Error(`expected a response, got ${event.type}`);
    return event;
  }

  const answer = (extra: FieldPairs = []): string[] => [['Upgrade', 'websocket'], ['Connection', 'Upgrade'], ['Sec-WebSocket-Accept', answerToKey], ...extra].map(([name, value]) => `${name}: ${value}`);

  test.each<[clause: string, code: string, lines: string[], status?: string]>([
    ['RFC6455-4.1-RESPONSE-1 not 101', 'ws-not-101', ['Content-Length: 0'], '200 OK'],
    ['RFC6455-4.1-RESPONSE-2 no Upgrade', 'ws-answer-upgrade', answer().slice(1)],
    ['RFC6455-4.1-RESPONSE-3 no Connection', 'ws-answer-connection', [answer()[0]!, answer()[2]!]],
    ['RFC6455-4.1-RESPONSE-4 another accept key', 'ws-answer-accept', [...answer().slice(0, 2), 'Sec-WebSocket-Accept: AAAA']],
    ['RFC6455-4.1-RESPONSE-5 an extension that was not offered', 'ws-answer-extensions', answer([['Sec-WebSocket-Extensions', 'x-other']])],
    ['RFC6455-4.1-RESPONSE-6 a subprotocol that was not offered', 'ws-answer-subprotocol', answer([['Sec-WebSocket-Protocol', 'other']])],
  ])('%s', (_clause, code, lines, status) => {
    const outcome = readAnswerToHandshake(response(lines, status), sent);
    expect(isRefusal(outcome) && outcome.error.code).toBe(code);
  });

  test('agrees on subprotocol and compression', () => {
    const outcome = readAnswerToHandshake(response(answer([['Sec-WebSocket-Protocol', 'chat'], ['Sec-WebSocket-Extensions', 'permessage-deflate; server_max_window_bits=10']])), sent);
    expect(outcome).toEqual({ subprotocol: 'chat', deflate: { serverNoContextTakeover: false, clientNoContextTakeover: false, serverMaxWindowBits: 10, clientMaxWindowBits: 15 } });
  });
});

test.each<[string, unknown]>([
  ['', []],
  [' , a', [{ name: 'a', parameters: [] }]],
  ['a; b="c" ; d', [{ name: 'a', parameters: [{ name: 'b', value: 'c' }, { name: 'd' }] }]],
  ['a b', undefined],
  ['a;', undefined],
  ['a; b=', undefined],
  ['a; b="c', undefined],
  ['a; b="c d"', undefined],
])('RFC6455-9.1-GRAMMAR %j', (value, expected) => {
  expect(parseExtensions(value)).toEqual(expected);
});
