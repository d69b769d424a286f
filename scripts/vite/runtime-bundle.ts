import { fileURLToPath } from 'node:url';
import { build, type Rolldown } from 'vite';
import { libraries, type Library } from '../../src/rpc/libraries.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A module as text, and what it was made from. */
export interface Bundle {
  /** An ES module without imports. */
  readonly code: string;
  /** Absolute paths of the sources. */
  readonly files: readonly string[];
}

/** What a process can be given: the runtime, which exports `boot`, and the libraries that a snippet may ask for. */
export type BundleName = 'runtime' | Library;

/** All of them. */
export const bundleNames: readonly BundleName[] = ['runtime', ...libraries];

/** Entry of a bundle. A library is what the package exports under its name. */
const entryOf = (name: BundleName): string => (name === 'runtime' ? 'workers/process.ts' : name.replace(/^porthole/, 'src/api') + '.ts');

/**
 * Bundle the runtime or a library into one self-contained module. It has to be one: a worker of an opaque origin can fetch
 * nothing, and imports what the page hands it.
 */
export async function bundle(name: BundleName, options: { readonly minify: boolean }): Promise<Bundle> {
  const built = (await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      write: false,
      target: 'es2022',
      minify: options.minify,
      modulePreload: false,
      rolldownOptions: {
        input: `${root}/${entryOf(name)}`,
        preserveEntrySignatures: 'strict',
        output: { format: 'es', codeSplitting: false },
      },
    },
  })) as Rolldown.RolldownOutput;
  const [chunk, ...others] = built.output;
  if (others.length > 0 || chunk.imports.length > 0 || chunk.dynamicImports.length > 0) {
    throw new Error(`${name} is not one file: ${[...others.map((each) => each.fileName), ...chunk.imports, ...chunk.dynamicImports].join(', ')}`);
  }
  return { code: chunk.code, files: chunk.moduleIds.filter((id) => !id.startsWith('\0')) };
}
