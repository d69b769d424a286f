import type { PyodideAPI } from 'pyodide';
import type { PyodideModule, PyodideOptions } from '../python/boot.ts';
import type { PythonAssets } from '../rpc/python-assets.ts';

/** Pyodide as a process gets it. */
export interface HandedPyodide {
  readonly module: PyodideModule;
  /** What it is to be started with here. */
  readonly options: PyodideOptions;
  /** Install the packages that came with it. */
  install(pyodide: PyodideAPI): Promise<void>;
}

/** What a process needs of the thread it runs in. A worker of the sandbox frame and a `worker_threads` worker differ in these. */
export interface Platform {
  /** Import the text of an ES module. Rejects with whatever it throws, and with SyntaxError where it does not parse. */
  evaluate(code: string): Promise<unknown>;
  /** Call back for every error that nobody caught, and keep the thread alive. */
  onUncaught(listener: (error: unknown, origin: 'error' | 'rejection') => void): void;
  /** Call back just before the program ends its own thread. */
  onClose(listener: (reason: string) => void): void;
  /** Import Pyodide from what the page handed over. Missing: no Python here. */
  pyodide?(assets: PythonAssets): Promise<HandedPyodide>;
  /** The console that the snippet's code finds. Its methods are replaced. */
  readonly console: object;
}
