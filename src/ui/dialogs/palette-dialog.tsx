import '../styles/dialog-more.css';
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { commands, matching, type Command } from '../commands.ts';
import { later } from '../messages-later.ts';
import { useModel } from '../model.ts';
import { Dialog } from '../parts/dialog.tsx';

const m = later.palette;

/** Everything that the page can do, to be found by typing: a combobox with a list. */
export function PaletteDialog(props: { readonly onClose: () => void }): JSX.Element {
  const model = useModel();
  const typed = useSignal('');
  const at = useSignal(0);
  const list = useRef<HTMLUListElement>(null);
  const found = matching(commands(model), typed.value);
  const chosen = Math.min(at.value, found.length - 1);
  useLayoutEffect(() => list.current?.children[chosen]?.scrollIntoView({ block: 'nearest' }));
  const run = (command: Command | undefined): void => {
    if (!command) return;
    props.onClose();
    // The dialog gives the focus back as it closes; what the command focuses comes after that.
    requestAnimationFrame(command.run);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = { ArrowDown: (chosen + 1) % found.length, ArrowUp: (chosen - 1 + found.length) % found.length, PageDown: Math.min(chosen + 8, found.length - 1), PageUp: Math.max(chosen - 8, 0) }[event.key];
    if (to !== undefined && found.length > 0) at.value = to;
    else if (event.key === 'Enter') run(found[chosen]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title={m.title} class="palette" onClose={props.onClose}>
      <input class="field" type="text" role="combobox" autofocus aria-label={m.search} placeholder={m.search} aria-expanded="true" aria-controls="palette-list" aria-autocomplete="list"
        aria-activedescendant={found.length > 0 ? `palette-${chosen}` : undefined} value={typed.value} spellcheck={false} autocomplete="off"
        onInput={(event) => { typed.value = event.currentTarget.value; at.value = 0; }} onKeyDown={onKeyDown} />
      <ul class="palette-list" id="palette-list" role="listbox" aria-label={m.title} ref={list}>
        {found.map((command, index) => (
          <li key={`${command.group} ${command.title} ${index}`} id={`palette-${index}`} role="option" aria-selected={index === chosen} onClick={() => run(command)} onPointerMove={() => { at.value = index; }}>
            <span>{command.title}</span>
            <span class="note">{command.group}</span>
            {command.keys !== undefined && <kbd>{command.keys}</kbd>}
          </li>
        ))}
      </ul>
      <p class="visually-hidden" role="status">{m.found(found.length)}</p>
      {found.length === 0 && <p class="note" aria-hidden="true">{m.found(0)}</p>}
    </Dialog>
  );
}
