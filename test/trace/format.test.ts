import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TraceEvent } from '../../src/trace/events.ts';
import { formatEvent, formatTrace } from '../../src/trace/format.ts';
import { quoteBytes, quoteText } from '../../src/trace/quote.ts';
import { samples } from './samples.ts';

const stamped = (event: (typeof samples)[number], index = 0): TraceEvent => ({ ...event, seq: index, at: index * 1.5, clock: index + 1, process: 'worker-1' });

test('one of every event, as text', async () => {
  await expect(formatTrace(samples.map(stamped))).toMatchFileSnapshot('./format.golden.txt');
});

test('for golden tests: without time and process', () => {
  expect(formatEvent(stamped(samples[6]!), { time: false, process: false })).toBe('2.1     http.request        c2s 0-41 "POST /a%20b HTTP/1.1" fields=1');
});

test('the event is in the same column on every line', () => {
  const columns = formatTrace(samples.map(stamped)).trimEnd().split('\n').map((line) => line.search(/ (socket|http|ws|gateway|app|process|log|trace)\b/));
  expect(new Set(columns).size).toBe(1);
});

test('a token with its octets, where somebody knows them', () => {
  const token = { type: 'http.token', token: 'target', connection: 1, exchange: 1, stream: 'c2s', span: [4, 6], seq: 0, at: 0, clock: 1, process: 'p' } as const;
  expect(formatEvent(token, { time: false, process: false })).toBe('1.1     http.token          c2s 4-6 target');
  expect(formatEvent(token, { time: false, process: false, bytesOf: () => Uint8Array.of(0x2f, 0x0a) })).toBe('1.1     http.token          c2s 4-6 target "/\\n"');
});

test('long segments are counted, not shown', () => {
  const data = { ...samples[5]!, bytes: new Uint8Array(1000).fill(0x61) } as (typeof samples)[number];
  expect(formatEvent(stamped(data), { most: 3 })).toMatch(/"aaa"…\+997$/);
});

describe('quoting', () => {
  test.each([
    ['\r\n\t', String.raw`"\r\n\t"`],
    ['"\\', String.raw`"\"\\"`],
    ['\0\x1b[31m\x7f\x80\xff', String.raw`"\x00\x1b[31m\x7f\x80\xff"`],
    ['plain', '"plain"'],
  ])('octets %j', (text, quoted) => {
    expect(quoteBytes(Uint8Array.from(text, (char) => char.charCodeAt(0)))).toBe(quoted);
  });

  test.each([
    ['Grüße, 世界 🚪', '"Grüße, 世界 🚪"'],
    ['a\nb', String.raw`"a\nb"`],
    ['\x1b[2J', String.raw`"\x1b[2J"`],
    ['\u202Etxt.exe', String.raw`"\u{202e}txt.exe"`],
    ['\u2028', String.raw`"\u{2028}"`],
    ['\uD800', String.raw`"\u{d800}"`],
    ['\u00ad', String.raw`"\xad"`],
  ])('text %j', (text, quoted) => {
    expect(quoteText(text)).toBe(quoted);
  });

  test('whatever an app logs, it is one printable line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const line = formatEvent(stamped({ type: 'log', connection: 1, exchange: 1, source: 'stdout', level: 'info', text }));
        expect(line).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e]/u);
      }),
    );
  });
});
