/** Files that a Python is started from: those of the npm package, with the standard library compiled. */
export const pythonFiles = ['pyodide.mjs', 'pyodide.asm.mjs', 'pyodide.asm.wasm', 'python_stdlib.zip'] as const;

/** One of them. */
export type PythonFile = (typeof pythonFiles)[number];

/** What is needed of a Blob. */
export interface WireBlob {
  arrayBuffer(): Promise<ArrayBuffer>;
  text(): Promise<string>;
}

/** A wheel that a program needs, fetched and verified by the page. */
export interface WirePackage {
  /** Normalised (PEP 503). */
  readonly name: string;
  readonly version: string;
  /** File name. */
  readonly file: string;
  readonly sha256: string;
  readonly content: WireBlob;
}

/** What a process is handed to start a Python from: it can fetch nothing itself. */
export interface PythonAssets {
  readonly files: Readonly<Record<PythonFile, WireBlob>>;
  /** `info` of Pyodide's lock file, JSON: what it is built for. */
  readonly lockInfo: string;
  /** The memory of a Python that had just started. Missing: the process is to send its own (`snapshot` on the wire). */
  readonly snapshot?: WireBlob;
  /** To be installed before the program is imported. */
  readonly packages?: readonly WirePackage[];
}
