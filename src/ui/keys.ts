/** Apple keyboards have a command key where others use Control. */
const apple = /Mac|iPhone|iPad/.test(navigator.platform);

/** How the shortcut of Send is written on this keyboard. */
export const sendKey = apple ? '⌘ ↵' : 'Ctrl ↵';

/** The same for `aria-keyshortcuts`. */
export const sendKeyAria = apple ? 'Meta+Enter' : 'Control+Enter';

/** Is this Ctrl+Enter or Cmd+Enter? */
export const isSendKey = (event: KeyboardEvent): boolean => event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
