import { expect, test } from 'vitest';
import { seededRandom } from '../helpers/cuts.ts';
import { http1 } from './http1.ts';
import { fuzz, type Target } from './target.ts';
import { websocket } from './websocket.ts';

function everySeed<Kind extends string>(target: Target<Kind>): void {
  const corpus = target.corpus();
  expect(corpus.length).toBeGreaterThan(10);
  const random = seededRandom(1);
  // Several times each: limits and agreements are chosen at random.
  for (const { kind, bytes } of corpus) for (let i = 0; i < 16; i += 1) expect(target.check(random, bytes, kind).length).toBeGreaterThan(0);
}

test('http1: every seed of the corpus keeps the invariants', () => everySeed(http1));
test('websocket: every seed of the corpus keeps the invariants', () => everySeed(websocket));

// `npm run fuzz -- --minutes 10` for long runs. The seed is in the message of a failure.
test('http1: a short run finds nothing', () => {
  const { runs, shapes, errors } = fuzz(http1, { seed: 20_261_121, runs: 3000, seconds: 60 });
  expect(runs).toBe(3000);
  // It must reach more than the front door.
  expect(shapes).toBeGreaterThan(100);
  expect(errors.size).toBeGreaterThan(30);
}, 120_000);

test('websocket: a short run finds nothing', () => {
  const { runs, shapes, errors } = fuzz(websocket, { seed: 20_261_128, runs: 3000, seconds: 60 });
  expect(runs).toBe(3000);
  expect(shapes).toBeGreaterThan(100);
  expect(errors.size).toBeGreaterThan(20);
}, 120_000);
