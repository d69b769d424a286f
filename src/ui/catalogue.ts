import { exampleSnippet, examples, findExample } from '../examples/index.ts';
import type { Examples } from './session.ts';

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
export const catalogue: readonly CatalogueEntry[] = examples.map(({ id, title, group, lesson }) => ({ name: id, title, group, lesson }));

/** The catalogue as the session asks for it. */
export const builtInExamples: Examples = {
  first: 'hello-wsgi',
  load: (name) => {
    const found = findExample(name);
    return Promise.resolve(found && exampleSnippet(found));
  },
};
