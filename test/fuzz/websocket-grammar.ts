/** Makes WebSocket frames and handshakes by the grammar, and then breaks them. All randomness is the caller's. */
import type { MessageDeflater } from '../../src/core/ws/permessage-deflate.ts';
import { octets, type Random } from './grammar.ts';

const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
const chance = (random: Random, p: number): boolean => random() < p;
const upTo = (random: Random, n: number): number => Math.floor(random() * (n + 1));
const utf8 = new TextEncoder();

/** Repeats itself, but not within a small window. */
const far = Array.from({ length: 300 }, (_, i) => i).join(' ').repeat(2);
const texts = ['', 'a', 'hello', 'Gr\u00fc\u00dfe', '\ud83d\ude00', '\ufeffx', '\0', 'x'.repeat(125), 'x'.repeat(126), 'y'.repeat(300), far].map((text) => utf8.encode(text));
/** Not UTF-8: cut short, over-long, surrogates, too large. */
const badTexts = [[0xc3], [0xe2, 0x82], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0x61, 0xff], [0x80]].map((bytes) => Uint8Array.from(bytes));
const closes = [[], [3], [3, 232], [3, 233, 0x62, 0x79, 0x65], [3, 237], [3, 238], [3, 231], [0, 0], [19, 135], [19, 136], [11, 184], [3, 232, 0xff], [255, 255]].map((bytes) => Uint8Array.from(bytes));

/** A frame, octet by octet: any opcode, any bits, a length in whichever form. */
interface Parts {
  readonly opcode: number;
  readonly fin: boolean;
  readonly rsv: number;
  readonly masked: boolean;
  readonly payload: Uint8Array;
  /** Octets of the extended length: 0, 2 or 8. Undefined: as few as will do. */
  readonly lengthOctets?: number;
  /** Instead of the payload's. */
  readonly length?: number;
}

function frame(random: Random, { opcode, fin, rsv, masked, payload, lengthOctets, length = payload.length }: Parts): number[] {
  const form = lengthOctets ?? (length < 126 ? 0 : length < 65_536 ? 2 : 8);
  const out = [(fin ? 0x80 : 0) | (rsv << 4) | opcode, (masked ? 0x80 : 0) | (form === 0 ? Math.min(length, 125) : form === 2 ? 126 : 127)];
  for (let i = form - 1; i >= 0; i -= 1) out.push(Math.floor(length / 256 ** i) % 256);
  const key = masked ? [0, 0, 0, 0].map(() => upTo(random, 255)) : [];
  out.push(...key);
  payload.forEach((octet, i) => out.push(masked ? octet ^ key[i & 3]! : octet));
  return out;
}

/** Frames that a peer of `role` receives. `deflater`: what the other end compresses with, where that was agreed. */
export function frames(random: Random, role: 'server' | 'client', deflater: MessageDeflater | undefined): Uint8Array {
  const wildness = chance(random, 0.3) ? 0 : random() ** 2 * 0.3;
  const odd = (): boolean => chance(random, wildness);
  const out: number[] = [];
  const add = (opcode: number, fin: boolean, rsv: number, payload: Uint8Array): void => {
    out.push(...frame(random, {
      opcode: odd() ? upTo(random, 15) : opcode, fin: odd() ? !fin : fin, rsv: odd() ? upTo(random, 7) : rsv, masked: (role === 'server') !== odd(), payload,
      ...(odd() && { lengthOctets: pick(random, [0, 2, 8]) }), ...(odd() && { length: pick(random, [0, 1, 125, 126, 65_535, 65_536, 2 ** 31, 2 ** 53, 2 ** 63]) }),
    }));
  };
  const control = (): void => {
    if (chance(random, 0.7)) add(pick(random, [9, 10]), true, 0, pick(random, texts).slice(0, odd() ? 300 : 125));
    else if (chance(random, 0.5)) add(8, true, 0, odd() ? pick(random, closes) : closes[3]!);
  };
  const message = (): void => {
    const opcode = pick(random, [1, 1, 2]);
    const plain = odd() ? pick(random, badTexts) : chance(random, 0.1) ? new Uint8Array(upTo(random, 3000)) : pick(random, texts);
    let payload = plain;
    let rsv = 0;
    if (deflater !== undefined && chance(random, 0.6)) {
      rsv = 4;
      // Damage within what is compressed: it shows when it is inflated.
      payload = deflater.message(plain.length === 0 ? Uint8Array.of(0x61) : plain).slice();
      if (odd() && payload.length > 0) payload[upTo(random, payload.length - 1)]! ^= 1 << upTo(random, 7);
      if (odd()) payload = payload.slice(0, upTo(random, payload.length));
    }
    const cuts = chance(random, 0.5) ? [] : Array.from({ length: 1 + upTo(random, 2) }, () => upTo(random, payload.length)).sort((a, b) => a - b);
    let from = 0;
    for (const [i, to] of [...cuts, payload.length].entries()) {
      add(i === 0 ? opcode : 0, i === cuts.length, i === 0 ? rsv : 0, payload.slice(from, to));
      from = to;
      if (i < cuts.length && chance(random, 0.3)) control();
    }
  };
  for (let n = 1 + upTo(random, 5); n > 0; n -= 1) if (chance(random, 0.75)) message(); else control();
  return Uint8Array.from(out);
}

const upgrades = ['websocket', 'WebSocket', 'websocket, x', 'h2c', '', 'web socket'];
const connections = ['Upgrade', 'upgrade', 'keep-alive, Upgrade', 'close', '', 'Upgrade\t'];
const keys = ['dGhlIHNhbXBsZSBub25jZQ==', 'AAAAAAAAAAAAAAAAAAAAAA==', 'AAAAAAAAAAAAAAAAAAAAAB==', 'dGhl', '', 'dGhlIHNhbXBsZSBub25jZQ==, x', '\xe9'.repeat(24)];
const wsVersions = ['13', '8', '013', '', '13, 8', 'x'];
const protocols = ['chat', 'chat, superchat', 'chat chat', ',', 'a/b', '\xe9', ''];
const extensionOffers = [
  'permessage-deflate', 'permessage-deflate; client_max_window_bits', 'permessage-deflate; server_max_window_bits=10; client_no_context_takeover', 'permessage-deflate; server_max_window_bits=8, permessage-deflate',
  'permessage-deflate; server_max_window_bits="10"', 'permessage-deflate; x', 'permessage-deflate; server_max_window_bits=99', 'x-webkit-deflate-frame', 'a; b="c\\"d"', ';', 'permessage-deflate;', 'a="', '',
];

/** A handshake's request, or the answer to one. */
export function handshake(random: Random, answer: boolean): Uint8Array {
  const wildness = chance(random, 0.3) ? 0 : random() ** 2 * 0.6;
  const choose = (from: readonly string[]): string => (chance(random, wildness) ? pick(random, from) : from[0]!);
  const fields: string[] = [];
  const add = (name: string, from: readonly string[], often = 1): void => {
    if (!chance(random, often) || chance(random, wildness * 0.3)) return;
    do fields.push(`${name}: ${choose(from)}`); while (chance(random, wildness * 0.3));
  };
  if (answer) {
    add('Upgrade', upgrades);
    add('Connection', connections);
    add('Sec-WebSocket-Accept', ['s3pPLMBiTxaQ9kYGzzhZRbK+xOo=', 's3pPLMBiTxaQ9kYGzzhZRbK+xOo', '', 'x']);
    add('Sec-WebSocket-Protocol', protocols, 0.3);
    add('Sec-WebSocket-Extensions', extensionOffers, 0.5);
    return octets(`HTTP/1.1 ${choose(['101 Switching Protocols', '200 OK', '101 ', '426 Upgrade Required'])}\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`);
  }
  add('Host', ['a', '', 'a b']);
  add('Upgrade', upgrades);
  add('Connection', connections);
  add('Sec-WebSocket-Key', keys);
  add('Sec-WebSocket-Version', wsVersions);
  add('Origin', ['http://a', 'null', '\xe9'], 0.3);
  add('Sec-WebSocket-Protocol', protocols, 0.5);
  add('Sec-WebSocket-Extensions', extensionOffers, 0.6);
  add('Content-Length', ['0', '5'], wildness);
  return octets(`${choose(['GET', 'POST', 'CONNECT'])} ${choose(['/', '*', '/a?b'])} ${choose(['HTTP/1.1', 'HTTP/1.0'])}\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`);
}
