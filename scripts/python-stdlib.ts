/**
 * Python's standard library with its modules compiled: `.cache/python/stdlib-VERSION.zip`. The archive that Pyodide ships holds
 * sources, and every start would compile some 190 of them; from this one a start takes a third of the time.
 *
 *     usage: npx tsx scripts/python-stdlib.ts
 */
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadPyodide, version } from 'pyodide';

const folder = fileURLToPath(new URL('../.cache/python', import.meta.url));

const compile = `
import importlib._bootstrap_external as external, importlib.util, sys, zipfile
source = zipfile.ZipFile(next(path for path in sys.path if path.endswith('.zip')))
with zipfile.ZipFile('/tmp/stdlib.zip', 'w', zipfile.ZIP_DEFLATED, compresslevel=9) as target:
    for name in sorted(source.namelist()):
        if name.endswith('/'):
            continue
        data = source.read(name)
        if name.endswith('.py'):
            code = compile(data, f'{source.filename}/{name}', 'exec', dont_inherit=True)
            # Unchecked: there is no source beside it to be checked against.
            data = external._code_to_hash_pyc(code, importlib.util.source_hash(data), False)
            name += 'c'
        # The same archive each time.
        target.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
`;

let made: Promise<string> | undefined;

/** Path of the archive, made where it is missing. */
export function compiledStdlib(): Promise<string> {
  return (made ??= make());
}

async function make(): Promise<string> {
  const path = join(folder, `stdlib-${version}.zip`);
  if (existsSync(path)) return path;
  const pyodide = await loadPyodide();
  pyodide.runPython(compile);
  mkdirSync(folder, { recursive: true });
  // Others may be doing the same: whoever reads gets a whole one.
  writeFileSync(`${path}.${process.pid}`, pyodide.FS.readFile('/tmp/stdlib.zip'));
  renameSync(`${path}.${process.pid}`, path);
  return path;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await compiledStdlib());
