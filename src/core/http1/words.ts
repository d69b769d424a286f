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
