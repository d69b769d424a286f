/** A Python in this thread, with the packages and the files of a snippet in it. */
import { startPython, type Python } from '../python/boot.ts';
import type { Stacks } from '../python/stacks.ts';
import type { Job } from '../rpc/contract.ts';
import type { Platform } from './platform.ts';
import { LoadError } from './problem.ts';

/** Where the snippet's files are, in Python's file system. */
export const pythonRoot = '/home/app';

/** Is it Python that this entry names? */
export const isPython = (module: string): boolean => module.endsWith('.py');

/** Start it. `keep` gets its memory, before anything of the snippet has run; `stacks` is told which stack runs. Rejects with LoadError. */
export async function openPython(job: Job, file: string, platform: Platform, keep: (snapshot: Uint8Array<ArrayBuffer>) => void, stacks?: Stacks): Promise<Python> {
  if (platform.pyodide === undefined || job.python === undefined) throw new LoadError('ImportError', `${file} is Python, which cannot be run here.`, 'Choose a TypeScript or JavaScript file.');
  if (job.files[file] === undefined) throw new LoadError('ImportError', `There is no file ${file}.`, `There is: ${Object.keys(job.files).join(', ')}.`);
  const { module, options, install } = await platform.pyodide(job.python);
  const { snapshot } = job.python;
  const python = await startPython(module, options, snapshot ? { from: await snapshot.arrayBuffer() } : { keep }, stacks);
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
