import { expect, test } from 'vitest';
import { SnippetError } from '../../src/snippet/errors.ts';
import { migrate, NewerSnippetError, snippetVersion } from '../../src/snippet/migrate.ts';
import type { MigrationStep } from '../../src/snippet/migrate.ts';

/** Two steps as they might be published one day. */
const steps = new Map<number, MigrationStep>([
  [1, ({ code, ...rest }) => ({ ...rest, files: { 'app.ts': code } })],
  [2, (old) => ({ ...old, migratedTwice: true })],
]);

test('an old snippet takes every step in turn and keeps what no step knows', () => {
  const old = Object.freeze({ v: 1, code: 'x', theirs: [1] });
  expect(migrate(old, steps, 3)).toEqual({ v: 3, files: { 'app.ts': 'x' }, theirs: [1], migratedTwice: true });
});

test('a snippet in the middle takes the rest of the steps', () => {
  expect(migrate({ v: 2 }, steps, 3)).toEqual({ v: 3, migratedTwice: true });
});

test('the current version is left as it is', () => {
  const current = { v: snippetVersion };
  expect(migrate(current)).toBe(current);
});

test('a step that gets the number wrong cannot loop', () => {
  expect(migrate({ v: 1 }, new Map([[1, () => ({ v: 1 })]]), 2)).toEqual({ v: 2 });
});

test('a version from the future is told apart from no version', () => {
  expect(() => migrate({ v: snippetVersion + 1 })).toThrow(NewerSnippetError);
  for (const v of [undefined, null, '1', 0, -1, 1.5, Number.NaN]) {
    expect(() => migrate({ v })).toThrow(SnippetError);
    expect(() => migrate({ v })).not.toThrow(NewerSnippetError);
  }
});

test('there is a step away from every version before the current one', () => {
  for (let v = 1; v <= snippetVersion; v++) expect(migrate({ v })['v']).toBe(snippetVersion);
});
