import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';

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

/**
 * Monaco's language services import a module that, for its side effects only, imports every feature of the editor: 100 kB that
 * nobody asked for. The features that the page has are listed in `src/ui/editor/monaco-features.ts`.
 */
function slimMonaco(): Plugin {
  return {
    name: 'porthole-slim-monaco',
    enforce: 'pre',
    transform: {
      filter: { id: /monaco-editor[\\/]esm[\\/]vs[\\/]internal[\\/]common[\\/]workers\.js$/ },
      handler: (code) => code.replace(/^import '.*';\n/gm, ''),
    },
  };
}

/** The static site: `vite` serves it in development, `vite build` writes `dist/site`. The package is built by `scripts/build-package.ts`. */
export default defineConfig({
  // Relative addresses: the site works below any path of any static host.
  base: './',
  plugins: [hashInlineScripts(), slimMonaco()],
  define: { __PORTHOLE_VERSION__: JSON.stringify(version) },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist/site',
    emptyOutDir: true,
    target: 'es2022',
    // Browsers that know `light-dark()`: colours are written once for both themes.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // Monaco is as large as it is, and waits until the page is idle.
    chunkSizeWarningLimit: 5000,
  },
});
