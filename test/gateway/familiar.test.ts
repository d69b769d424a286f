import { describe, expect, test } from 'vitest';
import { familiarField, remember } from '../../src/gateway/asgi/familiar.ts';
import { readHeaders } from '../../src/gateway/asgi/messages.ts';

const octets = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
const headers = (...pairs: readonly (readonly [string, string])[]): [Uint8Array, Uint8Array][] => pairs.map(([name, value]) => [octets(name), octets(value)]);
const read = (...pairs: readonly (readonly [string, string])[]): unknown => readHeaders(headers(...pairs), undefined, { soft: (violation) => { throw violation; } });

describe('header fields that come again', () => {
  test('are what they are now, whatever they were before', () => {
    for (const value of ['1', '', '1', '12', '21', 'caf\xe9', '1'.repeat(500), '1']) {
      for (let again = 0; again < 2; again += 1) expect(read(['x-familiar', value], ['x-other', value])).toEqual([['x-familiar', value], ['x-other', value]]);
    }
  });

  test('keep to themselves what an application writes into its arrays afterwards', () => {
    const own = headers(['x-own', 'one']);
    const first = readHeaders(own, undefined, { soft: () => {} });
    own[0]![1].set(octets('two'));
    expect(readHeaders(own, undefined, { soft: () => {} })).toEqual([['x-own', 'two']]);
    own[0]![0].set(octets('X-OWN'));
    expect(() => readHeaders(own, undefined, { soft: (violation) => { throw violation; } })).toThrow('not in lower case');
    expect(first).toEqual([['x-own', 'one']]);
  });

  test('ASGI-start-3: are looked at as closely as the first time', () => {
    expect(read(['x-checked', 'fine'])).toEqual([['x-checked', 'fine']]);
    for (const bad of ['a\r\nb: c', 'fin\0', 'fine\n', '\x7f']) expect(() => read(['x-checked', bad])).toThrow('control character');
    expect(read(['x-checked', 'fine'])).toEqual([['x-checked', 'fine']]);
    for (const bad of ['x-checke ', 'x-checke\xe4', ' -checked']) expect(() => read([bad, 'fine'])).toThrow('not a field name');
  });

  test('all of them, are the list that was given the last time', () => {
    const again = ['content-type', 'text/plain'] as const;
    read(again, ['x-list', '1']);
    const list = read(again, ['x-list', '1']);
    for (let i = 0; i < 3; i += 1) expect(read(again, ['x-list', '1'])).toBe(list);
    // Whatever the iterable is.
    expect(readHeaders(new Map([[octets('content-type'), octets('text/plain')], [octets('x-list'), octets('1')]]), undefined, { soft: () => {} })).toBe(list);
    for (const other of [[again], [again, ['x-list', '2']], [again, ['x-lisu', '1']], [again, ['x-list', '1'], ['x-list', '1']], [['x-list', '1'], again], []] as (readonly [string, string])[][]) {
      expect(read(...other)).toEqual(other);
      expect(read(again, ['x-list', '1'])).toEqual(list);
    }
    expect(list).toEqual([again, ['x-list', '1']]);
  });

  test('ASGI-start-3: all of them, are refused for what is no pair of byte strings now', () => {
    const good = headers(['content-type', 'text/plain'], ['x-list', '1']);
    for (let i = 0; i < 3; i += 1) readHeaders(good, undefined, { soft: () => {} });
    for (const bad of [[good[0], [...good[1]!, octets('')]], [good[0], [good[1]![0]]], [good[0], [good[1]![0], '1']], [good[0], [good[1]![0], [0x31]]], [good[0], new Uint8Array(2)], [good[0], undefined]]) {
      expect(() => readHeaders(bad, undefined, { soft: () => {} })).toThrow('not a pair');
      expect(readHeaders(good, undefined, { soft: () => {} })).toEqual([['content-type', 'text/plain'], ['x-list', '1']]);
    }
  });

  test('ASGI-start-3: a name that is not in lower case is told of each time', () => {
    for (let i = 0; i < 4; i += 1) expect(() => read(['content-type', 'text/plain'], ['X-Upper', '1'])).toThrow('not in lower case');
  });

  test('of names that are kept in the same place are told apart', () => {
    // Same length, first and last letter.
    remember('x-abc-z');
    expect(familiarField(octets('x-abc-z'), octets('1'))).toEqual(['x-abc-z', '1']);
    expect(familiarField(octets('x-cba-z'), octets('1'))).toBeUndefined();
    remember('x-cba-z');
    expect(familiarField(octets('x-cba-z'), octets('2'))).toEqual(['x-cba-z', '2']);
    expect(familiarField(octets('x-abc-z'), octets('1'))).toBeUndefined();
    expect(read(['x-abc-z', '1'], ['x-cba-z', '2'], ['x-abc-z', '3'])).toEqual([['x-abc-z', '1'], ['x-cba-z', '2'], ['x-abc-z', '3']]);
    expect(familiarField(octets(''), octets('1'))).toBeUndefined();
  });
});
