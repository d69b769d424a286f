import { javascriptDefaults, ModuleKind, ScriptTarget, typescriptDefaults } from 'monaco-editor/languages/features/typescript/register';
import type { ModuleResolutionKind } from 'monaco-editor/languages/features/typescript/register';
import { typings } from '../typings/typings.ts';

type ExtraLib = (typeof typings)[number];

/** What the compiler is given besides the files of the snippet. */
let libraries: readonly ExtraLib[] = typings;
let typeboxWanted = false;

/** `ModuleResolutionKind.Bundler`. Monaco's enumeration stops short of it; the compiler beneath does not. */
const bundler = 100 as ModuleResolutionKind;
/** `ModuleDetectionKind.Force`: a file without import or export is a module all the same, as it is for the runner. */
const everyFileIsAModule = 3;

/** Teach Monaco's TypeScript what an app can count on: the checks of the command line, the types of `porthole`, the globals of a worker. */
export function setUpTypeScript(): void {
  for (const defaults of [typescriptDefaults, javascriptDefaults]) {
    defaults.setCompilerOptions({
      target: ScriptTarget.ESNext,
      module: ModuleKind.ESNext,
      moduleResolution: bundler,
      moduleDetection: everyFileIsAModule,
      // File names, not the short names of tsconfig: short ones are not found, and then `Promise` is not either.
      lib: ['lib.esnext.d.ts', 'lib.webworker.d.ts'],
      allowImportingTsExtensions: true,
      allowJs: true,
      noEmit: true,
      strict: true,
      skipLibCheck: true,
    });
    // Other files of the snippet are models that may never have been shown.
    defaults.setEagerModelSync(true);
    defaults.setExtraLibs([...libraries]);
  }
}

/** A file came or went: let the others be checked again. */
export function recheck(): void {
  for (const defaults of [typescriptDefaults, javascriptDefaults]) defaults.setExtraLibs([...libraries]);
}

/** Fetch what a text of the snippet imports and is not given to everybody. */
export function fetchTypings(text: string): void {
  if (typeboxWanted || !text.includes('porthole/frameworks/fastapilike')) return;
  typeboxWanted = true;
  import('../typings/typebox.ts').then(({ typeboxTypings }) => {
    libraries = [...typings, ...typeboxTypings];
    recheck();
  }, (error: unknown) => {
    // Offline for a moment: types are missing, nothing else is. The next text that asks tries again.
    typeboxWanted = false;
    console.warn(error);
  });
}
