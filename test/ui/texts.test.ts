/**
 * All text is in the catalogue, and whole: another language orders its words otherwise, so nothing is put together where it is shown. What can be seen of that
 * in the source is looked for here.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const files = readdirSync(join(root, 'src/ui'), { recursive: true, encoding: 'utf8' }).map((file) => join('src/ui', file))
  .filter((file) => /\.tsx?$/.test(file) && !/messages(-\w+)?\.ts$|[\\/]typings[\\/]/.test(file));

/** Names under which the parts of the catalogue are known. */
const texts = String.raw`(?<![\w.])(?:t|m|c|e|later|traceTexts|tMachine|keyTexts)\.[a-z]`;

const signs: Readonly<Record<string, RegExp>> = {
  'a text within a template': new RegExp(String.raw`\`[^\`]*\$\{${texts}[^}]*\}[^\`]*\``),
  'a text and another string added': new RegExp(String.raw`(?:${texts}[\w.]*(?:\([^()]*\))?\s*\+\s*['"\`\w])|(?:['"\`]\s*\+\s*${texts})`),
  'a list joined by hand': /\.join\('(?:, ?| · ?|; ?| and )'\)/,
  'two texts beside each other': new RegExp(String.raw`>[^<>]*\{${texts}[^{}]*\}[ ·:,–-]+\{[^{}]*\}[^<>]*<`),
  'words in the view itself': />\s*[A-Za-z]{2,}(?:\s+[A-Za-z]+)*\s*<\//,
};

/** Lines that show a sign. Comments and doc comments do not count. */
const found = (sign: RegExp, source: string): string[] =>
  source.split('\n').filter((line) => !/^\s*(?:\*|\/\/|\/\*)/.test(line) && sign.test(line)).map((line) => line.trim());

test('there are files to look at', () => {
  expect(files.length).toBeGreaterThan(80);
});

describe.each(Object.entries(signs))('%s', (_name, sign) => {
  test('is nowhere in src/ui', () => {
    expect(files.flatMap((file) => found(sign, readFileSync(join(root, file), 'utf8')).map((line) => `${file}: ${line}`))).toEqual([]);
  });
});

test.each([
  ['a text within a template', 'const x = `${m.length(3)}…`;'],
  ['a text and another string added', "title={t.request.send + ' now'}"],
  ['a list joined by hand', "names.join(', ')"],
  ['two texts beside each other', '<p>{m.refused} {error.message}</p>'],
  ['words in the view itself', '<h3>Two words</h3>'],
])('%s would be seen', (name, line) => {
  expect(found(signs[name]!, line)).toEqual([line]);
});
