/**
 * The editor that the page holds: the plain one from the first moment, and Monaco in its place as soon as it has been loaded.
 * Text, selection, scroll position, focus, markers and lit lines move over; nothing on the page does.
 */
import { Listened } from './listened.ts';
import { loadMonaco } from './load.ts';
import type { MonacoModule } from './load.ts';
import type { EditorHighlight, EditorMarker, EditorPort } from './port.ts';
import type { SwappableEditor } from './swap.ts';
import { TextareaEditor } from './textarea.ts';
import type { EditorTexts } from './texts.ts';

/** How far Monaco is. 'failed': the plain editor stays; `upgrade` may be tried again. */
export type EditorLoading = 'plain' | 'loading' | 'ready' | 'failed';

export interface LazyEditorOptions {
  readonly texts: EditorTexts;
  readonly theme?: 'light' | 'dark';
  /** Told whenever `loading` changes. */
  readonly onLoading?: (loading: EditorLoading) => void;
  /** For tests: where Monaco comes from. */
  readonly load?: () => Promise<MonacoModule>;
}

/** See the head of this file. Begins plain; call {@link upgrade} when the page is idle (or wants Monaco now). */
export class LazyEditor extends Listened implements EditorPort {
  readonly #container: HTMLElement;
  readonly #texts: EditorTexts;
  readonly #onLoading: (loading: EditorLoading) => void;
  readonly #load: () => Promise<MonacoModule>;
  readonly #markers = new Map<string, readonly EditorMarker[]>();
  /** Texts as the page gave them; what was typed since is in the editor. */
  readonly #given = new Map<string, string>();
  /** Texts as they are now. */
  readonly #current = new Map<string, string>();
  #editor: SwappableEditor;
  #path: string | undefined;
  #highlights: readonly EditorHighlight[] = [];
  #readOnly = false;
  #theme: 'light' | 'dark';
  #loading: EditorLoading = 'plain';
  #wantsMonaco = false;
  #disposed = false;

  constructor(container: HTMLElement, options: LazyEditorOptions) {
    super();
    this.#container = container;
    this.#texts = options.texts;
    this.#theme = options.theme ?? 'light';
    this.#onLoading = options.onLoading ?? (() => {});
    this.#load = options.load ?? loadMonaco;
    this.#editor = this.#listenTo(new TextareaEditor(container, this.#texts));
  }

  get kind(): 'textarea' | 'monaco' {
    return this.#editor.kind;
  }

  get loading(): EditorLoading {
    return this.#loading;
  }

  /** Load Monaco and change over to it. Resolves when that has happened, has failed (the plain editor stays) or is no longer wanted. Never rejects. */
  async upgrade(): Promise<void> {
    this.#wantsMonaco = true;
    if (this.#editor.kind === 'monaco' || this.#loading === 'loading') return;
    this.#report('loading');
    try {
      const { MonacoEditor } = await this.#load();
      await this.#pauseInTyping();
      if (this.#disposed) return;
      if (!this.#wantsMonaco) return this.#report('plain');
      this.#swap(new MonacoEditor(this.#container, { texts: this.#texts, theme: this.#theme }));
      this.#report('ready');
    } catch (error) {
      console.error(error);
      if (!this.#disposed) this.#report('failed');
    }
  }

  /** Go back to (or stay with) the plain editor. */
  downgrade(): void {
    this.#wantsMonaco = false;
    if (this.#editor.kind === 'textarea') return;
    this.#swap(new TextareaEditor(this.#container, this.#texts));
    this.#report('plain');
  }

  open(path: string, text: string): void {
    this.#path = path;
    this.#know(path, text);
    this.#editor.open(path, text);
  }

  setFiles(files: Readonly<Record<string, string>>): void {
    for (const path of this.#current.keys()) if (!Object.hasOwn(files, path)) this.#drop(path);
    for (const [path, text] of Object.entries(files)) this.#know(path, text);
    this.#editor.setFiles(files);
  }

  forget(path: string): void {
    this.#drop(path);
    this.#editor.forget(path);
  }

  text(): string {
    return this.#editor.text();
  }

  setMarkers(path: string, markers: readonly EditorMarker[]): void {
    this.#markers.set(path, markers);
    this.#editor.setMarkers(path, markers);
  }

  setHighlights(highlights: readonly EditorHighlight[]): void {
    this.#highlights = highlights;
    this.#editor.setHighlights(highlights);
  }

  reveal(path: string, line: number, column?: number): void {
    this.#editor.reveal(path, line, column);
  }

  setReadOnly(readOnly: boolean): void {
    this.#readOnly = readOnly;
    this.#editor.setReadOnly(readOnly);
  }

  setTheme(theme: 'light' | 'dark'): void {
    this.#theme = theme;
    this.#editor.setTheme(theme);
  }

  focus(): void {
    this.#editor.focus();
  }

  dispose(): void {
    this.#disposed = true;
    this.#editor.dispose();
  }

  #know(path: string, text: string): void {
    if (!this.#given.has(path)) this.#given.set(path, text);
    this.#current.set(path, text);
  }

  #drop(path: string): void {
    this.#given.delete(path);
    this.#current.delete(path);
    this.#markers.delete(path);
    if (this.#path === path) this.#path = undefined;
  }

  #report(loading: EditorLoading): void {
    if (this.#loading === loading) return;
    this.#loading = loading;
    this.#onLoading(loading);
  }

  #listenTo(editor: SwappableEditor): SwappableEditor {
    editor.onChange((path, text) => {
      this.#current.set(path, text);
      this.tellChange(path, text);
    });
    editor.onCursor((path, line) => this.tellCursor(path, line));
    editor.onLinePicked((path, line) => this.tellLinePicked(path, line));
    return editor;
  }

  #swap(next: SwappableEditor): void {
    const place = this.#editor.place();
    this.#editor.dispose();
    this.#editor = this.#listenTo(next);
    // First as they were given, then as they are: so what was typed meanwhile can be undone in the new editor too.
    next.setFiles(Object.fromEntries(this.#given));
    if (this.#path !== undefined) next.open(this.#path, this.#given.get(this.#path)!);
    next.setFiles(Object.fromEntries(this.#current));
    for (const [path, text] of this.#current) this.#given.set(path, text);
    for (const [path, markers] of this.#markers) next.setMarkers(path, markers);
    next.setHighlights(this.#highlights);
    next.setReadOnly(this.#readOnly);
    next.setTheme(this.#theme);
    if (this.#path !== undefined) next.goTo(place);
  }

  /** Never between two letters of a composed character. */
  async #pauseInTyping(): Promise<void> {
    while (this.#editor.composing && !this.#disposed) {
      await new Promise<void>((resolve) => { this.#container.addEventListener('compositionend', () => setTimeout(resolve, 0), { once: true }); });
    }
  }
}
