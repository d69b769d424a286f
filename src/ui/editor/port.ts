/** What the page needs of an editor. Monaco and a plain textarea both answer to it; tests run without Monaco. */

/** A complaint shown in the text. Lines and columns from 1. */
export interface EditorMarker {
  readonly line: number;
  readonly column: number;
  readonly endColumn?: number;
  readonly message: string;
  readonly severity: 'error' | 'warning' | 'info';
}

/** A line lit because a trace event happened there. */
export interface EditorHighlight {
  readonly path: string;
  readonly line: number;
  /** 'selected': the event is selected; 'hover': pointed at. */
  readonly kind: 'selected' | 'hover';
}

export interface EditorPort {
  readonly kind: 'textarea' | 'monaco';
  /** Show the file `path`; `text` is used the first time (or when it differs from what the editor holds, keeping undo). View state and undo history are kept per path. */
  open(path: string, text: string): void;
  /**
   * Every file of the snippet, so that imports between them can be understood, also of those that were never opened. Texts that differ
   * from what the editor holds are taken over, keeping undo; paths that are not named are forgotten. Listeners are not told.
   */
  setFiles(files: Readonly<Record<string, string>>): void;
  /** The editor no longer needs to remember this path (file deleted, other snippet). */
  forget(path: string): void;
  /** Text of the open file; '' before the first `open`. */
  text(): string;
  /** The person typed. Not called for `open`. */
  onChange(listener: (path: string, text: string) => void): () => void;
  /** The caret moved (line from 1). */
  onCursor(listener: (path: string, line: number) => void): () => void;
  /** The person asked for what a line did: a click beside it, or Alt+Enter in it (line from 1). */
  onLinePicked(listener: (path: string, line: number) => void): () => void;
  setMarkers(path: string, markers: readonly EditorMarker[]): void;
  setHighlights(highlights: readonly EditorHighlight[]): void;
  /** Put the caret there and scroll to it. Where `path` is not the open file, it happens when it is opened next. Does not take the focus. */
  reveal(path: string, line: number, column?: number): void;
  setReadOnly(readOnly: boolean): void;
  setTheme(theme: 'light' | 'dark'): void;
  focus(): void;
  dispose(): void;
}
