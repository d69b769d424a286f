/**
 * The plain editor: a textarea over a coloured picture of its text. Small and there at once; the right one on touch and for people who
 * prefer a native text box. The textarea is as large as its text, and the element around both scrolls.
 */
import { CodeFacade } from './facade.ts';
import { indent, indentOf, lineAt, lineStart, newLine, offsetAt, outdent } from './plain-editing.ts';
import { Listened } from './listened.ts';
import type { EditorHighlight, EditorMarker } from './port.ts';
import { withLf } from './swap.ts';
import type { Place, SwappableEditor } from './swap.ts';
import { TextHistory } from './text-history.ts';
import type { TextState } from './text-history.ts';
import type { EditorTexts } from './texts.ts';

/** What is kept for a file while another one is open. */
interface OpenFile {
  text: string;
  readonly history: TextHistory;
  place?: Place;
}

let nextId = 1;

/** See the head of this file. */
export class TextareaEditor extends Listened implements SwappableEditor {
  readonly kind = 'textarea';
  readonly #root: HTMLElement;
  readonly #facade: CodeFacade;
  readonly #input: HTMLTextAreaElement;
  readonly #problems: HTMLElement;
  readonly #texts: EditorTexts;
  readonly #files = new Map<string, OpenFile>();
  readonly #markers = new Map<string, readonly EditorMarker[]>();
  readonly #listening = new AbortController();
  #path: string | undefined;
  #highlights: readonly EditorHighlight[] = [];
  #line = 0;
  #pendingReveal: { readonly path: string; readonly line: number; readonly column: number } | undefined;
  /** Escape was pressed: the next Tab moves the focus, as it does elsewhere. */
  #tabLeaves = false;
  /** The state before the input event that is under way. */
  #before: TextState | undefined;
  composing = false;

  constructor(container: HTMLElement, texts: EditorTexts) {
    super();
    const { ownerDocument } = container;
    this.#texts = texts;
    this.#root = ownerDocument.createElement('div');
    this.#root.className = 'code-plain';
    container.append(this.#root);
    this.#facade = new CodeFacade(this.#root);
    this.#facade.hidePictureFromReaders();

    const hint = ownerDocument.createElement('span');
    hint.className = 'code-hint';
    hint.id = `code-hint-${nextId}`;
    hint.textContent = texts.tabHint;
    this.#problems = ownerDocument.createElement('ul');
    this.#problems.className = 'code-problems';
    this.#problems.id = `code-problems-${nextId++}`;
    this.#problems.ariaLabel = texts.problems;
    this.#problems.ariaLive = 'polite';
    this.#problems.hidden = true;

    this.#input = ownerDocument.createElement('textarea');
    this.#input.className = 'code-input';
    this.#input.ariaLabel = texts.name;
    this.#input.setAttribute('aria-describedby', `${hint.id} ${this.#problems.id}`);
    this.#input.spellcheck = false;
    this.#input.autocapitalize = 'off';
    this.#input.autocomplete = 'off';
    this.#input.setAttribute('autocorrect', 'off');
    this.#input.wrap = 'off';
    this.#input.rows = 1;
    this.#facade.code.append(this.#input);
    this.#root.append(hint, this.#problems);

    const { signal } = this.#listening;
    this.#input.addEventListener('keydown', (event) => this.#onKey(event), { signal });
    this.#input.addEventListener('beforeinput', (event) => this.#onBeforeInput(event), { signal });
    this.#input.addEventListener('input', (event) => this.#onInput(event as InputEvent), { signal });
    this.#input.addEventListener('compositionstart', () => { this.composing = true; }, { signal });
    this.#input.addEventListener('compositionend', () => { this.composing = false; }, { signal });
    this.#input.addEventListener('blur', () => { this.#tabLeaves = false; }, { signal });
    this.#facade.onGutterClick((line) => this.#pickLine(line), signal);
    ownerDocument.addEventListener('selectionchange', () => this.#onSelection(), { signal });
  }

  open(path: string, given: string): void {
    const text = withLf(given);
    if (this.#path !== path) {
      this.#leave();
      this.#path = path;
      this.#take(path, text);
      const file = this.#files.get(path)!;
      this.#show(file.text);
      this.#paintMarkers();
      this.goTo(file.place ?? { selection: { start: 0, end: 0 }, scrollTop: 0, scrollLeft: 0, focused: false });
      if (this.#pendingReveal?.path === path) this.reveal(path, this.#pendingReveal.line, this.#pendingReveal.column);
    } else if (text !== this.text()) {
      const place = this.place();
      this.#take(path, text);
      this.#show(text);
      this.goTo(place);
    }
  }

  setFiles(files: Readonly<Record<string, string>>): void {
    for (const path of this.#files.keys()) if (!Object.hasOwn(files, path)) this.forget(path);
    for (const [path, text] of Object.entries(files)) {
      if (path === this.#path) this.open(path, text);
      else if (this.#files.has(path)) this.#take(path, withLf(text));
    }
  }

  forget(path: string): void {
    this.#files.delete(path);
    this.#markers.delete(path);
    if (this.#path !== path) return;
    this.#path = undefined;
    this.#show('');
  }

  text(): string {
    return this.#path === undefined ? '' : this.#input.value;
  }

  setMarkers(path: string, markers: readonly EditorMarker[]): void {
    this.#markers.set(path, markers);
    if (path === this.#path) this.#paintMarkers();
  }

  setHighlights(highlights: readonly EditorHighlight[]): void {
    this.#highlights = highlights;
    this.#paintLines();
  }

  reveal(path: string, line: number, column = 1): void {
    if (path !== this.#path) {
      this.#pendingReveal = { path, line, column };
      return;
    }
    this.#pendingReveal = undefined;
    const at = offsetAt(this.#input.value, line, column);
    this.#input.setSelectionRange(at, at);
    const { element } = this.#facade;
    const lineHeight = Number.parseFloat(getComputedStyle(element).lineHeight);
    const top = (lineAt(this.#input.value, at) - 1) * lineHeight;
    if (top < element.scrollTop || top + 3 * lineHeight > element.scrollTop + element.clientHeight) element.scrollTop = top - element.clientHeight / 3;
  }

  setReadOnly(readOnly: boolean): void {
    this.#input.readOnly = readOnly;
  }

  setTheme(_theme: 'light' | 'dark'): void {
    // The colours are custom properties of the page: they have changed already.
  }

  focus(): void {
    this.#input.focus({ preventScroll: true });
  }

  dispose(): void {
    this.#listening.abort();
    this.#root.remove();
  }

  place(): Place {
    const { element } = this.#facade;
    return {
      selection: { start: this.#input.selectionStart, end: this.#input.selectionEnd },
      scrollTop: element.scrollTop, scrollLeft: element.scrollLeft,
      focused: this.#input.ownerDocument.activeElement === this.#input,
    };
  }

  goTo({ selection, scrollTop, scrollLeft, focused }: Place): void {
    this.#input.setSelectionRange(selection.start, selection.end);
    if (focused) this.focus();
    this.#facade.element.scrollTo(scrollLeft, scrollTop);
  }

  /** Keep what the file that is open now needs when it is opened again. */
  #leave(): void {
    const file = this.#path === undefined ? undefined : this.#files.get(this.#path);
    if (file) file.place = { ...this.place(), focused: false };
  }

  /** The text of a file from outside: the first, or a change that can be undone. */
  #take(path: string, text: string): void {
    const file = this.#files.get(path);
    if (!file) {
      this.#files.set(path, { text, history: new TextHistory() });
      return;
    }
    const selection = path === this.#path ? this.place().selection : (file.place?.selection ?? { start: 0, end: 0 });
    file.history.record({ text: file.text, selection }, { text, selection });
    file.text = text;
  }

  #show(text: string): void {
    this.#input.value = text;
    this.#facade.paint(this.#path ?? '', text);
    this.#paintLines();
  }

  /** A change made by the person: `after` is what the text is to be. */
  #change(after: TextState, typedAt?: number): void {
    const file = this.#path === undefined ? undefined : this.#files.get(this.#path);
    if (!file || this.#input.readOnly) return;
    file.history.record(this.#state(), after, typedAt);
    this.#apply(after);
  }

  #apply(after: TextState): void {
    this.#input.value = after.text;
    this.#input.setSelectionRange(after.selection.start, after.selection.end);
    this.#changed();
    this.#keepCaretInView();
  }

  /** The text box has a new text: paint it and tell. */
  #changed(): void {
    const path = this.#path;
    const file = path === undefined ? undefined : this.#files.get(path);
    if (path === undefined || !file) return;
    file.text = this.#input.value;
    this.#facade.paint(path, file.text);
    this.#paintLines();
    this.tellChange(path, file.text);
    this.#onSelection();
  }

  #state(): TextState {
    return { text: this.#input.value, selection: this.place().selection };
  }

  #onKey(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const command = event.ctrlKey || event.metaKey;
    const unit = indentOf(this.#path ?? '');
    if (event.key === 'Escape') this.#tabLeaves = true;
    else if (event.key === 'Tab' && !command && !event.altKey && !this.#tabLeaves && !this.#input.readOnly) {
      event.preventDefault();
      this.#change(event.shiftKey ? outdent(this.#state(), unit) : indent(this.#state(), unit));
    } else if (event.key === 'Enter' && !command && event.altKey && !event.shiftKey) {
      event.preventDefault();
      this.#pickLine(lineAt(this.#input.value, this.#input.selectionStart));
    } else if (event.key === 'Enter' && !command && !event.altKey && !event.shiftKey) {
      event.preventDefault();
      this.#change(newLine(this.#state(), unit, this.#path ?? ''));
    } else if (command && !event.altKey && event.key.toLowerCase() === 'z') {
      event.preventDefault();
      this.#travel(event.shiftKey ? 'redo' : 'undo');
    } else if (command && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'y') {
      event.preventDefault();
      this.#travel('redo');
    } else if (!['Shift', 'Tab', 'Control', 'Alt', 'Meta'].includes(event.key)) this.#tabLeaves = false;
    // Everything else, Ctrl+Enter above all, is the page's.
  }

  #travel(direction: 'undo' | 'redo'): void {
    const file = this.#path === undefined ? undefined : this.#files.get(this.#path);
    if (!file || this.#input.readOnly) return;
    const step = direction === 'undo' ? file.history.undo(this.#input.value) : file.history.redo(this.#input.value);
    if (step) this.#apply(step);
  }

  #onBeforeInput(event: InputEvent): void {
    // From a menu or a gesture. The browser's own history knows nothing of what we did.
    if (event.inputType === 'historyUndo' || event.inputType === 'historyRedo') {
      event.preventDefault();
      this.#travel(event.inputType === 'historyUndo' ? 'undo' : 'redo');
      return;
    }
    this.#before = this.#state();
  }

  #onInput(event: InputEvent): void {
    const file = this.#path === undefined ? undefined : this.#files.get(this.#path);
    const after = this.#state();
    const typed = event.inputType === 'insertText' || event.inputType === 'deleteContentBackward' || event.inputType === 'insertCompositionText';
    file?.history.record(this.#before ?? { text: file.text, selection: after.selection }, after, typed ? event.timeStamp : undefined);
    this.#before = undefined;
    this.#changed();
  }

  #onSelection(): void {
    const path = this.#path;
    if (path === undefined || this.#input.ownerDocument.activeElement !== this.#input) return;
    const line = lineAt(this.#input.value, this.#input.selectionDirection === 'backward' ? this.#input.selectionStart : this.#input.selectionEnd);
    if (line === this.#line) return;
    this.#line = line;
    this.tellCursor(path, line);
  }

  #pickLine(line: number): void {
    if (this.#path === undefined) return;
    this.tellLinePicked(this.#path, line);
  }

  /** After a change by script the browser does not scroll to the caret by itself. */
  #keepCaretInView(): void {
    const { element } = this.#facade;
    const style = getComputedStyle(element);
    const lineHeight = Number.parseFloat(style.lineHeight);
    const caret = this.#input.selectionEnd;
    const top = (lineAt(this.#input.value, caret) - 1) * lineHeight;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + 2 * lineHeight > element.scrollTop + element.clientHeight) element.scrollTop = top + 2 * lineHeight - element.clientHeight;
    if (caret === lineStart(this.#input.value, caret)) element.scrollLeft = 0;
  }

  #paintMarkers(): void {
    const { ownerDocument } = this.#root;
    const markers = this.#markers.get(this.#path ?? '') ?? [];
    this.#problems.replaceChildren(...markers.map((marker) => {
      const item = ownerDocument.createElement('li');
      if (marker.severity !== 'error') item.className = marker.severity === 'info' ? 'code-note' : 'code-warning';
      const button = ownerDocument.createElement('button');
      button.type = 'button';
      button.textContent = this.#texts.problem(marker.severity, marker.line, marker.message);
      button.addEventListener('click', () => {
        if (this.#path === undefined) return;
        this.reveal(this.#path, marker.line, marker.column);
        this.focus();
      });
      item.append(button);
      return item;
    }));
    this.#problems.hidden = markers.length === 0;
    this.#input.ariaInvalid = markers.some((marker) => marker.severity === 'error') ? 'true' : 'false';
    this.#paintLines();
  }

  #paintLines(): void {
    const path = this.#path;
    const classes = new Map<number, string>();
    if (path !== undefined) {
      const add = (line: number, className: string): void => { classes.set(line, `${classes.get(line) ?? ''} ${className}`.trim()); };
      for (const marker of this.#markers.get(path) ?? []) if (marker.severity !== 'info') add(marker.line, `code-line-${marker.severity}`);
      for (const highlight of this.#highlights) if (highlight.path === path) add(highlight.line, `code-line-${highlight.kind}`);
    }
    this.#facade.setLineClasses(classes);
  }
}
