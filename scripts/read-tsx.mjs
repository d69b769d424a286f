// Preloaded into dependency-cruiser by `scripts/layers.ts`, so plain JavaScript.
// dependency-cruiser 17 asks swc to parse every file as TypeScript without JSX, and so fails on the first `.tsx`.
import swc from '@swc/core';

const { parseFileSync } = swc;
swc.parseFileSync = (path, options) => parseFileSync(path, { ...options, tsx: path.endsWith('.tsx') });
