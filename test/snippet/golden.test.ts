/**
 * Links that were published once open for ever, and to the same snippet.
 *
 * Each file of `test/golden/` holds links made by some version of Porthole on some host, with the snippet that they stood
 * for on that day. Files are added, never changed: if this test fails, every link out there like it has just died.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decodeSnippet, encodeSnippet } from '../../src/snippet/link.ts';

interface GoldenLink {
  readonly made: string;
  readonly link: string;
  readonly snippet: unknown;
}

const folder = new URL('../golden/', import.meta.url);
const names = readdirSync(folder).filter((name) => /^links-.*\.json$/.test(name));

test('there are golden links', () => {
  expect(names).toEqual(expect.arrayContaining(['links-v1.json', 'links-v1-delivery.json', 'links-v1-packages.json']));
});

describe.each(names)('%s', (name) => {
  const links = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as readonly GoldenLink[];
  test.each(links)('$made', async ({ link, snippet }) => {
    const decoded = await decodeSnippet(link);
    expect(decoded).toStrictEqual(snippet);
    expect(await decodeSnippet(await encodeSnippet(decoded))).toStrictEqual(snippet);
  });
});
