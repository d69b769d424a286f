import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Connection } from '../../../src/core/http1/connection.ts';
import type { FieldPairs, Request, Response } from '../../../src/core/http1/events.ts';
import { parseExtensions } from '../../../src/core/ws/extensions.ts';
import { acceptKey, answerHandshake, type HandshakeOutcome, type HandshakeRefusal, type HandshakeRequest, isRefusal, openHandshake, readAnswerToHandshake, readHandshake, wantsWebSocket } from '../../../src/core/ws/handshake.ts';

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

/** The cases of a file in test/cases/ws/handshake: see test/cases/ws/README.md. */
function readCases(file: string): { readonly title: string; readonly start: string; readonly lines: string[]; readonly expected: string }[] {
  const text = readFileSync(new URL(`../../cases/ws/handshake/${file}`, import.meta.url), 'utf8');
  return text.split(/^## /m).slice(1).map((section) => {
    const match = /^(.*)\n```http\n([^\n]+)\n([\s\S]*?)\n```\n```expect\n([\s\S]*?)\n```/.exec(section);
    if (match === null) throw new Error(`${file}: a case is not of the form: ${section.slice(0, 60)}`);
    return { title: match[1]!, start: match[2]!, lines: match[3]!.split('\n'), expected: match[4]! };
  });
}

/** An outcome as a case writes it. The clause of a refusal is in the heading or is the section it belongs to. */
function show(outcome: HandshakeRequest | HandshakeOutcome | HandshakeRefusal): string {
  if (isRefusal(outcome)) return [`refused ${outcome.error.code} ${outcome.error.status}`, ...outcome.headers.map(([name, value]) => `${name}: ${value}`)].join('\n');
  return ['accepted', ...('subprotocols' in outcome ? outcome.subprotocols : [outcome.subprotocol ?? ''])].join(' ').trim();
}

describe('the server reads the request (RFC6455-4.2.1)', () => {
  test.each(readCases('request.md'))('$title', ({ start, lines, expected }) => {
    expect(show(readHandshake(request(lines, start)))).toBe(expected);
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

  test.each(readCases('answer.md'))('$title', ({ start, lines, expected }) => {
    expect(show(readAnswerToHandshake(response(lines, start.replace('HTTP/1.1 ', '')), sent))).toBe(expected);
  });

  test('RFC6455-4.1-RESPONSE-5, RESPONSE-6 where nothing was offered, nothing may be chosen', () => {
    const bare = { key, subprotocols: [], compress: false };
    expect(show(readAnswerToHandshake(response(answer([['Sec-WebSocket-Extensions', 'permessage-deflate']])), bare))).toBe('refused ws-answer-extensions 1006');
    expect(show(readAnswerToHandshake(response(answer([['Sec-WebSocket-Protocol', 'chat']])), bare))).toBe('refused ws-answer-subprotocol 1006');
    expect(readAnswerToHandshake(response(answer()), bare)).toEqual({ subprotocol: undefined, deflate: undefined });
  });

  test('RFC6455-4.1-REQUEST-10 what is offered stands in the request, and a server understands it', () => {
    const { request: { method, target, headers }, key: sentKey } = openHandshake({ host: 'x:8', target: '/a?b', nonce: new Uint8Array(16), subprotocols: ['chat', 'b'], compress: true, headers: [['Origin', 'null']] });
    const read = readHandshake(request(headers.map(([name, value]) => `${name}: ${value}`), `${method} ${target} HTTP/1.1`));
    expect(read).toEqual({ key: sentKey, subprotocols: ['chat', 'b'], origin: 'null', extensions: [{ name: 'permessage-deflate', parameters: [{ name: 'client_max_window_bits' }] }] });
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
