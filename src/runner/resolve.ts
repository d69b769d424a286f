/**
 * Which file an import means. The rules are those of the command line (`node/loader.ts`), so that a snippet that runs
 * here runs there.
 */

/** What is tried after a path that names no file, in this order. */
export const moduleExtensions = ['.ts', '.mts', '.tsx', '.js', '.mjs', '.jsx'] as const;

/** Extensions of emitted files, as TypeScript users write them in imports, and the sources they stand for. */
const sources: Readonly<Record<string, readonly string[]>> = { '.js': ['.ts', '.tsx'], '.mjs': ['.mts'], '.jsx': ['.tsx'] };

/** The ending of a path from its last dot, with the dot; '' where it has none. */
export const extensionOf = (path: string): string => /\.[^./]+$/.exec(path)?.[0] ?? '';

/** Whether a file can be imported at all. */
export const isModule = (path: string): boolean => (moduleExtensions as readonly string[]).includes(extensionOf(path));

/** Whether a specifier names a file (and not a built-in module or a package). */
export const isRelative = (specifier: string): boolean => /^\.{0,2}\//.test(specifier) || specifier === '.' || specifier === '..';

/**
 * The file that `path` means: itself, the source it was emitted from, or with an extension or `/index` added.
 * Undefined where there is none.
 */
export function findModule(path: string, files: ReadonlyMap<string, unknown>): string | undefined {
  const candidates = [path];
  const written = /\.(?:m?js|jsx)$/.exec(path)?.[0];
  if (written !== undefined) candidates.push(...sources[written]!.map((source) => path.slice(0, -written.length) + source));
  candidates.push(...moduleExtensions.map((extension) => path + extension));
  candidates.push(...moduleExtensions.map((extension) => (path === '' ? `index${extension}` : `${path}/index${extension}`)));
  return candidates.find((candidate) => files.has(candidate));
}

/**
 * The path that a relative `specifier` in the file `from` spells, from the root of the snippet and without `.` and `..`.
 * Undefined where it leads out of the snippet. A leading `/` means the root.
 */
export function joinPath(from: string, specifier: string): string | undefined {
  const parts = specifier.startsWith('/') ? [] : from.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}

/** How the file `path` is written in an import in the file `from`: `./util.ts`, `../lib/db.ts`. */
export function specifierFor(from: string, path: string): string {
  const base = from.split('/').slice(0, -1);
  const target = path.split('/');
  let shared = 0;
  while (shared < base.length && shared < target.length - 1 && base[shared] === target[shared]) shared += 1;
  const up = base.length - shared;
  return `${up === 0 ? './' : '../'.repeat(up)}${target.slice(shared).join('/')}`;
}
