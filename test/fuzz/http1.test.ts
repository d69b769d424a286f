import { expect, test } from 'vitest';
import { check, fuzz, readCorpus } from './http1.ts';
import { seededRandom } from '../helpers/cuts.ts';

test('every seed of the corpus keeps the invariants', () => {
  const corpus = readCorpus();
  expect(corpus.length).toBeGreaterThan(10);
  const random = seededRandom(1);
  for (const { role, bytes } of corpus) expect(check(random, bytes, role).length).toBeGreaterThan(0);
});

test('a short run finds nothing (`npm run fuzz -- --minutes 10` for long ones)', () => {
  // The seed is in the message of a failure.
  const { runs, shapes, errors } = fuzz({ seed: 20_261_121, runs: 3000, seconds: 60 });
  expect(runs).toBe(3000);
  // It must reach more than the front door.
  expect(shapes).toBeGreaterThan(100);
  expect(errors.size).toBeGreaterThan(30);
}, 120_000);
