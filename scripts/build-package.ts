/**
 * Builds the npm package: `dist/*.js` (ES modules with shared chunks) and `dist/types` (declarations).
 *
 *     usage: tsx scripts/build-package.ts [--out DIR] [--no-types]
 *
 * DIR is `dist` by default; of what is in it, `site` (the built page) is left alone. Declarations come from `tsc -b`,
 * which also checks the types, and are copied as far as the entry points reach.
 */
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'vite';
import { readOptions } from './options.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const emitted = join(root, '.cache/types');

/** Entry points that package.json exports, by the name of their file in `src/api`. */
export const publicEntries = ['index', 'core', 'wsgi', 'asgi', 'node', 'snippet', 'embed', 'socket', 'process', 'frameworks/flasklike', 'frameworks/fastapilike'] as const;

const entries: Record<string, string> = {
  // One flat folder: `frameworks/flasklike` is `frameworks-flasklike.js`.
  ...Object.fromEntries(publicEntries.map((name) => [name.replace('/', '-'), join(root, `src/api/${name}.ts`)])),
  cli: join(root, 'src/node/bin.ts'),
  // Started by their URLs: two processes of their own, and a thread of Node's.
  worker: join(root, 'src/node/worker.ts'),
  keeper: join(root, 'src/node/keeper.ts'),
  'loader-thread': join(root, 'src/node/loader-thread.ts'),
};

/** Build into `out`. `types`: also check types and write declarations. */
export async function buildPackage(out: string, options: { readonly types: boolean }): Promise<void> {
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: Record<string, string>; peerDependencies: Record<string, string> };
  empty(out);
  await build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    build: {
      outDir: out,
      emptyOutDir: false,
      target: 'es2022',
      // Readers step into a library; whoever bundles it minifies it.
      minify: false,
      copyPublicDir: false,
      modulePreload: false,
      lib: { entry: entries, formats: ['es'] },
      rolldownOptions: {
        external: [/^node:/, ...Object.keys({ ...dependencies, ...peerDependencies }).map((name) => new RegExp(`^${name}(?:/|$)`))],
        // One flat folder: `import.meta.url` of a chunk stays next to the entries (see `loader.ts`).
        output: { entryFileNames: '[name].js', chunkFileNames: 'chunk-[name]-[hash].js' },
      },
    },
  });
  chmodSync(join(out, 'cli.js'), 0o755);
  if (options.types) await writeDeclarations(join(out, 'types'));
}

/** Remove what an earlier build left, but not the page. */
function empty(out: string): void {
  if (!existsSync(out)) return;
  for (const name of readdirSync(out)) if (name !== 'site') rmSync(join(out, name), { recursive: true });
}

async function writeDeclarations(into: string): Promise<void> {
  const tsc = fileURLToPath(new URL('../bin/tsc', import.meta.resolve('typescript')));
  try {
    await promisify(execFile)(process.execPath, [tsc, '-b', join(root, 'src/api')], { cwd: root });
  } catch (error) {
    throw new Error(`The types do not check:\n${(error as { stdout?: string }).stdout ?? String(error)}`);
  }
  const waiting = publicEntries.map((name) => join(emitted, `api/${name}.d.ts`));
  const seen = new Set(waiting);
  for (const file of waiting) {
    const text = readFileSync(file, 'utf8').replace(
      /(\bfrom\s+|\bimport\s*\(\s*|\bimport\s+)(["'])(\.{1,2}\/[^"']+)\2/g,
      (_, before: string, quote: string, specifier: string) => {
        const target = resolve(dirname(file), specifier.replace(/\.tsx?$/, '.d.ts'));
        if (!existsSync(target)) throw new Error(`${relative(root, file)} imports ${specifier}, which has no declaration.`);
        if (!seen.has(target)) {
          seen.add(target);
          waiting.push(target);
        }
        // TypeScript sources import each other as `.ts`; a package has only `.js` and its `.d.ts` beside it.
        return `${before}${quote}${specifier.replace(/\.tsx?$/, '.js')}${quote}`;
      },
    );
    const target = join(into, relative(emitted, file));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text.replace(/^\/\/# sourceMappingURL=.*$/m, ''));
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values } = readOptions('usage: tsx scripts/build-package.ts [--out DIR] [--no-types]', { options: { out: { type: 'string' }, 'no-types': { type: 'boolean' } } });
  const out = resolve(values.out ?? join(root, 'dist'));
  await buildPackage(out, { types: values['no-types'] !== true });
  console.log(`package: ${relative(process.cwd(), out) || '.'}`);
}
