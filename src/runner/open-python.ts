/** A Python in this thread, with the packages and the files of a snippet in it. */
import { scheduleBy, startPython, type Python } from '../python/boot.ts';
import type { Stacks } from '../python/stacks.ts';
import type { Job } from '../rpc/contract.ts';
import type { Platform } from './platform.ts';
import { LoadError } from './problem.ts';

/** Where the snippet's files are, in Python's file system. */
export const pythonRoot = '/home/app';

/** Is it Python that this entry names? */
export const isPython = (module: string): boolean => module.endsWith('.py');

/** What a Python has to keep to in a replay. */
export interface PythonReplay {
  /** Clock and chance of the thread are those of its turns from here on. */
  begin(): void;
  /** Timers of its turns. */
  after(ms: number, callback: () => void): unknown;
  /** The turn goes on until this has happened. */
  during<T>(what: Promise<T>): Promise<T>;
}

/** How a Python is to be started. */
export interface PythonStart {
  /** Missing: this is no replay. */
  readonly replay?: PythonReplay;
  /** Gets its memory, before anything of the snippet has run. */
  readonly keep: (snapshot: Uint8Array<ArrayBuffer>) => void;
}

/** Start it. `stacks` is told which stack runs. Rejects with LoadError. */
export async function openPython(job: Job, file: string, platform: Platform, { keep, replay }: PythonStart, stacks?: Stacks): Promise<Python> {
  if (platform.pyodide === undefined || job.python === undefined) throw new LoadError('ImportError', `${file} is Python, which cannot be run here.`, 'Choose a TypeScript or JavaScript file.');
  if (job.files[file] === undefined) throw new LoadError('ImportError', `There is no file ${file}.`, `There is: ${Object.keys(job.files).join(', ')}.`);
  const { module, options, install } = await platform.pyodide(job.python);
  const { snapshot } = job.python;
  replay?.begin();
  // In a replay always from nothing: what was in the memory of another start is not what it would be here.
  const python = replay
    ? await startPython(module, { ...options, env: { PYTHONHASHSEED: '0' } }, {}, stacks)
    : await startPython(module, options, snapshot ? { from: await snapshot.arrayBuffer() } : { keep }, stacks);
  if (replay) scheduleBy(python.pyodide, (callback, ms) => void replay.after(ms, callback));
  await install(python.pyodide);
  const { FS } = python.pyodide;
  for (const [path, text] of Object.entries(job.files)) {
    const full = `${pythonRoot}/${path}`;
    FS.mkdirTree(full.slice(0, full.lastIndexOf('/')));
    FS.writeFile(full, text);
  }
  python.pyodide.runPython(`import os; os.chdir('${pythonRoot}')`);
  return python;
}
