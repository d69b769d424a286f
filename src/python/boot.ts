/**
 * The one place that starts Pyodide. Whatever Porthole uses of it that is not documented is in this folder: here, in
 * `gc-fix.ts`, `snapshot.ts` and `sockets.ts`; hence the check of the version. `test/python/private.test.ts` fails when another one is installed.
 */
import type { loadPyodide, PyodideAPI, version } from 'pyodide';
import { Bridge } from './bridge.ts';
import { withGcFix, type StackListener } from './gc-fix.ts';
import { refresh, takeSnapshot } from './snapshot.ts';
import { bridgePackage, bridgeSources } from './sources.ts';
import { pyodideVersion } from './version.ts';

/** The module `pyodide`, however it was loaded. */
export interface PyodideModule {
  readonly loadPyodide: typeof loadPyodide;
  readonly version: typeof version;
}

/** Options of `loadPyodide`. */
export type PyodideOptions = NonNullable<Parameters<typeof loadPyodide>[0]>;

/** A Python that runs in this thread, and our half in it. */
export interface Python {
  readonly pyodide: PyodideAPI;
  readonly bridge: Bridge;
}

/** The memory of an earlier start. */
export interface SnapshotOptions {
  /** Start from it. */
  readonly from?: ArrayBuffer;
  /** Told the memory of this start, where it was not made from another. */
  readonly keep?: (octets: Uint8Array<ArrayBuffer>) => void;
}

/** Start Python. `stacks`: told which stack runs. Rejects with an Error where this is not the Pyodide that Porthole knows. */
export async function startPython({ loadPyodide: load, version: found }: PyodideModule, options: PyodideOptions, { from, keep }: SnapshotOptions = {}, stacks?: StackListener): Promise<Python> {
  if (found !== pyodideVersion) throw new Error(`Porthole needs Pyodide ${pyodideVersion}, and this is ${found}. Install pyodide@${pyodideVersion}.`);
  const pyodide = await withGcFix(() => load({ ...options, ...(from ? { _loadSnapshot: from } : keep ? { _makeSnapshot: true } : {}) }), stacks);
  if (from !== undefined) refresh(pyodide);
  else keep?.(takeSnapshot(pyodide));
  return { pyodide, bridge: installBridge(pyodide) };
}

/** From now on, tasks of Python's event loop are called by `schedule`, after so many ms, instead of by the browser's. */
export function scheduleBy(pyodide: PyodideAPI, schedule: (callback: () => void, ms: number) => void): void {
  // Private: `pyodide/webloop.py` takes it from there for each task.
  const replace = pyodide.runPython(`
def replace(schedule):
    import pyodide.webloop
    assert callable(pyodide.webloop.scheduleCallback)
    pyodide.webloop.scheduleCallback = schedule
replace`) as ((schedule: (callback: () => void, ms: number) => void) => void) & { destroy(): void };
  replace(schedule);
  replace.destroy();
}

function installBridge(pyodide: PyodideAPI): Bridge {
  const { FS } = pyodide;
  const folder = `/lib/${bridgePackage}`;
  FS.mkdirTree(`${folder}/${bridgePackage}`);
  for (const [name, text] of Object.entries(bridgeSources)) FS.writeFile(`${folder}/${bridgePackage}/${name}`, text);
  const run = pyodide.runPython(`
def connect(folder, name):
    import importlib, sys
    sys.path.append(folder)
    # The user's folder is read only by us: no .pyc files in there.
    sys.dont_write_bytecode = True
    return lambda module: importlib.import_module(f'{name}.{module}')
connect`) as (folder: string, name: string) => ImportModule;
  return new Bridge(run(folder, bridgePackage));
}

/** Gives a module of the bridge. */
type ImportModule = ConstructorParameters<typeof Bridge>[0];
