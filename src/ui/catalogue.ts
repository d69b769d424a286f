import { load, menu } from 'virtual:porthole-examples';
import type { Examples } from '../playground/session.ts';

/** One entry of the Example menu. */
export interface CatalogueEntry {
  /** Names it in links: `#ex=name`. */
  readonly name: string;
  readonly title: string;
  /** Heading that it stands under. */
  readonly group: string;
  /** What there is to be learned, in a sentence. */
  readonly lesson: string;
}

/** The menu, in its order. */
export const catalogue: readonly CatalogueEntry[] = menu;

/** The catalogue as the session asks for it. */
export const builtInExamples: Examples = {
  first: menu[0]!.name,
  load: (name) => (Object.hasOwn(load, name) ? load[name]!() : Promise.resolve(undefined)),
};
