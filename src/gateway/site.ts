/**
 * Which line of the app made this call? Read off the stack at a boundary (`startResponse`, `write`, `wsgi.input.read`, `receive`,
 * `send`), and only where somebody traces: an `Error` with its stack costs microseconds.
 *
 * What cannot be had from a stack: the line of a `yield`. When the gateway calls `next()`, the generator's frame is not on the
 * stack before it runs and is gone when it has yielded; no engine tells where a suspended generator stands (`throw`ing into
 * it would tell, and would change what the app does). Whoever compiles the app can make it say so: {@link SiteReader.gave}; the
 * playground does (`runner/gifts.ts`). Elsewhere, `app.body` events of kind `yield` have no site. An error that leaves a generator
 * does have its line, from its own stack.
 */
import type { SourceSite } from '../trace/events.ts';

/** One line of a stack, as the engine names it. */
export interface Frame {
  /** URL or path, as in the stack. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** What the engine calls the function, receiver and all (`async Object.app [as run]`, `app/<`); '' at the top level and for nameless ones. */
  readonly name: string;
}

/**
 * Is this file the app's? Returns the name to show (a path within the project, say), or undefined for files of the
 * runtime, whose frames are skipped.
 */
export type IsAppFile = (file: string) => string | undefined;

/** Finds the app on stacks. */
export interface SiteReader {
  /** The innermost frame of the app on the stack right now. */
  here(): SourceSite | undefined;
  /** The innermost frame of the app in an error's stack. */
  of(error: unknown): SourceSite | undefined;
  /** Where the app gave this value away, with `yield` or `return`, if it has just done so. Missing: nobody can tell. */
  gave?(value: unknown): SourceSite | undefined;
}

/** Looks for nothing: what is used when nobody traces. */
export const noSites: SiteReader = Object.freeze({ here: () => undefined, of: () => undefined });

/** Frames above the app's may be many (validator, middleware); V8 keeps 10 unless told otherwise. */
const framesKept = 40;

/** Sites by `isAppFile`. */
export function siteReader(isAppFile: IsAppFile): SiteReader {
  const of = (error: unknown): SourceSite | undefined => {
    const stack = (Object(error) as { stack?: unknown }).stack;
    if (typeof stack !== 'string') return undefined;
    for (const frame of parseStack(stack)) {
      const file = isAppFile(frame.file);
      if (file === undefined) continue;
      const name = plainName(frame.name);
      return { file, line: frame.line, column: frame.column, ...(name === '' ? {} : { name }) };
    }
    return undefined;
  };
  return { here: () => of(withDeepStack()), of };
}

function withDeepStack(): Error {
  const limits = Error as { stackTraceLimit?: number };
  const before = limits.stackTraceLimit;
  if (before === undefined) return new Error('site');
  limits.stackTraceLimit = framesKept;
  const error = new Error('site');
  limits.stackTraceLimit = before;
  return error;
}

/**
 * Frames of a stack, innermost first. V8 (`    at name (file:line:column)`) and SpiderMonkey or JavaScriptCore
 * (`name@file:line:column`). Lines without a place (native code) are left out.
 */
export function parseStack(stack: string): Frame[] {
  const frames: Frame[] = [];
  for (const line of stack.split('\n')) {
    const frame = parseV8(line) ?? parseAt(line);
    if (frame !== undefined) frames.push(frame);
  }
  return frames;
}

const place = /^(.+):(\d+):(\d+)$/;

function parseV8(line: string): Frame | undefined {
  const at = /^\s+at (.+)$/.exec(line)?.[1];
  if (at === undefined) return undefined;
  // `name (place)`; a nameless frame is the place alone. The place is in the last parentheses: file names may have some too.
  const open = at.endsWith(')') ? openingParenthesis(at) : -1;
  const where = open > 0 ? at.slice(open + 1, -1) : at.replace(/^async /, '');
  // Code given to eval: `eval at f (outer:1:2), <anonymous>:3:4`. The place behind the comma is in the evaluated text, which has no name.
  const match = place.exec(where.startsWith('eval at ') ? evalOrigin(where) : where);
  if (match === null) return undefined;
  return { file: match[1]!, line: Number(match[2]), column: Number(match[3]), name: open > 0 ? at.slice(0, open).trim() : '' };
}

function openingParenthesis(at: string): number {
  let depth = 0;
  for (let i = at.length - 1; i >= 0; i -= 1) {
    if (at[i] === ')') depth += 1;
    else if (at[i] === '(') {
      depth -= 1;
      if (depth === 0) return i;
    }
  }
  return -1;
}

const evalOrigin = (where: string): string => /\(([^()]+:\d+:\d+)\)/.exec(where)?.[1] ?? where;

/** The function's own name: `async Object.app [as run]`, `new app`, `async*app`, `outer/app/<` → `app`; `<anonymous>` → ''. */
function plainName(name: string): string {
  const plain = name.replace(/^(?:async ?\*?|promise callback\*|new |get |set )+/, '').replace(/ \[as [^\]]*\]$/, '');
  const inner = plain.split('/').filter((part) => part !== '<' && part !== '').at(-1) ?? '';
  const own = inner.slice(inner.lastIndexOf('.') + 1);
  return own === '<anonymous>' ? '' : own;
}

function parseAt(line: string): Frame | undefined {
  const at = line.lastIndexOf('@', line.search(/:\d+:\d+$/));
  const match = place.exec(line.slice(at + 1).replace(/ line \d+ > (?:eval|Function)(?=:)/g, ''));
  if (match === null || line.startsWith(' ')) return undefined;
  return { file: match[1]!, line: Number(match[2]), column: Number(match[3]), name: at < 0 ? '' : line.slice(0, at) };
}

// ── the default: whatever is not ours ────────────────────────────────────────────────────────────────────────────────

/** This file, as the engine names it; and the folder that our code lives in. */
const plainPath = (file: string): string => file.replace(/^file:\/\//, '');
const ownFile = plainPath(parseStack(new Error('own').stack ?? '')[0]?.file ?? '');
const ownFolder = ownFile.replace(/\/gateway\/site\.[a-z]+$/, '/');
const runtimeFolders = /^(?:api|client|core|frameworks|gateway|host|machine|net|node|rpc|runner|server|trace)\//;

/**
 * The app is every file but those of this package, of the engine, and of other packages. In the repository our code is
 * recognised by its folders (`src/examples` is app code); when bundled, by the folder of the bundle.
 */
export function outsideRuntime(file: string): string | undefined {
  if (/^(?:node:|native|<anonymous>|internal\/|wasm:)/.test(file) || file.includes('/node_modules/')) return undefined;
  const path = plainPath(file);
  const ours = ownFolder === ownFile ? folderOf(path) === folderOf(ownFile) : path.startsWith(ownFolder) && runtimeFolders.test(path.slice(ownFolder.length));
  return ours ? undefined : path;
}

/** Everything up to the last slash; a name without one stands for itself. */
const folderOf = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : path);
