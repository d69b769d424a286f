import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inspect } from '../../src/playground/inspect.ts';
import { paintRuns, unitRuns } from '../../src/playground/raw-paint.ts';
import { isPlain, toVisible } from '../../src/playground/raw-text.ts';

const parts = ['GET', ' ', '/', 'HTTP/1.1', '\r\n', 'Host', ':', ' a', '\r\n\r\n', 'Content-Length: 5', 'hello', 'Transfer-Encoding: chunked', '5\r\nhello\r\n0\r\n\r\n', '(', '\\', '\n', '\u00c3\u00a9'];
const request = fc.oneof(
  fc.array(fc.constantFrom(...parts), { maxLength: 30 }).map((all) => all.join('')),
  fc.array(fc.constantFrom(...parts), { maxLength: 10 }).map((all) => `POST / HTTP/1.1\r\nHost: a\r\n${all.join('')}`),
);

describe('the coloured notation of a request', () => {
  test('says the notation, and colours each octet as the parser saw it, whichever way it is made', () => {
    fc.assert(fc.property(request, (raw) => {
      const { tokens } = inspect(raw);
      expect(paintRuns(raw, tokens).map(({ text }) => text).join('')).toBe(toVisible(raw));
      expect(paintRuns(raw, tokens)).toEqual(unitRuns(raw, tokens));
    }));
  });

  test('without a parser it is the notation', () => {
    expect(paintRuns('GET / HTTP/1.1\r\n\r\n', undefined).map(({ text }) => text)).toEqual(['GET / HTTP/1.1', '\n', '\n']);
  });

  test('what is plain: octets that stand for themselves, and CR LF', () => {
    expect(['GET /\r\n', 'a\nb', 'a\rb', '\\', '\t', '\u00e9', ''].map(isPlain)).toEqual([true, false, false, false, false, false, true]);
  });
});
