/** A piece of a text to be replaced: `[start, end)`. An insertion has `start === end`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** A place just behind it means it as well: V8 places a call at the end of what is called, if that is more than a name. */
  readonly closed?: boolean;
}

/** A text in which pieces were replaced and every line break was kept. */
export class EditedText {
  readonly text: string;
  readonly #original: string;
  readonly #edits: readonly Edit[];

  /** Edits must not overlap; those at the same place apply in the order given. */
  constructor(original: string, edits: readonly Edit[]) {
    this.#original = original;
    this.#edits = [...edits].sort((one, other) => one.start - other.start);
    let text = '';
    let done = 0;
    for (const edit of this.#edits) {
      text += original.slice(done, edit.start) + edit.text;
      done = edit.end;
    }
    this.text = text + original.slice(done);
  }

  /** The column in the original of a column here. Lines from 1, columns from 0. What was put in maps to where it was put. */
  originalColumn(line: number, column: number): number {
    const at = lineStart(this.text, line) + column;
    let shift = 0;
    for (const { start, end, text, closed } of this.#edits) {
      const from = start + shift;
      if (at < from) break;
      if (at < from + text.length + (closed ? 1 : 0)) return Math.max(0, start - lineStart(this.#original, line));
      shift += text.length - (end - start);
    }
    return Math.max(0, at - shift - lineStart(this.#original, line));
  }
}

/** Offset of the first character of a line; lines from 1. */
function lineStart(text: string, line: number): number {
  let start = 0;
  for (let before = 1; before < line; before += 1) {
    const end = text.indexOf('\n', start);
    if (end < 0) return text.length;
    start = end + 1;
  }
  return start;
}
