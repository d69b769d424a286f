import { describe, expect, test } from 'vitest';
import { importText } from '../../src/playground/import-text.ts';
import { looksImportable } from '../../src/playground/looks-importable.ts';

const har = JSON.stringify({ log: { version: '1.2', entries: [{ request: { method: 'GET', url: 'http://a/b', httpVersion: 'HTTP/1.1', headers: [{ name: 'Host', value: 'a' }] } }] } });

describe('what was pasted', () => {
  test.each([
    ["curl 'http://a/b'", 'GET /b'],
    ['$ curl -X POST http://a/b', 'POST /b'],
    ['  curl http://a/b', 'GET /b'],
    ["printf 'GET /b HTTP/1.1\\r\\n\\r\\n' | nc a 80", 'GET /b'],
    [har, 'GET /b'],
    [`\ufeff${har}`, 'GET /b'],
  ])('%j is offered for import, and is a request', (text, name) => {
    expect(looksImportable(text)).toBe(true);
    expect(importText(text).requests.map((request) => request.name)).toEqual([name]);
  });

  test.each(['GET / HTTP/1.1\r\nUser-Agent: curl\r\n\r\n', '{"a":1}', '', 'curled up'])('%j is not', (text) => {
    expect(looksImportable(text)).toBe(false);
  });

  test('nothing gives nothing, and nonsense a reason', () => {
    expect(importText(' ')).toEqual({ requests: [], notes: [] });
    expect(importText('{').notes).not.toEqual([]);
    expect(importText('wget http://a').notes).not.toEqual([]);
  });
});
