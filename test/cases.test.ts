import { describe, expect, test } from 'vitest';
import { readCases } from './helpers/cases.ts';
import { everyCut } from './helpers/cuts.ts';
import { inputLength, isExpectation, replay } from './helpers/replay.ts';

/** Every case of `test/cases/http1`, whole, octet by octet, at every two-way cut and at seeded random cuts: one outcome. */
const cases = readCases(new URL('./cases/http1/', import.meta.url));
const seed = 9112;

test('there are cases', () => {
  expect(cases.length).toBeGreaterThan(150);
  const titles = cases.map(({ file, title }) => `${file}: ${title}`);
  expect(titles.filter((title, i) => titles.indexOf(title) !== i)).toEqual([]);
});

describe.each([...new Set(cases.map(({ file }) => file))])('%s', (file) => {
  for (const one of cases.filter((other) => other.file === file)) {
    test(`${one.title} (line ${one.line})`, () => {
      const expected = one.steps.filter(isExpectation).map(({ text }) => text);
      for (const { name, cuts } of everyCut(inputLength(one), seed)) {
        expect(replay(one, cuts), name).toEqual(expected);
      }
    });
  }
});
