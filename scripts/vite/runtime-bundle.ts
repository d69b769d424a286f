import { fileURLToPath } from 'node:url';
import { build, type Rolldown } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The runtime of a process as text, and what it was made from. */
export interface RuntimeBundle {
  /** An ES module without imports that exports `boot`. */
  readonly code: string;
  /** Absolute paths of the sources. */
  readonly files: readonly string[];
}

/**
 * Bundle `workers/process.ts` into one self-contained module. It has to be one: a worker of an opaque origin can fetch
 * nothing, and imports what the page hands it.
 */
export async function bundleRuntime(options: { readonly minify: boolean }): Promise<RuntimeBundle> {
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
        input: fileURLToPath(new URL('../../workers/process.ts', import.meta.url)),
        preserveEntrySignatures: 'strict',
        output: { format: 'es', codeSplitting: false },
      },
    },
  })) as Rolldown.RolldownOutput;
  const [chunk, ...others] = built.output;
  if (others.length > 0 || chunk.imports.length > 0 || chunk.dynamicImports.length > 0) {
    throw new Error(`the runtime is not one file: ${[...others.map((each) => each.fileName), ...chunk.imports, ...chunk.dynamicImports].join(', ')}`);
  }
  return { code: chunk.code, files: chunk.moduleIds.filter((id) => !id.startsWith('\0')) };
}
