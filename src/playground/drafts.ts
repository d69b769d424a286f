/**
 * Nothing that a visitor typed is lost: the page keeps drafts, newest first. A draft is what was in the editor at one
 * time, together with where it came from. Editing on updates the newest draft; turning to something else begins a new one.
 *
 * Pure: what storage is, and what time it is, is told from outside.
 */
import { SnippetError } from '../snippet/errors.ts';
import { parseSnippet } from '../snippet/parse.ts';
import type { Snippet } from '../snippet/schema.ts';
import type { Origin, Work } from './state.ts';

/** A place for strings: localStorage in the page, a Map in tests. May throw (private windows, embedded frames, quota). */
export interface DraftStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

export interface Draft {
  /** Names the draft among its siblings. */
  readonly id: string;
  /** ms since 1970-01-01 UTC of the last change. */
  readonly savedAt: number;
  readonly work: Work;
}

/** Newest first. */
export type Drafts = readonly Draft[];

/** How many drafts are kept, and how many UTF-16 units all of them may take. Storage of an origin is about 5 million. */
export const draftLimits = { count: 30, chars: 2_000_000 } as const;

const storageKey = 'porthole.drafts';
const storageVersion = 1;

/** Does anything that a person wrote differ? What is being looked at does not count, nor what a run has found out about packages. */
export function sameContent(a: Snippet, b: Snippet): boolean {
  const { view: _a, engine: _e, packages: _p, ...left } = a;
  const { view: _b, engine: _f, packages: _q, ...right } = b;
  return canonical(left) === canonical(right);
}

/** JSON with sorted members; the order of files is kept, it is the order of the tabs. */
function canonical(value: object): string {
  return JSON.stringify(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** Keep `work` as the draft `id`. The same id is updated and becomes the newest; a draft with the same content gives way. */
export function keep(drafts: Drafts, id: string, work: Work, savedAt: number): Drafts {
  const others = drafts.filter((draft) => draft.id !== id && !sameContent(draft.work.snippet, work.snippet));
  const kept: Draft[] = [];
  let chars = 0;
  for (const draft of [{ id, savedAt, work }, ...others]) {
    chars += JSON.stringify(draft).length;
    if (kept.length > 0 && (kept.length >= draftLimits.count || chars > draftLimits.chars)) break;
    kept.push(draft);
  }
  return kept;
}

/** Forget one draft. */
export const discard = (drafts: Drafts, id: string): Drafts => drafts.filter((draft) => draft.id !== id);

/** A draft that holds exactly this, if there is one. */
export const findContent = (drafts: Drafts, snippet: Snippet): Draft | undefined => drafts.find((draft) => sameContent(draft.work.snippet, snippet));

/** Read what {@link store} wrote. Anything that does not parse is left out; unreadable storage is an empty history. */
export function load(storage: DraftStorage): Drafts {
  let value: unknown;
  try {
    value = JSON.parse(storage.getItem(storageKey) ?? 'null');
  } catch {
    return [];
  }
  if (typeof value !== 'object' || value === null || !('v' in value) || value.v !== storageVersion || !('drafts' in value) || !Array.isArray(value.drafts)) return [];
  return value.drafts.flatMap((entry: unknown) => readDraft(entry) ?? []);
}

function readDraft(value: unknown): Draft | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, savedAt, snippet, origin, trusted } = value as Record<string, unknown>;
  if (typeof id !== 'string' || typeof savedAt !== 'number') return undefined;
  try {
    return { id, savedAt, work: { snippet: parseSnippet(snippet), origin: readOrigin(origin), trusted: trusted === true } };
  } catch (error) {
    if (error instanceof SnippetError) return undefined;
    throw error;
  }
}

function readOrigin(value: unknown): Origin {
  if (typeof value === 'object' && value !== null && 'kind' in value) {
    if (value.kind === 'example' && 'name' in value && typeof value.name === 'string') return { kind: 'example', name: value.name };
    if (value.kind === 'link') return { kind: 'link' };
  }
  return { kind: 'draft' };
}

/** Write the history. False where it could not be kept at all (no storage, quota): the visitor must be told. */
export function store(storage: DraftStorage, drafts: Drafts): boolean {
  // Where space is short, older drafts give way to the newest.
  for (let count = drafts.length; count > 0; count = Math.floor(count / 2)) {
    const entries = drafts.slice(0, count).map(({ id, savedAt, work }) => ({ id, savedAt, origin: work.origin, trusted: work.trusted, snippet: work.snippet }));
    try {
      storage.setItem(storageKey, JSON.stringify({ v: storageVersion, drafts: entries }));
      return true;
    } catch {
      continue;
    }
  }
  return drafts.length === 0;
}
