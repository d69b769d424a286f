/** From the files of a snippet to a Python application that can be called, in a Python that is started for it. */
import type { OutputListener } from '../python/bridge.ts';
import { loadPythonApp, PythonLoadError, type PythonApp } from '../python/load-app.ts';
import { placeInTraceback } from '../python/place.ts';
import type { GatewayJob } from '../rpc/contract.ts';
import { openPython, pythonRoot, type PythonStart } from './open-python.ts';
import type { Platform } from './platform.ts';
import { LoadError } from './problem.ts';

/** Where what comes out of a Python goes. */
export interface PythonOutlet extends PythonStart {
  /** What it prints, and where. */
  readonly written: OutputListener;
}

/** Start Python, write the files, import the entry. Rejects with LoadError. */
export function loadPython(job: GatewayJob, file: string, name: string | undefined, platform: Platform, outlet: PythonOutlet): Promise<PythonApp> {
  const loading = load(job, file, name, platform, outlet);
  return outlet.replay ? outlet.replay.during(loading) : loading;
}

async function load(job: GatewayJob, file: string, name: string | undefined, platform: Platform, outlet: PythonOutlet): Promise<PythonApp> {
  const { written } = outlet;
  const python = await openPython(job, file, platform, outlet);
  if (job.server.locals) python.bridge.tellLocals(true);
  // A traceback that was printed points to where the error came from, not to where it was printed.
  python.bridge.redirect((source, text, site, partial) => written(source, text, placeInTraceback(text) ?? site, partial));
  // What is not written by way of sys.stdout: os.write(1, …), Python's own last words.
  python.pyodide.setStdout({ batched: (text) => written('stdout', text, undefined, false) });
  python.pyodide.setStderr({ batched: (text) => written('stderr', text, undefined, false) });
  try {
    return loadPythonApp(python, { root: pythonRoot, file, name: name ?? '', interface: job.interface });
  } catch (error) {
    if (!(error instanceof PythonLoadError)) throw error;
    if (error.traceback !== undefined && error.kind !== 'SyntaxError') written('stderr', error.traceback, error.site, false);
    throw new LoadError(error.kind, error.message, error.advice, error.site);
  }
}
