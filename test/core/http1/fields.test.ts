import { describe, expect, test } from 'vitest';
import { Connection } from '../../../src/core/http1/connection.ts';
import type { Request } from '../../../src/core/http1/events.ts';

const octets = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

function read(...lines: string[]): Request {
  const connection = new Connection({ role: 'server' });
  connection.receiveData(octets(`GET /a HTTP/1.1\r\nHost: h\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`));
  return connection.nextEvent() as Request;
}

describe('received fields', () => {
  test('RFC9110-5.3-1 get joins the lines of one name with comma and space', () => {
    const { headers } = read('X-A: 1', 'Other: -', 'x-a: 2', 'X-A:');
    expect(headers.get('x-a')).toBe('1, 2, ');
    expect(headers.getAll('x-a')).toEqual(['1', '2', '']);
    expect(headers.get('x-b')).toBeUndefined();
    expect(headers.getAll('x-b')).toEqual([]);
    expect([headers.has('x-a'), headers.has('x-aa'), headers.has('x-')]).toEqual([true, false, false]);
  });

  test('a name that differs in a bit that case does not own is another name', () => {
    // "[" is 0x5B and "{" is 0x7B: one bit apart, as letters of either case are. "^" and "~" are tokens.
    const { headers } = read('X^: 1', 'X~: 2');
    expect(headers.getAll('x^')).toEqual(['1']);
    expect(headers.getAll('x~')).toEqual(['2']);
  });

  test('iteration gives names and values as received', () => {
    expect([...read('X-ÿ'.slice(0, 2) + 'Z:  caf\xe9 ').headers]).toEqual([['Host', 'h'], ['X-Z', 'caf\xe9']]);
  });

  test('the octets of a head are a copy, in which its parts begin where their spans say', () => {
    const connection = new Connection({ role: 'server' });
    connection.receiveData(octets('\r\nGET /a HTTP/1.1\r\nHost: h\r\nX-Z:  caf\xe9 \r\n\r\nGET /b'));
    const request = connection.nextEvent() as Request;
    const copy = request.octets();
    expect([...copy]).toEqual([...octets('GET /a HTTP/1.1\r\nHost: h\r\nX-Z:  caf\xe9 \r\n\r\n')]);
    const part = ([start, end]: readonly [number, number]): string => String.fromCharCode(...copy.subarray(start - request.span[0], end - request.span[0]));
    expect([part(request.targetSpan), part(request.headers.nameSpan(1)), part(request.headers.valueSpan(1))]).toEqual(['/a', 'X-Z', 'caf\xe9']);
    copy.fill(0);
    expect([request.target, request.headers.value(1), request.octets()[0]]).toEqual(['/a', 'caf\xe9', 0x47]);
  });

  test('an index that is not there is an error, not another line', () => {
    const { headers } = read();
    expect(() => headers.value(1)).toThrow(RangeError);
    expect(() => headers.name(-1)).toThrow(RangeError);
  });

  test('a thousand fields, with a limit that allows them', () => {
    const connection = new Connection({ role: 'server', limits: { maxFields: 1001 } });
    const names = Array.from({ length: 1000 }, (_, i) => `X-${i}`);
    connection.receiveData(octets(`GET / HTTP/1.1\r\nHost: h\r\n${names.map((name) => `${name}: v${name}\r\n`).join('')}\r\n`));
    const { headers } = connection.nextEvent() as Request;
    expect(headers.length).toBe(1001);
    expect(names.filter((name) => headers.get(name.toLowerCase()) !== `v${name}`)).toEqual([]);
  });
});
