/** What Python prints, line by line, with the line of the user's that printed it. And starting from a snapshot. */
import * as pyodide from 'pyodide';
import { beforeAll, expect, test } from 'vitest';
import { compiledStdlib } from '../../scripts/python-stdlib.ts';
import { startPython, type Python } from '../../src/python/boot.ts';
import { loadPythonApp } from '../../src/python/load-app.ts';
import { placeInTraceback } from '../../src/python/place.ts';
import type { WsgiApp, WsgiEnviron } from '../../src/gateway/wsgi/types.ts';

let snapshot: Uint8Array<ArrayBuffer>;
let pythons: readonly Python[];
beforeAll(async () => {
  const options = { stdLibURL: await compiledStdlib() };
  const first = await startPython(pyodide, { ...options }, { keep: (octets) => void (snapshot = octets) });
  pythons = [first, await startPython(pyodide, { ...options }, { from: snapshot.buffer })];
}, 120_000);

const source = `
import sys, os, logging, traceback
def app(environ, start_response):
    print('one', end=' ')
    print('line')
    print('two\\nlines', file=sys.stderr)
    sys.stdout.buffer.write('h\u00e9\\n'.encode())
    sys.stdout.flush()
    logging.getLogger('shop').warning('low %s', 'stock')
    try: 1 / 0
    except ZeroDivisionError: traceback.print_exc()
    return []
`;

test.each([['from nothing', 0], ['from a snapshot', 1]])('%s', (_how, which) => {
  const python = pythons[which]!;
  const written: string[] = [];
  python.bridge.redirect((stream, text, site) => void written.push(`${stream} ${site?.line ?? '-'} ${text}`));
  python.pyodide.FS.mkdirTree('/users');
  python.pyodide.FS.writeFile('/users/app.py', source);
  const { app } = loadPythonApp(python, { root: '/users', file: 'app.py', name: 'app', interface: 'auto' });
  (app.app as WsgiApp)({} as WsgiEnviron, () => () => {});
  expect(written.slice(0, 5)).toEqual(['stdout 5 one line', 'stderr 6 two', 'stderr 6 lines', 'stdout 8 hé', 'stderr 9 low stock']);
  expect(written.slice(5).join('\n')).toContain('ZeroDivisionError: division by zero');
});

test('two that start from one snapshot draw other numbers', async () => {
  const other = await startPython(pyodide, { stdLibURL: await compiledStdlib() }, { from: snapshot.buffer });
  const draw = (python: Python): number => python.pyodide.runPython('import random; random.random()') as number;
  expect(draw(pythons[1]!)).not.toBe(draw(other));
});

test('a printed traceback points to where the error came from', () => {
  expect(placeInTraceback('Traceback (most recent call last):\n  File "/lib/x.py", line 3, in f\n  File "shop/app.py", line 7, in show\n    1 / 0\nZeroDivisionError')).toEqual({ file: 'shop/app.py', line: 7, name: 'show' });
  expect(placeInTraceback('nothing of the kind')).toBeUndefined();
});
