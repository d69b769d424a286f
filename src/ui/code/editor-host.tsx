import { useComputed, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { shownFile } from '../../playground/files.ts';
import { LazyEditor } from '../editor/lazy-editor.ts';
import type { EditorHighlight } from '../editor/port.ts';
import { t } from '../messages.ts';
import { useModel } from '../model.ts';
import { whenIdle } from '../parts/when-idle.ts';

/** Longest time that Monaco waits for the app to start. ms. */
const patienceMs = 3000;

/** The text box, kept in step with the snippet: plain at first, Monaco as soon as the page is idle or the box is used. */
export function EditorHost(): JSX.Element {
  const { snippet, machine, work, selected, hovered, theme, prefs, editor, dispatch } = useModel();
  const box = useRef<HTMLDivElement>(null);
  const files = useComputed(() => snippet.value.files);
  const shown = useComputed(() => shownFile(snippet.value));
  // Monaco is 4 MB to read: the app's start goes before it. Both are waited for by the same visitor.
  const settled = useComputed(() => !work.value.trusted || (machine.value.state !== 'stopped' && machine.value.state !== 'starting'));

  useLayoutEffect(() => {
    const container = box.current;
    if (!container) return undefined;
    const lazy = new LazyEditor(container, { texts: t.editorTexts, theme: theme.peek() });
    const stop = lazy.onChange((path, text) => dispatch({ type: 'file/edit', path, text }));
    const stopCursor = lazy.onCursor((file, line) => dispatch({ type: 'hover', selection: { kind: 'line', file, line } }));
    editor.value = lazy;
    return () => {
      stop();
      stopCursor();
      editor.value = null;
      lazy.dispose();
    };
  }, []);

  useSignalEffect(() => {
    const path = shown.value;
    const texts = files.value;
    editor.value?.setFiles(texts);
    if (path !== '') editor.value?.open(path, texts[path] ?? '');
  });
  useSignalEffect(() => editor.value?.setTheme(theme.value));
  useSignalEffect(() => {
    const lazy = editor.value;
    if (!(lazy instanceof LazyEditor)) return undefined;
    if (prefs.plainEditor.value) {
      lazy.downgrade();
      return undefined;
    }
    if (settled.value) return whenIdle(() => void lazy.upgrade());
    const timer = setTimeout(() => void lazy.upgrade(), patienceMs);
    return () => clearTimeout(timer);
  });
  useSignalEffect(() => {
    const site = machine.value.problem?.site;
    const problem = machine.value.problem;
    for (const path of Object.keys(files.peek())) {
      editor.value?.setMarkers(path, problem && site?.file === path
        ? [{ line: site.line, column: site.column ?? 1, message: problem.advice === '' ? problem.message : `${problem.message}\n${problem.advice}`, severity: 'error' }]
        : []);
    }
  });
  useSignalEffect(() => {
    const lines = (kind: 'selected' | 'hover'): EditorHighlight[] =>
      ((kind === 'selected' ? selected : hovered).value?.sites ?? []).map((site) => ({ path: site.file, line: site.line, kind }));
    editor.value?.setHighlights([...lines('hover'), ...lines('selected')]);
  });

  return <div class="code-panel" id="code-panel" role="tabpanel" aria-label={shown.value} ref={box} onFocusIn={() => {
    const lazy = editor.value;
    if (lazy instanceof LazyEditor && !prefs.plainEditor.value) void lazy.upgrade();
  }} />;
}
