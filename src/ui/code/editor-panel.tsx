import { useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { builtInExamples, lessons } from '../catalogue.ts';
import { useModel } from '../model.ts';
import { t } from '../messages.ts';
import { EditorHost } from './editor-host.tsx';
import { FileTabs } from './file-tabs.tsx';

/** The code: file tabs, the editor, and below it what the app is and how it is called. */
export function EditorPanel(): JSX.Element {
  return (
    <section class="panel code" id="area-code" aria-label={t.editor.region} tabIndex={-1}>
      <FileTabs />
      <Lesson />
      <EditorHost />
      <EditorFoot />
    </section>
  );
}

/** What the example is there for. */
function Lesson(): JSX.Element | null {
  const { work } = useModel();
  const { origin } = work.value;
  const name = origin.kind === 'example' ? origin.name : '';
  const lesson = lessons.value[name];
  useEffect(() => {
    // A draft that came from an example: it was not fetched for it.
    if (name !== '' && lesson === undefined) void builtInExamples.load(name);
  }, [name, lesson]);
  return lesson === undefined ? null : <p class="lesson"><span class="visually-hidden">{t.editor.lesson}: </span>{lesson}</p>;
}

const interfaces = ['auto', 'wsgi', 'asgi', 'fetch'] as const;

function EditorFoot(): JSX.Element {
  const { snippet, machine, dispatch } = useModel();
  return (
    <footer class="code-foot">
      <label title={t.editor.entryHint}>
        <span>{t.editor.entry}</span>
        <input class="field mono" value={snippet.value.entry} size={Math.max(10, snippet.value.entry.length + 1)} spellcheck={false} autocomplete="off"
          onChange={(event) => dispatch({ type: 'snippet/set', entry: event.currentTarget.value.trim() })} />
      </label>
      <label>
        <span>{t.editor.interface}</span>
        <select class="select" value={snippet.value.interface} onChange={(event) => dispatch({ type: 'snippet/set', interface: event.currentTarget.value as (typeof interfaces)[number] })}>
          {interfaces.map((name) => <option key={name} value={name}>{name === 'auto' ? t.editor.interfaceAuto(machine.value.interface ?? '') : name}</option>)}
        </select>
      </label>
      <EditorProgress />
    </footer>
  );
}

/** What is waited for longer than this is said. ms. */
const patienceMs = 300;

/** A word while Monaco is on its way, or where it has not come: the plain editor works meanwhile. */
function EditorProgress(): JSX.Element {
  const { editorLoading } = useModel();
  const slow = useSignal(false);
  useSignalEffect(() => {
    slow.value = false;
    if (editorLoading.value !== 'loading') return undefined;
    const timer = setTimeout(() => { slow.value = true; }, patienceMs);
    return () => clearTimeout(timer);
  });
  return <span class="editor-progress" role="status">{editorLoading.value === 'failed' ? t.editor.failed : slow.value ? t.editor.waiting : ''}</span>;
}
