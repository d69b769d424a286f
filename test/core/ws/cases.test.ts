import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { RemoteProtocolError } from '../../../src/core/http1/errors.ts';
import { WsConnection } from '../../../src/core/ws/connection.ts';
import type { WsReceivedEvent } from '../../../src/core/ws/events.ts';
import { type Cuts, everyCut, pieces } from '../../helpers/cuts.ts';

/** See test/cases/ws/README.md for the format. */
interface Case {
  readonly title: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly input: Uint8Array;
  readonly eof: boolean;
  readonly expected: readonly string[];
}

const folder = new URL('../../cases/ws/', import.meta.url);

function readCases(file: string): Case[] {
  const text = readFileSync(new URL(file, folder), 'utf8');
  return text.split(/^## /m).slice(1).map((section) => {
    const hex = /^```hex\n([\s\S]*?)^```/m.exec(section)?.[1];
    const expected = /^```expect\n([\s\S]*?)^```/m.exec(section)?.[1];
    if (hex === undefined || expected === undefined) throw new Error(`${file}: a case lacks a fence: ${section.slice(0, 60)}`);
    const before = section.slice(0, section.indexOf('```'));
    return {
      title: section.slice(0, section.indexOf('\n')),
      settings: Object.fromEntries([...before.matchAll(/^(role|max|deflate|window): (.+)$/gm)].map((match) => [match[1], match[2]])),
      ...octets(hex),
      expected: expected.trim().split('\n').map(expandRepeats),
    };
  });
}

/** `*126 2a` in an expectation: a long run, written short. */
const expandRepeats = (line: string): string => line.replace(/^binary \*(\d+) (..)/, (_, n: string, octet: string) => `binary ${octet.repeat(Number(n))}`).replace(/^ping \*(\d+) (..)/, (_, n: string, octet: string) => `ping ${JSON.stringify(String.fromCharCode(parseInt(octet, 16)).repeat(Number(n)))}`);

function octets(source: string): { input: Uint8Array; eof: boolean } {
  const out: number[] = [];
  let eof = false;
  for (const [token] of source.replace(/#.*$/gm, '').matchAll(/"[^"]*"|\*\d+ [0-9a-f]{2}|[0-9a-f]{2}\b|eof|\S+/g)) {
    const run = /^\*(\d+) (..)$/.exec(token);
    if (token.startsWith('"')) out.push(...new TextEncoder().encode(JSON.parse(token) as string));
    else if (run) out.push(...Array.from({ length: Number(run[1]) }, () => parseInt(run[2]!, 16)));
    else if (token === 'eof') eof = true;
    else if (/^[0-9a-f]{2}$/.test(token)) out.push(parseInt(token, 16));
    else throw new Error(`not an octet: ${token}`);
  }
  return { input: Uint8Array.from(out), eof };
}

const toHex = (bytes: Uint8Array): string => [...bytes].map((octet) => octet.toString(16).padStart(2, '0')).join('');
const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

function show(event: WsReceivedEvent): string {
  const span = 'span' in event && event.span ? ` [${event.span[0]}, ${event.span[1]})` : '';
  switch (event.type) {
    case 'text': return `text ${JSON.stringify(event.text).replace('\ufeff', '\\ufeff')}${span}`;
    case 'binary': return `binary ${toHex(event.bytes)}${span}`;
    case 'ping':
    case 'pong': return `${event.type} ${JSON.stringify(latin1(event.payload))}${span}`;
    case 'close': return `close ${event.code} ${JSON.stringify(event.reason)}${span}`;
    case 'ended': return `ended ${event.clean ? 'clean' : 'unclean'}`;
    case 'need-data': return 'need-data';
  }
}

/** What comes out when the input arrives cut at these offsets. */
function replay(test: Case, cuts: Cuts): string[] {
  const bits = Number(test.settings.window ?? 15);
  const forgets = test.settings.deflate === 'no_context_takeover';
  const connection = new WsConnection({
    role: test.settings.role === 'client' ? 'client' : 'server',
    maxMessageBytes: Number(test.settings.max ?? 1024 * 1024),
    maskKey: () => new Uint8Array(4),
    ...(test.settings.deflate ? { deflate: { serverMaxWindowBits: bits, clientMaxWindowBits: bits, serverNoContextTakeover: forgets, clientNoContextTakeover: forgets } } : {}),
  });
  const seen: string[] = [];
  const drain = (): boolean => {
    try {
      for (let event = connection.nextEvent(); event.type !== 'need-data'; event = connection.nextEvent()) seen.push(show(event));
      return true;
    } catch (error) {
      if (!(error instanceof RemoteProtocolError)) throw error;
      seen.push(`error ${error.code} ${error.status} ${error.clause} [${error.span[0]}, ${error.span[1]})`);
      return false;
    }
  };
  for (const piece of pieces(test.input, cuts)) {
    connection.receiveData(piece);
    if (!drain()) return seen;
  }
  if (test.eof) {
    connection.receiveEof();
    drain();
  }
  return seen;
}

/** Inflated octets have none of their own on the wire: the piece is named in which it went wrong, and that is a matter of cuts. */
const withoutPiece = (line: string): string => (/^error ws-(?:bad-deflate|unfinished-deflate|invalid-utf8|message-too-big) /.test(line) ? line.replace(/ \[.*/, '') : line);

const seed = 6455;

for (const file of readdirSync(folder).filter((name) => name.endsWith('.md') && name !== 'README.md')) {
  describe(`ws/${file}`, () => {
    for (const one of readCases(file)) {
      test(one.title, () => {
        expect(replay(one, [])).toEqual(one.expected);
        const apart = (lines: readonly string[]): readonly string[] => (one.settings.deflate ? lines.map(withoutPiece) : lines);
        const expected = apart(one.expected);
        for (const { name, cuts } of everyCut(one.input.length, seed)) expect(apart(replay(one, cuts)), name).toEqual(expected);
      });
    }
  });
}
