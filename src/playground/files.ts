import { pathProblem, splitEntry } from '../snippet/paths.ts';
import type { Snippet } from '../snippet/schema.ts';

/** Why a file may not get a name. `path`: `detail` says what is wrong with it, as half a sentence. */
export type NameProblem = { readonly why: 'taken' } | { readonly why: 'path'; readonly detail: string };

/** What is wrong with `path` as the name of a file, given the others; undefined when nothing is. */
export function nameProblem(files: Snippet['files'], path: string, except?: string): NameProblem | undefined {
  const detail = pathProblem(path);
  if (detail !== undefined) return { why: 'path', detail };
  if (path !== except && Object.hasOwn(files, path)) return { why: 'taken' };
  return undefined;
}

/** The file that the editor shows: the one last looked at, else the entry's, else the first. */
export function shownFile(snippet: Snippet): string {
  const { file } = snippet.view;
  if (file !== undefined && Object.hasOwn(snippet.files, file)) return file;
  const { path } = splitEntry(snippet.entry);
  if (Object.hasOwn(snippet.files, path)) return path;
  return Object.keys(snippet.files)[0] ?? '';
}

/** A name for a new file that is free: `module.ts`, `module2.ts`, … */
export function freeName(snippet: Snippet): string {
  for (let n = 1; ; n++) {
    const name = `module${n === 1 ? '' : n}.${snippet.lang}`;
    if (!Object.hasOwn(snippet.files, name)) return name;
  }
}

const withView = (snippet: Snippet, file: string): Snippet => ({ ...snippet, view: { ...snippet.view, file } });

export const openFile = (snippet: Snippet, path: string): Snippet =>
  Object.hasOwn(snippet.files, path) && shownFile(snippet) !== path ? withView(snippet, path) : snippet;

export const editFile = (snippet: Snippet, path: string, text: string): Snippet =>
  Object.hasOwn(snippet.files, path) && snippet.files[path] !== text ? { ...snippet, files: { ...snippet.files, [path]: text } } : snippet;

export const addFile = (snippet: Snippet, path: string, text = ''): Snippet =>
  nameProblem(snippet.files, path) ? snippet : withView({ ...snippet, files: { ...snippet.files, [path]: text } }, path);

/** Rename, keeping the order of tabs. An entry in that file follows. */
export function renameFile(snippet: Snippet, from: string, to: string): Snippet {
  if (from === to || !Object.hasOwn(snippet.files, from) || nameProblem(snippet.files, to, from)) return snippet;
  const files = Object.fromEntries(Object.entries(snippet.files).map(([path, text]) => [path === from ? to : path, text]));
  const { path, name } = splitEntry(snippet.entry);
  const entry = path === from ? (name === '' ? to : `${to}:${name}`) : snippet.entry;
  return withView({ ...snippet, files, entry }, shownFile(snippet) === from ? to : shownFile(snippet));
}

/** Delete a file; the last one stays. The neighbour is shown. */
export function deleteFile(snippet: Snippet, path: string): Snippet {
  const paths = Object.keys(snippet.files);
  const at = paths.indexOf(path);
  if (at < 0 || paths.length === 1) return snippet;
  const files = Object.fromEntries(Object.entries(snippet.files).filter(([other]) => other !== path));
  const shown = shownFile(snippet) === path ? (paths[at + 1] ?? paths[at - 1] ?? '') : shownFile(snippet);
  return withView({ ...snippet, files }, shown);
}
