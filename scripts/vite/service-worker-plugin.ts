import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin, type Rolldown } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));
const publicFolder = join(root, 'public');

/** Larger files (Monaco, Python) are kept once they have been used. Octets. */
const maxKept = 700_000;

/** Files of `public/` that are for the host. */
const forHosts = /^_/;

/** `workers/service-worker.ts` as one script that knows its build: which files there are, and what they hold. */
async function bundle(buildFacts: { readonly id: string; readonly files: readonly string[]; readonly editor: readonly string[] }): Promise<string> {
  const built = (await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    define: { __BUILD__: JSON.stringify(buildFacts) },
    build: { write: false, target: 'es2022', rolldownOptions: { input: join(root, 'workers/service-worker.ts'), output: { format: 'iife', codeSplitting: false } } },
  })) as Rolldown.RolldownOutput;
  return built.output[0].code;
}

/** Gives the built site its `service-worker.js`. The dev server has none. */
export function serviceWorker(version: string): Plugin {
  return {
    name: 'porthole-service-worker',
    config: (_config, { command }) => ({ define: { __PORTHOLE_OFFLINE__: JSON.stringify(command === 'build') } }),
    enforce: 'post',
    generateBundle: {
      order: 'post',
      async handler(_options, output) {
        const own = Object.values(output).map((file) => ({ name: file.fileName, content: Buffer.from(file.type === 'chunk' ? file.code : file.source) }));
        const given = readdirSync(publicFolder).filter((name) => !forHosts.test(name)).map((name) => ({ name, content: readFileSync(join(publicFolder, name)) }));
        const kept = [...own, ...given].filter(({ name, content }) => content.length <= maxKept && /\.(?:html|js|css|svg|ttf)$/.test(name)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
        const hash = createHash('sha256');
        for (const { name, content } of kept) hash.update(name).update('\0').update(content);
        const id = `${version} ${hash.digest('hex').slice(0, 12)}`;
        const editor = own.map(({ name }) => name).filter((name) => /\/(?:editor\.api|monaco|ts\.worker)-[^/]*\.js$/.test(name));
        this.emitFile({ type: 'asset', fileName: 'service-worker.js', source: await bundle({ id, files: kept.map(({ name }) => name), editor }) });
      },
    },
  };
}
