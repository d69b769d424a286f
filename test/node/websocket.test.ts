/**
 * RFC 6455 from outside: octets over TCP to an application that gives back what it gets. Each row is played in one segment and octet by
 * octet, and must come to the same end; every one ends with the server closing the connection, so nothing here waits for time to pass.
 */
import { connect } from 'node:net';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientOffer } from '../../src/core/ws/permessage-deflate.ts';
import { serve, type Serving } from '../../src/node/serve.ts';
import { echoWebSocket } from '../helpers/apps.ts';
import { clientFrame, closePayload, FrameReader, framesOf, handshakeOf, sampleKey } from '../helpers/ws-script.ts';

let server: Serving;
/** Takes messages of 1000 octets. */
let small: Serving;
beforeAll(async () => {
  const config = { lifespan: 'off', dateHeader: false, serverHeader: '', accessLog: '' } as const;
  server = await serve(echoWebSocket, { bind: '127.0.0.1:0', config });
  small = await serve(echoWebSocket, { bind: '127.0.0.1:0', config: { ...config, wsMaxMessageBytes: 1000 } });
});
afterAll(async () => {
  await Promise.all([server.close(0), small.close(0)]);
});

/** Send, and take what comes until the server closes. `pieces`: each is a segment, as far as that is ours to decide. */
function exchange(pieces: readonly Uint8Array[], { address: { port } } = server): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true, allowHalfOpen: true });
    const received: Uint8Array[] = [];
    socket.on('data', (bytes) => received.push(bytes));
    socket.on('end', () => {
      socket.end();
      resolve(Buffer.concat(received));
    });
    socket.on('error', reject);
    socket.on('connect', () => void (async () => {
      for (const piece of pieces) {
        if (socket.writable) await new Promise<void>((flushed) => { socket.write(piece, () => flushed()); });
      }
    })());
  });
}

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
const octetByOctet = (bytes: Uint8Array): Uint8Array[] => Array.from(bytes, (octet) => Uint8Array.of(octet));

// ── the handshake ──────────────────────────────────────────────────────────────────────────────────────────────────

const usual = ['Host: a', 'Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Key: ${sampleKey}`, 'Sec-WebSocket-Version: 13'];
const but = (name: string, ...instead: string[]): string[] => usual.flatMap((line) => (line.startsWith(`${name}:`) ? instead : [line]));
const close = [...clientFrame('close', closePayload(1000))].map((octet) => String.fromCharCode(octet)).join('');

async function answerTo(lines: readonly string[], start: string, cut: (bytes: Uint8Array) => Uint8Array[]): Promise<string> {
  return String.fromCharCode(...await exchange(cut(latin1(`${[start, ...lines, '', ''].join('\r\n')}${close}`))));
}

describe('the handshake is accepted', () => {
  test.each<[rule: string, lines: string[], expected?: RegExp, start?: string]>([
    ['RFC6455-4.2.1 as in the RFC', usual, /^HTTP\/1\.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n\r\n/],
    ['RFC6455-4.2.1-3 the token in any case', but('Upgrade', 'Upgrade: WebSocket')],
    ['RFC6455-4.2.1-3 among others', but('Upgrade', 'Upgrade: h2c, websocket')],
    ['RFC6455-4.2.1-4 among others, in any case', but('Connection', 'Connection: keep-alive, uPGRADE')],
    ['RFC6455-4.2.1-4 on several lines', but('Connection', 'Connection: keep-alive', 'Connection: Upgrade')],
    ['RFC9110-5.1-3 field names in any case', usual.map((line) => line.replace(/^[^:]+/, (name) => name.toUpperCase()))],
    ['RFC9112-5.1-3 whitespace around values', but('Sec-WebSocket-Key', `Sec-WebSocket-Key: \t ${sampleKey} \t`)],
    ['RFC6455-4.2.1 with a query', usual, undefined, 'GET /chat?room=1 HTTP/1.1'],
    ['RFC9112-3.2.2 absolute-form', usual, undefined, 'GET http://a/chat HTTP/1.1'],
    ['RFC6455-4.2.1-8 with an origin', [...usual, 'Origin: http://example.org']],
    ['RFC9112-6.3 Content-Length: 0 is no content', [...usual, 'Content-Length: 0']],
    ['RFC6455-4.2.2-5 the subprotocol that the application chose', [...usual, 'Sec-WebSocket-Protocol: one, two'], /\r\nSec-WebSocket-Protocol: one\r\n\r\n/],
    ['RFC6455-11.3.4 subprotocols on several lines', [...usual, 'Sec-WebSocket-Protocol: one', 'Sec-WebSocket-Protocol: two'], /\r\nSec-WebSocket-Protocol: one\r\n\r\n/],
    ['RFC6455-9.1 an extension that nobody knows is not agreed to', [...usual, 'Sec-WebSocket-Extensions: x-webkit-deflate-frame; a=1'], /xOo=\r\n\r\n/],
    ['RFC7692-5.1 permessage-deflate', [...usual, `Sec-WebSocket-Extensions: ${clientOffer}`], /\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n/],
    ['RFC7692-7.1.2.1 a smaller window', [...usual, 'Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10'], /permessage-deflate; server_max_window_bits=10\r\n\r\n/],
    ['RFC7692-7.1.1.1 no context', [...usual, 'Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover'], /; server_no_context_takeover; client_no_context_takeover\r\n\r\n/],
    ['RFC7692-7.1 an offer with a parameter that nobody knows is declined, the next one taken', [...usual, 'Sec-WebSocket-Extensions: permessage-deflate; x, permessage-deflate'], /Extensions: permessage-deflate\r\n\r\n/],
    ['RFC7692-7.1 a parameter twice is declined', [...usual, 'Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover; client_no_context_takeover'], /xOo=\r\n\r\n/],
    ['RFC7692-7.1.2.1 a window of 16 is declined', [...usual, 'Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=16'], /xOo=\r\n\r\n/],
    ['RFC9110-5.6.1.2 empty elements are nothing', [...usual, 'Sec-WebSocket-Extensions: , permessage-deflate ,'], /Extensions: permessage-deflate\r\n\r\n/],
  ])('%s', async (_rule, lines, expected = /^HTTP\/1\.1 101 /, start = 'GET /chat HTTP/1.1') => {
    const answer = await answerTo(lines, start, (bytes) => [bytes]);
    expect(answer).toMatch(expected);
    // An answer to the Close, and nothing else.
    expect(answer.slice(answer.indexOf('\r\n\r\n') + 4)).toBe('\x88\x02\x03\xe8');
    expect(await answerTo(lines, start, octetByOctet)).toBe(answer);
  });
});

describe('the handshake is refused, with the rule, and the connection ends', () => {
  test.each<[rule: string, status: number, code: string, lines: string[], start?: string]>([
    ['RFC6455-4.2.1-1 POST', 405, 'ws-method', usual, 'POST / HTTP/1.1'],
    ['RFC6455-4.2.1-1 HTTP/1.0', 400, 'ws-http-version', usual, 'GET / HTTP/1.0'],
    ['RFC9112-3.2-6 no Host', 400, 'host-missing', but('Host')],
    ['RFC6455-4.2.1-3 no Upgrade', 400, 'ws-no-upgrade', but('Upgrade')],
    ['RFC6455-4.2.1-3 another Upgrade', 400, 'ws-no-upgrade', but('Upgrade', 'Upgrade: websockets')],
    ['RFC6455-4.2.1-4 no Connection', 400, 'ws-no-connection-upgrade', but('Connection')],
    ['RFC6455-4.2.1-4 Connection: close', 400, 'ws-no-connection-upgrade', but('Connection', 'Connection: close')],
    ['RFC6455-4.2.1-5 no key', 400, 'ws-key-count', but('Sec-WebSocket-Key')],
    ['RFC6455-4.2.1-5 an empty key', 400, 'ws-bad-key', but('Sec-WebSocket-Key', 'Sec-WebSocket-Key: ')],
    ['RFC6455-4.2.1-5 a key of 15 octets', 400, 'ws-bad-key', but('Sec-WebSocket-Key', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAA')],
    ['RFC6455-4.2.1-5 a key of 17 octets', 400, 'ws-bad-key', but('Sec-WebSocket-Key', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAA=')],
    ['RFC6455-4.2.1-5 no base64', 400, 'ws-bad-key', but('Sec-WebSocket-Key', 'Sec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!==')],
    ['RFC6455-4.2.1-5 no padding', 400, 'ws-bad-key', but('Sec-WebSocket-Key', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ')],
    ['RFC6455-11.3.1-ONCE two keys', 400, 'ws-key-count', [...usual, `Sec-WebSocket-Key: ${sampleKey}`]],
    ['RFC6455-4.4-VERSION none', 426, 'ws-version', but('Sec-WebSocket-Version')],
    ['RFC6455-4.4-VERSION 8', 426, 'ws-version', but('Sec-WebSocket-Version', 'Sec-WebSocket-Version: 8')],
    ['RFC6455-4.4-VERSION 14', 426, 'ws-version', but('Sec-WebSocket-Version', 'Sec-WebSocket-Version: 14')],
    ['RFC6455-4.4-VERSION a list', 426, 'ws-version', but('Sec-WebSocket-Version', 'Sec-WebSocket-Version: 13, 8')],
    ['RFC6455-4.4-VERSION twice', 426, 'ws-version', [...usual, 'Sec-WebSocket-Version: 13']],
    ['RFC6455-4.4-VERSION no number', 426, 'ws-version', but('Sec-WebSocket-Version', 'Sec-WebSocket-Version: x')],
    ['RFC6455-4.1-REQUEST-10 a subprotocol twice', 400, 'ws-bad-subprotocol', [...usual, 'Sec-WebSocket-Protocol: a, a']],
    ['RFC6455-4.1-REQUEST-10 no token', 400, 'ws-bad-subprotocol', [...usual, 'Sec-WebSocket-Protocol: a b']],
    ['RFC6455-4.1-REQUEST-10 none in the field', 400, 'ws-bad-subprotocol', [...usual, 'Sec-WebSocket-Protocol: ,']],
    ['RFC6455-9.1-GRAMMAR', 400, 'ws-bad-extensions', [...usual, 'Sec-WebSocket-Extensions: permessage-deflate; =1']],
    ['RFC9110-9.3.1 content', 400, 'ws-content', [...usual, 'Content-Length: 5']],
    ['RFC9112-5.1-2 whitespace before a colon', 400, 'whitespace-before-colon', [...usual, 'X : y']],
  ])('%s', async (_rule, status, code, lines, start = 'GET /chat HTTP/1.1') => {
    const answer = await answerTo(lines, start, (bytes) => [bytes]);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toContain(`\n${code} at byte `);
    expect(answer).toMatch(/\r\nConnection: (?:Upgrade, )?close\r\n/);
    if (status === 426) expect(answer).toMatch(/\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nConnection: Upgrade, close\r\n/);
    if (status === 405) expect(answer).toContain('\r\nAllow: GET\r\n');
    expect(await answerTo(lines, start, octetByOctet)).toBe(answer);
  });
});

// ── frames ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What comes back of a script, one frame a line. A script that does not end in an error ends with `close 1000`. */
async function play(script: string, cut: (bytes: Uint8Array) => Uint8Array[], options: { readonly offer?: string; readonly to?: Serving } = {}): Promise<string[]> {
  const frames = framesOf(script).map((step) => step.bytes!);
  const open = handshakeOf(options.offer === undefined ? '/' : `/\nSec-WebSocket-Extensions: ${options.offer}`);
  const reader = new FrameReader();
  reader.push(await exchange([open, ...frames.flatMap(cut)], options.to));
  const [head, ...lines] = reader.take().split('\n');
  expect(head).toBe('HTTP/1.1 101 Switching Protocols');
  // The reason is for people.
  return lines.map((line) => line.replace(/^(close 10(?!00)\d\d) .*$/, '$1'));
}

/** RFC7692-7.2.1, by another implementation than ours. */
const deflated = (text: string): Uint8Array => deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);

const hex = (bytes: Uint8Array): string => [...bytes].map((octet) => octet.toString(16).padStart(2, '0')).join(' ');
const raw = (...frames: Parameters<typeof clientFrame>[]): string => frames.map((frame) => `raw ${hex(clientFrame(...frame))}`).join('\n');
/** Octets of a masked frame whose key is 0, so that its payload can be read. */
const plain = (first: number, length: readonly number[], payload: readonly number[] = []): string => `raw ${hex(Uint8Array.of(first, 0x80 | length[0]!, ...length.slice(1), 0, 0, 0, 0, ...payload))}`;
const end = '\nclose 1000';
const closed = ['close 1000'];

/** `é` in two octets, `€` in three, `😀` in four. */
const [e2, e3, e4] = ['é', '€', '😀'].map((char) => [...new TextEncoder().encode(char)]) as [number[], number[], number[]];

describe('frames', () => {
  test.each<[rule: string, script: string, expected: string[]]>([
    ['RFC6455-5.6 text', `text hello${end}`, ['text hello', ...closed]],
    ['RFC6455-5.6 an empty text', `text ${end}`, ['text', ...closed]],
    ['RFC6455-5.6 binary', `binary 00 ff 80${end}`, ['binary 00 ff 80', ...closed]],
    ['RFC6455-5.6 an empty binary', `binary ${end}`, ['binary', ...closed]],
    ['RFC6455-5.3 any key', `raw 81 85 de ad be ef b6 c8 d2 83 b1${end}`, ['text hello', ...closed]],
    ['RFC6455-5.3 the key 0', `${plain(0x81, [5], [104, 101, 108, 108, 111])}${end}`, ['text hello', ...closed]],
    ['RFC6455-5.2 several in one segment', `text a\nbinary 01\ntext b${end}`, ['text a', 'binary 01', 'text b', ...closed]],
    ['RFC6455-5.2-LENGTH 125 octets in 7 bits', `${raw(['text', 'x'.repeat(125)])}${end}`, [`text ${'x'.repeat(125)}`, ...closed]],
    ['RFC6455-5.2-LENGTH 126 octets in 16 bits', `${raw(['text', 'x'.repeat(126)])}${end}`, [`text ${'x'.repeat(126)}`, ...closed]],
    ['RFC6455-5.2-LENGTH 65536 octets in 64 bits', `${raw(['binary', new Uint8Array(65_536)])}${end}`, ['binary (65536 octets)', ...closed]],
    ['RFC6455-5.2-LENGTH 65535 octets in 16 bits', `${raw(['binary', new Uint8Array(65_535)])}${end}`, ['binary (65535 octets)', ...closed]],
    ['RFC6455-5.2-LENGTH 125 in 16 bits', plain(0x82, [126, 0, 125]), ['close 1002']],
    ['RFC6455-5.2-LENGTH 0 in 16 bits', plain(0x82, [126, 0, 0]), ['close 1002']],
    ['RFC6455-5.2-LENGTH 65535 in 64 bits', plain(0x82, [127, 0, 0, 0, 0, 0, 0, 255, 255]), ['close 1002']],
    ['RFC6455-5.2-LENGTH the top bit', plain(0x82, [127, 128, 0, 0, 0, 0, 1, 0, 0]), ['close 1002']],
    ['RFC6455-10.4 an announced length beyond every limit', plain(0x82, [127, 0, 0, 16, 0, 0, 0, 0, 0]), ['close 1009']],
    ['RFC6455-5.1-CLIENT-MASKS a text without a mask', 'raw 81 05 68 65 6c 6c 6f', ['close 1002']],
    ['RFC6455-5.1-CLIENT-MASKS an empty text without a mask', 'raw 81 00', ['close 1002']],
    ['RFC6455-5.1-CLIENT-MASKS a ping without a mask', 'raw 89 00', ['close 1002']],
    ['RFC6455-5.1-CLIENT-MASKS a close without a mask', 'raw 88 02 03 e8', ['close 1002']],
    ['RFC6455-5.2-RSV RSV1', plain(0xc1, [0]), ['close 1002']],
    ['RFC6455-5.2-RSV RSV2', plain(0xa1, [0]), ['close 1002']],
    ['RFC6455-5.2-RSV RSV3', plain(0x91, [0]), ['close 1002']],
    ['RFC6455-5.2-RSV on a ping', plain(0xc9, [0]), ['close 1002']],
    ['RFC6455-5.2-RSV on a close', plain(0xf8, [0]), ['close 1002']],
    ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode): [string, string, string[]] => [`RFC6455-5.2-OPCODE ${opcode.toString(16).toUpperCase()}`, plain(0x80 | opcode, [0]), ['close 1002']]),
    ['RFC6455-5.2-OPCODE after a good message', `text a\n${plain(0x83, [0])}`, ['text a', 'close 1002']],
    ['RFC6455-5.4-FRAGMENTS two', `-text hel\ncontinuation lo${end}`, ['text hello', ...closed]],
    ['RFC6455-5.4-FRAGMENTS of nothing', `-text \n-continuation \ncontinuation ${end}`, ['text', ...closed]],
    ['RFC6455-5.4-FRAGMENTS of one octet each', `-text h\n-continuation i\n-continuation !\ncontinuation ${end}`, ['text hi!', ...closed]],
    ['RFC6455-5.4-FRAGMENTS of a binary', `-binary 01\ncontinuation a${end}`, ['binary 01 61', ...closed]],
    ['RFC6455-5.4-FRAGMENTS with a ping in between', `-text hel\nping x\ncontinuation lo${end}`, ['pong x', 'text hello', ...closed]],
    ['RFC6455-5.4-FRAGMENTS with a pong in between', `-text hel\npong x\ncontinuation lo${end}`, ['text hello', ...closed]],
    ['RFC6455-5.4-FRAGMENTS with a close in between', '-text hel\nclose 1000', closed],
    ['RFC6455-5.4-FRAGMENTS a continuation of nothing', 'continuation x', ['close 1002']],
    ['RFC6455-5.4-FRAGMENTS a continuation of nothing, not the last', '-continuation x', ['close 1002']],
    ['RFC6455-5.4-FRAGMENTS a continuation after the end', `-text a\ncontinuation b\ncontinuation c`, ['text ab', 'close 1002']],
    ['RFC6455-5.4-NOT-INTERLEAVED a text within a text', '-text a\ntext b', ['close 1002']],
    ['RFC6455-5.4-NOT-INTERLEAVED a binary within a text', '-text a\n-binary 01', ['close 1002']],
    ['RFC6455-5.5.2-PONG a ping', `ping hello${end}`, ['pong hello', ...closed]],
    ['RFC6455-5.5.2-PONG an empty ping', `ping ${end}`, ['pong', ...closed]],
    ['RFC6455-5.5.2-PONG a ping of 125 octets', `ping ${'x'.repeat(125)}${end}`, [`pong ${'x'.repeat(125)}`, ...closed]],
    ['RFC6455-5.5.2-PONG two', `ping a\nping b${end}`, ['pong a', 'pong b', ...closed]],
    ['RFC6455-5.5.2-PONG octets that are no text', `raw 89 82 00 00 00 00 ff fe${end}`, ['pong \ufffd\ufffd', ...closed]],
    ['RFC6455-5.5.3 a pong that nobody asked for', `pong x\ntext a${end}`, ['text a', ...closed]],
    ['RFC6455-5.5-CONTROL-FRAME a ping of 126 octets', plain(0x89, [126, 0, 126], Array<number>(126).fill(0)), ['close 1002']],
    ['RFC6455-5.5-CONTROL-FRAME a ping whose length takes 64 bits', plain(0x89, [127, 0, 0, 0, 0, 0, 0, 0, 1], [0]), ['close 1002']],
    ['RFC6455-5.5-CONTROL-FRAME a close of 126 octets', plain(0x88, [126, 0, 126], [3, 232, ...Array<number>(124).fill(97)]), ['close 1002']],
    ['RFC6455-5.5-CONTROL-FRAME a ping in fragments', '-ping x', ['close 1002']],
    ['RFC6455-5.5-CONTROL-FRAME a close in fragments', plain(0x08, [2], [3, 232]), ['close 1002']],
    ['RFC6455-8.1 characters of two, three and four octets', `text é€😀${end}`, ['text é€😀', ...closed]],
    ['RFC6455-8.1 a character over two fragments', `${plain(0x01, [2], e4.slice(0, 2))}\n${plain(0x80, [2], e4.slice(2))}${end}`, ['text 😀', ...closed]],
    ['RFC6455-8.1 a character over four fragments, with a ping', `${plain(0x01, [1], e4.slice(0, 1))}\n${plain(0x00, [1], e4.slice(1, 2))}\nping x\n${plain(0x00, [1], e4.slice(2, 3))}\n${plain(0x80, [1], e4.slice(3))}${end}`, ['pong x', 'text 😀', ...closed]],
    ['RFC6455-8.1 U+0000', `text \\u0000${end}`, ['text \\u0000', ...closed]],
    ['RFC6455-8.1 a byte order mark is text', `text \ufeffa${end}`, ['text \ufeffa', ...closed]],
    ['RFC6455-8.1 U+10FFFF', `text \u{10ffff}${end}`, ['text \u{10ffff}', ...closed]],
    ['RFC6455-8.1 half a character', plain(0x81, [1], e2.slice(0, 1)), ['close 1007']],
    ['RFC6455-8.1 two thirds of a character', plain(0x81, [2], e3.slice(0, 2)), ['close 1007']],
    ['RFC6455-8.1 a continuation octet alone', plain(0x81, [1], [0x80]), ['close 1007']],
    ['RFC6455-8.1 an overlong form', plain(0x81, [2], [0xc0, 0xaf]), ['close 1007']],
    ['RFC6455-8.1 an overlong form of three', plain(0x81, [3], [0xe0, 0x80, 0xaf]), ['close 1007']],
    ['RFC6455-8.1 a surrogate', plain(0x81, [3], [0xed, 0xa0, 0x80]), ['close 1007']],
    ['RFC6455-8.1 beyond Unicode', plain(0x81, [4], [0xf4, 0x90, 0x80, 0x80]), ['close 1007']],
    ['RFC6455-8.1 FF', plain(0x81, [1], [0xff]), ['close 1007']],
    ['RFC6455-8.1 fail-fast: in the first fragment, before the message ends', plain(0x01, [2], [0x61, 0xff]), ['close 1007']],
    ['RFC6455-8.1 fail-fast: in the first octets of a long frame', plain(0x81, [126, 4, 0], [0xff]), ['close 1007']],
    ['RFC6455-8.1 a fragment that begins wrongly', `${plain(0x01, [1], e2.slice(0, 1))}\n${plain(0x80, [1], [0x41])}`, ['close 1007']],
    ['RFC6455-8.1 not in binary', `binary ff fe${end}`, ['binary ff fe', ...closed]],
    ['RFC6455-5.5.1-REPLY without a code', 'close', ['close']],
    ['RFC6455-5.5.1-REPLY with a reason', 'close 1000 bye', ['close 1000']],
    ['RFC6455-5.5.1-REPLY with a reason of 123 octets', `close 1000 ${'x'.repeat(123)}`, ['close 1000']],
    ['RFC6455-5.5.1-CODE one octet', plain(0x88, [1], [3]), ['close 1002']],
    ['RFC6455-5.5.1 what follows a Close is nothing', 'close 1000\ntext late\nping late', closed],
    ...[1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999].map((code): [string, string, string[]] => [`RFC6455-7.4-CODE ${code} goes back`, `close ${code}`, [`close ${code}`]]),
    ...[0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535].map((code): [string, string, string[]] => [`RFC6455-7.4-CODE ${code} is no code`, plain(0x88, [2], [code >> 8, code & 255]), ['close 1002']]),
    ['RFC6455-8.1 a reason that is not UTF-8', plain(0x88, [4], [3, 232, 0xff, 0xfe]), ['close 1007']],
    ['RFC6455-8.1 a reason that ends within a character', plain(0x88, [3], [3, 232, 0xc3]), ['close 1007']],
  ])('%s', async (_rule, script, expected) => {
    expect(await play(script, (bytes) => [bytes])).toEqual(expected);
    // 65 536 segments of one octet would say nothing new.
    if (script.length < 10_000) expect(await play(script, octetByOctet), 'octet by octet').toEqual(expected);
  });
});

describe('RFC6455-10.4 messages of 1000 octets at most', () => {
  test.each<[string, string, string[], offer?: string]>([
    ['1000 octets', `${raw(['binary', new Uint8Array(1000)])}${end}`, ['binary (1000 octets)', ...closed]],
    ['1001 octets', raw(['binary', new Uint8Array(1001)]), ['close 1009']],
    ['1001 octets, announced and not sent', plain(0x82, [126, 3, 233]), ['close 1009']],
    ['1000 octets in fragments', `${raw(['binary', new Uint8Array(500), { fin: false }], ['continuation', new Uint8Array(500)])}${end}`, ['binary (1000 octets)', ...closed]],
    ['1001 octets in fragments', raw(['binary', new Uint8Array(500), { fin: false }], ['continuation', new Uint8Array(501)]), ['close 1009']],
    ['characters count by their octets', raw(['text', '€'.repeat(334)]), ['close 1009']],
    ['what is small and becomes large', raw(['text', deflated('a'.repeat(2000)), { rsv1: true }]), ['close 1009'], 'permessage-deflate'],
  ])('%s', async (_what, script, expected, offer) => {
    expect(await play(script, (bytes) => [bytes], { to: small, ...(offer === undefined ? {} : { offer }) })).toEqual(expected);
  });
});

describe('permessage-deflate', () => {
  const hello = 'raw c1 87 00 00 00 00 f2 48 cd c9 c9 07 00';
  test.each<[rule: string, script: string, expected: string[]]>([
    ['RFC7692-7.2.3.1 the RFC\'s "Hello"; what is short goes back as it is', `${hello}${end}`, ['text Hello', ...closed]],
    ['RFC7692-7.2.3.2 the window lives on', `${hello}\nraw c1 85 00 00 00 00 f2 00 11 00 00${end}`, ['text Hello', 'text Hello', ...closed]],
    ['RFC7692-7.2.3.1 in fragments: RSV1 on the first alone', `raw 41 83 00 00 00 00 f2 48 cd\nraw 80 84 00 00 00 00 c9 c9 07 00${end}`, ['text Hello', ...closed]],
    ['RFC7692-7.2.3.3 a block without compression', `raw c1 8b 00 00 00 00 00 05 00 fa ff 48 65 6c 6c 6f 00${end}`, ['text Hello', ...closed]],
    ['RFC7692-7.2.3.4 a block with BFINAL', `raw c1 88 00 00 00 00 f3 48 cd c9 c9 07 00 00${end}`, ['text Hello', ...closed]],
    ['RFC7692-7.2.3.5 two blocks', `raw c1 8d 00 00 00 00 f2 48 05 00 00 00 ff ff ca c9 c9 07 00${end}`, ['text Hello', ...closed]],
    ['RFC7692-6 a message that is not compressed', `text Hello${end}`, ['text Hello', ...closed]],
    ['RFC7692-7.2.3.6 nothing, compressed', `raw c1 81 00 00 00 00 00${end}`, ['text', ...closed]],
    ['RFC7692-6.1 RSV1 on a continuation', 'raw 41 83 00 00 00 00 f2 48 cd\nraw c0 84 00 00 00 00 c9 c9 07 00', ['close 1002']],
    ['RFC7692-6.1 RSV1 on a ping', plain(0xc9, [0]), ['close 1002']],
    ['RFC6455-5.2-RSV RSV2', plain(0xa1, [0]), ['close 1002']],
    ['RFC7692-7.2.2 octets that inflate to nothing sensible', 'raw c1 84 00 00 00 00 ff ff ff ff', ['close 1007']],
    ['RFC6455-8.1 text that is not UTF-8 once inflated', 'raw c1 83 00 00 00 00 fa 0f 00', ['close 1007']],
  ])('%s', async (_rule, script, expected) => {
    expect(await play(script, (bytes) => [bytes], { offer: 'permessage-deflate' })).toEqual(expected);
    expect(await play(script, octetByOctet, { offer: 'permessage-deflate' }), 'octet by octet').toEqual(expected);
  });

  test('what is long goes back compressed', async () => {
    const text = 'ab'.repeat(500);
    const received = await exchange([handshakeOf('/\nSec-WebSocket-Extensions: permessage-deflate'), clientFrame('text', text), clientFrame('close', closePayload(1000))]);
    const frame = received.subarray(Buffer.from(received).indexOf('\r\n\r\n') + 4);
    expect([frame[0], frame[1]! < 126]).toEqual([0xc1, true]);
    const payload = frame.subarray(2, 2 + frame[1]!);
    expect(inflateRawSync(Buffer.concat([payload, Uint8Array.of(0, 0, 0xff, 0xff)]), { finishFlush: constants.Z_SYNC_FLUSH }).toString()).toBe(text);
  });
});
