import { fileURLToPath } from 'node:url';
import { build, type Plugin, type Rolldown } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));
const name = 'embed.js';

/** `src/embed/site.ts` as one classic script: pages of any origin load it without CORS, and its name has no hash. */
export async function bundleEmbed(options: { readonly minify: boolean }): Promise<string> {
  const built = (await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      write: false,
      target: 'es2022',
      minify: options.minify,
      rolldownOptions: { input: fileURLToPath(new URL('../../src/embed/site.ts', import.meta.url)), output: { format: 'iife', codeSplitting: false } },
    },
  })) as Rolldown.RolldownOutput;
  return built.output[0].code;
}

/** Gives the site its `embed.js`, in a build and on the dev server. */
export function embedScript(): Plugin {
  return {
    name: 'porthole-embed-script',
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: name, source: await bundleEmbed({ minify: true }) });
    },
    configureServer(dev) {
      dev.middlewares.use((request, response, next) => {
        if (request.url?.split('?')[0] !== `${dev.config.base.replace(/^\.?\/?/, '/')}${name}`) return next();
        bundleEmbed({ minify: false }).then((code) => {
          response.setHeader('Content-Type', 'text/javascript');
          response.end(code);
        }, next);
      });
    },
  };
}
