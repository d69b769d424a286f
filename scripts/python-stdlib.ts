/**
 * Python's standard library with its modules compiled (`src/python/stdlib.ts`), for the site and the tests:
 * `.cache/python/stdlib-VERSION.zip`.
 *
 *     usage: npx tsx scripts/python-stdlib.ts
 */
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadPyodide, version } from 'pyodide';
import { compileStdlib } from '../src/python/stdlib.ts';

const folder = fileURLToPath(new URL('../.cache/python', import.meta.url));

let made: Promise<string> | undefined;

/** Path of the archive, made where it is missing. */
export function compiledStdlib(): Promise<string> {
  return (made ??= make());
}

async function make(): Promise<string> {
  const path = join(folder, `stdlib-${version}.zip`);
  if (existsSync(path)) return path;
  const pyodide = await loadPyodide();
  mkdirSync(folder, { recursive: true });
  // Others may be doing the same: whoever reads gets a whole one.
  writeFileSync(`${path}.${process.pid}`, compileStdlib(pyodide));
  renameSync(`${path}.${process.pid}`, path);
  return path;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await compiledStdlib());
