import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { freeName, shownFile } from '../../playground/files.ts';
import { splitEntry } from '../../snippet/paths.ts';
import { Icon } from '../icons.tsx';
import { t } from '../messages.ts';
import { useModel } from '../model.ts';

/** The files of the snippet. F2 or a double click renames, Delete deletes (undo brings it back). */
export function FileTabs(): JSX.Element {
  const { snippet, dispatch, editor } = useModel();
  const renaming = useSignal<string | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const paths = Object.keys(snippet.value.files);
  const shown = shownFile(snippet.value);
  const entryPath = splitEntry(snippet.value.entry).path;

  const open = (path: string): void => dispatch({ type: 'file/open', path });
  const remove = (path: string): void => {
    dispatch({ type: 'file/delete', path });
    editor.value?.forget(path);
  };
  const add = (): void => {
    const path = freeName(snippet.value);
    dispatch({ type: 'file/add', path });
    renaming.value = path;
  };
  const focusTab = (path: string): void => list.current?.querySelector<HTMLElement>(`[data-path="${CSS.escape(path)}"]`)?.focus();
  const onKeyDown = (event: KeyboardEvent): void => {
    if (renaming.value !== null) return;
    const at = paths.indexOf(shown);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = step ? paths[(at + step + paths.length) % paths.length] : event.key === 'Home' ? paths[0] : event.key === 'End' ? paths.at(-1) : undefined;
    if (next !== undefined) {
      open(next);
      window.requestAnimationFrame(() => focusTab(next));
    } else if (event.key === 'F2') renaming.value = shown;
    else if (event.key === 'Delete' && paths.length > 1) remove(shown);
    else return;
    event.preventDefault();
  };

  return (
    <div class="file-tabs">
      <div class="file-list" role="tablist" aria-label={t.editor.files} ref={list} onKeyDown={onKeyDown}>
        {paths.map((path) =>
          renaming.value === path ? (
            <NameField
              key={path}
              path={path}
              onDone={(name) => {
                renaming.value = null;
                if (name !== null && name !== path) {
                  dispatch({ type: 'file/rename', from: path, to: name });
                  editor.value?.forget(path);
                }
              }}
            />
          ) : (
            <button
              key={path}
              type="button"
              role="tab"
              class="file-tab"
              data-path={path}
              aria-selected={path === shown}
              aria-controls="code-panel"
              tabIndex={path === shown ? 0 : -1}
              onClick={() => open(path)}
              onDblClick={() => { renaming.value = path; }}
            >
              {path}
              {path === entryPath && paths.length > 1 && <span class="entry-mark" title={t.editor.entryMark} aria-hidden="true" />}
            </button>
          ),
        )}
      </div>
      <div class="file-actions">
        <button type="button" class="button quiet square" aria-label={t.editor.newFile} title={t.editor.newFile} onClick={add}><Icon name="plus" /></button>
        <button type="button" class="button quiet square" aria-label={t.editor.rename(shown)} title={t.editor.rename(shown)} onClick={() => { renaming.value = shown; }}><Icon name="pencil" /></button>
        <button type="button" class="button quiet square" aria-label={t.editor.remove(shown)} title={t.editor.remove(shown)} disabled={paths.length === 1} onClick={() => remove(shown)}><Icon name="trash" /></button>
      </div>
    </div>
  );
}

/** Edits a name in place: Enter and leaving keep it, Escape does not. */
function NameField(props: { readonly path: string; readonly onDone: (name: string | null) => void }): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const done = useRef(false);
  const finish = (name: string | null): void => {
    if (done.current) return;
    done.current = true;
    props.onDone(name);
  };
  useEffect(() => {
    const input = field.current;
    input?.focus();
    const dot = props.path.lastIndexOf('.');
    input?.setSelectionRange(props.path.lastIndexOf('/') + 1, dot < 0 ? props.path.length : dot);
  }, []);
  return (
    <input
      ref={field}
      class="file-name"
      aria-label={t.editor.fileName}
      defaultValue={props.path}
      size={Math.max(8, props.path.length)}
      spellcheck={false}
      onBlur={(event) => finish(event.currentTarget.value.trim())}
      onKeyDown={(event) => {
        if (event.key === 'Enter') finish(event.currentTarget.value.trim());
        else if (event.key === 'Escape') finish(null);
        event.stopPropagation();
      }}
    />
  );
}
