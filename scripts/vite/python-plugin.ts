import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin, ViteDevServer } from 'vite';
import { pyodideVersion } from '../../src/python/version.ts';
import { pythonFiles, type PythonFile } from '../../src/rpc/python-assets.ts';
import { compiledStdlib } from '../python-stdlib.ts';

const virtual = 'virtual:porthole-python';
const resolved = `\0${virtual}`;
const devPath = '@porthole/python/';
const lockFile = 'pyodide-lock.json';

/** A file of the npm package, or what was made of it. */
async function octets(name: PythonFile): Promise<Buffer> {
  return readFileSync(name === 'python_stdlib.zip' ? await compiledStdlib() : packageFile(name));
}

const packageFile = (name: string): string => fileURLToPath(import.meta.resolve(`pyodide/${name}`));

/**
 * Gives the page the files that a Python is started from: `import { pythonUrls, lockInfo } from 'virtual:porthole-python'`. In a build
 * they are assets with a hash in their name, fetched by nobody who runs no Python; the dev server reads them when they are asked for.
 */
export function portholePython(): Plugin {
  let server: ViteDevServer | undefined;
  return {
    name: 'porthole-python',
    resolveId: (id) => (id === virtual ? resolved : undefined),
    async load(id) {
      if (id !== resolved) return undefined;
      const entries: string[] = [];
      for (const name of pythonFiles) {
        const source = await octets(name);
        const url = server ? JSON.stringify(`${server.config.base.replace(/^\.?\/?/, '/')}${devPath}${name}`) : `import.meta.ROLLUP_FILE_URL_${this.emitFile({ type: 'asset', name, source })}`;
        entries.push(`${JSON.stringify(name)}: { url: ${url}, size: ${source.length} }`);
      }
      const { info } = JSON.parse(readFileSync(packageFile(lockFile), 'utf8')) as { info: unknown };
      const lock = server ? JSON.stringify(`${server.config.base.replace(/^\.?\/?/, '/')}${devPath}${lockFile}`) : `import.meta.ROLLUP_FILE_URL_${this.emitFile({ type: 'asset', name: lockFile, source: readFileSync(packageFile(lockFile)) })}`;
      const packages = `https://cdn.jsdelivr.net/pyodide/v${pyodideVersion}/full/`;
      return `export const lockUrl = ${lock};\nexport const packagesUrl = ${JSON.stringify(packages)};\nexport const pythonUrls = { ${entries.join(', ')} };\nexport const lockInfo = ${JSON.stringify(JSON.stringify(info))};`;
    },
    configureServer(dev) {
      server = dev;
      dev.middlewares.use((request, response, next) => {
        const path = request.url?.split('?')[0] ?? '';
        const name = [...pythonFiles, lockFile].find((each) => path.endsWith(`/${devPath}${each}`));
        if (name === undefined) return next();
        (name === lockFile ? Promise.resolve(readFileSync(packageFile(name))) : octets(name as PythonFile)).then((source) => response.end(source), next);
      });
    },
  };
}
