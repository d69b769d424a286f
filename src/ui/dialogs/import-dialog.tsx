import '../styles/dialog-more.css';
import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { importText } from '../../playground/import-text.ts';
import { later } from '../messages-later.ts';
import { useModel } from '../model.ts';
import { Dialog } from '../parts/dialog.tsx';

const m = later.importing;

/** HAR files of a long visit are large; what is more cannot be saved as requests anyway. */
const maxFileBytes = 32 * 1024 * 1024;
/** Lines of a list that are drawn; the choice of the others is kept all the same. */
const shownLines = 100;

/** cURL commands and HAR files as saved requests. */
export function ImportDialog(props: { readonly onClose: () => void }): JSX.Element {
  const { dispatch, importing } = useModel();
  const text = useSignal(importing.peek());
  importing.value = '';
  const left = useSignal<ReadonlySet<number>>(new Set());
  const problem = useSignal('');
  const found = useComputed(() => importText(text.value));
  const { requests, notes } = found.value;
  const taken = requests.filter((_, at) => !left.value.has(at));
  const set = (value: string): void => {
    text.value = value;
    left.value = new Set();
    problem.value = '';
  };
  const read = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    if (file.size > maxFileBytes) problem.value = m.tooLarge(maxFileBytes);
    else set(await file.text());
  };
  const take = (): void => {
    dispatch({ type: 'request/add', requests: taken.map(({ name, raw }) => ({ name, raw })) });
    props.onClose();
  };
  return (
    <Dialog title={m.title} onClose={props.onClose}>
      <p class="explain">{m.explain}</p>
      <label class="stacked"><span>{m.source}</span>
        <textarea class="field mono" rows={6} spellcheck={false} placeholder={m.sourceHint} value={text.value} onInput={(event) => set(event.currentTarget.value)}
          onDrop={(event) => {
            if (!event.dataTransfer?.files[0]) return;
            event.preventDefault();
            void read(event.dataTransfer.files[0]);
          }} />
      </label>
      <div class="dialog-actions"><label class="button file-button">{m.file}<input type="file" accept=".har,.json,.sh,.txt,application/json,text/plain" onChange={(event) => void read(event.currentTarget.files?.[0])} /></label></div>
      <p role="status" class={problem.value === '' ? 'found' : 'failure'}>{problem.value === '' ? m.found(requests.length) : problem.value}</p>
      {requests.length > 0 && (
        <ul class="choices">
          {requests.slice(0, shownLines).map((request, at) => (
            <li key={at}>
              <label><input type="checkbox" aria-label={m.choose(request.name)} checked={!left.value.has(at)} onChange={(event) => {
                const next = new Set(left.value);
                if (event.currentTarget.checked) next.delete(at);
                else next.add(at);
                left.value = next;
              }} /><span class="mono">{request.name}</span><span class="note mono">{request.url}</span></label>
            </li>
          ))}
          {requests.length > shownLines && <li class="note">{m.more(requests.length - shownLines)}</li>}
        </ul>
      )}
      {notes.length > 0 && (
        <section class="import-notes" aria-label={m.notes}>
          <ul>
            {notes.slice(0, shownLines).map((note, at) => <li key={at} data-effect={note.effect}><strong>{m.effect[note.effect]}</strong> <span>{note.message}</span></li>)}
            {notes.length > shownLines && <li class="note">{m.more(notes.length - shownLines)}</li>}
          </ul>
        </section>
      )}
      <div class="dialog-actions"><button type="button" class="button primary" disabled={taken.length === 0} onClick={take}>{m.take(taken.length)}</button></div>
    </Dialog>
  );
}
