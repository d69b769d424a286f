/**
 * Ways to cut an input: a parser's answer must not depend on them.
 */

/** Offsets at which an input is cut, rising, within (0, length). */
export type Cuts = readonly number[];

/** mulberry32: small, seeded, good enough to choose cuts. The seed is printed by whoever reports a failure. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The pieces of `input` between the cuts. */
export function* pieces(input: Uint8Array, cuts: Cuts): Generator<Uint8Array> {
  let from = 0;
  for (const to of [...cuts, input.length]) {
    // A copy in a buffer of its own, wiped when the consumer is done with it: whoever keeps a borrowed view is found out.
    const piece = input.slice(from, to);
    yield piece;
    piece.fill(0xee);
    from = to;
  }
}

const range = (from: number, to: number): number[] => Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);

/** Random cuts: each octet boundary is one with a chance that is itself random, so that both long and short pieces come up. */
export function randomCuts(length: number, random: () => number): Cuts {
  const chance = random() ** 2;
  return range(1, length).filter(() => random() < chance);
}

/**
 * Whole; octet by octet; every two-way cut (for long inputs: a seeded sample of 256); `samples` random ones.
 * Each with a name for the failure message.
 */
export function* everyCut(length: number, seed: number, samples = 16): Generator<{ readonly name: string; readonly cuts: Cuts }> {
  yield { name: 'whole', cuts: [] };
  yield { name: 'octet by octet', cuts: range(1, length) };
  const random = seededRandom(seed);
  const two = length <= 1500 ? range(1, length) : range(0, 256).map(() => 1 + Math.floor(random() * (length - 1)));
  for (const at of two) yield { name: `cut at ${at}`, cuts: [at] };
  for (let i = 0; i < samples; i += 1) {
    const cuts = randomCuts(length, random);
    yield { name: `seed ${seed}, sample ${i}: cuts ${cuts.slice(0, 40).join(',')}`, cuts };
  }
}
