import type { Plugin, ViteDevServer } from 'vite';
import { bundle, bundleNames, type Bundle, type BundleName } from './runtime-bundle.ts';

const virtual = 'virtual:porthole-runtime';
const resolved = `\0${virtual}`;
/** Where the dev server gives a bundle. */
const devPath = (name: BundleName): string => `@porthole/${fileName(name)}`;
const fileName = (name: BundleName): string => `${name.replace(/^.*\//, '')}.js`;

/**
 * Gives the page what a process is made of: `import { runtimeUrl, libraryUrls } from 'virtual:porthole-runtime'` are the
 * addresses of its text and of those of the libraries. In a build they are assets with a hash in their name; the dev server
 * bundles what is asked for, and again (with a reload of the page) when one of its sources has changed.
 */
export function portholeRuntime(): Plugin {
  let server: ViteDevServer | undefined;
  const pending = new Map<BundleName, Promise<Bundle>>();
  return {
    name: 'porthole-runtime',
    resolveId: (id) => (id === virtual ? resolved : undefined),
    async load(id) {
      if (id !== resolved) return undefined;
      const urls: string[] = [];
      for (const name of bundleNames) {
        let url: string;
        if (server) url = JSON.stringify(server.config.base.replace(/^\.?\/?/, '/') + devPath(name));
        else {
          const { code, files } = await bundle(name, { minify: true });
          for (const file of files) this.addWatchFile(file);
          url = `import.meta.ROLLUP_FILE_URL_${this.emitFile({ type: 'asset', name: fileName(name), source: code })}`;
        }
        urls.push(`${JSON.stringify(name)}: ${url}`);
      }
      return `export const { runtime: runtimeUrl, ...libraryUrls } = { ${urls.join(', ')} };`;
    },
    configureServer(dev) {
      server = dev;
      dev.middlewares.use((request, response, next) => {
        const path = request.url?.split('?')[0] ?? '';
        const name = bundleNames.find((each) => path.endsWith(`/${devPath(each)}`));
        if (name === undefined) return next();
        const turn = pending.get(name) ?? bundle(name, { minify: false });
        pending.set(name, turn);
        turn.then(({ code, files }) => {
          dev.watcher.add([...files]);
          response.setHeader('Content-Type', 'text/javascript');
          response.setHeader('Cache-Control', 'no-store');
          response.end(code);
        }, (error: unknown) => {
          if (pending.get(name) === turn) pending.delete(name);
          next(error);
        });
      });
      dev.watcher.on('change', (path) => {
        for (const [name, turn] of pending) {
          void turn.then(({ files }) => {
            if (turn !== pending.get(name) || !files.includes(path)) return;
            pending.delete(name);
            dev.ws.send({ type: 'full-reload' });
          }, () => {});
        }
      });
    },
  };
}
