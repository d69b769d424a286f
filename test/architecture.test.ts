/**
 * The rules that hold the house together, and proof that the tools which check them are awake: in a copy of the source
 * every forbidden thing is planted, and every one must be reported.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkImports, checkLayers, folders, matrix, sourceFiles, type Folder } from '../scripts/layers.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('the source', () => {
  test('every import is one that the matrix allows, and the tsconfig references say the same', async () => {
    expect((await checkLayers(root)).problems).toEqual([]);
  });

  test('no index.ts outside api and examples: import from the defining file', () => {
    expect(sourceFiles(root).filter((path) => /\/index\.tsx?$/.test(path) && !/^src\/(api|examples)\//.test(path))).toEqual([]);
  });

  test('no `export *`: the public face is a list that can be read', () => {
    expect(sourceFiles(root).filter((path) => /^export \*/m.test(read(path)))).toEqual([]);
  });

  test('no `new Date()` outside node, ui and host/system.ts: time is told, not looked up', () => {
    expect(sourceFiles(root).filter((path) => /\bnew Date\(\)/.test(read(path)) && !/^src\/(node|ui|api)\/|^src\/host\/system\.ts$/.test(path))).toEqual([]);
  });

  test('rpc/contract.ts is types only: neither side of a worker boundary runs code because of it', async () => {
    expect(Object.keys(await import('../src/rpc/contract.ts'))).toEqual([]);
  });

  test('one file starts workers in the page, one in Node', () => {
    const files = [...sourceFiles(root), ...readdirSync(join(root, 'public')).filter((name) => /\.(html|js)$/.test(name)).map((name) => `public/${name}`)];
    const spawning = files.filter((path) => /\bnew (Shared)?Worker\(/.test(read(path)));
    expect(spawning.filter((path) => !path.startsWith('src/node/'))).toHaveLength(1);
    expect(spawning.filter((path) => path.startsWith('src/node/')).length).toBeLessThanOrEqual(1);
  });

  test('the matrix has an order: each folder imports folders named before it', () => {
    // Hence no cycles between folders.
    folders.forEach((folder, at) => {
      for (const other of matrix[folder]) expect(folders.indexOf(other), `${folder} imports ${other}`).toBeLessThan(at);
    });
  });
});

describe('the checks report what is planted', () => {
  let copy: string;
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'porthole-canary-'));
    for (const name of ['src', 'workers', 'tsconfig.base.json', '.oxlintrc.json', 'package.json']) {
      cpSync(join(root, name), join(copy, name), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  const plant = (path: string, text: string): void => writeFileSync(join(copy, path), text);

  /** Runs a program of ours in the copy; what it prints, whatever its exit code. */
  const output = (program: string, ...args: string[]): Promise<string> =>
    new Promise((resolve) => {
      execFile(join(root, 'node_modules/.bin', program), args, { cwd: copy, maxBuffer: 1 << 26 }, (_error, stdout) => resolve(stdout));
    });

  test('every pair of folders that the matrix forbids, by value, by type and by dynamic import', async () => {
    const forms = [
      (from: string, at: number) => `import { planted as v${at} } from '${from}'; export { v${at} };`,
      (from: string) => `export type { planted } from '${from}';`.replace('planted', 'planted as T' + from.replaceAll(/\W/g, '')),
      (from: string, at: number) => `export const l${at} = () => import('${from}');`,
    ];
    const planted: string[] = [];
    for (const to of folders) plant(`src/${to}/planted.ts`, 'export const planted = 1;\n');
    for (const from of folders) {
      const allowed = new Set<Folder>([from, ...matrix[from]]);
      const lines = folders.filter((to) => !allowed.has(to)).map((to, at) => {
        planted.push(`${from} → ${to}`);
        return forms[at % forms.length]!(`../${to}/planted.ts`, at);
      });
      // Components are read too: dependency-cruiser fails on JSX unless it is told.
      plant(`src/${from}/canary.tsx`, `${lines.join('\n')}\nexport const view = <p>planted</p>;\n`);
    }
    const report = await checkImports(copy);
    const reported = new Set(
      report.violations
        .map(({ from, to }) => [/^src\/(\w+)\/canary\.tsx$/.exec(from)?.[1], /^\.\.\/(\w+)\/planted\.ts$/.exec(to)?.[1]])
        .map(([from, to]) => `${from} → ${to}`),
    );
    expect(planted.filter((pair) => !reported.has(pair))).toEqual([]);
    expect(report.modules).toBe(sourceFiles(copy).length);
  });

  test('a package that a folder may not use, and node:* outside node', async () => {
    plant('src/core/canary.ts', "import { transform } from 'sucrase';\nimport { signal } from '@preact/signals';\nexport { transform, signal };\n");
    plant('src/server/canary.ts', "export { readFileSync } from 'node:fs';\n");
    const { violations } = await checkImports(copy);
    expect(violations).toContainEqual(expect.objectContaining({ from: 'src/core/canary.ts', to: 'sucrase' }));
    expect(violations).toContainEqual(expect.objectContaining({ from: 'src/core/canary.ts', to: '@preact/signals' }));
    expect(violations).toContainEqual(expect.objectContaining({ from: 'src/server/canary.ts', to: expect.stringMatching(/^(node:)?fs$/) as string }));
  });

  test('a reader of the trace inside the protocol, and a framework that knows the gateway', async () => {
    plant('src/core/canary.ts', "export { Recorder } from '../trace/recorder.ts';\n");
    plant('src/frameworks/canary.ts', "export { toGatewayApp } from '../gateway/detect.ts';\n");
    const from = (await checkImports(copy)).violations.map((violation) => violation.from);
    expect(from).toEqual(expect.arrayContaining(['src/core/canary.ts', 'src/frameworks/canary.ts']));
  });

  test('a clock, chance, a promise and a console in the core; a clock in another inner folder (oxlint)', async () => {
    plant(
      'src/core/canary.ts',
      [
        'export const clock = () => Date.now();',
        'export const chance = () => Math.random();',
        'export const promise = () => Promise.resolve();',
        'export async function waits() { await 1; }',
        "export const prints = () => console.log('x');",
      ].join('\n'),
    );
    plant('src/server/canary.ts', 'export const clock = () => performance.now() + Math.random();\n');
    const { diagnostics } = JSON.parse(await output('oxlint', '--format=json', 'src/core/canary.ts', 'src/server/canary.ts')) as {
      diagnostics: { filename: string; message: string; labels: { span: { line: number } }[] }[];
    };
    const lines = (file: string) => new Set(diagnostics.filter(({ filename }) => filename === file).map(({ labels }) => labels[0]!.span.line));
    expect(lines('src/core/canary.ts')).toEqual(new Set([1, 2, 3, 4, 5]));
    expect(diagnostics.filter(({ filename }) => filename === 'src/server/canary.ts')).toHaveLength(2);
  });

  test('a switch that forgets an event, and a promise that nobody waits for (oxlint with types)', async () => {
    plant(
      'src/server/canary.ts',
      [
        "export function forgets(x: 'a' | 'b'): number { switch (x) { case 'a': return 1; } return 0; }",
        'async function work(): Promise<void> {}',
        'export function drops(): void { work(); }',
      ].join('\n'),
    );
    const found = await output('oxlint', '--type-aware', '--format=unix', 'src/server/canary.ts');
    expect(found).toContain('switch-exhaustiveness-check');
    expect(found).toContain('no-floating-promises');
  });

  test('host globals in the core, the page in playground, a forgotten row in a table (tsc)', async () => {
    for (const folder of folders) rmSync(join(copy, `src/${folder}/canary.tsx`), { force: true });
    plant(
      'src/core/canary.ts',
      [
        'export const a = () => setTimeout(() => {}, 1);',
        "export const b = () => fetch('/');",
        'export const c = () => process.pid;',
        "export const d = { one: 1 } satisfies Record<'one' | 'two', number>;",
        "export const e = () => document.title;",
      ].join('\n'),
    );
    const found = await output('tsc', '-p', 'src/core', '--noEmit', '--pretty', 'false');
    for (const line of [1, 2, 3, 4, 5]) expect(found).toContain(`src/core/canary.ts(${line},`);
  });
});
