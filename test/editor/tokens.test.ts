import fc from 'fast-check';
import { expect, test } from 'vitest';
import { examples } from '../../src/examples/index.ts';
import { languageOf } from '../../src/ui/editor/language.ts';
import type { Language } from '../../src/ui/editor/language.ts';
import { tokenize } from '../../src/ui/editor/tokens.ts';

/** The pieces that are coloured, as `kind:text`. */
const coloured = (language: Language, text: string): string[] => tokenize(language, text).filter(([kind]) => kind !== '').map(([kind, piece]) => `${kind}:${piece}`);

test('TypeScript', () => {
  expect(coloured('typescript', "import type { A } from 'porthole'; // why\nconst n = 0xff + 1.5;")).toEqual(
    ['keyword:import', 'keyword:type', 'keyword:from', "string:'porthole'", 'comment:// why', 'keyword:const', 'number:0xff', 'number:1.5']);
  expect(coloured('typescript', '`a ${b}\n c` /* d\ne */ "f\\"g"')).toEqual(['string:`a ${b}\n c`', 'comment:/* d\ne */', 'string:"f\\"g"']);
});

test('words inside names, members and keys are no keywords', () => {
  expect(coloured('typescript', 'classes.delete; { type: news } in$ form1')).toEqual([]);
});

test('a string without an end stops at the end of its line, a comment at the end of the text', () => {
  expect(coloured('typescript', "'open\nif")).toEqual(["string:'open", 'keyword:if']);
  expect(coloured('typescript', '/* open\nif')).toEqual(['comment:/* open\nif']);
});

test('Python, HTML, JSON and anything else', () => {
  expect(coloured('python', '"""doc\nstring"""\ndef f(): # x\n  return \'y\'')).toEqual(['string:"""doc\nstring"""', 'keyword:def', 'comment:# x', 'keyword:return', "string:'y'"]);
  expect(coloured('html', '<!doctype html><a href="x">y</a><!-- z -->')).toEqual(['keyword:<!doctype', 'keyword:<a', 'string:"x"', 'keyword:</a', 'comment:<!-- z -->']);
  expect(coloured('json', '{"a": [true, 1.5e3]}')).toEqual(['string:"a"', 'keyword:true', 'number:1.5e3']);
  expect(coloured('plaintext', 'if "x"')).toEqual([]);
});

test('the pieces are the text, whatever it is', () => {
  const text = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('"', "'", '`', '/*', '*/', '//', '\\', '\n', '#', '"""', '<!--', 'if ', '1'))).map((parts) => parts.join(''));
  fc.assert(fc.property(text, fc.constantFrom<Language>('typescript', 'javascript', 'python', 'html', 'json', 'plaintext'), (source, language) => {
    expect(tokenize(language, source).map(([, piece]) => piece).join('')).toBe(source);
  }), { numRuns: 500 });
  for (const example of examples) {
    for (const [path, source] of Object.entries(example.files)) expect(tokenize(languageOf(path), source).map(([, piece]) => piece).join('')).toBe(source);
  }
});

test('languages by extension', () => {
  expect(['a.ts', 'b/c.mjs', 'd.PY', 'e.html', 'f.json', 'README', 'g.constructor', '.env'].map(languageOf))
    .toEqual(['typescript', 'javascript', 'python', 'html', 'json', 'plaintext', 'plaintext', 'plaintext']);
});
