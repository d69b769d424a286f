import { describe, expect, test } from 'vitest';
import { link } from '../../src/runner/link.ts';
import { LoadError } from '../../src/runner/problem.ts';
import { runFiles, testBuiltins } from './run-files.ts';

/** The problem that linking these files ends with. */
function problemOf(files: Readonly<Record<string, string>>, entry = 'app.ts'): ReturnType<LoadError['problem']> {
  try {
    link(files, entry, testBuiltins);
  } catch (error) {
    if (error instanceof LoadError) return error.problem();
    throw error;
  }
  throw new Error('it linked');
}

describe('modules', () => {
  test('run as one text, with the types gone', async () => {
    const { exports } = await runFiles({
      'app.ts': `import type { Shape } from './types.ts';
import { area } from './area.ts';
enum Unit { Metre = 'm' }
class Square implements Shape { constructor(readonly side: number) {} }
export const answer = \`\${area(new Square(3) satisfies Shape)} \${Unit.Metre}\`;`,
      'types.ts': 'export interface Shape { side: number }',
      'area.ts': 'export function area(shape: { side: number }): number { return shape.side ** 2; }',
    });
    expect(exports['answer']).toBe('9 m');
  });

  test.each([
    ['./lib.ts', 'lib.ts'],
    ['./lib', 'lib.ts'],
    ['./lib.js', 'lib.ts'],
    ['./lib', 'lib.mjs'],
    ['./lib', 'lib/index.ts'],
    ['./lib/', 'lib/index.js'],
    ['./a/../lib/./b.ts', 'lib/b.ts'],
    ['/lib.ts', 'lib.ts'],
  ])('%s means %s', async (specifier, path) => {
    const { exports } = await runFiles({ 'app.ts': `export { x } from '${specifier}';`, [path]: 'export const x = 1;' });
    expect(exports['x']).toBe(1);
  });

  test('in folders import upwards', async () => {
    const { exports } = await runFiles({
      'app.ts': `export { deep } from './a/b/c.ts';`,
      'a/b/c.ts': `import { up } from '../../up.ts'; export const deep = up + 1;`,
      'up.ts': 'export const up = 1;',
    });
    expect(exports['deep']).toBe(2);
  });

  test('an extension that is written wins over one that is guessed', async () => {
    const { exports } = await runFiles({ 'app.ts': `export { x } from './lib.js';`, 'lib.js': 'export const x = "js";', 'lib.ts': 'export const x = "ts";' });
    expect(exports['x']).toBe('js');
  });

  test('each runs once, dependencies first, in the order of the imports', async () => {
    const { exports } = await runFiles({
      'app.ts': `import { log } from './log.ts'; import './b.ts'; import './a.ts'; log.push('app'); export { log };`,
      'a.ts': `import { log } from './log.ts'; import './b.ts'; log.push('a');`,
      'b.ts': `import { log } from './log.ts'; log.push('b');`,
      'log.ts': 'export const log: string[] = [];',
    });
    expect(exports['log']).toEqual(['b', 'a', 'app']);
  });

  test('may await at the top; who imports them waits', async () => {
    const { exports } = await runFiles({
      'app.ts': `import { slow } from './slow.ts'; export const seen = slow;`,
      'slow.ts': `export let slow = 'not yet'; await new Promise((resolve) => setTimeout(resolve, 5)); slow = 'ready';`,
    });
    expect(exports['seen']).toBe('ready');
  });

  test('exports are live', async () => {
    const { exports } = await runFiles({
      'app.ts': `import { count, increment } from './counter.ts'; increment(); increment(); export const seen = count;`,
      'counter.ts': 'export let count = 0; export const increment = () => { count += 1; };',
    });
    expect(exports['seen']).toBe(2);
  });

  test('a name that is imported can be hidden by a local one', async () => {
    const { exports } = await runFiles({
      'app.ts': `import { x } from './x.ts'; const f = (x: number) => x + 1; export const seen = [f(10), { x }.x];`,
      'x.ts': 'export const x = 1;',
    });
    expect(exports['seen']).toEqual([11, 1]);
  });

  describe('a name that is imported and', () => {
    // Each expression sees `x`, imported, which is 1.
    test.each([
      ['a parameter of that name', '((x: number) => x)(2)', 2],
      ['a parameter whose default is the import', '((y = x) => y)()', 1],
      ['a parameter taken apart', '(({ x }: any) => x)({ x: 2 })', 2],
      ['a parameter taken apart under another name', '(({ x: y }: any) => [x, y])({ x: 2 })', [1, 2]],
      ['the rest of the parameters', '((...x: number[]) => x)(2, 3)', [2, 3]],
      ['a let in a block', '(() => { { let x = 2; } return x; })()', 1],
      ['a let in a loop', '(() => { let sum = 0; for (let x = 2; x < 4; x++) sum += x; return [sum, x]; })()', [5, 1]],
      ['a const of for-of', '(() => { for (const x of [2]) return x; })()', 2],
      ['a var, seen from before it', '(() => { const before = x; var x = 2; return [before, x]; })()', [undefined, 2]],
      ['a var in a block of the function', '(() => { if (true) { var x = 2; } return x; })()', 2],
      ['a var of a function inside', '(() => { (() => { var x = 2; })(); return x; })()', 1],
      ['a function declared below', '(() => { return x(); function x() { return 2; } })()', 2],
      ['a named function expression', '(function x(): any { return typeof x; })()', 'function'],
      ['a class', '(() => { class x { static y = 2; } return x.y; })()', 2],
      ['a class expression', '(class x { static y = typeof x; }).y', 'function'],
      ['a caught error', '(() => { try { throw 2; } catch (x) { return x; } })()', 2],
      ['a catch without it', '(() => { try { throw 2; } catch { return x; } })()', 1],
      ['a case of a switch', '(() => { switch (x) { case 1: let y = x; return y; } })()', 1],
      ['a let among cases', '(() => { switch (2) { case 2: let x = 3; return x; } })()', 3],
      ['a label', '(() => { x: for (;;) { break x; } return x; })()', 1],
      ['a member', '({ x: 2 }).x', 2],
      ['a computed member', '({ 1: 3 } as any)[x]', 3],
      ['a key', '({ x: 2, [x]: 3 })', { x: 2, 1: 3 }],
      ['a shorthand', '({ x })', { x: 1 }],
      ['a method', '({ x() { return x; } }).x()', 1],
      ['a getter', '({ get x() { return x + 1; } }).x', 2],
      ['a field of a class', '(() => { class C { x = x; #y = x; y() { return this.#y; } static { C.z = x; } static z = 0; } return [new C().x, new C().y()]; })()', [1, 1]],
      ['a template', '`${x}${`${x}`}`', '11'],
      ['an optional member', '({ x: { x: 2 } })?.x?.x', 2],
      ['typeof', 'typeof x', 'number'],
      ['a sum of many', Array.from({ length: 3000 }, () => 'x').join(' + '), 3000],
    ])('%s', async (_what, expression, value) => {
      const { exports } = await runFiles({ 'app.ts': `import { x } from './x.ts';\nexport const seen = ${expression};`, 'x.ts': 'export const x: any = 1;' });
      expect(exports['seen']).toEqual(value);
    });

    test('that is called gets no this', async () => {
      const { exports } = await runFiles({
        'app.ts': `import self, { tag } from './x.ts'; import * as all from './x.ts'; export const seen = [self(), tag\`a\`, all.default() === all];`,
        'x.ts': 'export default function () { return this; }\nexport function tag() { return this; }',
      });
      expect(exports['seen']).toEqual([undefined, undefined, true]);
    });

    test('that is assigned to throws, as a constant does', async () => {
      await expect(runFiles({ 'app.ts': `import { x } from './x.ts'; x = 2;`, 'x.ts': 'export let x = 1;' })).rejects.toThrow(TypeError);
    });

    test('that is exported again', async () => {
      const { exports } = await runFiles({
        'app.ts': `import d, { x, add } from './x.ts'; import * as all from './x.ts'; add(); export { x, d as deflt, all }; export { x as 'a name' } from './x.ts';`,
        'x.ts': 'export let x = 1; export const add = () => { x += 1; }; export default 5;',
      });
      expect([exports['x'], exports['deflt'], (exports['all'] as { x: number }).x, exports['a name']]).toEqual([2, 5, 2, 2]);
    });
  });

  test('several exports in one declaration, taken apart, and changed later', async () => {
    const { exports } = await runFiles({
      'app.ts': `export const a = 1, b = 2; export const { c, d: [e = 3], ...f } = { c: 4, d: [], g: 5 } as any; export let h = 0; ({ h } = { h: 6 }); for (h of [7]); export class I { static i = 8; } export enum J { K = 9 } export async function* l() { yield 10; }`,
    });
    expect(exports).toMatchObject({ a: 1, b: 2, c: 4, e: 3, f: { g: 5 }, h: 7, J: { K: 9 } });
    expect((exports['I'] as { i: number }).i).toBe(8);
    expect((await (exports['l'] as () => AsyncGenerator<number>)().next()).value).toBe(10);
  });

  test('a constant that is read too early throws, with its name', async () => {
    await expect(runFiles({ 'app.ts': `import { early } from './b.ts'; export const late = 1; export { early };`, 'b.ts': `import { late } from './app.ts'; export const early = late;` }))
      .rejects.toThrow(/Cannot access 'late' before initialization/);
  });

  test('whatever names they use, ours do not get in the way', async () => {
    const { exports } = await runFiles({
      'app.ts': `import { x } from './x.ts'; const $ = x, $1 = 2, exports = 3, require = 4, module = 5, $_ = 6; export const sum = $ + $1 + exports + require + module + $_;`,
      'x.ts': 'export const x = 1;',
    });
    expect(exports['sum']).toBe(21);
  });

  test('a nameless default export is called default', async () => {
    const { exports } = await runFiles({ 'app.ts': `import f from './f.ts'; import C from './c.ts'; export const names = [f.name, C.name];`, 'f.ts': 'export default () => 1;', 'c.ts': 'export default class {}\n(1 + 1);' });
    expect(exports['names']).toEqual(['default', 'default']);
  });

  test('in a cycle functions can be called at once, and the rest later', async () => {
    const { exports } = await runFiles({
      'app.ts': `import { b, bSaw } from './b.ts'; export function a() { return 'a'; } export { aliased as other }; function aliased() { return 'o'; } export default function named() { return 'd'; } export const seen = [b(), bSaw];`,
      'b.ts': `import named, { a, other } from './app.ts'; export const bSaw = [a(), other(), named()].join(''); export function b() { return 'b' + a(); }`,
    });
    expect(exports['seen']).toEqual(['ba', 'aod']);
  });

  test('export * passes on all but the default, through several files', async () => {
    const { exports } = await runFiles({
      'app.ts': `import * as all from './one.ts'; export const names = Object.keys(all).sort();`,
      'one.ts': `export * from './two.ts'; export const one = 1;`,
      'two.ts': `export * from './three.ts'; export default 0; export const two = 2;`,
      'three.ts': 'export const three = 3;',
    });
    expect(exports['names']).toEqual(['one', 'three', 'two']);
  });

  test('a default export of every kind', async () => {
    const { exports } = await runFiles({
      'app.ts': `import f from './f.ts'; import C from './c.ts'; import v from './v.ts'; import n from './n.ts'; export const seen = [f(), new C().x, v, n()];`,
      'f.ts': 'export default function () { return 1; }',
      'c.ts': 'export default class { x = 2; }',
      'v.ts': 'export default 1 + 2;',
      'n.ts': 'const four = () => 4; export { four as default };',
    });
    expect(exports['seen']).toEqual([1, 2, 3, 4]);
  });

  test('JavaScript files are taken as they are', async () => {
    const { exports } = await runFiles({ 'app.js': '#!/usr/bin/env node\nexport const a = 1 < 2, b = /x/.test("x");\n// the end' }, 'app.js');
    expect(exports).toEqual({ a: true, b: true });
  });

  test('the entry may be named without extension', async () => {
    expect((await runFiles({ 'src/app.ts': 'export const x = 1;' }, 'src/app')).program.entry).toBe('src/app.ts');
  });

  test('built-in modules are there', async () => {
    const { exports } = await runFiles({ 'app.ts': `import { dispatcher } from 'porthole'; import * as wsgi from 'porthole/wsgi'; import type { WsgiApp } from 'porthole'; export const x = [dispatcher(), typeof wsgi];` });
    expect(exports['x']).toEqual(['dispatched', 'object']);
  });

  test('import.meta, a file that ends in a comment, and one with text that looks like ours', async () => {
    const { exports } = await runFiles({
      'app.ts': 'export const meta = typeof import.meta.url;\nexport const text = "import(\'./x\') }, `${1}` */";\nconst db = { import: (x: string) => x };\nexport const called = db.import("y");\n/* } */ // }',
    });
    expect(exports).toEqual({ meta: 'string', text: "import('./x') }, `${1}` */", called: 'y' });
  });
});

describe('import()', () => {
  test('runs a file when it is called', async () => {
    const { exports } = await runFiles({
      'app.ts': `export const order: string[] = []; (globalThis as any).order = order; order.push('before'); const lazy = await import('./lazy.ts'); order.push(lazy.name);`,
      'lazy.ts': `(globalThis as any).order.push('lazy runs'); await null; export const name = 'lazy';`,
    });
    expect(exports['order']).toEqual(['before', 'lazy runs', 'lazy']);
  });

  test('of a name that is made up at run time finds every file', async () => {
    const { exports } = await runFiles({
      'app.ts': `const pages = ['one', 'two']; export const seen = await Promise.all(pages.map(async (page) => (await import(\`./pages/\${page}.ts\`)).default));`,
      'pages/one.ts': 'export default 1;',
      'pages/two.ts': 'export default 2;',
    });
    expect(exports['seen']).toEqual([1, 2]);
  });

  test('of what is not there rejects when it runs, and nobody minds before', async () => {
    const { exports } = await runFiles({ 'app.ts': `export const seen = await import('./none.ts').catch((error) => error.message); const never = () => import('./nor-this.ts');` });
    expect(exports['seen']).toBe("app.ts imports './none.ts', and there is no such file.");
  });

  test('of a file that does not compile rejects when it runs', async () => {
    const { exports } = await runFiles({ 'app.ts': `export const seen = await import('./broken.ts').catch((error) => [error.name, error.site]);`, 'broken.ts': 'const = 1;' });
    expect(exports['seen']).toEqual(['SyntaxError', { file: 'broken.ts', line: 1, column: 7 }]);
  });

  test('of a module that is waiting for us does not wait for it', async () => {
    const { exports } = await runFiles({
      'app.ts': `import { saw } from './b.ts'; export const mine = 1; export { saw };`,
      'b.ts': `const app = await import('./app.ts'); export const saw = typeof app;`,
    });
    expect(exports['saw']).toBe('object');
  });

  test('two at once run a file once', async () => {
    const { exports } = await runFiles({
      'app.ts': `const [a, b] = await Promise.all([import('./lazy.ts'), import('./lazy.ts')]); export const same = a.token === b.token && a.done && b.done;`,
      'lazy.ts': `export const token = {}; export let done = false; await new Promise((resolve) => setTimeout(resolve, 5)); done = true;`,
    });
    expect(exports['same']).toBe(true);
  });

  test('a module that failed fails again', async () => {
    const { exports } = await runFiles({
      'app.ts': `const once = () => import('./bad.ts').catch((error) => error.message); export const seen = [await once(), await once()]; export const runs = (globalThis as any).badRuns;`,
      'bad.ts': `(globalThis as any).badRuns = ((globalThis as any).badRuns ?? 0) + 1; throw new Error('no');`,
    });
    expect(exports).toEqual({ seen: ['no', 'no'], runs: 1 });
  });
});

describe('an import that fails names file, line and column', () => {
  test('a file that is not there, with what is', () => {
    expect(problemOf({ 'app.ts': `const x: number = 1;\n  import { a } from './utils';\nexport const app = a;`, 'util.ts': '', 'other.ts': '' })).toEqual({
      name: 'ImportError',
      message: "app.ts imports './utils', and there is no such file.",
      advice: "Did you mean './util.ts'? The files are: app.ts, util.ts, other.ts.",
      site: { file: 'app.ts', line: 2, column: 21 },
    });
  });

  test('in a file that is imported', () => {
    expect(problemOf({ 'app.ts': `import './lib/a.ts';`, 'lib/a.ts': `\nexport * from '../nothing.ts';` }).site).toEqual({ file: 'lib/a.ts', line: 2, column: 15 });
  });

  test('a name that nobody exports', () => {
    expect(problemOf({ 'app.ts': `import { hello, wrld } from './lib.ts';\nexport const app = [hello, wrld];`, 'lib.ts': 'export const hello = 1, world = 2;' })).toEqual({
      name: 'ImportError',
      message: "'./lib.ts' exports no 'wrld'.",
      advice: "Did you mean 'world'? It exports: hello, world.",
      site: { file: 'app.ts', line: 1, column: 17 },
    });
  });

  test('a default that is not there', () => {
    expect(problemOf({ 'app.ts': `import lib from './lib.ts';\nexport const app = lib;`, 'lib.ts': 'export const hello = 1;' }).message).toBe("'./lib.ts' has no default export.");
  });

  test('a type that is exported on without saying so', () => {
    expect(problemOf({ 'app.ts': `export { T } from './t.ts';`, 't.ts': 'export type T = string;' }).advice).toContain('export type');
  });

  test.each([
    ['react', /no packages here/, /porthole/],
    ['portole', /no packages here/, /Did you mean 'porthole'/],
    ['node:fs', /only Node has/, /runs in a browser/],
    ['https://esm.sh/react', /no way out to the network/, /Copy the code/],
    ['lib.ts', /as if it were a package/, /Write '\.\/lib\.ts'/],
    ['./data.json', /not a module/, /\.ts/],
    ['../outside.ts', /no such file/, /The files are/],
  ])('%s', (specifier, message, advice) => {
    const problem = problemOf({ 'app.ts': `import x from '${specifier}';\nexport const app = x;`, 'lib.ts': 'export default 1;', 'data.json': '{}' });
    expect(problem.message).toMatch(message);
    expect(problem.advice).toMatch(advice);
    expect(problem.site).toEqual({ file: 'app.ts', line: 1, column: 15 });
  });

  test('an entry that is not there', () => {
    expect(problemOf({ 'app.ts': '' }, 'ap.ts')).toEqual({ name: 'ImportError', message: "There is no file 'ap.ts' to start from.", advice: "Did you mean 'app.ts'? The files are: app.ts." });
  });
});

describe('a syntax error names file, line and column', () => {
  test.each([
    ['found by sucrase', 'export const app = (a: string) => {\n  const x = ;\n};', 2, 13, "Unexpected ';'"],
    ['found by acorn, after types were taken away', 'export const f = (a: string, b: Map<string, number>): void => {};  x y;', 1, 70, "Unexpected 'y'"],
    ['at the end', 'export const app = () => {\n  if (true) {\n', 3, 1, 'Unexpected end of the file'],
    ['a string that does not end', 'const a = 1;\nconst s = "abc;\n', 2, 11, 'Unterminated string constant'],
    ['declared twice', 'let a: number = 1;\nlet a = 2;', 2, 5, "Identifier 'a' has already been declared"],
    ['an export of nothing', 'export { nowhere };', 1, 10, "Export 'nowhere' is not defined"],
    ['await in a function that is not async', 'const f = () => { await x; };', 1, 19, "Cannot use keyword 'await' outside an async function"],
    ['deep inside, in TypeScript', 'export const app = (environ: any, start: (s: string) => void) => {\n  const rows = [1, 2].map((n: number) => {\n    return n +* 2;\n  });\n};', 3, 15, "Unexpected '*'"],
  ])('%s', (_what, source, line, column, message) => {
    const problem = problemOf({ 'app.ts': `import './lib.ts';`, 'lib.ts': source });
    expect(problem.name).toBe('SyntaxError');
    expect(problem.message).toContain(message);
    expect(problem.site).toEqual({ file: 'lib.ts', line, column });
    expect(problem.advice).not.toBe('');
  });

  test('types in a JavaScript file', () => {
    expect(problemOf({ 'app.js': 'const a: number = 1;' }, 'app.js').site).toEqual({ file: 'app.js', line: 1, column: 8 });
  });
});

describe('places', () => {
  test('every line of every file is found again', () => {
    const files = {
      'app.ts': `import { a } from './a.ts';\ninterface Wide { x: number }\n\nexport const app = (w: Wide) => a(w);\n`,
      'a.ts': `export function a(\n  x: unknown,\n): string {\n  return String(x);\n}`,
    };
    const program = link(files, 'app.ts', testBuiltins);
    const lines = program.code.split('\n');
    for (const [file, word, line, column] of [['app.ts', ')(w)', 4, 33], ['a.ts', 'String', 4, 10], ['a.ts', 'function', 1, 8]] as const) {
      const at = lines.findIndex((text, index) => text.includes(word) && program.locate(index + 1, 1)?.file === file);
      expect(program.locate(at + 1, lines[at]!.indexOf(word) + 1)).toEqual({ file, line, column });
    }
    expect(program.locate(1, 1)).toBeUndefined();
    expect(program.locate(2, 1)).toBeUndefined();
    expect(program.locate(lines.length, 1)).toBeUndefined();
  });
});
