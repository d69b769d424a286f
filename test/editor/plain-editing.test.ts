import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { indent, indentOf, lineAt, newLine, offsetAt, outdent } from '../../src/ui/editor/plain-editing.ts';
import type { TextState } from '../../src/ui/editor/text-history.ts';

/** A text in which `[` and `]` (or `|`) mark the selection. */
function marked(text: string): TextState {
  const start = text.search(/[[|]/);
  const end = text.includes(']') ? text.indexOf(']') - 1 : start;
  return { text: text.replace(/[[\]|]/g, ''), selection: { start, end } };
}

const show = ({ text, selection: { start, end } }: TextState): string =>
  start === end ? `${text.slice(0, start)}|${text.slice(start)}` : `${text.slice(0, start)}[${text.slice(start, end)}]${text.slice(end)}`;

describe('Tab', () => {
  test.each([
    ['|a', '  |a'], ['a|', 'a |'], ['  |a', '    |a'], ['x[ab]y', 'x |y'],
    ['a\n[b\nc]\nd', 'a\n  [b\n  c]\nd'], ['a[a\n]b', '  a[a\n]b'], ['[a\n\nb]', '  [a\n\n  b]'],
  ])('%j gives %j', (before, after) => {
    expect(show(indent(marked(before), '  '))).toBe(after);
  });
});

describe('Shift+Tab', () => {
  test.each([['  |a', '|a'], [' |a', '|a'], ['    a|', '  a|'], ['\t|a', '|a'], ['a|', 'a|'], ['  [a\n b]\n  c', '[a\nb]\n  c'], [' |  a', '| a']])('%j gives %j', (before, after) => {
    expect(show(outdent(marked(before), '  '))).toBe(after);
  });

  test('takes back what Tab gave to lines', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom('a', ' b', '  c', 'd e')), (lines) => {
      const text = ['x', ...lines, 'y'].join('\n');
      const whole = { text, selection: { start: 0, end: text.length } };
      expect(outdent(indent(whole, '    '), '    ').text).toBe(text);
    }));
  });
});

test('Enter keeps the indentation, and adds to it after an opening bracket', () => {
  expect(show(newLine(marked('  a|b'), '  ', 'a.ts'))).toBe('  a\n  |b');
  expect(show(newLine(marked('  f({|'), '  ', 'a.ts'))).toBe('  f({\n    |');
  expect(show(newLine(marked('if x:|'), '    ', 'a.py'))).toBe('if x:\n    |');
  expect(show(newLine(marked('case x:|'), '  ', 'a.ts'))).toBe('case x:\n|');
  expect([indentOf('a.py'), indentOf('a.ts')]).toEqual(['    ', '  ']);
});

test('lines and offsets agree', () => {
  fc.assert(fc.property(fc.array(fc.constantFrom('', 'a', 'bcd')).map((lines) => lines.join('\n')), fc.nat(30), (text, at) => {
    const offset = Math.min(at, text.length);
    const line = lineAt(text, offset);
    const start = offsetAt(text, line);
    expect(start).toBeLessThanOrEqual(offset);
    expect(offsetAt(text, line, offset - start + 1)).toBe(offset);
  }));
  expect([offsetAt('ab\nc', 1, 99), offsetAt('ab\nc', 9, 1), offsetAt('ab\nc', 0, 0)]).toEqual([2, 4, 0]);
});
