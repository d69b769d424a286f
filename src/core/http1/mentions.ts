import type { Fields } from './headers.ts';
import { knownLowerNames } from './known-names.ts';

/** Questions so far. There are a few, asked by modules. */
let questions = 0;

/**
 * A question that is asked of every request: is there a field of one of these names (in lower case)? One look at each line, mostly
 * at its number alone; none where the same lines have come before.
 */
export function mentionsAny(...names: readonly string[]): (fields: Fields) => boolean {
  const bit = 1 << questions;
  questions += 1;
  if (questions > 32) throw new Error('more questions than bits');
  const wanted = new Set(names);
  const byNumber = knownLowerNames.map((name) => wanted.has(name));
  const look = (fields: Fields): boolean => {
    for (let i = 0; i < fields.length; i += 1) {
      const number = fields.nameNumber(i);
      if (number > 0 ? byNumber[number] : wanted.has(fields.lowerName(i))) return true;
    }
    return false;
  };
  return (fields) => {
    const { notes } = fields;
    if (notes === undefined) return look(fields);
    if ((notes.asked & bit) === 0) {
      notes.asked |= bit;
      if (look(fields)) notes.found |= bit;
    }
    return (notes.found & bit) !== 0;
  };
}
