import type { AddressPort } from '../playground/session.ts';

const key = 'porthole.left';

/** What was put beside an entry of the history; anybody may have put anything there. */
function draftOf(state: unknown): string | undefined {
  return typeof state === 'object' && state !== null && 'draft' in state && typeof state.draft === 'string' ? state.draft : undefined;
}

/** This page was reached by a reload: the tab shows again what it showed last. */
function reloaded(): boolean {
  const [navigation] = performance.getEntriesByType('navigation');
  return navigation instanceof PerformanceNavigationTiming && navigation.type === 'reload';
}

/** `sessionStorage`, where it may be used: inside a cross-site frame the very property access throws. */
function session<T>(use: (storage: Storage) => T): T | undefined {
  try {
    return use(window.sessionStorage);
  } catch {
    return undefined;
  }
}

/**
 * This tab's entry in the browser's history, which names the draft that it shows.
 *
 * The name is kept twice. `history.state` is the entry's own and right after a step back, but Chromium hands it from the page to the
 * browser with a delay: after a reload within that time it is null. So the tab itself remembers the name too, for a reload.
 */
export function historyEntry(): AddressPort {
  let shown = location.hash;
  window.addEventListener('hashchange', () => {
    shown = location.hash;
    // Another entry, reached within the page: what the tab remembers was said of the one before.
    session((storage) => storage.removeItem(key));
  });
  return {
    read: () => location.hash,
    draft: () => draftOf(history.state) ?? (reloaded() ? (session((storage) => storage.getItem(key)) ?? undefined) : undefined),
    write: ({ fragment, draft }) => {
      // The visitor has followed a link, and the event that tells of it is still to come: what is said of the entry before must not replace it.
      if (location.hash !== shown) return;
      history.replaceState({ draft }, '', fragment);
      shown = location.hash;
      session((storage) => (draft === undefined ? storage.removeItem(key) : storage.setItem(key, draft)));
    },
  };
}

/** The frame in somebody else's page: nothing is kept there, and its address stays as it is. */
export const framedEntry: AddressPort = { read: () => location.hash, draft: () => undefined, write: () => {} };
