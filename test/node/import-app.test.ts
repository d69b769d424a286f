import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { splitTarget } from '../../src/node/import-app.ts';
import { compile, placeOf } from '../../src/node/typescript.ts';
import { builtPackage } from '../helpers/package.ts';

const files: Record<string, string> = {
  'good.ts': `import { greet } from './sub/greet';
import { bye } from './sub/bye.js';
import type { WsgiApp } from 'porthole/wsgi';
import { inject } from 'porthole';
enum Colour { Red = 'red' }
class Box { constructor(public readonly colour: string) {} }
export const app: WsgiApp = (_environ, start) => { start('200 OK', []); return [new TextEncoder().encode(greet(new Box(Colour.Red).colour) + bye)]; };
export const number = 3;
export const nested = { v1: { app } };
export const porthole = () => typeof inject;
export const line = () => { throw new Error('on line 11'); };
export const make = () => app;
export const makeLater = async () => app;
export const makeNothing = () => {};
export const makeTrouble = () => { throw new RangeError('no'); };
`,
  'sub/greet.ts': "export const greet = (whom: string): string => 'hi ' + whom;\n",
  'sub/bye.ts': "export const bye: string = 'bye';\n",
  'sub/index.mts': 'export const application = (environ: object, start: Function) => [];\n',
  'default.mjs': "export default { fetch: () => new Response('') };\n",
  'common.cjs': 'module.exports = { app(environ, start) { return []; } };\n',
  'nothing.ts': 'export {};\n',
  'syntax.ts': 'const a = 1;\nexport const b: = 2;\n',
  'syntax.mjs': '\n\n  let let x = 3;\n',
  'deep.ts': "import './deeper';\n",
  'deeper.ts': 'let q: string = "a"; const x: number = 3; const x: string = "3";\n',
  'missing-file.ts': '\nimport { app } from "./sub/nope";\nexport { app };\n',
  'missing-package.ts': '\nimport flup from "flup-nope";\nexport const app = flup;\n',
  'missing-export.ts': 'export { nope } from "./sub/bye";\n',
  'throws.ts': 'type T = string;\n\nthrow new TypeError("boom");\n',
  'throws-inside.ts': "import './throws';\n",
  'throws-text.mjs': 'throw "just text";\n',
};

interface Outcome { readonly ok?: string; readonly kind?: string; readonly message?: string; readonly advice?: string; readonly place?: { line: number; column: number } }

let folder: string;
let outcomes: Record<string, Outcome>;
let program: string;

/** What each import comes to, in one process with the real loader. */
const script = (entry: string): string => `
const { importApp } = await import(${JSON.stringify(entry)});
const results = {};
for (const text of process.argv.slice(2)) {
  const [target, factory] = text.split(' --');
  try {
    const { value, name } = await importApp(target, { factory: factory === 'factory' });
    results[text] = { ok: name + ' ' + (typeof value === 'function' ? value.length : typeof value) };
  } catch ({ kind, message, advice, place }) {
    results[text] = { kind, message, advice, place };
  }
}
const good = await import(${JSON.stringify('./good.ts')});
results.porthole = { ok: good.porthole() };
try { good.line(); } catch (error) { results.line = { message: error.stack.split('\\n')[1] }; }
const output = [...good.app({}, () => {})].map((part) => new TextDecoder().decode(part)).join('');
results.output = { ok: output };
console.log(JSON.stringify(results));
`;

const targets = [
  'good', 'good.ts', 'good.ts:app', './good', 'good:nested.v1.app', 'sub', 'default', 'common.cjs', 'good:number', 'good:ap', 'good:nested.v2.app', 'good:', ':app', 'good:a b',
  'god', 'sub/gret', 'nowhere/x', 'sub.greet', 'nothing', 'syntax.ts', 'syntax.mjs', 'deep', 'missing-file', 'missing-package', 'missing-export', 'throws', 'throws-inside', 'throws-text.mjs',
  'good:make --factory', 'good:makeLater --factory', 'good:makeNothing --factory', 'good:makeTrouble --factory', 'good:number --factory',
];

beforeAll(async () => {
  // A blank and a percent sign, because module names are URLs inside Node.
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'porthole 100% ')));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  program = join(folder, 'program.mjs');
  writeFileSync(program, script(pathToFileURL(join(await builtPackage(), 'node.js')).href));
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...targets], { cwd: folder, env: { PATH: process.env.PATH } });
  outcomes = JSON.parse(stdout) as Record<string, Outcome>;
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe('an application is found', () => {
  it.each([
    ['good', 'good.ts:app 2'],
    ['good.ts', 'good.ts:app 2'],
    ['good.ts:app', 'good.ts:app 2'],
    ['./good', 'good.ts:app 2'],
    ['good:nested.v1.app', 'good.ts:nested.v1.app 2'],
    ['sub', 'sub/index.mts:application 2'],
    ['default', 'default.mjs:default object'],
    ['common.cjs', 'common.cjs:app 2'],
    ['good:make --factory', 'good.ts:make 2'],
    ['good:makeLater --factory', 'good.ts:makeLater 2'],
  ])('%s', (target, found) => {
    expect(outcomes[target]).toEqual({ ok: found });
  });

  it('with types, enums and parameter properties compiled, imports without extension followed', () => {
    expect(outcomes.output).toEqual({ ok: 'hi redbye' });
  });

  it('with porthole as the package that is running', () => {
    expect(outcomes.porthole).toEqual({ ok: 'function' });
  });

  it('with its lines kept', () => {
    expect(outcomes.line!.message).toMatch(/good\.ts:11:\d+\)?$/);
  });
});

describe('an application is not found', () => {
  it.each([
    // The three that a beginner meets: no module, no name, no application.
    ['god', 'missing-module', /^There is no module 'god' in .*\(also not with \.ts, /, "Did you mean 'good'?"],
    ['good:ap', 'missing-name', /^good\.ts exports no 'ap'\. It exports: app, line, make, makeLater, makeNothing, makeTrouble, nested, number, porthole\.$/, 'Did you mean good.ts:app?'],
    ['good:number', 'not-callable', /^good\.ts:number is a number, not an application: that is a function, or an object with a fetch method\.$/, 'Is it the right name?'],

    ['sub/gret', 'missing-module', /^There is no module 'sub\/gret'/, "Did you mean 'greet'?"],
    ['nowhere/x', 'missing-module', /there is no folder .*nowhere\.$/, ''],
    ['sub.greet', 'missing-module', /^There is no module 'sub\.greet'/, 'MODULE is a path: write sub/greet.ts.'],
    ['good:nested.v2.app', 'missing-name', /^nested in good\.ts has no 'v2'\. It has: v1\.$/, "Did you mean 'v1'?"],
    ['nothing', 'missing-name', /^nothing\.ts exports neither app nor application nor a default\. It exports nothing\.$/, 'Export the application, or name it: nothing.ts:NAME.'],
    ['good:', 'bad-target', /^'' in 'good:' is not a name\.$/, 'Write MODULE:NAME, where NAME is what the module exports.'],
    [':app', 'bad-target', /^':app' names no module\.$/, 'Write MODULE or MODULE:NAME, for example app.ts:app.'],
    ['good:a b', 'bad-target', /^'a b' in 'good:a b' is not a name\.$/, 'Write MODULE:NAME, where NAME is what the module exports.'],
    ['good:makeNothing --factory', 'not-callable', /^What the factory good\.ts:makeNothing returned is undefined, not an application/, ''],
    ['good:makeTrouble --factory', 'failed-import', /^The factory good\.ts:makeTrouble threw RangeError: no$/, ''],
    ['good:number --factory', 'not-callable', /^good\.ts:number is a number, not a factory/, ''],
  ] as const)('%s', (target, kind, message, advice) => {
    expect(outcomes[target]).toMatchObject({ kind, message: expect.stringMatching(message) as string, advice: typeof advice === 'string' ? advice : (expect.stringMatching(advice) as string) });
  });
});

describe('an application does not load, and the message has file, line and column', () => {
  it.each([
    ['syntax.ts', /^syntax\.ts:2:17: SyntaxError: Unexpected token$/],
    ['syntax.mjs', /^syntax\.mjs:3:7: SyntaxError: /],
    ['deep', /^deeper\.ts:1:49: SyntaxError: Identifier 'x' has already been declared$/],
    ['missing-file', /^missing-file\.ts:2:21: failed import: Cannot find module '\.\/sub\/nope' \(no such file, also not with \.ts, /],
    ['missing-package', /^missing-package\.ts:2:18: failed import: Cannot find package 'flup-nope'/],
    ['missing-export', /^missing-export\.ts:1:10: SyntaxError: The requested module '\.\/sub\/bye' does not provide an export named 'nope'$/],
    ['throws', /^throws\.ts:3:7: TypeError: boom$/],
    ['throws-inside', /^throws\.ts:3:7: TypeError: boom$/],
    ['throws-text.mjs', /^throws-text\.mjs threw just text while it was being imported\.$/],
  ])('%s', (target, message) => {
    expect(outcomes[target]).toMatchObject({ kind: 'failed-import', message: expect.stringMatching(message) as string });
  });
});

describe('MODULE[:NAME]', () => {
  it.each([
    ['app.ts:app', 'app.ts', 'app'], ['app', 'app', undefined], ['a/b:c.d', 'a/b', 'c.d'], ['app:', 'app', ''],
    ['C:\\x\\app.ts', 'C:\\x\\app.ts', undefined], ['C:\\x\\app.ts:app', 'C:\\x\\app.ts', 'app'],
  ])('%s', (target, module, name) => {
    expect(splitTarget(target)).toEqual({ module, name });
  });
});

describe('compiling', () => {
  it('keeps every statement on its line', () => {
    const code = compile('interface A {\n  x: number;\n}\nexport const a: A = { x: 1 };\n', '/x/a.ts');
    expect(code.split('\n')[3]).toContain('export const a');
  });

  it('throws with the place in a message that placeOf reads, also where the path has colons and blanks', () => {
    expect(() => compile('let a: = 1', '/a b/x: y.ts')).toThrow('/a b/x: y.ts:1:8: Unexpected token');
    expect(placeOf('/a b/x: y.ts:1:8: Unexpected: token')).toEqual({ place: { file: '/a b/x: y.ts', line: 1, column: 8 }, text: 'Unexpected: token' });
  });

  it('takes JSX in .tsx', () => {
    expect(compile('export const a = (b: string) => <p>{b}</p>;', '/x/a.tsx')).toContain('react/jsx-runtime');
  });
});
