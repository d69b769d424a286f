/** Paths with `{names}` in them: Starlette's router, the part that is needed. */

/** A path with names in it, compiled. */
export interface PathPattern {
  readonly text: string;
  /** The names in braces, in order. */
  readonly names: readonly string[];
  /** The text behind each name, percent-decoded already, or undefined where the path is another one. */
  match(path: string): ReadonlyMap<string, readonly string[]> | undefined;
}

/** Compile `/books/{id}` or, with a name that takes slashes, `/files/{path:path}`. */
export function pathPattern(text: string): PathPattern {
  if (!text.startsWith('/')) throw new TypeError(`a path begins with a slash: ${JSON.stringify(text)}`);
  const names: string[] = [];
  const source = text.split(/\{(\w+)(:path)?\}/).map((part, i, parts) => {
    if (i % 3 === 0) return part.replace(/[.*+?^$()|[\]\\{}]/g, '\\$&');
    if (i % 3 === 2) return '';
    names.push(part);
    return parts[i + 1] ? '(.*)' : '([^/]+)';
  });
  const regexp = new RegExp(`^${source.join('')}$`);
  return {
    text: text.replaceAll(':path}', '}'),
    names,
    match: (path) => {
      const found = regexp.exec(path);
      return found ? new Map(names.map((name, i) => [name, [found[i + 1]!]])) : undefined;
    },
  };
}
