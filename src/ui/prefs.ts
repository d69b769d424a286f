import { signal, type Signal } from '@preact/signals';

/** What this browser remembers about how the page looks. Nothing of it goes into links. */
export interface Prefs {
  readonly theme: Signal<'system' | 'light' | 'dark'>;
  /** A plain textarea in place of Monaco: easier with a screen reader, on touch, or on a slow line. */
  readonly plainEditor: Signal<boolean>;
  /** Share of the editor in the width, in percent. */
  readonly splitMain: Signal<number>;
  /** Share of the request in the height of the right column, in percent. */
  readonly splitSide: Signal<number>;
  readonly wireLayout: Signal<'hex' | 'text'>;
  /** `both`: environ and scope side by side. */
  readonly contextLayout: Signal<'one' | 'both'>;
  /** A sentence and the clause beside each key. */
  readonly explainKeys: Signal<boolean>;
}

const key = 'porthole.prefs';

/** `localStorage`, or a stand-in that forgets: inside a cross-site frame the very property access throws. */
export function safeStorage(): Storage | Map<string, string> {
  try {
    const storage = window.localStorage;
    storage.getItem(key);
    return storage;
  } catch {
    return new Map();
  }
}

const read = (storage: Storage | Map<string, string>, name: string): string | null => (storage instanceof Map ? (storage.get(name) ?? null) : storage.getItem(name));

/** Where the page keeps drafts. Writing may throw (quota); reading does not. */
export const draftStorage = (storage: Storage | Map<string, string>) => ({
  getItem: (name: string): string | null => read(storage, name),
  setItem: (name: string, value: string): void => void (storage instanceof Map ? storage.set(name, value) : storage.setItem(name, value)),
});

const percent = (value: unknown, otherwise: number): number => (typeof value === 'number' && value >= 10 && value <= 90 ? value : otherwise);

/** Read the preferences, and write them whenever one changes. */
export function loadPrefs(storage: Storage | Map<string, string>): Prefs {
  let saved: Record<string, unknown> = {};
  try {
    const value: unknown = JSON.parse(read(storage, key) ?? '{}');
    if (typeof value === 'object' && value !== null) saved = value as Record<string, unknown>;
  } catch {
    // Not ours, or damaged: defaults.
  }
  // Touch: Monaco does not support it (its README says so), so the plain editor is the better beginning.
  const coarse = window.matchMedia('(pointer: coarse)').matches;
  const prefs: Prefs = {
    theme: signal(saved['theme'] === 'light' || saved['theme'] === 'dark' ? saved['theme'] : 'system'),
    plainEditor: signal(typeof saved['plainEditor'] === 'boolean' ? saved['plainEditor'] : coarse),
    splitMain: signal(percent(saved['splitMain'], 44)),
    splitSide: signal(percent(saved['splitSide'], 40)),
    wireLayout: signal(saved['wireLayout'] === 'text' ? 'text' : 'hex'),
    contextLayout: signal(saved['contextLayout'] === 'both' ? 'both' : 'one'),
    explainKeys: signal(saved['explainKeys'] !== false),
  };
  const save = (): void => {
    const value = Object.fromEntries(Object.entries(prefs).map(([name, one]: [string, Signal<unknown>]) => [name, one.peek()]));
    try {
      draftStorage(storage).setItem(key, JSON.stringify(value));
    } catch {
      // Full or forbidden: the preference holds until the page is closed.
    }
  };
  for (const one of Object.values(prefs) as Signal<unknown>[]) {
    let first = true;
    one.subscribe(() => {
      if (first) first = false;
      else save();
    });
  }
  return prefs;
}

/** The theme in force. */
export function themeInForce(theme: 'system' | 'light' | 'dark'): 'light' | 'dark' {
  if (theme !== 'system') return theme;
  return window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}
