import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { requestsOf, shownIndex } from '../../playground/requests.ts';
import { Icon } from '../icons.tsx';
import { t } from '../messages.ts';
import { useModel } from '../model.ts';

/** The saved requests of the snippet: choose, add, rename, delete (undo brings it back). */
export function RequestList(): JSX.Element {
  const { snippet, dispatch } = useModel();
  const renaming = useSignal(false);
  const requests = requestsOf(snippet.value);
  const index = shownIndex(snippet.value);
  const rename = (name: string): void => {
    if (!renaming.value) return;
    renaming.value = false;
    dispatch({ type: 'request/rename', index, name });
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
      <button type="button" class="button quiet square" aria-label={t.request.duplicate} title={t.request.duplicate} onClick={() => dispatch({ type: 'request/duplicate' })}><Icon name="plus" /></button>
      <button type="button" class="button quiet square" aria-label={t.request.rename} title={t.request.rename} onClick={() => { renaming.value = true; }}><Icon name="pencil" /></button>
      <button type="button" class="button quiet square" aria-label={t.request.remove} title={t.request.remove} disabled={requests.length === 1} onClick={() => dispatch({ type: 'request/delete', index })}><Icon name="trash" /></button>
    </div>
  );
}
