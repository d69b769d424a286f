import { describe, expect, test } from 'vitest';
import { link } from '../../src/runner/link.ts';
import { StackReader } from '../../src/runner/stacks.ts';
import { runFiles } from './run-files.ts';

type Give = (...given: unknown[]) => Iterable<unknown>;

/** Run a file and give what it exports, and where `value` was given away: `app.ts:2:3`. */
async function load(source: string) {
  const { exports, program, gifts } = await runFiles({ 'app.ts': source });
  const stacks = new StackReader(program, gifts);
  const whereOf = (value: unknown): string | undefined => {
    const site = stacks.gave(value);
    return site && `${site.file}:${site.line}:${site.column}`;
  };
  return { app: exports['app'] as Give, whereOf };
}

/** Everything an iterable gives, each with its place. */
function places(items: Iterable<unknown>, whereOf: (value: unknown) => string | undefined): [unknown, string | undefined][] {
  const all: [unknown, string | undefined][] = [];
  for (const item of items) all.push([item, whereOf(item)]);
  return all;
}

describe('yield', () => {
  test('says where it is, and gives what it gave', async () => {
    const { app, whereOf } = await load(`export function* app(first: string) {
  yield first;
  const got: unknown = yield (1, 'second');
      yield
  if (got === undefined) yield { key: 'third' }.key; // with a comment
  yield* ['fourth', 'fifth'];
  yield* inner();
}
function* inner(): Generator<string> { const x = 'sixth'; yield x; }
`);
    expect(places(app('first'), whereOf)).toEqual([
      ['first', 'app.ts:2:3'], ['second', 'app.ts:3:24'], [undefined, 'app.ts:4:7'], ['third', 'app.ts:5:26'],
      ['fourth', 'app.ts:6:3'], ['fifth', 'app.ts:6:3'], ['sixth', 'app.ts:9:59'],
    ]);
  });

  test('of a helper is told where the value came out of the program last', async () => {
    const { app, whereOf } = await load(`const upper = function* (parts: Iterable<string>) {
  for (const part of parts) yield part.toUpperCase();
};
export const app = () => upper((function* () { yield 'a'; })());
`);
    expect(places(app(), whereOf)).toEqual([['A', 'app.ts:2:29']]);
  });

  test('takes what is sent in, what is thrown in, and the return', async () => {
    const { app } = await load(`export function* app(log: unknown[]) {
  try {
    log.push(yield 1);
    log.push(yield* [2]);
    log.push(yield* inner());
    try { yield 4; } catch (error) { log.push(String(error)); }
    yield 5;
  } finally { log.push('closed'); }
}
function* inner() { yield 3; return 'result'; }
`);
    const log: unknown[] = [];
    const running = app(log) as Generator<unknown, void, unknown>;
    expect([running.next(), running.next('sent'), running.next(), running.next(), running.throw(new Error('in')), running.return()].map(({ value }) => value)).toEqual([1, 2, 3, 4, 5, undefined]);
    expect(log).toEqual(['sent', undefined, 'result', 'Error: in', 'closed']);
  });

  test('an imported name, an import() and a call stay what they were', async () => {
    const { exports, program, gifts } = await runFiles({
      'app.ts': "import { part, make } from './part.ts';\nexport function* app() { yield part; yield make(); yield import('./part.ts'); }\n",
      'part.ts': 'export const part = "p";\nexport function make() { return this === undefined ? "plain" : "method"; }\n',
    });
    const [one, two, three] = [...(exports['app'] as Give)()];
    expect([one, two, await three]).toMatchObject(['p', 'plain', { part: 'p' }]);
    expect(new StackReader(program, gifts).gave(three)).toEqual({ file: 'app.ts', line: 2, column: 52 });
  });

  test('in an asynchronous generator is left alone', async () => {
    const { app, whereOf } = await load('export async function* app() { yield "x"; }\n');
    const values: unknown[] = [];
    for await (const value of app() as unknown as AsyncIterable<unknown>) values.push(value, whereOf(value));
    expect(values).toEqual(['x', undefined]);
  });
});

describe('return', () => {
  test.each([
    ['export const app = (environ: unknown, startResponse: unknown) => [1];', 'app.ts:1:66'],
    ['export const app = (environ: unknown, startResponse: unknown) => ({ an: "object" });', 'app.ts:1:67'],
    ['export function app(environ: unknown, startResponse: unknown) {\n  if (environ) return [1];\n  return (0, "text");\n}', 'app.ts:3:3'],
    ['export default { app(a, b) { return a; } }.app;\nexport const app = (a, b) => [a];', 'app.ts:2:30'],
    ['class App { call(a, b) { return [a, b]; } }\nconst one = new App();\nexport const app = (a, b) => one.call(a, b);', 'app.ts:3:30'],
  ])('of what may be an application says where it is: %s', async (source, place) => {
    const { app, whereOf } = await load(source);
    expect(whereOf(app(undefined, undefined))).toBe(place);
  });

  test('of anything else is left alone', async () => {
    const { app, whereOf } = await load('export const app = (one) => { return one; };');
    expect(whereOf(app('x'))).toBeUndefined();
  });

  test('of something else than the last gift has no place', async () => {
    const { app, whereOf } = await load('export const app = (a, b) => { const one = (x, y) => [x]; one(a, b); return void 0, a; };');
    const list = [1];
    expect(app(list, 2)).toBe(list);
    expect(whereOf([1])).toBeUndefined();
  });
});

test('columns are those of the source, on lines that were changed', () => {
  const program = link({ 'app.ts': 'export function* app() {\n  yield boom(); yield bang();\n}\nfunction boom() {}\nfunction bang() {}\n' }, 'app.ts', {});
  const lines = program.code.split('\n');
  const at = lines.findIndex((line) => line.includes('yield'));
  for (const [word, column] of [['boom', 9], ['bang', 23]] as const) {
    expect(program.locate(at + 1, lines[at]!.indexOf(word) + 1)).toEqual({ file: 'app.ts', line: 2, column });
  }
});
