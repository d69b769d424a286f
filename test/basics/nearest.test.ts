import { expect, test } from 'vitest';
import { nearest } from '../../src/basics/nearest.ts';

const flags = ['bind', 'workers', 'worker-class', 'keep-alive', 'timeout', 'graceful-timeout'];

test.each([
  ['wrokers', 'workers'], ['WORKERS', 'workers'], ['keepalive', 'keep-alive'], ['timout', 'timeout'], ['bnd', 'bind'],
  // The beginning of a name stands for it.
  ['work', 'workers'], ['gracefultimeout', 'graceful-timeout'],
  ['colour', undefined], ['', undefined],
])('%s: did you mean %s?', (word, meant) => {
  expect(nearest(word, flags)).toBe(meant);
});

test('of two that begin alike, the one with less left over', () => {
  expect(nearest('porthole/frameworks/flask', ['porthole', 'porthole/wsgi', 'porthole/frameworks/flasklike', 'porthole/frameworks/fastapilike'])).toBe('porthole/frameworks/flasklike');
});

test('what is no slip is not measured: hundreds of characters', () => {
  const long = 'x'.repeat(101);
  expect(nearest(long, [long])).toBeUndefined();
});
