import type { Plugin, ViteDevServer } from 'vite';
import { bundleRuntime, type RuntimeBundle } from './runtime-bundle.ts';

const name = 'virtual:porthole-runtime';
const resolved = `\0${name}`;
/** Where the dev server gives it. */
const devPath = '@porthole/runtime.js';

/**
 * Gives the page the runtime of a process: `import { runtimeUrl } from 'virtual:porthole-runtime'` is the address of its
 * text. In a build that is an asset with a hash in its name; the dev server bundles it when it is asked for, and again
 * (with a reload of the page) when one of its sources has changed.
 */
export function portholeRuntime(): Plugin {
  let server: ViteDevServer | undefined;
  let pending: Promise<RuntimeBundle> | undefined;
  let asset: string | undefined;
  return {
    name: 'porthole-runtime',
    resolveId: (id) => (id === name ? resolved : undefined),
    async load(id) {
      if (id !== resolved) return undefined;
      if (server) return `export const runtimeUrl = ${JSON.stringify(server.config.base.replace(/^\.?\/?/, '/') + devPath)};`;
      const { code, files } = await bundleRuntime({ minify: true });
      for (const file of files) this.addWatchFile(file);
      asset = this.emitFile({ type: 'asset', name: 'runtime.js', source: code });
      return `export const runtimeUrl = import.meta.ROLLUP_FILE_URL_${asset};`;
    },
    configureServer(dev) {
      server = dev;
      dev.middlewares.use((request, response, next) => {
        if (!request.url?.split('?')[0]!.endsWith(`/${devPath}`)) return next();
        pending ??= bundleRuntime({ minify: false });
        const turn = pending;
        turn.then(({ code, files }) => {
          dev.watcher.add([...files]);
          response.setHeader('Content-Type', 'text/javascript');
          response.setHeader('Cache-Control', 'no-store');
          response.end(code);
        }, (error: unknown) => {
          if (pending === turn) pending = undefined;
          next(error);
        });
      });
      const changed = (path: string): void => {
        const turn = pending;
        void turn?.then(({ files }) => {
          if (turn !== pending || !files.includes(path)) return;
          pending = undefined;
          dev.ws.send({ type: 'full-reload' });
        }, () => {});
      };
      dev.watcher.on('change', changed);
    },
  };
}
