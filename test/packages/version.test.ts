import { describe, expect, test } from 'vitest';
import { allowsPre, compareVersions, isPre, parseVersion, satisfies } from '../../src/packages/version.ts';

const version = (text: string) => parseVersion(text)!;

test('the order of PEP 440', () => {
  const ordered = ['1.dev0', '1.0.dev456', '1.0a1', '1.0a2.dev456', '1.0a12.dev456', '1.0a12', '1.0b1.dev456', '1.0b2', '1.0b2.post345.dev456', '1.0b2.post345', '1.0rc1.dev456', '1.0rc1', '1.0', '1.0.post456.dev34', '1.0.post456', '1.0.15', '1.1.dev1', '1.10', '2', '1!0.1'];
  const shuffled = ordered.toSorted((a, b) => (a < b ? -1 : 1));
  expect(shuffled.toSorted((a, b) => compareVersions(version(a), version(b)))).toEqual(ordered);
});

test.each([['1.0', '1.0.0'], ['1.0-1', '1.0.post1'], ['v1.0RC2', '1.0rc2'], ['1.0.alpha', '1.0a0'], ['1.0+ubuntu.1', '1.0']])('%s is %s', (a, b) => {
  expect(compareVersions(version(a), version(b))).toBe(0);
});

test.each(['', 'abc', '1.0-x', '1..0', '1.0.'])('%j is no version', (text) => {
  expect(parseVersion(text)).toBeUndefined();
});

describe('a specifier', () => {
  test.each([
    ['2.3.4', '', true], ['2.3.4', '>=2,<3', true], ['3.0', '>=2,<3', false], ['2.3.4', '==2.3.*', true], ['2.30', '==2.3.*', false], ['2.3.4', '!=2.3.*', false],
    ['2.3.4', '~=2.3', true], ['3.0', '~=2.3', false], ['2.4', '~=2.3.1', false], ['2.3.9', '~=2.3.1', true], ['3.0rc1', '<3', false], ['3.0rc1', '<3.0rc2', true],
    ['2.0.post1', '>2', false], ['2.1', '>2', true], ['1.0', '===1.0', true], ['1.0.0', '===1.0', false], ['2.0', '<= 2.0', true],
  ])('%s satisfies %j: %s', (text, specifier, expected) => {
    expect(satisfies(version(text), specifier)).toBe(expected);
  });

  test.each(['2', '>=', '=>2', '>=x'])('%j is none', (specifier) => {
    expect(() => satisfies(version('1'), specifier)).toThrow(SyntaxError);
  });

  test('pre-releases only where one is named', () => {
    expect([isPre(version('1.0rc1')), isPre(version('1.0.dev1')), isPre(version('1.0.post1'))]).toEqual([true, true, false]);
    expect([allowsPre('>=1.0rc1'), allowsPre('>=1.0,<2'), allowsPre('==1.*')]).toEqual([true, false, false]);
  });
});
