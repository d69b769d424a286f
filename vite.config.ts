import { defineConfig } from 'vite';

/** The static site: `vite` serves it in development, `vite build` writes `dist/site`. The package is built by `scripts/build-package.ts`. */
export default defineConfig({
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: { outDir: 'dist/site', emptyOutDir: true, target: 'es2022' },
});
