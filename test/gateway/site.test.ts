import { describe, expect, test } from 'vitest';
import { noSites, outsideRuntime, parseStack, siteReader } from '../../src/gateway/site.ts';

describe('stacks', () => {
  test.each([
    ['    at app (file:///x/app.ts:3:5)', { file: 'file:///x/app.ts', line: 3, column: 5, name: 'app' }],
    ['    at file:///x/app.ts:3:5', { file: 'file:///x/app.ts', line: 3, column: 5, name: '' }],
    ['    at async app (app.ts:3:5)', { file: 'app.ts', line: 3, column: 5, name: 'async app' }],
    ['    at async file:///x/app.ts:3:5', { file: 'file:///x/app.ts', line: 3, column: 5, name: '' }],
    ['    at Object.app [as run] (C:\\x\\app.ts:3:5)', { file: 'C:\\x\\app.ts', line: 3, column: 5, name: 'Object.app [as run]' }],
    ['    at new Thing (/x (copy)/app.ts:3:5)', { file: '/x (copy)/app.ts', line: 3, column: 5, name: 'new Thing' }],
    ['    at eval (eval at run (blob:null/1-2:10:20), <anonymous>:3:5)', { file: 'blob:null/1-2', line: 10, column: 20, name: 'eval' }],
    ['app@http://localhost/app.ts:3:5', { file: 'http://localhost/app.ts', line: 3, column: 5, name: 'app' }],
    ['@http://localhost/app.ts:3:5', { file: 'http://localhost/app.ts', line: 3, column: 5, name: '' }],
    ['async*app/<@blob:http://a/1:3:5', { file: 'blob:http://a/1', line: 3, column: 5, name: 'async*app/<' }],
    ['f@http://localhost/x.js line 7 > eval:3:5', { file: 'http://localhost/x.js', line: 3, column: 5, name: 'f' }],
    ['http://localhost/app.ts:3:5', { file: 'http://localhost/app.ts', line: 3, column: 5, name: '' }],
  ])('%s', (line, frame) => {
    expect(parseStack(`Error: x\n${line}`)).toEqual([frame]);
  });

  test.each(['    at native', '    at Array.map (<anonymous>)', 'Error: something at fault', '[native code]', ''])('no place in: %s', (line) => {
    expect(parseStack(line)).toEqual([]);
  });
});

describe('sites', () => {
  const own = siteReader((file) => (file.endsWith('site.test.ts') ? 'mine.ts' : undefined));

  test('the innermost frame of the app', () => {
    function inner(): ReturnType<typeof own.here> {
      return own.here();
    }
    const site = inner();
    expect(site).toMatchObject({ file: 'mine.ts', name: 'inner' });
    expect(site!.line).toBeGreaterThan(30);
  });

  test('through many frames that are not the app\'s', () => {
    const skipping = siteReader((file) => (file === 'app.ts' ? file : undefined));
    const stack = `Error\n${'    at f (lib.js:1:1)\n'.repeat(30)}    at async Object.handler (app.ts:7:1)`;
    expect(skipping.of({ stack })).toEqual({ file: 'app.ts', line: 7, column: 1, name: 'handler' });
  });

  test.each([
    ['    at Object.<anonymous> (app.ts:1:1)', undefined],
    ['    at new App (app.ts:1:1)', 'App'],
    ['    at get value (app.ts:1:1)', 'value'],
    ['outer/inner/<@app.ts:1:1', 'inner'],
    ['async*run@app.ts:1:1', 'run'],
  ])('the name in %s is %s', (line, name) => {
    expect(siteReader((file) => file).of({ stack: `Error\n${line}` })?.name).toBe(name);
  });

  test('what has no stack has no site', () => {
    expect(own.of('thrown')).toBeUndefined();
    expect(own.of(null)).toBeUndefined();
    expect(own.of({ stack: 7 })).toBeUndefined();
    expect(noSites.here()).toBeUndefined();
  });

  test('the depth of stacks is left as it was', () => {
    const before = Error.stackTraceLimit;
    own.here();
    expect(Error.stackTraceLimit).toBe(before);
  });

  test('outsideRuntime knows our folders, packages and the platform', () => {
    const root = new URL('../../', import.meta.url).href.replace('file://', '');
    expect(outsideRuntime(`${root}src/gateway/wsgi/handler.ts`)).toBeUndefined();
    expect(outsideRuntime(`file://${root}src/server/connection.ts`)).toBeUndefined();
    expect(outsideRuntime('node:internal/process/task_queues')).toBeUndefined();
    expect(outsideRuntime('/x/node_modules/lib/index.js')).toBeUndefined();
    expect(outsideRuntime('file:///x/app.ts')).toBe('/x/app.ts');
    expect(outsideRuntime('/x/app.ts')).toBe('/x/app.ts');
    expect(siteReader(outsideRuntime).here()!.file).toMatch(/site\.test\.ts$/);
  });
});
