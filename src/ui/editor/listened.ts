type TextListener = (path: string, text: string) => void;
type LineListener = (path: string, line: number) => void;

/** An editor's listeners (see `EditorPort`), and how it tells them. */
export abstract class Listened {
  readonly #change = new Set<TextListener>();
  readonly #cursor = new Set<LineListener>();
  readonly #line = new Set<LineListener>();

  onChange(listener: TextListener): () => void {
    return listen(this.#change, listener);
  }

  onCursor(listener: LineListener): () => void {
    return listen(this.#cursor, listener);
  }

  onLinePicked(listener: LineListener): () => void {
    return listen(this.#line, listener);
  }

  protected tellChange(path: string, text: string): void {
    for (const listener of this.#change) listener(path, text);
  }

  protected tellCursor(path: string, line: number): void {
    for (const listener of this.#cursor) listener(path, line);
  }

  protected tellLinePicked(path: string, line: number): void {
    for (const listener of this.#line) listener(path, line);
  }
}

function listen<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => { listeners.delete(listener); };
}
