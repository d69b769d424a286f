import { signal, type ReadonlySignal } from '@preact/signals';
import { load, menu } from 'virtual:porthole-examples';
import type { Examples } from '../playground/session.ts';
import type { Snippet } from '../snippet/schema.ts';

/** One entry of the Example menu. */
export interface CatalogueEntry {
  /** Names it in links: `#ex=name`. */
  readonly name: string;
  readonly title: string;
  /** Heading that it stands under. */
  readonly group: string;
}

/** The menu, in its order. */
export const catalogue: readonly CatalogueEntry[] = menu;

const known = signal<Readonly<Record<string, string>>>({});

/** What there is to be learned from the examples that have been fetched so far, in a sentence each, by name. */
export const lessons: ReadonlySignal<Readonly<Record<string, string>>> = known;

async function fetchExample(name: string): Promise<Snippet | undefined> {
  if (!Object.hasOwn(load, name)) return undefined;
  const { snippet, lesson } = await load[name]!();
  known.value = { ...known.value, [name]: lesson };
  return snippet;
}

/** The catalogue as the session asks for it. */
export const builtInExamples: Examples = { first: menu[0]!.name, load: fetchExample };
