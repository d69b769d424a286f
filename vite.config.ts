import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';
import { embedScript } from './scripts/vite/embed-script.ts';
import { portholeExamples } from './scripts/vite/examples-plugin.ts';
import { portholePython } from './scripts/vite/python-plugin.ts';
import { portholeRuntime } from './scripts/vite/runtime-plugin.ts';
import { serviceWorker } from './scripts/vite/service-worker-plugin.ts';
import { slimMonacoWorkers } from './scripts/vite/monaco-plugin.ts';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as { version: string };

/**
 * The page's content security policy allows no inline script but those that are in the file itself, by hash:
 * `__INLINE_SCRIPTS__` in the policy is replaced by the hashes of what this build really contains.
 */
function hashInlineScripts(): Plugin {
  return {
    name: 'porthole-hash-inline-scripts',
    transformIndexHtml: {
      order: 'post',
      handler(html) {
        const hashes = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, source]) => `'sha256-${createHash('sha256').update(source ?? '').digest('base64')}'`);
        return html.replaceAll('__INLINE_SCRIPTS__', hashes.join(' '));
      },
    },
  };
}

/** The static site: `vite` serves it in development, `vite build` writes `dist/site`. The package is built by `scripts/build-package.ts`. */
export default defineConfig({
  // Relative addresses: the site works below any path of any static host.
  base: './',
  plugins: [hashInlineScripts(), portholeExamples(), portholeRuntime(), portholePython(), slimMonacoWorkers(), embedScript(), serviceWorker(version)],
  define: { __PORTHOLE_VERSION__: JSON.stringify(version) },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    rolldownOptions: { input: ['index.html', 'embed.html'] },
    outDir: 'dist/site',
    emptyOutDir: true,
    target: 'es2022',
    // Browsers that know `light-dark()`: colours are written once for both themes.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // Monaco is as large as it is, and waits until the page is idle.
    chunkSizeWarningLimit: 5000,
  },
});
