import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { sameContent } from '../../playground/drafts.ts';
import { later } from '../messages-later.ts';
import { t } from '../messages.ts';
import { useModel } from '../model.ts';
import { Dialog } from '../parts/dialog.tsx';

const m = later.drafts;

/** What this browser has kept, newest first. */
export function DraftsDialog(props: { readonly onClose: () => void }): JSX.Element {
  const { session, snippet } = useModel();
  session.flush();
  const drafts = useSignal(session.drafts());
  return (
    <Dialog title={m.title} onClose={props.onClose}>
      <p class="explain">{m.explain}</p>
      {drafts.value.length === 0 ? <p class="note">{m.none}</p> : (
        <ul class="draft-list">
          {drafts.value.map((draft) => {
            const here = sameContent(draft.work.snippet, snippet.value);
            const title = draft.work.snippet.title ?? t.common.untitled;
            return (
              <li key={draft.id}>
                <div>
                  <strong>{title}</strong>
                  <span class="note">{t.common.facts([m.when(draft.savedAt), m.files(Object.keys(draft.work.snippet.files).length)])}</span>
                </div>
                {here ? <span class="note">{m.current}</span> : (
                  <>
                    <button type="button" class="button" aria-describedby={`draft-${draft.id}`} onClick={() => { session.openDraft(draft); props.onClose(); }}>{m.open}</button>
                    <button type="button" class="button quiet" onClick={() => { session.discardDraft(draft.id); drafts.value = session.drafts(); }}>{m.discard}</button>
                  </>
                )}
                <span class="visually-hidden" id={`draft-${draft.id}`}>{title}</span>
              </li>
            );
          })}
        </ul>
      )}
    </Dialog>
  );
}
