import fc from 'fast-check';
import { expect, test } from 'vitest';
import { difference, TextHistory } from '../../src/ui/editor/text-history.ts';
import type { TextState } from '../../src/ui/editor/text-history.ts';

const at = (text: string, start = text.length, end = start): TextState => ({ text, selection: { start, end } });

test('undo goes all the way back and redo all the way forward, whatever was changed', () => {
  fc.assert(fc.property(fc.array(fc.string({ maxLength: 6 }), { minLength: 1 }), fc.boolean(), (texts, typed) => {
    const history = new TextHistory();
    for (let index = 1; index < texts.length; index++) history.record(at(texts[index - 1]!), at(texts[index]!), typed ? index : undefined);
    let text = texts.at(-1)!;
    for (let step = history.undo(text); step; step = history.undo(text)) text = step.text;
    expect(text).toBe(texts[0]);
    for (let step = history.redo(text); step; step = history.redo(text)) text = step.text;
    expect(text).toBe(texts.at(-1));
  }));
});

test('what is typed without a pause is one step; a pause, a jump or a new line begins another', () => {
  const history = new TextHistory();
  const steps: readonly (readonly [string, number])[] = [['a', 0], ['ab', 100], ['abc', 200], ['abcd', 2000], ['abcd\n', 2100], ['Xabcd\n', 2200]];
  let before = at('');
  for (const [text, typedAt] of steps) history.record(before, (before = at(text)), typedAt);
  const back: string[] = [];
  for (let step = history.undo(before.text); step; step = history.undo(back.at(-1)!)) back.push(step.text);
  expect(back).toEqual(['abcd\n', 'abcd', 'abc', '']);
});

test('deleting letter by letter is one step', () => {
  const history = new TextHistory();
  history.record(at('abc'), at('ab'), 0);
  history.record(at('ab'), at('a'), 50);
  expect(history.undo('a')).toEqual(at('abc'));
  expect(history.undo('abc')).toBeUndefined();
});

test('a new change forgets what was undone', () => {
  const history = new TextHistory();
  history.record(at(''), at('a'));
  expect(history.undo('a')?.text).toBe('');
  history.record(at(''), at('b'));
  expect(history.redo('b')).toBeUndefined();
});

test('the selection comes back too', () => {
  const history = new TextHistory();
  history.record(at('hello', 1, 4), at('ho', 1));
  expect(history.undo('ho')).toEqual(at('hello', 1, 4));
  expect(history.redo('hello')).toEqual(at('ho', 1));
});

test('a difference leaves alone what both texts begin and end with', () => {
  expect(difference(at('abcd'), at('abXd'))).toMatchObject({ at: 2, removed: 'c', added: 'X' });
  expect(difference(at('aa'), at('aaa'))).toMatchObject({ at: 2, removed: '', added: 'a' });
  expect(difference(at('a'), at('a'))).toBeUndefined();
});
