import { describe, expect, test } from 'vitest';
import { latin1Bytes } from '../../../src/client/latin1.ts';
import type { MachineResponse, SendResult } from '../../../src/machine/types.ts';
import { toVitest } from '../../../src/playground/export/vitest-file.ts';
import type { Snippet } from '../../../src/snippet/schema.ts';

const snippet: Snippet = { v: 1, lang: 'ts', interface: 'auto', entry: 'app.ts:app', files: { 'app.ts': '' }, requests: [], server: {}, network: {}, view: {} };
const raw = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n';

const answer = (response: Partial<MachineResponse>): SendResult => ({
  connection: 1, exchange: 1, raw: new Uint8Array(), ms: 1,
  response: { version: 'HTTP/1.1', status: 200, reason: 'OK', headers: [], body: new Uint8Array(), trailers: [], keepAlive: true, ...response },
});
const failed = (kind: NonNullable<SendResult['failure']>['kind']): SendResult => ({ connection: 1, exchange: 1, raw: new Uint8Array(), ms: 1, failure: { kind, message: '' } });
const written = (result?: SendResult, from: Partial<Snippet> = {}): string => toVitest({ ...snippet, ...from }, [{ name: 'GET /', raw, result }]);

test('the whole file', () => {
  expect(written(answer({ headers: [['Content-Type', 'text/plain'], ['Set-Cookie', 'a=1'], ['set-cookie', 'b=2'], ['Date', 'now'], ['Content-Length', '3']], body: latin1Bytes('it\'') }))).toBe(`import { inject } from 'porthole';
import { expect, test } from 'vitest';
import { app as subject } from './app.ts';

const options = { config: { validate: true, debug: true } } as const;

test('GET / answers 200 OK', async () => {
  const raw = [
    'GET / HTTP/1.1\\r\\n',
    'Host: h\\r\\n',
    '\\r\\n',
  ].join('');
  const response = await inject(subject, { raw }, options);
  expect(response.status).toBe(200);
  expect(response.header('content-type')).toBe('text/plain');
  expect(response.header('set-cookie')).toBe('a=1, b=2');
  expect(response.text()).toBe('it\\'');
});
`);
});

describe('bodies', () => {
  test.each([
    ['text of several lines', 'text/plain', 'one\ntwo\n', "expect(response.text()).toBe([\n    'one\\n',\n    'two\\n',\n  ].join(''));"],
    ['JSON by its value', 'application/json', '{"a":[1]}', 'expect(response.json()).toEqual({'],
    ['what only says that it is JSON', 'application/json', '{', "expect(response.text()).toBe('{');"],
    ['octets', 'x/y', '\0\xff', "expect(Buffer.from(response.body).toString('latin1')).toBe('\\x00\\xff');"],
    ['nothing', 'text/plain', '', "expect(response.text()).toBe('');"],
  ])('%s', (_name, type, body, line) => {
    expect(written(answer({ headers: [['Content-Type', type]], body: latin1Bytes(body) }))).toContain(line);
  });
});

test('a stack in an error page is left out: it names places', () => {
  const body = latin1Bytes('500\n\nTypeError: no\n    at app (file:///x/app.ts:3:9)\n    at run (y.js:1:2)\n');
  const text = written(answer({ status: 500, reason: 'Internal Server Error', body }));
  expect(text).toContain(".toContain([\n    '500\\n',\n    '\\n',\n    'TypeError: no\\n',\n  ].join(''));");
  expect(text).not.toContain('app.ts:3');
});

test('no answer is an outcome too; no attempt is a todo', () => {
  expect(written(failed('closed'))).toContain(".rejects.toMatchObject({ kind: 'closed' })");
  expect(written(failed('timeout'))).toContain("kind: 'timeout'");
  expect(written(failed('stopped'))).toContain('test.todo(');
  expect(written()).toContain("test.todo('GET /: it has had no answer yet')");
});

test.each([
  ['app.ts:app', "import { app as subject } from './app.ts';"],
  ['lib/main.ts:default', "import subject from './lib/main.ts';"],
  ['app.ts:api.v1', "import { api as entry } from './app.ts';\n\nconst subject = entry.v1;"],
  ['app.ts', "import * as entry from './app.ts';"],
])('entry %s', (entry, lines) => {
  expect(written(undefined, { entry })).toContain(lines);
});

test('settings of the snippet', () => {
  expect(written(undefined, { interface: 'asgi', server: { validate: false, rootPath: "/it's", keepAlive: 2, workerClass: 'sync' } })).toContain(
    "const options = { interface: 'asgi', config: { validate: false, debug: true, workerClass: 'sync', rootPath: '/it\\'s', keepAliveMs: 2000 } } as const;",
  );
});

test('Python is refused', () => {
  expect(() => written(undefined, { lang: 'py' })).toThrow(RangeError);
});
