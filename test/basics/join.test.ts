import { expect, test } from 'vitest';
import { joinOctets } from '../../src/basics/join.ts';

test('in order, and always a fresh array', () => {
  const one = Uint8Array.of(1, 2);
  expect(joinOctets([one, new Uint8Array(0), Uint8Array.of(3)])).toEqual(Uint8Array.of(1, 2, 3));
  expect(joinOctets([])).toEqual(new Uint8Array(0));
  const copy = joinOctets([one]);
  copy[0] = 9;
  expect(one[0]).toBe(1);
});
