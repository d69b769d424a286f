/**
 * TypeScript to JavaScript without a build step: types are blanked out, nothing is checked, and every statement stays
 * on its line, so that a stack trace points into the file that was written.
 */
import { createRequire } from 'node:module';
import type { transform as Transform } from 'sucrase';

/** A place in a source file; 1-based. */
export interface Place { readonly file: string; readonly line: number; readonly column: number }

/** `file:line:column`, the form that editors and terminals make a link of. */
export const formatPlace = (place: Place): string => `${place.file}:${place.line}:${place.column}`;

/** Extensions that are compiled here, with what they may contain. */
const dialects: Readonly<Record<string, readonly ('typescript' | 'jsx')[]>> = {
  '.ts': ['typescript'],
  '.mts': ['typescript'],
  '.tsx': ['typescript', 'jsx'],
  '.jsx': ['jsx'],
};

/** Loaded when there is something to compile: it takes 6 MB in each thread, and most applications that are deployed have been compiled. */
let transform: typeof Transform | undefined;

const extensionOf = (path: string): string => /\.[^./\\]+$/.exec(path)?.[0] ?? '';

/** Does the file at `path` have to be compiled before Node can run it as we mean it? */
export const needsCompiling = (path: string): boolean => extensionOf(path) in dialects;

/**
 * Compile one module. `path` chooses the dialect and is named in errors.
 * Throws SyntaxError with the message `file:line:column: what`: name and message are all that survives the way out of
 * Node's loader thread, so the place has to be in the text. See {@link placeOf}.
 */
export function compile(source: string, path: string): string {
  const transforms = dialects[extensionOf(path)] ?? ['typescript'];
  transform ??= (createRequire(import.meta.url)('sucrase') as { readonly transform: typeof Transform }).transform;
  try {
    return transform(source, {
      transforms: [...transforms],
      filePath: path,
      disableESTransforms: true,
      jsxRuntime: 'automatic',
      production: true,
    }).code;
  } catch (error) {
    const { loc, message } = error as { loc?: { line: number; column: number }; message: string };
    if (loc === undefined) throw error;
    const what = message.replace(`Error transforming ${path}: `, '').replace(/ \(\d+:\d+\)$/, '');
    throw new SyntaxError(`${formatPlace({ file: path, line: loc.line, column: loc.column })}: ${what}`);
  }
}

/** The place at the beginning of a message made by {@link compile} or the loader, and the rest of it. */
export function placeOf(message: string): { readonly place: Place; readonly text: string } | undefined {
  const match = /^(.+?):(\d+):(\d+): ([^]*)$/.exec(message);
  if (match === null) return undefined;
  return { place: { file: match[1]!, line: Number(match[2]), column: Number(match[3]) }, text: match[4]! };
}
