/** From the files of a snippet to a Python application that can be called, in a Python that is started for it. */
import { startPython } from '../python/boot.ts';
import type { OutputListener } from '../python/bridge.ts';
import { loadPythonApp, PythonLoadError, type PythonApp } from '../python/load-app.ts';
import { placeInTraceback } from '../python/place.ts';
import type { GatewayJob } from '../rpc/contract.ts';
import type { Platform } from './platform.ts';
import { LoadError } from './problem.ts';

/** Where the snippet's files are, in Python's file system. */
const root = '/home/app';

/** Where what comes out of a Python goes. */
export interface PythonOutlet {
  /** What it prints, and where. */
  readonly written: OutputListener;
  /** Its memory, before anything of the snippet has run. */
  readonly keep: (snapshot: Uint8Array<ArrayBuffer>) => void;
}

/** Is it Python that this entry names? */
export const isPython = (module: string): boolean => module.endsWith('.py');

/** Start Python, write the files, import the entry. Rejects with LoadError. */
export async function loadPython(job: GatewayJob, file: string, name: string | undefined, platform: Platform, { written, keep }: PythonOutlet): Promise<PythonApp> {
  if (platform.pyodide === undefined || job.python === undefined) throw new LoadError('ImportError', `${file} is Python, which cannot be run here.`, 'Choose a TypeScript or JavaScript file.');
  if (job.files[file] === undefined) throw new LoadError('ImportError', `There is no file ${file}.`, `There is: ${Object.keys(job.files).join(', ')}.`);
  const { module, options, install } = await platform.pyodide(job.python);
  const { snapshot } = job.python;
  const python = await startPython(module, options, snapshot ? { from: await snapshot.arrayBuffer() } : { keep });
  await install(python.pyodide);
  const { FS } = python.pyodide;
  for (const [path, text] of Object.entries(job.files)) {
    const full = `${root}/${path}`;
    FS.mkdirTree(full.slice(0, full.lastIndexOf('/')));
    FS.writeFile(full, text);
  }
  python.pyodide.runPython(`import os; os.chdir('${root}')`);
  // A traceback that was printed points to where the error came from, not to where it was printed.
  python.bridge.redirect((source, text, site) => written(source, text, placeInTraceback(text) ?? site));
  // What is not written by way of sys.stdout: os.write(1, …), Python's own last words.
  python.pyodide.setStdout({ batched: (text) => written('stdout', text, undefined) });
  python.pyodide.setStderr({ batched: (text) => written('stderr', text, undefined) });
  try {
    return loadPythonApp(python, { root, file, name: name ?? '', interface: job.interface });
  } catch (error) {
    if (!(error instanceof PythonLoadError)) throw error;
    if (error.traceback !== undefined && error.kind !== 'SyntaxError') written('stderr', error.traceback, error.site);
    throw new LoadError(error.kind, error.message, error.advice, error.site);
  }
}
