import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromVisible, toVisible, units } from '../../src/playground/raw-text.ts';

const raw = fc.uint8Array({ maxLength: 200 }).map((bytes) => String.fromCharCode(...bytes));
const textual = fc.array(fc.constantFrom('\r\n', '\r', '\n', '\t', '\\', 'G', ' ', ':', '\u00c3', '\u00a9', '\u00ff', '\0', '\u0080'), { maxLength: 60 }).map((parts) => parts.join(''));

describe('the notation of the Raw view', () => {
  test('reading what was written gives the same octets, whatever they are', () => {
    fc.assert(fc.property(fc.oneof(raw, textual), (bytes) => {
      expect(fromVisible(toVisible(bytes))).toEqual({ ok: true, raw: bytes });
    }));
  });

  test('units cover the octets without gap or overlap', () => {
    fc.assert(fc.property(fc.oneof(raw, textual), (bytes) => {
      let at = 0;
      for (const unit of units(bytes)) {
        expect(unit.start).toBe(at);
        expect(unit.end).toBeGreaterThan(at);
        at = unit.end;
      }
      expect(at).toBe(bytes.length);
    }));
  });

  test.each([
    ['a new line is CR LF', 'GET / HTTP/1.1\n\n', 'GET / HTTP/1.1\r\n\r\n'],
    ['a pasted CR LF is one too', 'a\r\nb', 'a\r\nb'],
    ['bare LF and CR are escapes', 'a\\nb\\rc', 'a\nb\rc'],
    ['any octet by number', '\\x00\\xfF', '\0\u00ff'],
    ['a backslash is doubled', 'a\\\\n', 'a\\n'],
    ['other characters are UTF-8', 'é', '\u00c3\u00a9'],
  ])('%s', (_name, text, bytes) => {
    expect(fromVisible(text)).toEqual({ ok: true, raw: bytes });
  });

  test.each([['\\', 0], ['ab\\q', 2], ['\\x4', 0], ['\\xg0', 0]])('%j: the escape at %i is not understood', (text, at) => {
    expect(fromVisible(text)).toEqual({ ok: false, at });
  });

  test('characters that cannot be seen are escaped', () => {
    // No-break space and a right-to-left override, as UTF-8.
    expect(toVisible('\u00c2\u00a0\u00e2\u0080\u00ae')).toBe('\\xC2\\xA0\\xE2\\x80\\xAE');
  });
});
