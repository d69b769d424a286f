import '../styles/menu.css';
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon, type IconName } from '../icons.tsx';

/** One line of a menu. */
export interface MenuItem {
  readonly label: string;
  readonly icon?: IconName;
  readonly onSelect: () => void;
  readonly disabled?: boolean;
  /** Begins another group: a line is drawn above it. */
  readonly separate?: boolean;
}

/**
 * The ARIA menu pattern, open: arrow keys, Home, End and first letters move; Enter and Space select; Escape, Tab and a press
 * outside close. Whoever shows it gives the focus back.
 */
export function Menu(props: { readonly label: string; readonly items: readonly MenuItem[]; readonly onClose: (how: 'back' | 'away') => void }): JSX.Element {
  const { label, items, onClose } = props;
  const list = useRef<HTMLDivElement>(null);
  const buttons = (): HTMLButtonElement[] => [...(list.current?.querySelectorAll<HTMLButtonElement>('[role=menuitem]:not(:disabled)') ?? [])];
  useLayoutEffect(() => {
    buttons()[0]?.focus();
    const onPress = (event: PointerEvent): void => {
      if (!list.current?.parentElement?.contains(event.target as Node)) onClose('away');
    };
    document.addEventListener('pointerdown', onPress);
    return () => document.removeEventListener('pointerdown', onPress);
  }, []);
  const onKeyDown = (event: KeyboardEvent): void => {
    const all = buttons();
    const at = all.indexOf(document.activeElement as HTMLButtonElement);
    const to = { ArrowDown: (at + 1) % all.length, ArrowUp: (at - 1 + all.length) % all.length, Home: 0, End: all.length - 1 }[event.key];
    if (to !== undefined) all[to]?.focus();
    else if (event.key === 'Escape') onClose('back');
    else if (event.key === 'Tab') return onClose('away');
    else if (event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const letter = event.key.toLowerCase();
      [...all.slice(at + 1), ...all.slice(0, at + 1)].find((button) => button.textContent.trim().toLowerCase().startsWith(letter))?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="menu" role="menu" aria-label={label} ref={list} onKeyDown={onKeyDown}>
      {items.map((item) => (
        <button key={item.label} type="button" role="menuitem" tabIndex={-1} disabled={item.disabled} data-separate={item.separate ? '' : undefined}
          onClick={() => { onClose('back'); item.onSelect(); }}>
          {item.icon ? <Icon name={item.icon} /> : <span class="icon-space" />}<span>{item.label}</span>
        </button>
      ))}
    </div>
  );
}
