import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { exampleGroups, examples, exampleSnippet, findExample } from '../../src/examples/index.ts';
import { rawRequest } from '../../src/examples/raw-request.ts';
import { decodeSnippet, encodeSnippet, exampleLink, readFragment } from '../../src/snippet/link.ts';
import { parseSnippet } from '../../src/snippet/parse.ts';
import { splitEntry } from '../../src/snippet/paths.ts';
import { programsOf } from '../../src/snippet/programs.ts';

test('every folder is listed, once, under the name it has', () => {
  const folders = readdirSync(new URL('../../src/examples/', import.meta.url), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  expect(examples.map((example) => example.id).toSorted()).toEqual(folders.toSorted());
});

test('the groups stand together, in the order of the menu', () => {
  const places = examples.map((example) => exampleGroups.indexOf(example.group));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(new Set(places).size).toBe(exampleGroups.length);
});

test('titles are told apart, and an example is found by its id alone', () => {
  expect(new Set(examples.map((example) => example.title)).size).toBe(examples.length);
  expect(findExample('environ')?.title).toBe('Everything in environ');
  expect(findExample('constructor')).toBeUndefined();
});

describe.each(examples)('$id', (example) => {
  const snippet = exampleSnippet(example);

  test('is a snippet that a link can carry through a chat tool', async () => {
    expect(parseSnippet(snippet)).toStrictEqual(snippet);
    const link = await encodeSnippet(snippet);
    expect(link.length).toBeLessThan(example.programs ? 4000 : 2000);
    expect(await decodeSnippet(link)).toStrictEqual(snippet);
    expect(readFragment(exampleLink(example.id))).toEqual({ kind: 'example', name: example.id });
  });

  test('its entry is in its files, which are short enough to be read', () => {
    for (const program of programsOf(snippet)) {
      const { path, name } = splitEntry(program.entry);
      const defines = snippet.lang === 'py' ? new RegExp(`^(?:(?:async )?def ${name}\\(|${name} = )`, 'm') : new RegExp(`export const ${name}\\b`);
      if (program.kind === 'gateway') expect(snippet.files[path]).toMatch(defines);
      else expect(Object.keys(snippet.files)).toContain(program.entry);
    }
    for (const text of Object.values(example.files)) {
      expect(text.split('\n').length).toBeLessThan(example.programs ? 90 : 50);
      // What the editor shows beside the trace without scrolling.
      expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(76);
    }
  });

  test('has something to be seen', () => {
    expect(example.requests.length + (example.programs?.length ?? 0)).toBeGreaterThan(0);
    if (example.programs) expect(example.programs.some(({ claim }) => claim.output.length > 0)).toBe(true);
  });

  test('says one thing, in one sentence, and claims something about each request', () => {
    expect(example.lesson).toMatch(/^[A-Z](?:[^.]|\.\S)*\.$/);
    for (const { name, claim } of example.requests) {
      expect(name).not.toBe('');
      expect(Object.keys(claim).length, name).toBeGreaterThan(1);
    }
  });
});

test('a raw request brings its length, in octets', () => {
  expect(rawRequest('POST / HTTP/1.1', ['A: b'], 'é')).toBe(
    'POST / HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nUser-Agent: porthole\r\nAccept: */*\r\nA: b\r\nContent-Length: 2\r\n\r\n\u00c3\u00a9');
  expect(rawRequest('POST / HTTP/1.1', [], ['abc', 'é'])).toMatch(/\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\n\u00c3\u00a9\r\n0\r\n\r\n$/);
  expect(rawRequest('GET / HTTP/1.0')).toMatch(/Accept: \*\/\*\r\n\r\n$/);
});
