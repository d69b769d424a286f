/** The octets of a scope are the application's: whatever it does to them, nobody else has to do with it. */
import { describe, expect, test } from 'vitest';
import { extensions } from '../../src/gateway/asgi/http.ts';
import { buildHttpScope } from '../../src/gateway/asgi/scope.ts';
import type { HttpScope } from '../../src/gateway/asgi/types.ts';
import { facts, requestOf } from './requests.ts';

const scopeOf = (text: string): HttpScope => buildHttpScope({ request: requestOf(text), facts, state: undefined, extensions });
const piecesOf = ({ raw_path: path, query_string: query, headers }: HttpScope): Uint8Array[] => [path, query, ...headers.flat()];
const read = (scope: HttpScope): string[] => piecesOf(scope).map((piece) => String.fromCharCode(...piece));

const fields = `Host: a\r\nX-Long-Name: ${'v'.repeat(300)}\r\nx-empty:\r\nCookie: a=1\r\nCookie: b=\xe9 \r\nWeIrD^_~: [A]\r\n\r\n`;
const listed = ['host', 'a', 'x-long-name', 'v'.repeat(300), 'x-empty', '', 'cookie', 'a=1', 'cookie', 'b=\xe9', 'weird^_~', '[A]'];
const requests = [
  { what: 'origin-form', text: `GET /p%20q?A=%20b HTTP/1.1\r\n${fields}`, expected: ['/p%20q', 'A=%20b', ...listed] },
  { what: 'no query', text: `GET / HTTP/1.1\r\n${fields}`, expected: ['/', '', ...listed] },
  { what: 'an empty query', text: `GET /? HTTP/1.1\r\n${fields}`, expected: ['/', '', ...listed] },
  { what: 'absolute-form', text: `GET http://b:81/p?q HTTP/1.1\r\n${fields}`, expected: ['/p', 'q', 'host', 'b:81', ...listed.slice(2)] },
  { what: 'absolute-form without a path', text: `GET http://b?q HTTP/1.1\r\n${fields}`, expected: ['/', 'q', 'host', 'b', ...listed.slice(2)] },
  { what: 'asterisk-form', text: `OPTIONS * HTTP/1.1\r\n${fields}`, expected: ['*', '', ...listed] },
  // Too much for memory that short arrays share.
  { what: 'a long head', text: `GET /p?q HTTP/1.1\r\nX: ${'y'.repeat(6000)}\r\n${fields}`, expected: ['/p', 'q', 'x', 'y'.repeat(6000), ...listed] },
];

describe.each(requests)('ASGI-scope-3, -4, -6: octets of a request in $what', ({ text, expected }) => {
  test('are those received, with names in lower case', () => {
    expect(read(scopeOf(text))).toEqual(expected);
  });

  test('are of the class that the application expects', () => {
    for (const piece of piecesOf(scopeOf(text))) expect(Object.getPrototypeOf(piece)).toBe(Uint8Array.prototype);
  });

  test('may be written over: other requests keep theirs, and so do the other parts of this one', () => {
    const before = scopeOf(text);
    const scope = scopeOf(text);
    const pieces = piecesOf(scope);
    pieces.forEach((piece, i) => {
      piece.fill(0x21);
      expect(read(scope)).toEqual(expected.map((part, k) => (k <= i ? '!'.repeat(part.length) : part)));
    });
    expect(read(before)).toEqual(expected);
    expect(read(scopeOf(text))).toEqual(expected);
  });
});
