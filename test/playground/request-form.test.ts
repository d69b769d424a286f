import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formToRaw, keepsLength, parseForm, withBody, withTrueLength, type RequestForm } from '../../src/playground/request-form.ts';

const form = (raw: string): RequestForm => {
  const parsed = parseForm(raw);
  if (!parsed.ok) throw new Error(parsed.why);
  return parsed.form;
};
const post = 'POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi';

describe('form and bytes', () => {
  test('wherever bytes are shown as a form, the form is those bytes', () => {
    const scraps = (from: readonly string[]) => fc.array(fc.constantFrom(...from), { maxLength: 6 }).map((parts) => parts.join(''));
    const bytes = fc.tuple(
      fc.oneof(fc.constant('GET / HTTP/1.1'), scraps([' ', 'GET', '/', 'HTTP/1.1', '\t', '\n', '\u00ff'])),
      fc.array(scraps([':', ' ', '\t', 'Name', 'value', '\r', '\u00ff']), { maxLength: 4 }),
      scraps(['\r\n', '\n', 'body', '\0']),
    ).map(([line, fields, body]) => [line, ...fields, '', body].join('\r\n'));
    let shown = 0;
    fc.assert(fc.property(bytes, (raw) => {
      const parsed = parseForm(raw);
      if (!parsed.ok) return;
      shown++;
      expect(formToRaw(parsed.form)).toBe(raw);
    }), { numRuns: 1000 });
    expect(shown).toBeGreaterThan(100);
  });

  test.each([
    ['GET / HTTP/1.1\r\nHost: a\r\n', 'no-blank-line'],
    ['GET /\r\n\r\n', 'request-line'],
    ['GET / HTTP/1.1\r\nno colon here\r\n\r\n', 'field-line'],
    ['GET / HTTP/1.1\nHost: a\r\n\r\n', 'request-line'],
    ['GET / HTTP/1.1\r\nA: b\nC: d\r\n\r\n', 'field-line'],
  ])('%j is no form: %s', (raw, why) => {
    expect(parseForm(raw)).toEqual({ ok: false, why });
  });

  test('white space after the colon is kept as it is', () => {
    const raw = 'GET / HTTP/1.1\r\nA:b\r\nC:  d \r\n\r\n';
    expect(form(raw).fields).toEqual([{ name: 'A', gap: '', value: 'b' }, { name: 'C', gap: '  ', value: 'd ' }]);
    expect(formToRaw(form(raw))).toBe(raw);
  });

  test('while it is typed, a target may hold spaces or be empty', () => {
    expect(form('GET /a b HTTP/1.1\r\n\r\n').target).toBe('/a b');
    expect(form('GET  HTTP/1.1\r\n\r\n').target).toBe('');
  });
});

describe('Content-Length', () => {
  test('follows the body while it is right', () => {
    expect(formToRaw(withBody(form(post), 'longer'))).toContain('Content-Length: 6\r\n\r\nlonger');
    expect(formToRaw(withBody(form('GET / HTTP/1.1\r\n\r\n'), 'x'))).toBe('GET / HTTP/1.1\r\nContent-Length: 1\r\n\r\nx');
  });

  test('stays wrong where somebody made it wrong', () => {
    const wrong = form(post.replace('Length: 2', 'Length: 9'));
    expect(keepsLength(wrong)).toBe(false);
    expect(formToRaw(withBody(wrong, 'abc'))).toContain('Content-Length: 9\r\n\r\nabc');
  });

  test('is left alone where the body is coded', () => {
    const chunked = form('POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n');
    expect(formToRaw(withBody(chunked, '1\r\na\r\n0\r\n\r\n'))).not.toContain('Content-Length');
  });

  test('can be corrected: one field, and true', () => {
    const twice = form(post.replace('Content-Length: 2', 'Content-Length: 1\r\ncontent-length: 7'));
    expect(formToRaw(withTrueLength(twice))).toBe('POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi');
  });
});
