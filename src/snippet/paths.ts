import { snippetLimits } from './limits.ts';

/**
 * What is wrong with `path` as the path of a file in a snippet, as half a sentence; undefined when nothing is.
 *
 * A path may be turned into a file on any system (download as a project), into a module specifier and into the left
 * half of `path:name`, so it is relative, goes down only, and holds no character that one of these gives a meaning to.
 */
export function pathProblem(path: string): string | undefined {
  if (path === '') return 'is empty';
  if (path.length > snippetLimits.pathChars) return `is longer than ${snippetLimits.pathChars} characters`;
  if (path.startsWith('/')) return 'begins with "/": paths are relative';
  // Control characters, the characters that Windows refuses in names, and the colon of `path:name`.
  // oxlint-disable-next-line no-control-regex
  const odd = /[\u0000-\u001f\u007f<>:"|?*\\]/.exec(path);
  if (odd) return `holds ${JSON.stringify(odd[0])}`;
  for (const segment of path.split('/')) {
    if (segment === '') return 'has an empty folder name';
    if (segment === '.' || segment === '..') return `holds "${segment}": a path only goes down`;
    if (segment === '__proto__') return 'holds "__proto__"';
    if (/^\s|[\s.]$/.test(segment)) return 'has a folder or file name that begins or ends with a space, or ends with a dot';
  }
  return undefined;
}

/** The two halves of an entry. `name` is '' where the entry is only a path: then `app`, `application` and the default export are tried. */
export interface Entry {
  readonly path: string;
  readonly name: string;
}

/** Splits `path:name` at the first colon (a path holds none). */
export function splitEntry(entry: string): Entry {
  const colon = entry.indexOf(':');
  return colon < 0 ? { path: entry, name: '' } : { path: entry.slice(0, colon), name: entry.slice(colon + 1) };
}
