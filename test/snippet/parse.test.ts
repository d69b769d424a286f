import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SnippetError } from '../../src/snippet/errors.ts';
import { snippetLimits } from '../../src/snippet/limits.ts';
import { parseSnippet } from '../../src/snippet/parse.ts';
import { pathProblem, splitEntry } from '../../src/snippet/paths.ts';
import { anySnippet, fullest, smallest } from './samples.ts';

function problems(value: unknown): readonly string[] {
  try {
    parseSnippet(value);
  } catch (error) {
    expect(error).toBeInstanceOf(SnippetError);
    const { problems: found } = error as SnippetError;
    expect(found.length).toBeGreaterThan(0);
    return found.map((problem) => problem.message);
  }
  return [];
}

const files = { 'app.ts': '' };

test('missing members get their defaults', () => {
  expect(parseSnippet({ v: 1, files })).toStrictEqual(smallest);
  expect(parseSnippet({ v: 1, lang: 'py', files: { 'app.py': '' } }).entry).toBe('app.py:app');
});

test('a snippet parses to itself', () => {
  expect(parseSnippet(fullest)).toStrictEqual(fullest);
  fc.assert(fc.property(anySnippet, (snippet) => { expect(parseSnippet(snippet)).toStrictEqual(snippet); }));
});

test('the result is a copy', () => {
  const given = structuredClone(fullest) as { files: Record<string, string> };
  const parsed = parseSnippet(given);
  given.files['app.js'] = 'changed';
  expect(parsed.files['app.js']).toBe(fullest.files['app.js']);
});

describe('wrong types are reported with the path of the key', () => {
  test.each<readonly [unknown, readonly string[]]>([
    [null, ['The snippet must be an object, not null.']],
    [[], ['The snippet must be an object, not a list.']],
    ['text', ['The snippet must be an object, not a string.']],
    [{ files }, ['v must be the version of the snippet format, a whole number from 1.']],
    [{ v: 1.5, files }, ['v must be the version of the snippet format, a whole number from 1.']],
    [{ v: 9, files }, ['v is 9; this Porthole reads snippets up to version 1.']],
    [{ v: 1 }, ['files is missing.']],
    [{ v: 1, files: {} }, ['files must hold at least one file.']],
    [{ v: 1, files: { 'a.ts': 1 } }, ['files["a.ts"] must be a string, not a number.']],
    [{ v: 1, files: { '/etc/passwd': '' } }, ['files["/etc/passwd"] is not a usable path: it begins with "/": paths are relative.']],
    [{ v: 1, files, title: 7, lang: 'cobol', interface: 'cgi' }, [
      'lang must be one of ts, js, py, not "cobol".', 'title must be a string, not a number.', 'interface must be one of auto, wsgi, asgi, fetch, not "cgi".']],
    [{ v: 1, files, requests: {} }, ['requests must be a list, not an object.']],
    [{ v: 1, files, requests: [null] }, ['requests[0] must be an object, not null.']],
    [{ v: 1, files, requests: [{ raw: '' }, {}] }, ['requests[1].raw is missing.']],
    [{ v: 1, files, requests: [{ name: 1, raw: 'GET /你' }] }, [
      'requests[0].name must be a string, not a number.', 'requests[0].raw holds "你" at 5: a request is octets, each written as a character up to U+00FF.']],
    [{ v: 1, files, requests: [{ raw: '', delivery: { cuts: [{ at: 3 }, { at: 3, pauseMs: 1e9 }, {}], copiesHow: 'twice' } }] }, [
      'requests[0].delivery.cuts[1].pauseMs must be at most 60000.', 'requests[0].delivery.cuts[1].at must be greater than that of the cut before.',
      'requests[0].delivery.cuts[2].at is missing.', 'requests[0].delivery.copiesHow must be one of in-turn, pipelined, parallel, not "twice".']],
    [{ v: 1, files, server: { workers: 17, keepAlive: -1, validate: 'yes' } }, [
      'server.workers must be at most 16.', 'server.keepAlive must be at least 0.', 'server.validate must be true or false, not a string.']],
    [{ v: 1, files, server: { workers: 1.5, timeout: Infinity } }, ['server.workers must be a whole number.', 'server.timeout must be a number, not Infinity.']],
    [{ v: 1, files, network: [] }, ['network must be an object, not a list.']],
    [{ v: 1, files, packages: {} }, ['packages must be a list, not an object.']],
    [{ v: 1, files, packages: [{ name: 'Flask', version: '1 2', sha256: 'AB' }, { name: 7 }] }, [
      'packages[0].name must be the normalised name of a package.', 'packages[0].version must be a version.', 'packages[0].sha256 must be 64 hexadecimal digits in lower case.',
      'packages[1].version is missing.', 'packages[1].sha256 is missing.', 'packages[1].name must be a string, not a number.']],
    [{ v: 1, files, view: { step: -1 } }, ['view.step must be at least 0.']],
    [JSON.parse('{"v":1,"files":{"app.ts":""},"__proto__":{"polluted":true}}'), ['__proto__ is not a name that a member may have.']],
    [JSON.parse('{"v":1,"files":{"app.ts":""},"server":{"__proto__":{}}}'), ['server.__proto__ is not a name that a member may have.']],
    [JSON.parse('{"v":1,"files":{"__proto__":""}}'), ['files["__proto__"] is not a usable path: it holds "__proto__".']],
    [{ v: 1, files, future: () => 1 }, ['future must be JSON, nested at most 32 deep.']],
    [{ v: 1, files, future: JSON.parse('['.repeat(50_000) + ']'.repeat(50_000)) as unknown }, ['future must be JSON, nested at most 32 deep.']],
  ])('%#', (value, expected) => {
    expect(problems(value)).toEqual(expected);
  });

  test('no more than twenty', () => {
    expect(problems({ v: 1, files, requests: Array.from({ length: 100 }, () => ({})) })).toHaveLength(20);
  });
});

test('sizes and numbers have limits', () => {
  const many = Object.fromEntries(Array.from({ length: snippetLimits.files + 1 }, (_, index) => [`${index}.ts`, '']));
  expect(problems({ v: 1, files: many })).toEqual(['files holds 65 files; at most 64 are possible.']);
  expect(problems({ v: 1, files: { 'a.ts': 'x'.repeat(snippetLimits.fileChars + 1) } })).toEqual(['files["a.ts"] is longer than 1048576 characters.']);
  expect(problems({ v: 1, files, requests: Array.from({ length: 201 }, () => ({ raw: '' })) })).toEqual(['requests holds more than 200 requests.']);
  expect(problems({ v: 1, files, requests: [{ raw: ' '.repeat(snippetLimits.requestOctets + 1) }] })).toEqual(['requests[0].raw is longer than 1048576 characters.']);
  expect(problems({ v: 1, files, title: ' '.repeat(501) })).toEqual(['title is longer than 500 characters.']);
});

test('hints that point to nothing, or come from a newer page, are left out', () => {
  const view = { request: 3, file: 'gone.ts', traceTab: 'flamegraph', requestTab: 'form', step: 1 };
  expect(parseSnippet({ v: 1, files, view }).view).toEqual({ requestTab: 'form', step: 1 });
  expect(parseSnippet({ v: 1, files, view: { file: 'constructor' } }).view).toEqual({});
  expect(parseSnippet({ v: 1, files, view: { compared: ['web', 'gone'] } }).view).toEqual({ compared: ['web', 'gone'] });
  expect(parseSnippet({ v: 1, files, view: { compared: 'web' } }).view).toEqual({});
  expect(parseSnippet({ v: 1, files, view: { compared: [1] } }).view).toEqual({});
  expect(parseSnippet({ v: 1, files, view: { compared: Array.from({ length: 17 }, () => 'web') } }).view).toEqual({});
});

test('whatever the value, parsing gives a snippet or a SnippetError', () => {
  const member = fc.oneof(fc.anything(), fc.constant(files));
  const almost = fc.record({ v: fc.constantFrom(1, 1, 1, 2, '1'), files: member, requests: fc.oneof(member, fc.array(member)), server: member, network: member, view: member, lang: member, entry: member }, { requiredKeys: ['v'] });
  fc.assert(fc.property(fc.oneof(almost, fc.anything()), (value) => { problems(value); }), { numRuns: 500 });
});

describe('paths', () => {
  test.each(['app.ts', 'a/b/c.py', 'données/é.txt', '.env', '应用.ts', 'a b.ts', 'constructor'])('%s is usable', (path) => {
    expect(pathProblem(path)).toBeUndefined();
  });
  test.each(['', '/a', 'a//b', 'a/', './a', 'a/../b', '..', 'C:a', 'a\\b', 'a\u0000', 'a\nb', 'a?', 'a*', 'x'.repeat(201), ' a', 'a.', 'a /b', '__proto__', 'a/__proto__/b'])('%j is not', (path) => {
    expect(pathProblem(path)).toEqual(expect.any(String));
  });
});

test('an entry splits at its colon', () => {
  expect(splitEntry('src/app.ts:make')).toEqual({ path: 'src/app.ts', name: 'make' });
  expect(splitEntry('app.ts')).toEqual({ path: 'app.ts', name: '' });
});
