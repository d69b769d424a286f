import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { knownLength, knownNames, recognise } from '../../../src/core/http1/known-names.ts';
import { isPlainHost } from '../../../src/core/http1/plain-lines.ts';
import { validAuthority } from '../../../src/core/http1/target.ts';

/** `text` in the midst of other octets, as it lies in a slab. */
function view(text: string): { readonly view: DataView; readonly at: number; readonly end: number } {
  const around = 'x'.repeat(48);
  const bytes = Uint8Array.from(around + text + around, (character) => character.charCodeAt(0));
  return { view: new DataView(bytes.buffer), at: around.length, end: around.length + text.length };
}

const numberOf = (line: string): number => {
  const { view: octets, at } = view(line);
  return recognise(octets, at);
};

describe('names that are known', () => {
  test('are recognised before a colon, whatever follows', () => {
    for (const [number, name] of knownNames.entries()) {
      if (number === 0) continue;
      expect([name, numberOf(`${name}:`), numberOf(`${name}: ${name}:`), knownLength(number)]).toEqual([name, number, number, name.length]);
    }
  });

  test('are no others: one octet changed, left out or put in makes another name', () => {
    for (const name of knownNames.slice(1)) {
      const others = [`${name} `, `x${name}`, `${name}x`, name.slice(0, -1), name.slice(1), name.toUpperCase()];
      for (let i = 0; i < name.length; i += 1) {
        for (const octet of ['-', 'x', ':', '\0', '\xff', name[i]!.toUpperCase(), name[i]!.toLowerCase()]) others.push(name.slice(0, i) + octet + name.slice(i + 1));
        others.push(name.slice(0, i) + name.slice(i + 1), `${name.slice(0, i)}-${name.slice(i)}`);
      }
      // A colon ends the name; and what has become another known name is that one.
      for (const other of others) expect([other, numberOf(`${other}: 1`)]).toEqual([other, Math.max(0, knownNames.indexOf(other.split(':')[0]!))]);
    }
  });
});

describe('a plain host', () => {
  const plain = (text: string): boolean => {
    const { view: octets, at, end } = view(text);
    return isPlainHost(octets, at, end);
  };

  test('is what nearly everybody sends', () => {
    for (const host of ['localhost', 'localhost:8080', 'h', 'h1.example.org', 'example.org:65535', '127.0.0.1:1', 'a-b', 'abcd:80', 'abcdefgh']) expect([host, plain(host)]).toEqual([host, true]);
    for (const host of ['', ':80', 'h:65536', 'h:8o', 'h:123456', 'a b', 'abc/', '[::1]', 'user@h', 'h:-1', 'abcd\xff']) expect([host, plain(host)]).toEqual([host, false]);
  });

  test('is valid by the slow road too', () => {
    const host = fc.string({ unit: fc.constantFrom(...'ab-1.:0589/@[]%_ \t\0\x7f\xffZ'), maxLength: 14 });
    fc.assert(fc.property(host, (text) => !plain(text) || validAuthority(text) !== 'invalid'), { numRuns: 5000 });
  });
});
