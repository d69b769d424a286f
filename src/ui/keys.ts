/** Apple keyboards have a command key where others use Control. */
const apple = /Mac|iPhone|iPad/.test(navigator.platform);

const command = (key: string): string => (apple ? `⌘ ${key}` : `Ctrl ${key}`);

/** How the keys are written on this keyboard. */
export const keyNames = {
  send: command('↵'), palette: `${command('K')} · F1`, share: command('S'), help: '?', nextArea: 'F6', previousArea: '⇧ F6', escape: 'Esc',
  leavePlain: 'Esc, Tab', leaveMonaco: apple ? '⌃ ⇧ M' : 'Ctrl M', editorPalette: 'F1',
  stepForward: '.', stepBack: ',', upDown: '↑ ↓', byToken: apple ? '⌥ ← →' : 'Ctrl ← →', shiftArrows: '⇧ ← → ↑ ↓', pages: 'Page ↑ ↓', leftRight: '← →', shiftLeftRight: '⇧ ← →', arrows: '← → ↑ ↓', ends: 'Home · End', enter: '↵', remove: 'Delete',
} as const;

/** How the shortcut of Send is written on this keyboard. */
export const sendKey = keyNames.send;

/** The same for `aria-keyshortcuts`. */
export const sendKeyAria = apple ? 'Meta+Enter' : 'Control+Enter';

/** What a key asks the page to do, wherever the focus is. */
export type PageKey = 'send' | 'palette' | 'share' | 'help' | 'next-area' | 'previous-area';

/** A place where characters are typed. */
const typing = 'input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]';

/** Reads a key press; undefined: not one of the page's. The editor keeps F1 and Ctrl+K, which begin commands of its own. */
export function pageKey(event: KeyboardEvent): PageKey | undefined {
  const { key, altKey, shiftKey } = event;
  const target = event.target instanceof Element ? event.target : undefined;
  const inEditor = target?.closest('.code-panel') != null;
  if (key === 'F6' && !altKey && !event.ctrlKey && !event.metaKey) return shiftKey ? 'previous-area' : 'next-area';
  if (altKey || (shiftKey && key !== '?')) return undefined;
  if (event.ctrlKey || event.metaKey) {
    if (key === 'Enter') return 'send';
    // With Caps Lock the letters are capital.
    const letter = key.toLowerCase();
    if (letter === 's') return 'share';
    return letter === 'k' && !inEditor ? 'palette' : undefined;
  }
  if (key === 'F1' && !inEditor) return 'palette';
  return key === '?' && !target?.closest(typing) ? 'help' : undefined;
}
