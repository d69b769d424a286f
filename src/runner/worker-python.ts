/**
 * Pyodide in a worker that can fetch nothing: what it asks for by name it gets from what the page handed over.
 */
import type { PyodideModule, PyodideOptions } from '../python/boot.ts';
import type { PythonAssets, PythonFile, WirePackage } from '../rpc/python-assets.ts';
import type { HandedPyodide } from './platform.ts';

/** Where the files seem to be. Nothing is ever asked of that host. */
const base = 'https://python.invalid/';

const types: Readonly<Partial<Record<string, string>>> = {
  'pyodide.mjs': 'text/javascript', 'pyodide.asm.mjs': 'text/javascript', 'pyodide.asm.wasm': 'application/wasm', 'python_stdlib.zip': 'application/zip',
};

/** Import Pyodide. `load` starts it with the options that it needs here. */
export async function workerPyodide(assets: PythonAssets, evaluate: (code: string) => Promise<unknown>): Promise<HandedPyodide> {
  const packages = assets.packages ?? [];
  const [module, core] = await Promise.all([assets.files['pyodide.mjs'], assets.files['pyodide.asm.mjs']].map(async (file) => evaluate(await file.text())));
  const { loadPyodide, version } = module as PyodideModule;
  return {
    module: { version, loadPyodide: (options) => fetching(assets, () => loadPyodide(options)) },
    options: {
      indexURL: base,
      packageBaseUrl: base,
      lockFileContents: `{"info":${assets.lockInfo},"packages":${JSON.stringify(Object.fromEntries(packages.map(lockEntry)))}}`,
      createPyodideModule: (core as { readonly default: NonNullable<PyodideOptions['createPyodideModule']> }).default,
    },
    async install(pyodide) {
      if (packages.length === 0) return;
      const complaints: string[] = [];
      const quiet = { messageCallback: () => {}, errorCallback: (text: string) => void complaints.push(text) };
      // Their hashes were compared by the page.
      const installed = await fetching(assets, () => pyodide.loadPackage(packages.map(({ name }) => name), { ...quiet, checkIntegrity: false }));
      const missing = packages.filter(({ name }) => !installed.some((each) => each.name === name));
      if (missing.length > 0) throw new Error(`${missing.map(({ file }) => file).join(', ')} could not be installed. ${complaints.join(' ')}`);
    },
  };
}

/** As Pyodide's lock file has it. What a package needs has been found already. */
const lockEntry = ({ name, version, file, sha256 }: WirePackage): readonly [string, object] =>
  [name, { name, version, file_name: file, install_dir: 'site', sha256, package_type: 'package', imports: [], depends: [], unvendored_tests: false }];

/** While `load` runs, `fetch` knows the files, and nothing else. */
async function fetching<T>(assets: PythonAssets, load: () => Promise<T>): Promise<T> {
  const { fetch } = globalThis;
  globalThis.fetch = async (input) => {
    const url = input instanceof Request ? input.url : String(input);
    const name = url.slice(url.lastIndexOf('/') + 1) as PythonFile;
    const file = !url.startsWith(base) ? undefined : Object.hasOwn(assets.files, name) ? assets.files[name] : assets.packages?.find((each) => each.file === name)?.content;
    if (file === undefined) throw new TypeError(`A process has no network: ${url}`);
    return new Response(await file.arrayBuffer(), { headers: { 'Content-Type': types[name] ?? 'application/zip' } });
  };
  try {
    return await load();
  } finally {
    globalThis.fetch = fetch;
  }
}
