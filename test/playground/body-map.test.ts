import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromWire, hexMap, onWire, piecesOf, textMap } from '../../src/playground/body-map.ts';
import { bodyText } from '../../src/playground/response.ts';

const plain = [['Content-Type', 'text/plain']] as const;

describe('text and octets', () => {
  test('each character of UTF-8 leads to its octets, and they lead back to it', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      const body = new TextEncoder().encode(text);
      const shown = bodyText(plain, body);
      const map = textMap(plain, body, shown)!;
      for (let index = 0; index < shown.length; index += 1) {
        const octet = map.octetAt(index)!;
        const [[start, end]] = map.rangesOf(octet, octet + 1) as [[number, number]];
        expect(start <= index && index < end).toBe(true);
        const character = String.fromCodePoint(shown.codePointAt(start)!);
        expect(new TextDecoder('utf-8', { ignoreBOM: true }).decode(body.subarray(octet, octet + new TextEncoder().encode(character).length))).toBe(character);
      }
    }));
  });

  test('a body that is not what it says has no map; latin-1 has', () => {
    const body = Uint8Array.of(0x61, 0xff);
    expect(textMap(plain, body, bodyText(plain, body))).toBeUndefined();
    const latin1 = [['content-type', 'text/plain; charset=iso-8859-1']] as const;
    expect(textMap(latin1, body, bodyText(latin1, body))!.octetAt(1)).toBe(1);
  });

  test('a dump shows each octet twice, and either place leads to it', () => {
    const bytes = Uint8Array.from({ length: 45 }, (_, at) => at * 5);
    const map = hexMap(bytes);
    for (let octet = 0; octet < bytes.length; octet += 1) {
      const ranges = map.rangesOf(octet, octet + 1);
      expect(ranges.map(([start, end]) => map.text.slice(start, end))[0]).toBe(bytes[octet]!.toString(16).padStart(2, '0'));
      expect(ranges.flatMap(([start, end]) => [map.octetAt(start), map.octetAt(end - 1)])).toEqual(ranges.flatMap(() => [octet, octet]));
    }
    expect(map.octetAt(0)).toBeUndefined();
    // Neighbours in a line are one stretch.
    expect(map.rangesOf(0, 3).map(([start, end]) => map.text.slice(start, end))).toEqual(['00 05 0a', '···']);
  });
});

test('content in chunks: its octets on the wire and back', () => {
  const pieces = piecesOf([[100, 105], [110, 113]]);
  expect([0, 4, 5, 7, 8].map((octet) => onWire(pieces, octet))).toEqual([100, 104, 110, 112, undefined]);
  expect(fromWire(pieces, 103, 111)).toEqual([[3, 5], [5, 6]]);
  expect(fromWire(pieces, 105, 110)).toEqual([]);
});
