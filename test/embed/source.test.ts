import { describe, expect, test } from 'vitest';
import { dedent, snippetOf } from '../../src/embed/source.ts';
import { scanRequests } from '../../src/client/scan.ts';
import { latin1Bytes } from '../../src/client/latin1.ts';
import { SnippetError } from '../../src/snippet/errors.ts';

test.each([
  ['as in a script element', '\n    const a = 1;\n      b();\n\n    c();\n  ', 'const a = 1;\n  b();\n\nc();'],
  ['as it is', 'a\n  b', 'a\n  b'],
  ['Windows line ends', '\r\n  a\r\n  b\r\n', 'a\nb'],
  ['tabs', '\n\t\ta\n\t\t\tb\n', 'a\n\tb'],
  ['blank lines at both ends', '\n\n  \n  a\n\n\n', 'a'],
  ['nothing', ' \n ', ''],
])('code %s', (_name, text, expected) => {
  expect(dedent(text)).toBe(expected);
});

test('the first file is the app; its language follows from its name', () => {
  expect(snippetOf({ files: { 'main.js': ' a', 'lib.js': 'b' } })).toMatchObject({ lang: 'js', entry: 'main.js', files: { 'main.js': 'a\n', 'lib.js': 'b\n' }, interface: 'auto' });
  expect(snippetOf({ files: { 'lib.ts': '', 'app.py': '' }, entry: 'app.py:application', interface: 'wsgi', title: 'T' })).toMatchObject({ lang: 'py', entry: 'app.py:application', interface: 'wsgi', title: 'T' });
});

test('a recorded run is JSON, and what it holds is for whoever plays it to read', () => {
  expect(snippetOf({ files: { 'app.ts': '' }, recording: '{ "v": 1, "events": [] }' }).recording).toEqual({ v: 1, events: [] });
  expect(() => snippetOf({ files: { 'app.ts': '' }, recording: '{' })).toThrow(SnippetError);
  expect(() => snippetOf({ files: { 'app.ts': '' }, recording: '[]' })).toThrow(SnippetError);
});

describe('requests', () => {
  const raw = (text: string): string => snippetOf({ files: { 'app.ts': '' }, requests: [{ name: '', text }] }).requests[0]!.raw;

  test.each([
    ['a request line', '\n  GET /x\n', 'GET /x HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n\r\n'],
    ['fields', 'GET / HTTP/1.0\nHost: h\nX-A: é', 'GET / HTTP/1.0\r\nHost: h\r\nX-A: \xc3\xa9\r\n\r\n'],
    ['a body', 'POST /form\nContent-Type: text/plain\n\ntwo\nlinés\n', 'POST /form HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\ntwo\nlin\xc3\xa9s'],
    ['a length of its own', 'POST /\nHost: h\nContent-Length: 99\n\nx', 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99\r\n\r\nx'],
  ])('%s', (_name, text, expected) => {
    expect(raw(text)).toBe(expected);
  });

  test('are well formed, and named after their line', () => {
    const [request] = snippetOf({ files: { 'app.ts': '' }, requests: [{ name: '', text: 'POST /a b=1 HTTP/1.1\n\nbody' }, { name: 'given', text: 'GET /' }] }).requests;
    expect(request!.name).toBe('POST /a b=1');
    expect(scanRequests(latin1Bytes(raw('PUT /x\nX: 1\n\nbody'))).failure).toBeUndefined();
  });
});

test.each([
  ['no file', { files: {} }],
  ['a path that leads out', { files: { '../app.ts': '' } }],
  ['an interface that is none', { files: { 'app.ts': '' }, interface: 'cgi' }],
])('%s is refused as in a link', (_name, source) => {
  expect(() => snippetOf(source)).toThrow(SnippetError);
});
