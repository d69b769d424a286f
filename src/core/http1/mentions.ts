import type { Fields } from './headers.ts';
import { knownLowerNames } from './known-names.ts';

/**
 * A question that is asked of every request: is there a field of one of these names (in lower case)? One look at each line, mostly
 * at its number alone.
 */
export function mentionsAny(...names: readonly string[]): (fields: Fields) => boolean {
  const wanted = new Set(names);
  const byNumber = knownLowerNames.map((name) => wanted.has(name));
  return (fields) => {
    for (let i = 0; i < fields.length; i += 1) {
      const number = fields.nameNumber(i);
      if (number > 0 ? byNumber[number] : wanted.has(fields.lowerName(i))) return true;
    }
    return false;
  };
}
