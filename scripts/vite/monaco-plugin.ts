import type { Plugin } from 'vite';

/**
 * Keeps Monaco slim. Its language services share `internal/common/workers.js`, which imports every editor feature for its side
 * effects; with them come 100 kB (brotli) of features that nobody asked for. What the module itself does needs none of them.
 * `src/ui/editor/monaco-features.ts` lists the features that we want.
 */
export function slimMonacoWorkers(): Plugin {
  return {
    name: 'slim-monaco-workers',
    enforce: 'pre',
    transform: {
      filter: { id: /monaco-editor[\\/]esm[\\/]vs[\\/]internal[\\/]common[\\/]workers\.js$/ },
      handler(code) {
        const slim = code.replace(/^import '.*';\n/gm, '');
        // Silence would cost every visitor 100 kB.
        if (slim === code) this.error('Monaco no longer imports its features here; see whether slimMonacoWorkers is still needed.');
        return { code: slim, map: null };
      },
    },
  };
}
