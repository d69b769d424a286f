import { lockInfo, pythonUrls } from 'virtual:porthole-python';
import type { PackageStore } from '../packages/store.ts';
import type { PythonSource } from '../machine/python.ts';

type PythonAssets = Awaited<ReturnType<PythonSource['fetch']>>;

let fetched: Promise<PythonAssets> | undefined;
/** Kept in memory only: 30 MB are much to store for a visitor who may never run Python again. */
let snapshot: Blob | undefined;
let store: PackageStore | undefined;
/** Octets received, over all files. */
let received = 0;
const watchers = new Set<(received: number, total: number) => void>();
const total = Object.values(pythonUrls).reduce((sum, { size }) => sum + size, 0);

/** The Python of the page: fetched when the first one is started, and kept while the page is open. */
export const pythonSource: PythonSource = {
  fetch: fetchPython,
  keep: (octets) => {
    snapshot = new Blob([octets]);
  },
  async packages(files, step, pins) {
    store ??= (await import('./python-packages.ts')).packageStore();
    return store.collect(files, step, pins);
  },
};

/** Rejects with a sentence. */
async function fetchPython(progress: (received: number, total: number) => void): Promise<PythonAssets> {
  watchers.add(progress);
  try {
    fetched ??= fetchAll().catch((error: unknown) => {
      // Offline for a moment: the next Run tries again.
      fetched = undefined;
      throw error;
    });
    return { ...(await fetched), ...(snapshot && { snapshot }) };
  } finally {
    watchers.delete(progress);
  }
}

async function fetchAll(): Promise<PythonAssets> {
  received = 0;
  const files = await Promise.all(Object.keys(pythonUrls).map(async (name) => [name, await fetchFile(name)] as const));
  return { files: Object.fromEntries(files) as unknown as PythonAssets['files'], lockInfo };
}

async function fetchFile(name: string): Promise<Blob> {
  const { url } = pythonUrls[name]!;
  const parts: Uint8Array<ArrayBuffer>[] = [];
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    const reader = response.body!.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
      received += value.length;
      for (const watcher of watchers) watcher(received, total);
    }
  } catch (error) {
    throw new Error(`Python could not be loaded: ${name}: ${error instanceof Error ? error.message : String(error)}. Is this computer online?`, { cause: error });
  }
  return new Blob(parts);
}
