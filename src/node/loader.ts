/**
 * Teaches this process to import applications: TypeScript without a build step, imports without an extension, and
 * `porthole` (and `porthole/wsgi`, …) as the package that is running, wherever the application's folder is.
 *
 * Node 22.15 and later run the hooks in this thread (`registerHooks`); Node 20 runs them in a thread of their own
 * (`register` with `loader-thread.ts`). Both use the functions here.
 */
import { readFileSync, statSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compile, formatPlace, needsCompiling, type Place } from './typescript.ts';

/** What is tried after a path that names no file, in this order. */
export const extensions = ['.ts', '.mts', '.tsx', '.js', '.mjs', '.jsx'] as const;

/** Extensions of emitted files, as TypeScript users write them in imports, and the source they stand for. */
const sources: Readonly<Record<string, readonly string[]>> = { '.js': ['.ts', '.tsx'], '.mjs': ['.mts'], '.jsx': ['.tsx'] };

/** Entry points of the package (the `exports` of package.json without their dots). */
const entries = new Set(['index', 'core', 'wsgi', 'asgi', 'node', 'snippet', 'frameworks/flasklike', 'frameworks/fastapilike']);

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/**
 * The file that `path` means: itself, the source it was emitted from, or with an extension or `/index` added.
 * Undefined where there is none.
 */
export function findModule(path: string): string | undefined {
  if (isFile(path)) return path;
  const written = /\.(?:m?js|jsx)$/.exec(path)?.[0];
  if (written !== undefined) {
    const stem = path.slice(0, -written.length);
    for (const extension of sources[written]!) if (isFile(stem + extension)) return stem + extension;
  }
  for (const extension of extensions) if (isFile(path + extension)) return path + extension;
  for (const extension of extensions) if (isFile(`${path}/index${extension}`)) return `${path}/index${extension}`;
  return undefined;
}

/** URL of the running package's own entry point, for `porthole` and `porthole/…`. */
export function ownEntry(specifier: string, here = import.meta.url): string | undefined {
  const match = /^porthole(?:\/([\w/-]+))?$/.exec(specifier);
  if (match === null) return undefined;
  const name = match[1] ?? 'index';
  if (!entries.has(name)) return undefined;
  // In the sources the entries are in `api/`; the package has everything in one folder.
  return new URL(here.endsWith('.ts') ? `../api/${name}.ts` : `./${name.replace('/', '-')}.js`, here).href;
}

/** Where `specifier` leads, if not where Node would look; `parent` is the URL of the importing module. */
export function redirect(specifier: string, parent: string | undefined): string | undefined {
  const own = ownEntry(specifier);
  if (own !== undefined) return own;
  if (parent?.startsWith('file:') !== true || !/^\.{0,2}\//.test(specifier) || parent.includes('/node_modules/')) return undefined;
  const url = new URL(specifier, parent);
  const found = findModule(fileURLToPath(url));
  return found === undefined ? undefined : pathToFileURL(found).href + url.search + url.hash;
}

/** The JavaScript of a module that Node cannot run as it stands; undefined leaves it to Node. Throws SyntaxError with the place. */
export function load(url: string): string | undefined {
  if (!url.startsWith('file:') || url.includes('/node_modules/')) return undefined;
  const path = fileURLToPath(url.replace(/[?#].*$/, ''));
  return needsCompiling(path) ? compile(readFileSync(path, 'utf8'), path) : undefined;
}

/** A failed import with the place of the import statement in the message; other errors as they are. */
export function explain(error: unknown, specifier: string, parent: string | undefined): unknown {
  const code = (error as { code?: unknown }).code;
  if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED' && code !== 'ERR_UNSUPPORTED_DIR_IMPORT') return error;
  if (parent?.startsWith('file:') !== true) return error;
  const file = fileURLToPath(parent.replace(/[?#].*$/, ''));
  const place = findSpecifier(file, specifier);
  if (place === undefined) return error;
  const what = code === 'ERR_PACKAGE_PATH_NOT_EXPORTED' ? (error as Error).message : missing(specifier, file);
  return Object.assign(new Error(`${formatPlace(place)}: ${what}`), { code });
}

function missing(specifier: string, importer: string): string {
  if (!/^[./]/.test(specifier)) return `Cannot find package '${specifier}'; is it installed where ${dirname(importer)} can see it?`;
  return `Cannot find module '${specifier}' (no such file, also not with ${extensions.join(', ')})`;
}

/** First place in `file` where the quoted specifier is written. */
function findSpecifier(file: string, specifier: string): Place | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  const at = ["'", '"', '`'].map((quote) => text.indexOf(quote + specifier + quote)).filter((index) => index >= 0);
  if (at.length === 0) return undefined;
  const before = text.slice(0, Math.min(...at));
  const lineStart = before.lastIndexOf('\n') + 1;
  return { file, line: before.split('\n').length, column: before.length - lineStart + 1 };
}

/** The part of `node:module` that @types/node 20 does not know. */
interface SyncHooks {
  registerHooks?(hooks: {
    resolve(specifier: string, context: { parentURL?: string }, next: (specifier: string, context: object) => object): object;
    load(url: string, context: object, next: (url: string, context: object) => object): object;
  }): void;
}

const listeners: ((files: readonly string[]) => void)[] = [];

/** Called with the paths of files that the application imports, packages left out. Subscribe before {@link installLoader}. */
export function onImport(listener: (files: readonly string[]) => void): void {
  listeners.push(listener);
}

/** A module is being loaded: tell whoever watches files. */
export function reportImport(url: string, tell: (files: readonly string[]) => void = tellListeners): void {
  if (url.startsWith('file:') && !url.includes('/node_modules/')) tell([fileURLToPath(url.replace(/[?#].*$/, ''))]);
}

const tellListeners = (files: readonly string[]): void => { for (const listener of listeners) listener(files); };

let installed = false;

/** Install the hooks, once per process. */
export function installLoader(): void {
  if (installed) return;
  installed = true;
  const { registerHooks } = nodeModule as SyncHooks;
  if (registerHooks === undefined) {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }: { data: readonly string[] }) => tellListeners(data);
    // The hooks' thread must not keep this one alive.
    (port1 as unknown as { unref(): void }).unref();
    nodeModule.register(import.meta.url.endsWith('.ts') ? './loader-thread.ts' : './loader-thread.js', import.meta.url, { data: port2, transferList: [port2 as never] });
    return;
  }
  registerHooks({
    resolve(specifier, context, next) {
      try {
        return next(redirect(specifier, context.parentURL) ?? specifier, context);
      } catch (error) {
        throw explain(error, specifier, context.parentURL);
      }
    },
    load(url, context, next) {
      reportImport(url);
      const source = load(url);
      return source === undefined ? next(url, context) : { format: 'module', source, shortCircuit: true };
    },
  });
}
