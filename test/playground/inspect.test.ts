import { describe, expect, test } from 'vitest';
import { inspect } from '../../src/playground/inspect.ts';
import { bodyKind, bodyText } from '../../src/playground/response.ts';
import { octets } from './traces.ts';

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

describe('looking at bytes before they are sent', () => {
  test.each([
    ['one request', get, { kind: 'ok', requests: 1 }],
    ['two, pipelined', get + get, { kind: 'ok', requests: 2 }],
    ['a chunked body', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n', { kind: 'ok', requests: 1 }],
    ['a head without its end', 'GET / HTTP/1.1\r\nHost: a\r\n', { kind: 'incomplete', missing: 'head' }],
    ['a body without its end', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab', { kind: 'incomplete', missing: 'body' }],
    ['a second head without its end', `${get}GET /`, { kind: 'incomplete', missing: 'head' }],
    ['nothing', '', { kind: 'empty' }],
    ['a bare LF', 'GET / HTTP/1.1\nHost: a\n\n', { kind: 'refused', error: { code: 'bare-lf', offset: 14 } }],
    ['a refused second request', `${get}GET / HTTP/1.1\r\nHost : a\r\n\r\n`, { kind: 'refused', error: { code: 'whitespace-before-colon', offset: get.length + 20 } }],
  ] as const)('%s', (_name, raw, expected) => {
    expect(inspect(raw)).toMatchObject(expected);
  });

  test('tokens cover what was understood; what was refused is marked', () => {
    const { tokens } = inspect(get);
    expect(tokens.tokenAt(0)?.token).toBe('method');
    expect(tokens.tokenAt(get.indexOf('Host'))?.token).toBe('field-name');
    for (let at = 0; at < get.length; at++) expect(tokens.tokenAt(at), `byte ${at}`).toBeDefined();
    expect(inspect('GET / HTTP/1.1\nHost: a\n\n').tokens.isRefused(14)).toBe(true);
  });
});

describe('how a body is shown', () => {
  test.each([
    ['application/json', '{}', 'json'],
    ['application/problem+json; charset=utf-8', '{}', 'json'],
    ['text/html; charset=utf-8', '<p>', 'html'],
    ['image/png', 'x', 'image'],
    ['text/plain', 'x', 'text'],
    ['', 'plain enough', 'text'],
    ['', '\u0000\u0001', 'binary'],
    ['application/octet-stream', '\u00ff\u00fe', 'binary'],
    ['text/html', '', 'empty'],
  ])('%s with %j: %s', (type, body, kind) => {
    expect(bodyKind(type === '' ? [] : [['Content-Type', type]], octets(body))).toBe(kind);
  });

  test('text in the charset that the type names', () => {
    expect(bodyText([['content-type', 'text/plain; charset=ISO-8859-1']], octets('caf\u00e9'))).toBe('café');
    expect(bodyText([['content-type', 'text/plain']], octets('caf\u00c3\u00a9'))).toBe('café');
  });
});
