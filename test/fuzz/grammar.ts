/** Makes messages by the grammar, and then breaks them in the ways that attackers and bugs do. All randomness is the caller's. */

export type Random = () => number;

const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
const chance = (random: Random, p: number): boolean => random() < p;
const upTo = (random: Random, n: number): number => Math.floor(random() * (n + 1));

const methods = ['GET', 'GET', 'GET', 'POST', 'POST', 'HEAD', 'OPTIONS', 'CONNECT', 'PUT', 'DELETE', 'PRI', 'get', 'X-Y', 'G', ''];
const targets = ['/', '/', '/a?b=c', '//x', '*', 'http://a/', 'http://a', 'http://a:80/b?c', 'https://[::1]/', 'ftp://a/', 'http://u@a/', 'a:80', '/%zz', '/a b', '/#', '', '/\xff', 'http:///', '?'];
const versions = ['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/1.2', 'HTTP/2.0', 'HTTP/0.9', 'http/1.1', 'HTTP/1.1 ', 'HTTP/11', 'HTTP/1.', ''];
const hosts = ['a', 'a', 'a', 'a:80', '[::1]', '', 'a b', 'a,b', 'a/b', ':80', 'a:', '\xe9'];
const names = ['X', 'X-Y', 'Accept', 'cookie', 'X_Y', '', 'X ', 'X\t', 'X\x00', '(', 'Content-Length ', 'Transfer_Encoding', 'TE', 'Trailer'];
const values = ['1', '', ' ', 'a b', 'a\tb', '\xe9', 'a\x00', 'a\x01', 'a\rb', '"q"', ',', 'v'.repeat(40), 'v'.repeat(300)];
const lengths = ['0', '1', '5', '5', '10', '05', '+5', '-1', '5, 5', '5,6', '', '0x5', '99999999999999999999', '9007199254740991', '5 5', ' 5 '];
const codings = ['chunked', 'chunked', 'chunked', 'Chunked', 'gzip', 'gzip, chunked', 'chunked, chunked', 'chunked, gzip', 'identity', 'chunked;q=1', ',chunked', 'xchunked', '', '"chunked"'];
const options = ['close', 'keep-alive', 'upgrade', 'Close', 'x, close', 'keep-alive, close', ''];
const sizes = ['0', '1', '5', '5', 'a', 'A', '05', '', '-1', '0x5', '5 ', ' 5', 'g', '1fffffffffffff', 'ffffffffffffffff', '00000000000000000'];
const extensions = ['', '', '', ';a', ';a=b', ';a="b"', ' ;a', '; a = "\\""', ';', ';a=', ';a="', ' ', ';a b', '\t;a;b=c', ';' + 'e'.repeat(300)];
const lineEnds = ['\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\n', '\r', '\r\r\n', '\r\n ', ''];

/** `wildness`: how often something other than the plain choice is taken, 0 to 1. */
function choose(random: Random, wildness: number, from: readonly string[]): string {
  return chance(random, wildness) ? pick(random, from) : from[0]!;
}

function chunkedBody(random: Random, wildness: number, end: () => string): string {
  let body = '';
  for (let n = upTo(random, 3); n > 0; n -= 1) {
    const data = 'd'.repeat(1 + upTo(random, 20));
    body += `${chance(random, wildness) ? pick(random, sizes) : data.length.toString(16)}${choose(random, wildness, extensions)}${end()}${data}${end()}`;
  }
  body += `${chance(random, wildness * 0.5) ? pick(random, sizes) : '0'}${choose(random, wildness, extensions)}${end()}`;
  if (chance(random, 0.3)) body += `${choose(random, wildness, ['X-T', 'Host', 'Content-Length', '', 'X '])}: ${pick(random, values)}${end()}`;
  return body + end();
}

/** Fields and body of a message. */
function rest(random: Random, wildness: number, end: () => string, fields: string[]): string {
  let body = '';
  const framing = random();
  if (framing < 0.25) {
    const length = chance(random, wildness) ? pick(random, lengths) : '5';
    fields.push(`Content-Length: ${length}`);
    body = chance(random, wildness) ? 'b'.repeat(upTo(random, 12)) : 'bbbbb';
  } else if (framing < 0.5) {
    fields.push(`Transfer-Encoding: ${choose(random, wildness, codings)}`);
    body = chunkedBody(random, wildness, end);
  }
  if (chance(random, wildness * 0.3)) fields.push(`Content-Length: ${pick(random, lengths)}`);
  if (chance(random, wildness * 0.2)) fields.push(`Transfer-Encoding: ${pick(random, codings)}`);
  if (chance(random, 0.2)) fields.push(`Connection: ${pick(random, options)}`);
  if (chance(random, 0.05)) fields.push('Upgrade: other');
  if (chance(random, 0.1)) fields.push(`Expect: ${choose(random, wildness, ['100-continue', 'x', ''])}`);
  for (let n = upTo(random, 4); n > 0; n -= 1) fields.push(`${choose(random, wildness, names)}: ${choose(random, 0.5 + wildness / 2, values.slice(0, wildness > 0 ? undefined : 6))}`);
  // Order is free, except for the line that begins with whitespace.
  for (let i = fields.length - 1; i > 0; i -= 1) {
    const j = upTo(random, i);
    [fields[i], fields[j]] = [fields[j]!, fields[i]!];
  }
  if (chance(random, wildness * 0.1)) fields.splice(upTo(random, fields.length), 0, pick(random, [' folded', '\tX: y', 'no colon', ': x']));
  return `${fields.map((field) => field + end()).join('')}${end()}${body}`;
}

/** One to six requests, one behind the other. Clients repeat themselves, so the fields and the body are often those of the one before. */
export function requests(random: Random): Uint8Array {
  const wildness = chance(random, 0.3) ? 0 : random() ** 2 * 0.5;
  const end = (): string => choose(random, wildness * 0.2, lineEnds);
  let text = '';
  let said = '';
  for (let n = 1 + upTo(random, 5); n > 0; n -= 1) {
    if (chance(random, 0.1)) text += '\r\n'.repeat(upTo(random, 9));
    const separator = (): string => choose(random, wildness * 0.2, [' ', '  ', '\t', '']);
    text += `${choose(random, wildness, methods)}${separator()}${choose(random, wildness, targets)}${separator()}${choose(random, wildness, versions)}${end()}`;
    if (said === '' || chance(random, 0.5)) {
      const fields = chance(random, wildness * 0.3) ? [] : [`Host: ${choose(random, wildness, hosts)}`];
      if (chance(random, wildness * 0.2)) fields.push(`Host: ${pick(random, hosts)}`);
      said = rest(random, wildness, end, fields);
    }
    text += said;
  }
  return octets(text);
}

/** One to three responses. */
export function responses(random: Random): Uint8Array {
  const wildness = chance(random, 0.3) ? 0 : random() ** 2 * 0.5;
  const end = (): string => choose(random, wildness * 0.2, lineEnds);
  let text = '';
  for (let n = 1 + upTo(random, 2); n > 0; n -= 1) {
    if (chance(random, 0.2)) text += `HTTP/1.1 ${pick(random, ['100', '103', '101', '199'])} Interim${end()}${end()}`;
    text += `${choose(random, wildness, ['HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'ICY'])} ${choose(random, wildness, ['200', '204', '304', '404', '999', '20', '2000', 'abc'])}${choose(random, wildness, [' OK', ' ', '', '  x', ' \xe9', ' a\x00'])}${end()}`;
    text += rest(random, wildness, end, []);
  }
  return octets(text);
}

/** Small damage: octets changed, dropped, doubled, moved; pieces of another input put in. */
export function mutate(random: Random, input: Uint8Array, other: Uint8Array): Uint8Array {
  let bytes = [...input];
  for (let n = 1 + upTo(random, 3); n > 0; n -= 1) {
    const at = upTo(random, Math.max(0, bytes.length - 1));
    const length = 1 + upTo(random, 8);
    switch (upTo(random, 5)) {
      case 0: bytes[at] = Math.floor(random() * 256); break;
      case 1: bytes.splice(at, length); break;
      case 2: bytes.splice(at, 0, ...bytes.slice(at, at + length)); break;
      case 3: bytes[at] = (bytes[at] ?? 0) ^ (1 << upTo(random, 7)); break;
      case 4: bytes.splice(at, 0, pick(random, [0, 9, 10, 13, 32, 44, 58, 59, 48, 127, 128, 255])); break;
      default: {
        const from = upTo(random, Math.max(0, other.length - 1));
        bytes = [...bytes.slice(0, at), ...other.slice(from, from + length * 8), ...bytes.slice(at)];
      }
    }
  }
  return Uint8Array.from(bytes);
}

export const octets = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

