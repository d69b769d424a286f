/** The octets of a scope are the application's: whatever it does to them, nobody else has to do with it. */
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { Connection } from '../../src/core/http1/connection.ts';
import type { Request } from '../../src/core/http1/events.ts';
import { extensions } from '../../src/gateway/asgi/http.ts';
import { buildHttpScope } from '../../src/gateway/asgi/scope.ts';
import type { HttpScope } from '../../src/gateway/asgi/types.ts';
import { latin1Bytes } from '../../src/gateway/target.ts';
import { answer } from '../helpers/answer.ts';
import { facts, requestOf, requestsOf } from './requests.ts';

type Reader = (text: string) => Request;
/** A request whose lines its client has sent before. */
const requestAgain: Reader = (text) => {
  const all = requestsOf([text, text, text]);
  all.next();
  all.next();
  return all.next().value!;
};
const build = (text: string, mayWait: boolean, read: Reader = requestOf): HttpScope => buildHttpScope({ request: read(text), facts, state: undefined, extensions }, mayWait);
const isLazy = (scope: object): boolean => Object.getOwnPropertyDescriptor(scope, 'headers')?.get !== undefined;
const eagerly = (text: string, read?: Reader): HttpScope => build(text, false, read);
/** Whose headers are made when they are asked for: after enough requests whose headers nobody has asked for. */
function lazily(text: string, read?: Reader): HttpScope {
  for (let i = 0; i < 200; i += 1) {
    const scope = build(text, true, read);
    if (isLazy(scope)) return scope;
  }
  throw new Error('no scope waits for anybody');
}

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

describe.each([
  { when: 'at once', scopeOf: eagerly }, { when: 'when asked for', scopeOf: lazily },
  { when: 'at once, of lines that have come before', scopeOf: (text: string) => eagerly(text, requestAgain) }, { when: 'when asked for, of lines that have come before', scopeOf: (text: string) => lazily(text, requestAgain) },
])('made $when', ({ scopeOf }) => {
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
});

test('ASGI-scope-3: path and root_path are those of the mount point, also of a request line that another one has asked for', () => {
  const text = requests[0]!.text;
  for (const rootPath of ['', '/p q', '/x', '', '/p q']) {
    for (const reader of [requestOf, requestAgain]) {
      const { path, raw_path: raw, query_string: query, root_path: root } = buildHttpScope({ request: reader(text), facts: { ...facts, rootPath }, state: undefined, extensions });
      expect([path, String.fromCharCode(...raw), String.fromCharCode(...query), root]).toEqual([rootPath === '/x' ? '/x/p q' : '/p q', '/p%20q', 'A=%20b', rootPath]);
    }
  }
});

describe('headers made when asked for look like any key of a scope', () => {
  const { text, expected } = requests[0]!;
  const plain = eagerly(text);
  const lists: [what: string, of: (scope: HttpScope) => unknown][] = [
    ['its value', (scope) => scope.headers],
    ['spread', (scope) => ({ ...scope })],
    ['Object.assign', (scope) => Object.assign({}, scope)],
    ['Object.keys', (scope) => Object.keys(scope)],
    ['Object.entries', (scope) => Object.entries(scope)],
    ['JSON', (scope) => JSON.stringify(scope)],
    ['structuredClone', (scope) => structuredClone(scope)],
    ['destructuring', ({ type, ...rest }) => [type, rest]],
    ['for…in', (scope) => { const keys: string[] = []; for (const key in scope) keys.push(key); return keys; }],
    ['console.log', (scope) => inspect(scope, { depth: 5 })],
    ['console.log of something that holds it', (scope) => inspect({ scope })],
    ['`in`, hasOwn, propertyIsEnumerable', (scope) => ['headers' in scope, Object.hasOwn(scope, 'headers'), Object.prototype.propertyIsEnumerable.call(scope, 'headers')]],
    ['its prototype', (scope) => Object.getPrototypeOf(scope)],
    ['through an object that has it for a prototype', (scope) => (Object.create(scope) as HttpScope).headers],
    ['through a Proxy', (scope) => ({ ...new Proxy(scope, {}) })],
  ];
  test.each(lists)('%s', (_, of) => {
    const scope = lazily(text);
    expect(of(scope)).toStrictEqual(of(plain));
    expect(read(scope)).toEqual(expected);
  });

  test('the list is the same each time, and the application\'s to change', () => {
    const scope = lazily(text);
    const list = scope.headers;
    list.push([Uint8Array.of(0x78), Uint8Array.of(0x79)]);
    expect(scope.headers).toBe(list);
    expect({ ...scope }.headers).toBe(list);
  });

  const other: HttpScope['headers'] = [[Uint8Array.of(0x78), Uint8Array.of(0x79)]];
  const wrapped: [what: string, wrap: (scope: HttpScope) => HttpScope][] = [['itself', (scope) => scope], ['a Proxy', (scope) => new Proxy(scope, {})]];
  test.each(wrapped)('assigned to %s, it is replaced', (_, wrap) => {
    const scope = lazily(text);
    wrap(scope).headers = other;
    expect(scope.headers).toBe(other);
    expect({ ...scope }.headers).toBe(other);
    expect(inspect(scope)).toBe(inspect({ ...plain, headers: other }));
  });

  test('assigned to an object that has the scope for a prototype, it stays there', () => {
    const scope = lazily(text);
    const child = Object.create(scope) as HttpScope;
    child.headers = other;
    expect(child.headers).toBe(other);
    expect(Object.keys(child)).toEqual(['headers']);
    expect(read(scope)).toEqual(expected);
  });

  test('it can be deleted, and not be replaced in a frozen scope', () => {
    const scope = lazily(text);
    delete (scope as Partial<HttpScope>).headers;
    expect('headers' in scope).toBe(false);
    const frozen = Object.freeze(lazily(text));
    expect(() => { (frozen as { headers: unknown }).headers = other; }).toThrow(TypeError);
    expect(read(frozen)).toEqual(expected);
  });

  test('it can be read when the request is long over', () => {
    const connection = new Connection({ role: 'server' });
    const exchange = (): HttpScope => {
      connection.receiveData(latin1Bytes(text));
      const request = connection.nextEvent() as Request;
      const scope = buildHttpScope({ request, facts, state: undefined, extensions }, true);
      connection.nextEvent();
      answer(connection);
      return scope;
    };
    while (!isLazy(exchange()));
    const scopes = Array.from({ length: 8 }, exchange);
    expect(scopes.every(isLazy)).toBe(true);
    for (const scope of scopes) expect(read(scope)).toEqual(expected);
  });

  test('an application that looks is given plain data the next time', () => {
    expect(read(lazily(text))).toEqual(expected);
    expect(isLazy(build(text, true))).toBe(false);
  });
});
