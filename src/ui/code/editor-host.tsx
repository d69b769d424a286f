import { useComputed, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Complaint } from '../../playground/complaints.ts';
import { shownFile } from '../../playground/files.ts';
import type { SourceSite } from '../../trace/events.ts';
import { LazyEditor } from '../editor/lazy-editor.ts';
import type { EditorHighlight, EditorMarker } from '../editor/port.ts';
import { t } from '../messages.ts';
import { useModel } from '../model.ts';
import { whenIdle } from '../parts/when-idle.ts';

/** Longest time that Monaco waits for the app to start. ms. */
const patienceMs = 3000;

function marker({ line, column = 1 }: SourceSite, severity: EditorMarker['severity'], lines: readonly string[]): EditorMarker {
  return { line, column, severity, message: lines.filter((each) => each !== '').join('\n') };
}

function complaintMarker({ site, severity, event }: Complaint): EditorMarker {
  if (event.type === 'app.error') return marker(site, severity, [`${event.name}: ${event.message}`]);
  const { message, given, expected, advice, clause } = event;
  const { response } = t;
  return marker(site, severity, [
    message, given === undefined ? '' : `${response.given}: ${given}`, expected === undefined ? '' : `${response.expected}: ${expected}`, advice, `${response.clause}: ${clause}`,
  ]);
}

/** The text box, kept in step with the snippet: plain at first, Monaco as soon as the page is idle or the box is used. */
export function EditorHost(): JSX.Element {
  const { snippet, machine, work, ran, complaints, selected, hovered, theme, prefs, editor, editorLoading, dispatch } = useModel();
  const box = useRef<HTMLDivElement>(null);
  const files = useComputed(() => snippet.value.files);
  const shown = useComputed(() => shownFile(snippet.value));
  // Monaco is 4 MB to read: the app's start goes before it. Both are waited for by the same visitor.
  const settled = useComputed(() => !work.value.trusted || (machine.value.state !== 'stopped' && machine.value.state !== 'starting'));

  useLayoutEffect(() => {
    const container = box.current;
    if (!container) return undefined;
    const lazy = new LazyEditor(container, { texts: t.editorTexts, theme: theme.peek(), onLoading: (loading) => { editorLoading.value = loading; } });
    const stop = lazy.onChange((path, text) => dispatch({ type: 'file/edit', path, text }));
    const stopCursor = lazy.onCursor((file, line) => dispatch({ type: 'hover', selection: { kind: 'line', file, line } }));
    const stopLines = lazy.onLinePicked((file, line) => dispatch({ type: 'select', selection: { kind: 'line', file, line } }));
    editor.value = lazy;
    return () => {
      stop();
      stopCursor();
      stopLines();
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
    for (const [path, text] of Object.entries(files.value)) {
      const { problem } = machine.value;
      const markers = problem?.site?.file === path ? [marker(problem.site, 'error', [problem.message, problem.advice])] : [];
      // They are about the text that ran: lines of another text they would only disfigure.
      if (ran.value?.files[path] === text) markers.push(...complaints.value.filter(({ site }) => site.file === path).map(complaintMarker));
      editor.value?.setMarkers(path, markers);
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
