/**
 * Monaco behind {@link EditorPort}. Only `load.ts` imports this module, and only when it is wanted: with it comes all of Monaco.
 */
import './editor.css';
import { editor, KeyCode, MarkerSeverity, Uri } from 'monaco-editor/editor';
import { languageOf } from './language.ts';
import { Listened } from './listened.ts';
import { setUpFeatures } from './monaco-features.ts';
import { applyTheme } from './monaco-theme.ts';
import { setUpPython } from './monaco-python.ts';
import { fetchTypings, recheck, setUpTypeScript } from './monaco-typescript.ts';
import { wantTypeScript } from './monaco-workers.ts';
import type { EditorHighlight, EditorMarker } from './port.ts';
import { withLf } from './swap.ts';
import type { Place, SwappableEditor } from './swap.ts';
import type { EditorTexts } from './texts.ts';

setUpFeatures();
setUpTypeScript();
setUpPython();

const severities = { error: MarkerSeverity.Error, warning: MarkerSeverity.Warning, info: MarkerSeverity.Info } as const;

/** Where a click is beside a line rather than in it. */
const beside: ReadonlySet<editor.MouseTargetType> = new Set([editor.MouseTargetType.GUTTER_LINE_NUMBERS, editor.MouseTargetType.GUTTER_LINE_DECORATIONS, editor.MouseTargetType.GUTTER_GLYPH_MARGIN]);

/** Whose markers these are; the language services have theirs. */
const markerOwner = 'porthole';

interface OpenFile {
  readonly model: editor.ITextModel;
  viewState: editor.ICodeEditorViewState | null;
}

export interface MonacoEditorOptions {
  readonly texts: EditorTexts;
  readonly theme: 'light' | 'dark';
}

/** See the head of this file. One at a time: models are Monaco's, and Monaco is one per page. */
export class MonacoEditor extends Listened implements SwappableEditor {
  readonly kind = 'monaco';
  readonly #root: HTMLElement;
  readonly #editor: editor.IStandaloneCodeEditor;
  readonly #highlightDecorations: editor.IEditorDecorationsCollection;
  readonly #files = new Map<string, OpenFile>();
  #path: string | undefined;
  #highlights: readonly EditorHighlight[] = [];
  #line = 0;
  #pendingReveal: { readonly path: string; readonly line: number; readonly column: number } | undefined;
  /** We are changing texts ourselves: nobody typed. */
  #taking = false;

  constructor(container: HTMLElement, { texts, theme }: MonacoEditorOptions) {
    super();
    this.#root = container.ownerDocument.createElement('div');
    this.#root.className = 'code-monaco';
    container.append(this.#root);
    applyTheme(this.#root, theme);
    const style = getComputedStyle(this.#root);
    const pixels = (property: string): number => Number.parseFloat(style.getPropertyValue(property));
    this.#editor = editor.create(this.#root, {
      model: null,
      ariaLabel: texts.name,
      automaticLayout: true,
      // The metrics of editor.css, so that nothing moves when we take over.
      fontFamily: style.getPropertyValue('--code-font'),
      fontSize: pixels('--code-size'),
      lineHeight: pixels('--code-line'),
      padding: { top: pixels('--code-pad'), bottom: pixels('--code-pad') },
      lineNumbersMinChars: 3,
      lineDecorationsWidth: 16,
      glyphMargin: false,
      folding: false,
      scrollBeyondLastLine: false,
      minimap: { enabled: false },
      overviewRulerBorder: false,
      renderLineHighlight: 'none',
      renderFinalNewline: 'on',
      guides: { indentation: false },
      tabSize: 4,
      detectIndentation: true,
      fixedOverflowWidgets: true,
      // A link in a stranger's code is text.
      links: false,
      occurrencesHighlight: 'singleFile',
      quickSuggestions: { other: true, comments: false, strings: false },
      scrollbar: { alwaysConsumeMouseWheel: false },
    });
    this.#highlightDecorations = this.#editor.createDecorationsCollection();
    this.#editor.onDidChangeCursorPosition(({ position }) => this.#cursorAt(position.lineNumber));
    this.#editor.onMouseDown(({ target }) => { if (beside.has(target.type) && target.position) this.#pickLine(target.position.lineNumber); });
    this.#editor.onKeyDown((event) => {
      if (event.keyCode !== KeyCode.Enter || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      event.stopPropagation();
      this.#pickLine(this.#editor.getPosition()?.lineNumber ?? 1);
    });
    // The first sign that somebody works with the code.
    this.#editor.onKeyDown(wantTypeScript);
    this.#editor.onMouseMove(({ target }) => { if (target.type === editor.MouseTargetType.CONTENT_TEXT) wantTypeScript(); });
  }

  get composing(): boolean {
    return false; // Monaco is never taken away while somebody types: only a change of settings does that.
  }

  open(path: string, text: string): void {
    if (this.#path !== path) {
      const left = this.#path === undefined ? undefined : this.#files.get(this.#path);
      if (left) left.viewState = this.#editor.saveViewState();
    }
    const file = this.#take(path, text);
    if (this.#path === path) return;
    this.#path = path;
    this.#line = 0;
    this.#editor.setModel(file.model);
    this.#editor.restoreViewState(file.viewState);
    this.#paintHighlights();
    if (this.#pendingReveal?.path === path) this.reveal(path, this.#pendingReveal.line, this.#pendingReveal.column);
  }

  setFiles(files: Readonly<Record<string, string>>): void {
    const before = new Set(this.#files.keys());
    for (const path of before) if (!Object.hasOwn(files, path)) this.forget(path);
    for (const [path, text] of Object.entries(files)) this.#take(path, text);
    if (before.size !== this.#files.size || [...this.#files.keys()].some((path) => !before.has(path))) recheck();
  }

  forget(path: string): void {
    if (this.#path === path) {
      this.#editor.setModel(null);
      this.#path = undefined;
    }
    this.#files.get(path)?.model.dispose();
    this.#files.delete(path);
  }

  text(): string {
    return this.#editor.getModel()?.getValue() ?? '';
  }

  setMarkers(path: string, markers: readonly EditorMarker[]): void {
    const model = this.#files.get(path)?.model;
    if (!model) return;
    editor.setModelMarkers(model, markerOwner, markers.map((marker) => {
      const line = Math.min(marker.line, model.getLineCount());
      const word = model.getWordAtPosition({ lineNumber: line, column: marker.column });
      return {
        message: marker.message, severity: severities[marker.severity],
        startLineNumber: line, startColumn: marker.column, endLineNumber: line,
        endColumn: marker.endColumn ?? word?.endColumn ?? model.getLineMaxColumn(line),
      };
    }));
  }

  setHighlights(highlights: readonly EditorHighlight[]): void {
    this.#highlights = highlights;
    this.#paintHighlights();
  }

  reveal(path: string, line: number, column = 1): void {
    if (path !== this.#path) {
      this.#pendingReveal = { path, line, column };
      return;
    }
    this.#pendingReveal = undefined;
    this.#editor.setPosition({ lineNumber: line, column });
    this.#editor.revealLineInCenterIfOutsideViewport(line, editor.ScrollType.Immediate);
  }

  setReadOnly(readOnly: boolean): void {
    this.#editor.updateOptions({ readOnly });
  }

  setTheme(theme: 'light' | 'dark'): void {
    applyTheme(this.#root, theme);
  }

  focus(): void {
    this.#editor.focus();
  }

  dispose(): void {
    this.#editor.dispose();
    for (const { model } of this.#files.values()) model.dispose();
    this.#files.clear();
    this.#root.remove();
  }

  place(): Place {
    const model = this.#editor.getModel();
    const selection = this.#editor.getSelection();
    return {
      selection: model && selection
        ? { start: model.getOffsetAt(selection.getStartPosition()), end: model.getOffsetAt(selection.getEndPosition()) }
        : { start: 0, end: 0 },
      scrollTop: this.#editor.getScrollTop(), scrollLeft: this.#editor.getScrollLeft(),
      focused: this.#editor.hasTextFocus(),
    };
  }

  goTo({ selection, scrollTop, scrollLeft, focused }: Place): void {
    const model = this.#editor.getModel();
    if (!model) return;
    const start = model.getPositionAt(selection.start);
    const end = model.getPositionAt(selection.end);
    this.#editor.setSelection({ startLineNumber: start.lineNumber, startColumn: start.column, endLineNumber: end.lineNumber, endColumn: end.column });
    this.#editor.setScrollPosition({ scrollTop, scrollLeft }, editor.ScrollType.Immediate);
    if (focused) this.#editor.focus();
  }

  /** The text of a file from outside: a new model, or a change that can be undone. */
  #take(path: string, given: string): OpenFile {
    const text = withLf(given);
    fetchTypings(text);
    const present = this.#files.get(path);
    this.#taking = true;
    try {
      if (present) {
        if (present.model.getValue() !== text) {
          present.model.pushStackElement();
          present.model.pushEditOperations(null, [{ range: present.model.getFullModelRange(), text }], () => null);
          present.model.pushStackElement();
        }
        return present;
      }
      // An editor before us may have left its model behind.
      const uri = Uri.from({ scheme: 'file', path: `/${path}` });
      editor.getModel(uri)?.dispose();
      const model = editor.createModel(text, languageOf(path), uri);
      // Without this, a text that was empty at first gets the line ends of the system.
      model.setEOL(editor.EndOfLineSequence.LF);
      // Colour says what is linked, and nothing else.
      model.updateOptions({ bracketColorizationOptions: { enabled: false, independentColorPoolPerBracketType: false } });
      model.onDidChangeContent(() => this.#changed(path, model));
      const file: OpenFile = { model, viewState: null };
      this.#files.set(path, file);
      return file;
    } finally {
      this.#taking = false;
    }
  }

  #changed(path: string, model: editor.ITextModel): void {
    if (this.#taking) return;
    const text = model.getValue();
    fetchTypings(text);
    this.tellChange(path, text);
  }

  #cursorAt(line: number): void {
    if (this.#path === undefined || line === this.#line || !this.#editor.hasTextFocus()) return;
    this.#line = line;
    this.tellCursor(this.#path, line);
  }

  #pickLine(line: number): void {
    if (this.#path === undefined) return;
    this.tellLinePicked(this.#path, line);
  }

  #paintHighlights(): void {
    const lineCount = this.#editor.getModel()?.getLineCount() ?? 0;
    this.#highlightDecorations.set(this.#highlights.filter(({ path, line }) => path === this.#path && line <= lineCount).map(({ line, kind }) => ({
      range: { startLineNumber: line, startColumn: 1, endLineNumber: line, endColumn: 1 },
      options: {
        isWholeLine: true, className: `code-line-${kind}`, linesDecorationsClassName: `code-glyph-${kind}`,
        overviewRuler: { color: { id: 'focusBorder' }, position: editor.OverviewRulerLane.Center },
      },
    })));
  }
}
