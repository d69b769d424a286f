import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { MessageChannel, Worker } from 'node:worker_threads';
import type { MessagePortLike, SpawnedProcess, Spawner } from '../../src/machine/types.ts';
import { bundle, type BundleName } from '../../scripts/vite/runtime-bundle.ts';
import type { Library } from '../../src/rpc/libraries.ts';

const cache = fileURLToPath(new URL('../../.cache/runtime', import.meta.url));
const bundled = new Map<BundleName, Promise<string>>();

/**
 * What the page gives its processes, built once for all test files as long as its sources are older than it is.
 * Resolves to the path of the module.
 */
export function built(name: BundleName): Promise<string> {
  const known = bundled.get(name);
  if (known) return known;
  const building = (async () => {
    const file = name.replace(/^.*\//, '');
    const path = `${cache}/${file}.mjs`;
    const list = `${cache}/${file}.files.json`;
    try {
      const builtAt = statSync(path).mtimeMs;
      const files = JSON.parse(readFileSync(list, 'utf8')) as string[];
      if (files.every((each) => statSync(each).mtimeMs < builtAt)) return path;
    } catch {
      // Never built, or a source has gone.
    }
    const { code, files } = await bundle(name, { minify: false });
    mkdirSync(cache, { recursive: true });
    // Test files run side by side: whoever reads gets the old one or the new one, whole.
    for (const [target, text] of [[path, code], [list, JSON.stringify(files)]] as const) {
      writeFileSync(`${target}.${process.pid}`, text);
      renameSync(`${target}.${process.pid}`, target);
    }
    return path;
  })();
  bundled.set(name, building);
  return building;
}

/** Text of a library, for a machine. */
export const library = async (name: Library): Promise<string> => readFileSync(await built(name), 'utf8');

/** What `sandbox.html` and its bootstrap worker are in the page, with Node's means. Runs as text: it must not need a build. */
const bootstrap = `
const { parentPort, workerData } = require('node:worker_threads');
const platform = {
  evaluate: (code) => import('data:text/javascript;charset=utf-8,' + encodeURIComponent(code)),
  onUncaught(listener) {
    process.on('uncaughtException', (error, origin) => listener(error, origin === 'unhandledRejection' ? 'rejection' : 'error'));
  },
  onClose(listener) {
    globalThis.close = () => { listener('the program called close()'); process.exit(0); };
  },
  console,
  async pyodide(assets) {
    const module = await import(workerData.pyodide);
    return {
      module,
      options: { stdLibURL: workerData.stdlib, indexURL: require('node:url').fileURLToPath(new URL('.', workerData.pyodide)) },
      async install(pyodide) {
        for (const { content } of assets.packages ?? []) {
          const extractDir = pyodide.runPython('import site; site.getsitepackages()[0]');
          pyodide.unpackArchive(await content.arrayBuffer(), 'wheel', { extractDir });
        }
        pyodide.runPython('import importlib; importlib.invalidate_caches()');
      },
    };
  },
};
if (workerData.noStackSwitching) for (const name of ['Suspending', 'Suspender', 'promising']) delete WebAssembly[name];
parentPort.once('message', async (port) => {
  try {
    (await import(workerData.runtime)).boot(port, platform);
    parentPort.postMessage('');
  } catch (error) {
    parentPort.postMessage(String(error));
  }
});
`;

/** A {@link Spawner} over `worker_threads`, and what a test wants to know of it. */
export interface NodeSpawner extends Spawner {
  /** Workers that have not ended. */
  readonly alive: number;
}

/** Where the processes of a spawner find Pyodide: its module, and the compiled library. */
export interface NodePython {
  readonly pyodide: string;
  readonly stdlib: string;
  /** As in a browser without JSPI. */
  readonly noStackSwitching?: boolean;
}

/** Processes are threads of this one, running the same bundle as in the page. */
export function createNodeSpawner(python?: NodePython): NodeSpawner {
  let alive = 0;
  return {
    get alive() {
      return alive;
    },
    async spawn(name): Promise<SpawnedProcess> {
      const runtime = pathToFileURL(await built('runtime')).href;
      // No flags of the test runner's loader: the bundle needs none.
      const worker = new Worker(bootstrap, { eval: true, workerData: { runtime, ...python }, execArgv: [], name, resourceLimits: { maxOldGenerationSizeMb: 256 } });
      alive += 1;
      const { port1, port2 } = new MessageChannel();
      let exit: ((reason: string) => void) | undefined;
      let death = 'it ended itself';
      worker.on('error', (error) => (death = error instanceof Error ? error.message : String(error)));
      worker.on('exit', () => {
        alive -= 1;
        // Its last words may still be in the port: Node promises no order between the two.
        setImmediate(() => exit?.(death));
      });
      await new Promise<void>((resolve, reject) => {
        worker.once('message', (problem: string) => (problem === '' ? resolve() : reject(new Error(problem))));
        worker.once('exit', () => reject(new Error(death)));
        worker.postMessage(port2, [port2]);
      });
      return {
        name,
        port: port1 as unknown as MessagePortLike,
        terminate() {
          exit = undefined;
          port1.close();
          void worker.terminate();
        },
        onExit(listener) {
          exit = listener;
        },
      };
    },
  };
}
