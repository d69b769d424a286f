/**
 * "Did you mean …?": the nearest of some known names.
 */

/** Edits (insert, delete, replace, swap neighbours) that turn `a` into `b`: optimal string alignment. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      let best = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, before[j - 2]! + 1);
      row.push(best);
    }
    before = above;
    above = row;
  }
  return above[b.length]!;
}

/**
 * The candidate nearest to `word`, case apart, if it is near enough to be a slip: at most a third of it is wrong, or one of the two begins the other. That counts as one
 * edit; of several such, the one with less left over is meant.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Infinity;
  let leastApart = Infinity;
  for (const candidate of candidates) {
    // A name of hundreds of characters is not a slip, and the distance would cost its square.
    if (candidate.length > 100 || word.length > 100) continue;
    const [a, b] = [word.toLowerCase(), candidate.toLowerCase()];
    const apart = distance(a, b);
    const begun = Math.min(a.length, b.length) >= 4 && (a.startsWith(b) || b.startsWith(a));
    const edits = begun ? Math.min(1, apart) : apart;
    if (edits > Math.max(1, Math.floor(candidate.length / 3)) || edits > least || (edits === least && apart >= leastApart)) continue;
    best = candidate;
    least = edits;
    leastApart = apart;
  }
  return best;
}
