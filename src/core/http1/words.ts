/**
 * Questions about four octets at once, held in a 32-bit integer as `DataView.getInt32(i, true)` reads them: the first octet lowest.
 *
 * Each answer is a mask with the high bit of an octet set where the octet is *not* of the class. The lowest such bit is exact; above it there may be false
 * alarms, because what an octet borrows or carries goes to its upper neighbours. So: zero means that all four are of the class, and
 * {@link firstOf} finds the first that is not.
 */

/** Neither of 0x20 to 0x7E: what ends a run of plain value octets. (HTAB and obs-text end it too, although a value may hold them.) */
export const notPlain = (word: number): number => ((word - 0x20202020) | (word + 0x01010101) | word) & 0x80808080;

/** Neither of 0x21 to 0x7E without `#`: what ends a request target. */
export const notTarget = (word: number): number => {
  const hash = word ^ 0x23232323;
  return ((word - 0x21212121) | (word + 0x01010101) | word | ((hash - 0x01010101) & ~hash)) & 0x80808080;
};

/** Neither a letter nor `-`: what ends most field names. (Exact for all four octets: nothing is borrowed or carried here.) */
export const notNameLike = (word: number): number => {
  const low = word & 0x7f7f7f7f;
  // Lower case, with the high bit set so that the subtraction borrows from nobody.
  const lower = low | 0x20202020;
  const letter = ((lower | 0x80808080) - 0x61616161) & ~(lower + 0x05050505);
  const hyphen = ~((low ^ 0x2d2d2d2d) + 0x7f7f7f7f);
  return (~(letter | hyphen) | word) & 0x80808080;
};

/** Number of octets before the first one that a mask marks. The mask is not zero. */
export const firstOf = (mask: number): number => (31 - Math.clz32(mask & -mask)) >> 3;

/**
 * Index of the first octet from `i` on that is not plain ({@link notPlain}): sixteen at a time, then four. At least `stop` where all are plain up to there; may look
 * fifteen octets further than `stop`.
 */
export function skipPlain(view: DataView, from: number, stop: number): number {
  let i = from;
  while (i < stop) {
    const a = view.getInt32(i, true);
    const b = view.getInt32(i + 4, true);
    const c = view.getInt32(i + 8, true);
    const d = view.getInt32(i + 12, true);
    if (
      (((a - 0x20202020) | (a + 0x01010101) | a | (b - 0x20202020) | (b + 0x01010101) | b | (c - 0x20202020) | (c + 0x01010101) | c | (d - 0x20202020) | (d + 0x01010101) | d) &
        0x80808080) !== 0
    ) {
      const mask = notPlain(a);
      if (mask !== 0) return i + firstOf(mask);
      const next = notPlain(b);
      if (next !== 0) return i + 4 + firstOf(next);
      const third = notPlain(c);
      return third !== 0 ? i + 8 + firstOf(third) : i + 12 + firstOf(notPlain(d));
    }
    i += 16;
  }
  return i;
}
