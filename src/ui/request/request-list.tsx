import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { requestsOf, shownIndex } from '../../playground/requests.ts';
import { Icon } from '../icons.tsx';
import { t } from '../messages.ts';
import { useModel } from '../model.ts';
import { later } from '../parts/later.tsx';

const RequestMenu = later(async () => (await import('./request-menu.tsx')).RequestMenu);

/** How long a word about what was copied stays. ms. */
const saidMs = 4000;

/** The saved requests of the snippet: choose, add, rename; the rest is in a menu. A deleted one can be brought back. */
export function RequestList(): JSX.Element {
  const { snippet, dispatch } = useModel();
  const renaming = useSignal(false);
  const open = useSignal(false);
  const said = useSignal('');
  const opener = useRef<HTMLButtonElement>(null);
  const requests = requestsOf(snippet.value);
  const index = shownIndex(snippet.value);
  const rename = (name: string): void => {
    if (!renaming.value) return;
    renaming.value = false;
    dispatch({ type: 'request/rename', index, name });
  };
  const say = (text: string): void => {
    said.value = text;
    window.setTimeout(() => { if (said.value === text) said.value = ''; }, saidMs);
  };
  return (
    <div class="request-list">
      {renaming.value ? (
        <input
          class="field"
          aria-label={t.request.name}
          defaultValue={requests[index]?.name}
          ref={(input) => input?.focus()}
          onBlur={(event) => rename(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') rename(event.currentTarget.value);
            else if (event.key === 'Escape') renaming.value = false;
          }}
        />
      ) : (
        <select class="select" aria-label={t.request.saved} value={String(index)} onChange={(event) => dispatch({ type: 'request/show', index: Number(event.currentTarget.value) })}>
          {requests.map((request, at) => <option key={at} value={String(at)}>{request.name === '' ? t.common.untitled : request.name}</option>)}
        </select>
      )}
      <button type="button" class="button quiet square" aria-label={t.request.add} title={t.request.add} onClick={() => dispatch({ type: 'request/add' })}><Icon name="plus" /></button>
      <div class="menu-place">
        <button type="button" class="button quiet square" ref={opener} aria-label={t.request.more} title={t.request.more} aria-haspopup="menu" aria-expanded={open.value}
          onClick={() => { open.value = !open.value; }}><Icon name="more" /></button>
        {open.value && <RequestMenu onRename={() => { renaming.value = true; }} onSaid={say} onClose={(how) => {
          open.value = false;
          if (how === 'back') opener.current?.focus();
        }} />}
        <span class={said.value === '' ? 'visually-hidden' : 'said'} role="status">{said.value}</span>
      </div>
    </div>
  );
}
