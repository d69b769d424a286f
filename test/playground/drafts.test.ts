import { describe, expect, test } from 'vitest';
import { discard, draftLimits, findContent, keep, load, sameContent, store, type Drafts, type DraftStorage } from '../../src/playground/drafts.ts';
import type { Work } from '../../src/playground/state.ts';
import { snippet } from './traces.ts';

const work = (text: string): Work => ({ snippet: { ...snippet, files: { 'app.ts': text } }, origin: { kind: 'draft' }, trusted: true });
const texts = (drafts: Drafts): (string | undefined)[] => drafts.map((draft) => draft.work.snippet.files['app.ts']);

/** Storage that takes at most so many characters. */
function memory(room = Infinity): DraftStorage & { readonly map: Map<string, string> } {
  const map = new Map<string, string>();
  return {
    map,
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => {
      if (value.length > room) throw new Error('QuotaExceededError');
      map.set(key, value);
    },
  };
}

describe('the history of drafts', () => {
  test('editing on updates the newest; something else comes before it', () => {
    let drafts: Drafts = [];
    drafts = keep(drafts, 'a', work('1'), 1);
    drafts = keep(drafts, 'a', work('12'), 2);
    drafts = keep(drafts, 'b', work('other'), 3);
    expect(texts(drafts)).toEqual(['other', '12']);
    expect(texts(keep(drafts, 'a', work('123'), 4))).toEqual(['123', 'other']);
  });

  test('the same content is kept once', () => {
    const drafts = keep(keep([], 'a', work('same'), 1), 'b', work('same'), 2);
    expect(drafts.map((draft) => draft.id)).toEqual(['b']);
  });

  test('is bounded in number and size, the newest always staying', () => {
    let drafts: Drafts = [];
    for (let i = 0; i < draftLimits.count + 10; i++) drafts = keep(drafts, String(i), work(`text ${i}`), i);
    expect(drafts).toHaveLength(draftLimits.count);
    const huge = keep(drafts, 'huge', work('x'.repeat(draftLimits.chars + 1)), 99);
    expect(huge.map((draft) => draft.id)).toEqual(['huge']);
  });

  test('what is looked at, and by which version, is not content', () => {
    expect(sameContent(snippet, { ...snippet, view: { traceTab: 'wire' }, engine: '9.9.9' })).toBe(true);
    expect(sameContent(snippet, { ...snippet, title: 'x' })).toBe(false);
    // The order of files is the order of the tabs.
    expect(sameContent({ ...snippet, files: { a: '', b: '' } }, { ...snippet, files: { b: '', a: '' } })).toBe(false);
  });
});

describe('storage', () => {
  test('what was stored is loaded, trust and origin included', () => {
    const storage = memory();
    const foreign: Work = { snippet: snippet, origin: { kind: 'link' }, trusted: false };
    const example: Work = { ...work('e'), origin: { kind: 'example', name: 'environ' } };
    const drafts = keep(keep([], 'a', foreign, 1), 'b', example, 2);
    expect(store(storage, drafts)).toBe(true);
    expect(load(storage)).toEqual(drafts);
    expect(findContent(load(storage), snippet)?.work.trusted).toBe(false);
    expect(discard(load(storage), 'a').map((draft) => draft.id)).toEqual(['b']);
  });

  test.each(['', 'nonsense', '{}', '{"v":1}', '{"v":99,"drafts":[]}', '{"v":1,"drafts":[null,1,{"id":"x","savedAt":1,"snippet":{"v":1}}]}'])('unreadable storage (%j) is an empty history', (text) => {
    const storage = memory();
    storage.map.set('porthole.drafts', text);
    expect(load(storage)).toEqual([]);
  });

  test('one draft that cannot be read does not cost the others', () => {
    const storage = memory();
    store(storage, keep([], 'a', work('good'), 1));
    const value = JSON.parse(storage.map.get('porthole.drafts') ?? '') as { drafts: unknown[] };
    storage.map.set('porthole.drafts', JSON.stringify({ ...value, drafts: [{ broken: true }, ...value.drafts] }));
    expect(texts(load(storage))).toEqual(['good']);
  });

  test('where space is short the newest is what stays; where there is none, that is said', () => {
    let drafts: Drafts = [];
    for (let i = 0; i < 8; i++) drafts = keep(drafts, String(i), work(`${i}`.repeat(1000)), i);
    const small = memory(2000);
    expect(store(small, drafts)).toBe(true);
    expect(load(small).map((draft) => draft.id)).toEqual(['7']);
    expect(store(memory(10), drafts)).toBe(false);
  });

  test('storage that throws when it is read (a frame without rights) is empty', () => {
    expect(load({ getItem: () => { throw new Error('SecurityError'); }, setItem: () => {} })).toEqual([]);
  });
});
