import type { PythonAssets, WirePackage } from '../rpc/python-assets.ts';
import { splitEntry } from '../snippet/paths.ts';
import type { SnippetPackage } from '../snippet/schema.ts';

/** Where a Python comes from. */
export interface PythonSource {
  /** What one is started from; `progress` is told how much of it has come, in octets. */
  fetch(progress: (received: number, total: number) => void): Promise<PythonAssets>;
  /** Keep the memory of one that has just started, for the next `fetch`. */
  keep(snapshot: ArrayBuffer): void;
  /** The wheels that files need, those that are pinned as they are; rejects with PackageError (`src/packages/resolve.ts`). `step`: told what is being done, in words. */
  packages(files: Readonly<Record<string, string>>, step: (text: string) => void, pins: readonly SnippetPackage[]): Promise<readonly WirePackage[]>;
}

/** Fetch what a program needs; undefined where it needs no Python, or there is none. `step`: told what is being done, in words. */
export async function fetchPython(source: PythonSource | undefined, entry: string, files: Readonly<Record<string, string>>, pins: readonly SnippetPackage[], step: (text: string) => void): Promise<PythonAssets | undefined> {
  if (source === undefined || !splitEntry(entry).path.endsWith('.py')) return undefined;
  const assets = await source.fetch((received, total) => step(`Loading Python: ${megabytes(received)} of ${megabytes(total)} MB…`));
  const packages = await source.packages(files, step, pins);
  step('Starting Python…');
  return { ...assets, ...(packages.length > 0 && { packages }) };
}

/** What to take again: without the files themselves, by name. */
export const pinsOf = (packages: readonly WirePackage[]): SnippetPackage[] =>
  packages.map(({ name, version, sha256 }) => ({ name, version, sha256 })).toSorted((one, other) => (one.name < other.name ? -1 : 1));

const megabytes = (octets: number): string => (octets / 1e6).toFixed(1);
