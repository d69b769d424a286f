/** What Tab and Enter do in the plain editor, as functions of the text. */
import type { TextSelection, TextState } from './text-history.ts';

/** One level: two spaces, as in the examples; four in Python, as its style guide says. */
export const indentOf = (path: string): string => (path.endsWith('.py') ? '    ' : '  ');

/** Tab: spaces up to the next level at a caret; one level more for every line that a selection touches. */
export function indent({ text, selection }: TextState, unit: string): TextState {
  if (!text.slice(selection.start, selection.end).includes('\n')) {
    const column = selection.start - lineStart(text, selection.start);
    return insert(text, selection, ' '.repeat(unit.length - (column % unit.length)));
  }
  return changeLines({ text, selection }, (line) => (line === '' ? '' : unit + line));
}

/** Shift+Tab: one level less for every line that the selection touches. */
export const outdent = (state: TextState, unit: string): TextState =>
  changeLines(state, (line) => line.slice(Math.min(unit.length, /^ */.exec(line)![0].length) || (line.startsWith('\t') ? 1 : 0)));

/** Enter: the new line begins as far in as the old one, one level more after an opening bracket (or a colon in Python). */
export function newLine({ text, selection }: TextState, unit: string, path: string): TextState {
  const head = text.slice(lineStart(text, selection.start), selection.start);
  const opens = (path.endsWith('.py') ? /[([{:]\s*$/ : /[([{]\s*$/).test(head);
  return insert(text, selection, `\n${/^[ \t]*/.exec(head)![0]}${opens ? unit : ''}`);
}

function insert(text: string, { start, end }: TextSelection, added: string): TextState {
  const caret = start + added.length;
  return { text: text.slice(0, start) + added + text.slice(end), selection: { start: caret, end: caret } };
}

function changeLines({ text, selection }: TextState, change: (line: string) => string): TextState {
  const from = lineStart(text, selection.start);
  // A selection that ends at the beginning of a line does not touch that line.
  const lastTouched = selection.end > selection.start && text[selection.end - 1] === '\n' ? selection.end - 1 : selection.end;
  const nextBreak = text.indexOf('\n', lastTouched);
  const to = nextBreak < 0 ? text.length : nextBreak;
  const lines = text.slice(from, to).split('\n');
  const changed = lines.map(change);
  const firstMoved = changed[0]!.length - lines[0]!.length;
  const block = changed.join('\n');
  return {
    text: text.slice(0, from) + block + text.slice(to),
    selection: { start: Math.max(from, selection.start + firstMoved), end: Math.max(from, selection.end + block.length - (to - from)) },
  };
}

/** Offset of the first character of the line that holds `offset`. */
export const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1;

/** Line (from 1) that holds `offset`. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

/** Offset of a place given by line and column (both from 1), moved into the text where it lies outside. */
export function offsetAt(text: string, line: number, column = 1): number {
  let start = 0;
  for (let at = 1; at < line; at++) {
    const next = text.indexOf('\n', start);
    if (next < 0) return text.length;
    start = next + 1;
  }
  const end = text.indexOf('\n', start);
  return Math.min(start + Math.max(0, column - 1), end < 0 ? text.length : end);
}
