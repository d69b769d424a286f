import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { clauses as asgiClauses } from '../../src/gateway/asgi/clauses.ts';
import { clauses as wsgiClauses } from '../../src/gateway/wsgi/clauses.ts';
import { expectedText, isExpected, play, readAppCases, type AppCase } from './app-cases.ts';

/**
 * The case files of both interfaces. Every case is played with the request whole and octet by octet; a WSGI application must not be
 * able to tell. `UPDATE_CASES=1` writes what came of it into the files: read the difference before you commit it.
 */
const folders = { wsgi: new URL('../cases/wsgi/', import.meta.url), asgi: new URL('../cases/asgi/', import.meta.url) };

describe.each(['wsgi', 'asgi'] as const)('%s', (folder) => {
  const cases = readAppCases(folders[folder]);
  test('titles are unique', () => {
    const titles = cases.map(({ title }) => title);
    expect(titles.filter((title, i) => titles.indexOf(title) !== i)).toEqual([]);
  });

  describe.each([...new Set(cases.map(({ file }) => file))])('%s', (file) => {
    for (const one of cases.filter((other) => other.file === file)) {
      test(`${one.title} (line ${one.line})`, async () => {
        const whole = await play(one, () => []);
        if (process.env['UPDATE_CASES'] !== undefined) return update(one, whole);
        const expected = one.fences.filter(isExpected).map(expectedText);
        expect(whole).toEqual(expected);
        if (folder === 'wsgi') expect(await play(one, (length) => Array.from({ length: Math.max(0, length - 1) }, (_, i) => i + 1)), 'octet by octet').toEqual(expected);
      });
    }
  });

  test('every clause has a case or a test of its own', () => {
    const known = Object.keys(folder === 'wsgi' ? wsgiClauses : asgiClauses);
    const inCases = new Set(cases.flatMap(({ clauses }) => clauses));
    const inTests = new Set(testFiles.flatMap((name) => readFileSync(new URL(name, import.meta.url), 'utf8').match(/(?:PEP3333|ASGI)-[a-z.]+-\d+/g) ?? []));
    expect(known.filter((id) => !inCases.has(id) && !inTests.has(id))).toEqual([]);
    expect([...inCases, ...inTests].filter((id) => /^(?:PEP3333|ASGI)/.test(id) && id.startsWith(folder === 'wsgi' ? 'PEP' : 'ASGI') && !known.includes(id))).toEqual([]);
  });

  function update(one: AppCase, results: readonly string[]): void {
    const url = new URL(one.file, folders[folder]);
    const lines = readFileSync(url, 'utf8').split('\n');
    // From the end, so that the places before it stay right. Cases of one file are updated one after the other, so they are found again by title.
    const start = lines.indexOf(`## ${one.title}`);
    const shift = start + 1 - one.line;
    one.fences.filter(isExpected).map((fence, i) => [fence, results[i]!] as const).reverse()
      .forEach(([fence, text]) => lines.splice(fence.from + shift, fence.to - fence.from, ...(text === '' ? [] : text.split('\n'))));
    writeFileSync(url, lines.join('\n'));
  }
});

/** Tests that say in their titles which clause they are about. */
const testFiles = readdirSync(new URL('.', import.meta.url)).filter((name) => name.endsWith('.test.ts'));
