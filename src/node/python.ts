/**
 * Python applications on Node: `app.py:app` runs in Pyodide, an optional peer, over the files of this machine. One Python per
 * process, started when it is first wanted; the very first start compiles Python's library and keeps the result.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, delimiter, dirname, join, posix, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startPython, type Python, type PyodideModule } from '../python/boot.ts';
import { loadPythonApp, type PythonApp } from '../python/load-app.ts';
import { compileStdlib } from '../python/stdlib.ts';
import { pyodideVersion } from '../python/version.ts';
import { reportImport } from './loader.ts';

/** Python cannot be had: Pyodide is not installed, or is another one. */
export class NoPython extends Error {
  override readonly name = 'NoPython';
}

let started: Promise<Python> | undefined;

/** Which application. */
export interface PythonRequest {
  /** Absolute path of the module. */
  readonly file: string;
  /** '' for `app` or `application`. */
  readonly name: string;
  readonly cwd: string;
  readonly interface: 'auto' | 'wsgi' | 'asgi' | 'fetch';
  readonly factory: boolean;
}

/** Import it. Rejects with {@link NoPython}, and with PythonLoadError. */
export async function importPython({ file, cwd, ...rest }: PythonRequest): Promise<PythonApp> {
  // As Python has it on its path: the current folder; for a file elsewhere, its own.
  const folder = file.startsWith(cwd + sep) ? cwd : dirname(file);
  const python = await (started ??= start());
  const { pyodide } = python;
  const root = mount(python, folder);
  const packages = packageFolders(folder).map((each) => mount(python, each));
  const setUp = pyodide.runPython(`
def set_up(root, first, last, environ):
    import os, sys
    os.environ.update(dict(environ))
    os.chdir(root)
    for index, path in enumerate(first):
        sys.path.insert(index, path)
    sys.path += last
set_up`) as (root: string, first: unknown, last: unknown, environ: unknown) => void;
  const first = (process.env['PYTHONPATH'] ?? '').split(delimiter).filter((each) => each !== '').map((each) => mount(python, resolve(cwd, each)));
  setUp(root, pyodide.toPy(first), pyodide.toPy(packages), pyodide.toPy(Object.entries(process.env)));
  try {
    return loadPythonApp(python, { root, file: relative(folder, file).split(sep).join('/'), ...rest });
  } finally {
    reportModules(python, root, folder);
  }
}

async function start(): Promise<Python> {
  const entry = findPyodide();
  const module = (await import(/* @vite-ignore */ pathToFileURL(entry).href)) as PyodideModule;
  // Where tools keep what they have made: beside the packages, so that it goes when they go.
  const library = join(dirname(entry), '..', '.cache', 'porthole', `python-stdlib-${module.version}.zip`);
  const compiled = existsSync(library);
  try {
    const python = await startPython(module, compiled ? { stdLibURL: library } : {});
    if (!compiled) keep(library, compileStdlib(python.pyodide));
    return python;
  } catch (error) {
    throw new NoPython(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Beside this package, or where the command is run. */
function findPyodide(): string {
  for (const from of [import.meta.url, join(process.cwd(), 'package.json')]) {
    try {
      return createRequire(from).resolve('pyodide').replace(/\.js$/, '.mjs');
    } catch {
      // Not from there.
    }
  }
  throw new NoPython(`Python needs the package pyodide, which is not installed. Install it: npm install pyodide@${pyodideVersion}`);
}

/** Best effort: without it, the next start takes as long as this one. */
function keep(path: string, octets: Uint8Array): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.${process.pid}`, octets);
    renameSync(`${path}.${process.pid}`, path);
  } catch {
    // Read-only, say.
  }
}

/** Folders that Python's own file system has, and must keep. */
const taken = /^\/(?:dev|home|lib|proc|tmp|usr)?(?:\/pyodide|\/python[^/]*)?$/;
const mounted = new Map<string, string>();

/** Where a folder of this machine is in Python: in the same place, where that can be, so that paths in messages are right. */
function mount({ pyodide: { FS } }: Python, folder: string): string {
  for (const [host, inner] of mounted) {
    if (folder === host || folder.startsWith(host + sep)) return posix.join(inner, relative(host, folder).split(sep).join('/'));
  }
  const path = sep === '/' && !taken.test(folder) ? folder : `/mnt/${mounted.size}/${basename(folder)}`;
  FS.mkdirTree(path);
  FS.mount(FS.filesystems.NODEFS, { root: folder }, path);
  mounted.set(folder, path);
  return path;
}

/** `site-packages` of the virtual environment that is active, or of the one beside the application: what is pure Python in there works. */
function packageFolders(root: string): string[] {
  const found: string[] = [];
  for (const environment of [process.env['VIRTUAL_ENV'], join(root, '.venv'), join(root, 'venv')]) {
    if (environment === undefined) continue;
    const lib = join(environment, 'lib');
    const versions = existsSync(lib) ? readdirSync(lib).filter((each) => each.startsWith('python')) : [];
    for (const folder of [...versions.map((each) => join(lib, each, 'site-packages')), join(environment, 'Lib', 'site-packages')]) if (existsSync(folder)) found.push(folder);
    if (found.length > 0) break;
  }
  return found;
}

/** Tell whoever restarts the server when a file changes. */
function reportModules({ pyodide }: Python, root: string, folder: string): void {
  const files = pyodide.runPython("import sys\n'\\n'.join(file for module in [*sys.modules.values()] if (file := getattr(module, '__file__', None)))") as string;
  for (const file of files.split('\n')) {
    if (file.startsWith(`${root}/`) && !file.includes('/site-packages/')) reportImport(pathToFileURL(join(folder, file.slice(root.length))).href);
  }
}
