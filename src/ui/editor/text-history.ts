/** A caret or selection in a text: UTF-16 offsets, `start <= end`. */
export interface TextSelection {
  readonly start: number;
  readonly end: number;
}

/** A text at one moment. */
export interface TextState {
  readonly text: string;
  readonly selection: TextSelection;
}

/** `removed` at `at` became `added`. */
interface Change {
  readonly at: number;
  readonly removed: string;
  readonly added: string;
  readonly before: TextSelection;
  readonly after: TextSelection;
}

/** Pause in typing, in ms, after which an undo step ends. */
const pauseMs = 800;
/** Undo steps that are kept. */
const maxSteps = 500;

/**
 * Undo and redo for one plain text. Browsers keep one undo stack for the whole page and forget it when a script sets a value, so
 * a textarea whose file can change under it needs its own.
 */
export class TextHistory {
  #undo: Change[] = [];
  #redo: Change[] = [];
  /** When the last change was typed; -Infinity where the next one must not join it. */
  #typedAt = -Infinity;

  /**
   * Remember the step from `before` to `after`. With `typedAt` (ms), letters typed without a pause join into one step, up to a line.
   */
  record(before: TextState, after: TextState, typedAt?: number): void {
    const change = difference(before, after);
    if (!change) return;
    this.#redo = [];
    const last = this.#undo.at(-1);
    const joins = last !== undefined && typedAt !== undefined && typedAt - this.#typedAt < pauseMs && !change.added.includes('\n');
    if (joins && change.removed === '' && change.at === last.at + last.added.length) {
      this.#undo[this.#undo.length - 1] = { ...last, added: last.added + change.added, after: change.after };
    } else if (joins && change.added === '' && last.added === '' && change.at + change.removed.length === last.at) {
      this.#undo[this.#undo.length - 1] = { ...last, at: change.at, removed: change.removed + last.removed, after: change.after };
    } else {
      this.#undo.push(change);
      if (this.#undo.length > maxSteps) this.#undo.shift();
    }
    this.#typedAt = typedAt ?? -Infinity;
  }

  /** One step back from `text`; undefined where there is none. */
  undo(text: string): TextState | undefined {
    const change = this.#undo.pop();
    if (!change) return undefined;
    this.#redo.push(change);
    this.#typedAt = -Infinity;
    return { text: text.slice(0, change.at) + change.removed + text.slice(change.at + change.added.length), selection: change.before };
  }

  /** One step forward again; undefined where there is none. */
  redo(text: string): TextState | undefined {
    const change = this.#redo.pop();
    if (!change) return undefined;
    this.#undo.push(change);
    this.#typedAt = -Infinity;
    return { text: text.slice(0, change.at) + change.added + text.slice(change.at + change.removed.length), selection: change.after };
  }
}

/** The smallest single replacement that turns one text into the other: what both begin and end with is left alone. */
export function difference(before: TextState, after: TextState): Change | undefined {
  if (before.text === after.text) return undefined;
  const shorter = Math.min(before.text.length, after.text.length);
  let head = 0;
  while (head < shorter && before.text.charCodeAt(head) === after.text.charCodeAt(head)) head++;
  let tail = 0;
  while (tail < shorter - head && before.text.charCodeAt(before.text.length - 1 - tail) === after.text.charCodeAt(after.text.length - 1 - tail)) tail++;
  return {
    at: head, removed: before.text.slice(head, before.text.length - tail), added: after.text.slice(head, after.text.length - tail),
    before: before.selection, after: after.selection,
  };
}
