/**
 * `MODULE[:NAME]` as the application it names. Every way in which that can fail has a message of its own, because
 * "it does not start" is the first thing that anybody meets.
 */
import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, extname, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { nearest } from '../basics/nearest.ts';
import { InterfaceError } from '../gateway/detect.ts';
import type { SiteReader } from '../gateway/site.ts';
import type { PythonLoadError } from '../python/load-app.ts';
import { extensions, findModule, installLoader } from './loader.ts';
import { formatPlace, placeOf, type Place } from './typescript.ts';

/** Names that are tried when none is given, in this order. */
const usualNames = ['app', 'application', 'default'] as const;

/** What went wrong: the argument, the file, the name in it, its value, or the running of the module's own code. */
export type AppImportFailure = 'bad-target' | 'missing-module' | 'unsupported' | 'missing-name' | 'not-callable' | 'failed-import';

/** The application could not be loaded. `advice`: one sentence on what to do, may be ''. */
export class AppImportError extends Error {
  override readonly name = 'AppImportError';
  readonly kind: AppImportFailure;
  readonly advice: string;
  /** Where in the source, if it can be told. */
  readonly place: Place | undefined;

  constructor(kind: AppImportFailure, message: string, advice = '', details: { readonly place?: Place | undefined; readonly cause?: unknown } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.advice = advice;
    this.place = details.place;
  }
}

/** What was found. */
export interface ImportedApp {
  /** The exported value: callable, or an object with a `fetch` method. Its interface is not yet known. */
  readonly value: unknown;
  /** `app.ts:app`, for logs and the trace. */
  readonly name: string;
  /** Absolute path of the module. */
  readonly file: string;
  /** Finds its lines, where it is not JavaScript. */
  readonly sites?: SiteReader;
}

/** Cut `MODULE[:NAME]` at the last colon; one that is part of a Windows drive (`C:\app.ts`) does not count. */
export function splitTarget(target: string): { readonly module: string; readonly name: string | undefined } {
  const colon = target.lastIndexOf(':');
  if (colon < 0 || /^[a-z]:[\\/][^:]*$/i.test(target)) return { module: target, name: undefined };
  return { module: target.slice(0, colon), name: target.slice(colon + 1) };
}

/**
 * Import the application that `target` names. `cwd`: where a relative MODULE starts. `factory`: NAME is called, without
 * arguments, to make the application (a promise is awaited). `interface`: what a Python application speaks, where its shape
 * does not tell. Throws (rejects with) {@link AppImportError}, and for Python with InterfaceError.
 */
export async function importApp(target: string, options: { readonly cwd?: string; readonly factory?: boolean; readonly interface?: 'auto' | 'wsgi' | 'asgi' | 'fetch' } = {}): Promise<ImportedApp> {
  const cwd = options.cwd ?? process.cwd();
  const { module, name } = splitTarget(target);
  if (module === '') throw new AppImportError('bad-target', `'${target}' names no module.`, 'Write MODULE or MODULE:NAME, for example app.ts:app.');
  if (name !== undefined && !/^[\p{ID_Start}$_][\p{ID_Continue}$]*(?:\.[\p{ID_Start}$_][\p{ID_Continue}$]*)*$/u.test(name)) {
    throw new AppImportError('bad-target', `'${name}' in '${target}' is not a name.`, 'Write MODULE:NAME, where NAME is what the module exports.');
  }
  const file = locate(module, cwd);
  if (extname(file) === '.py') return importFromPython(file, name, cwd, options);
  installLoader();
  const namespace = await evaluate(file, cwd);
  const shown = relative(cwd, file) || basename(file);
  const [found, value] = pick(namespace, name, shown);
  return { value: await finish(value, `${shown}:${found}`, options.factory === true), name: `${shown}:${found}`, file };
}

function locate(module: string, cwd: string): string {
  const path = resolve(cwd, module);
  const file = findModule(path) ?? findPython(path, module);
  if (file !== undefined) return file;
  const tried = extname(path) === '' ? ` (also not with ${extensions.join(', ')})` : '';
  const folder = dirname(path);
  let neighbours: string[];
  try {
    neighbours = readdirSync(folder);
  } catch {
    throw new AppImportError('missing-module', `There is no module '${module}': there is no folder ${folder}.`);
  }
  const modules = neighbours.filter((neighbour) => (extensions as readonly string[]).includes(extname(neighbour)));
  const wanted = basename(path);
  const near = nearest(wanted, extname(wanted) === '' ? modules.map((each) => each.slice(0, -extname(each).length)) : modules);
  // `pkg.app` is how Python spells it.
  const dotted = module.includes('.') && !module.includes('/') ? findModule(resolve(cwd, module.replaceAll('.', '/'))) : undefined;
  const advice = dotted !== undefined ? `MODULE is a path: write ${relative(cwd, dotted)}.` : near !== undefined ? `Did you mean '${near}'?` : '';
  throw new AppImportError('missing-module', `There is no module '${module}' in ${folder}${tried}.`, advice);
}

/** `app.py`, `app`, and `pkg.app` as Python spells it. */
function findPython(path: string, module: string): string | undefined {
  const dotted = module.includes('/') ? [] : [`${resolve(dirname(path), module.replaceAll('.', '/'))}.py`];
  return [`${path}.py`, ...dotted].find((each) => statSync(each, { throwIfNoEntry: false })?.isFile());
}

/** Node's part in Python is loaded with the first Python module. */
async function importFromPython(file: string, name: string | undefined, cwd: string, options: Parameters<typeof importApp>[1] & {}): Promise<ImportedApp> {
  const { importPython, NoPython } = await import('./python.ts');
  const { PythonLoadError } = await import('../python/load-app.ts');
  try {
    const { app, sites } = await importPython({ file, name: name ?? '', cwd, interface: options.interface ?? 'auto', factory: options.factory === true });
    return { value: app.app, name: app.name, file, sites };
  } catch (error) {
    if (error instanceof NoPython) throw new AppImportError('unsupported', `${relative(cwd, file) || basename(file)} is Python. ${error.message}`, '', { cause: error });
    if (!(error instanceof PythonLoadError)) throw error;
    throw pythonFailure(error);
  }
}

function pythonFailure({ kind, message, advice, site, traceback }: PythonLoadError): Error {
  if (kind === 'InterfaceError') return new InterfaceError(message, advice);
  if (traceback === undefined) return new AppImportError(kind === 'TypeError' ? 'not-callable' : 'missing-name', message, advice);
  const cause = Object.assign(new Error(message), { name: kind, stack: traceback });
  const place = site && { file: site.file, line: site.line, column: 1 };
  return new AppImportError('failed-import', `${site ? `${site.file}:${site.line}: ` : ''}${kind}: ${message}`, advice, { place, cause });
}

async function evaluate(file: string, cwd: string): Promise<Record<string, unknown>> {
  try {
    return (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    throw importFailure(await located(error, file), file, cwd);
  }
}

/** Node tells the place of most syntax errors only when they end the process: find it ourselves. */
async function located(error: unknown, file: string): Promise<unknown> {
  if (!(error instanceof SyntaxError) || placeOf(error.message) !== undefined || blamed(error) !== undefined) return error;
  const { findSyntaxError } = await import('./syntax.ts');
  const found = findSyntaxError(file);
  return found === undefined ? error : new SyntaxError(`${formatPlace(found.place)}: ${found.text}`, { cause: error });
}

/** The module was found and did not load: which line of whose file is to blame? */
function importFailure(error: unknown, file: string, cwd: string): AppImportError {
  const shown = relative(cwd, file) || basename(file);
  if (!(error instanceof Error)) {
    return new AppImportError('failed-import', `${shown} threw ${String(error)} while it was being imported.`, '', { cause: error });
  }
  const told = placeOf(error.message);
  const place = told?.place ?? blamed(error);
  const text = told?.text ?? error.message;
  const where = place === undefined ? shown : formatPlace({ ...place, file: relative(cwd, place.file) || place.file });
  const { code } = error as { code?: unknown };
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'ERR_PACKAGE_PATH_NOT_EXPORTED') {
    return new AppImportError('failed-import', `${where}: failed import: ${text}`, '', { place, cause: error });
  }
  return new AppImportError('failed-import', `${where}: ${error.name}: ${text}`, '', { place, cause: error });
}

/**
 * Place of an error that says nothing of it in its message. V8 puts `file:line`, the source line and a row of carets
 * before the stack of a syntax error; other errors have the first frame that is neither Node's nor ours.
 */
function blamed(error: Error): Place | undefined {
  const lines = (error.stack ?? '').split('\n');
  const head = /^(file:\/\/\S+|\/.+):(\d+)$/.exec(lines[0] ?? '');
  if (head !== null) {
    const caret = lines.slice(1, 4).find((line) => /^\s*\^+\s*$/.test(line));
    return { file: toPath(head[1]!), line: Number(head[2]), column: caret === undefined ? 1 : caret.indexOf('^') + 1 };
  }
  for (const line of lines) {
    const frame = /^\s+at (?:.*?\()?(file:\/\/[^\s)]+|\/[^):]+):(\d+):(\d+)\)?$/.exec(line);
    if (frame !== null && !frame[1]!.includes('/node_modules/')) return { file: toPath(frame[1]!), line: Number(frame[2]), column: Number(frame[3]) };
  }
  return undefined;
}

const toPath = (url: string): string => (url.startsWith('file:') ? fileURLToPath(url.replace(/[?#].*$/, '')) : url);

function pick(namespace: Record<string, unknown>, name: string | undefined, shown: string): [string, unknown] {
  // A CommonJS module shows its exports on `default` (the names that Node could not foresee, only there).
  const inner = namespace.default;
  const lookUp = (root: string): unknown =>
    root in namespace ? namespace[root]
    : 'module.exports' in namespace && typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[root]
    : undefined;
  if (name === undefined) {
    for (const usual of usualNames) {
      const value = lookUp(usual);
      if (value !== undefined) return [usual, value];
    }
  } else {
    const [root = '', ...path] = name.split('.');
    let value = lookUp(root);
    let walked = root;
    for (const key of value === undefined ? [] : path) {
      const parent = value;
      value = (parent as Record<string, unknown> | null)?.[key];
      if (value === undefined) {
        const keys = typeof parent === 'object' && parent !== null ? Object.keys(parent) : [];
        const near = nearest(key, keys);
        throw new AppImportError('missing-name', `${walked} in ${shown} has no '${key}'.${keys.length === 0 ? '' : ` It has: ${keys.join(', ')}.`}`, near === undefined ? '' : `Did you mean '${near}'?`);
      }
      walked += `.${key}`;
    }
    if (value !== undefined) return [name, value];
  }
  const exported = Object.keys(namespace).filter((key) => key !== 'module.exports');
  const list = exported.length === 0 ? 'It exports nothing.' : `It exports: ${exported.join(', ')}.`;
  if (name === undefined) {
    throw new AppImportError('missing-name', `${shown} exports neither app nor application nor a default. ${list}`, `Export the application, or name it: ${shown}:NAME.`);
  }
  const near = nearest(name, exported);
  throw new AppImportError('missing-name', `${shown} exports no '${name}'. ${list}`, near === undefined ? '' : `Did you mean ${shown}:${near}?`);
}

async function finish(value: unknown, name: string, factory: boolean): Promise<unknown> {
  let app = value;
  if (factory) {
    if (typeof app !== 'function') throw new AppImportError('not-callable', `${name} is ${describe(app)}, not a factory: --factory wants a function that returns the application.`);
    try {
      app = await (app as () => unknown)();
    } catch (error) {
      throw new AppImportError('failed-import', `The factory ${name} threw ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`, '', {
        cause: error,
        place: error instanceof Error ? blamed(error) : undefined,
      });
    }
  }
  if (typeof app === 'function') return app;
  if (typeof app === 'object' && app !== null && typeof (app as { fetch?: unknown }).fetch === 'function') return app;
  const what = factory ? `What the factory ${name} returned` : name;
  throw new AppImportError('not-callable', `${what} is ${describe(app)}, not an application: that is a function, or an object with a fetch method.`, typeof value === 'function' || factory ? '' : 'Is it the right name?');
}

const describe = (value: unknown): string =>
  value === null ? 'null'
  : value === undefined ? 'undefined'
  : Array.isArray(value) ? 'an array'
  : typeof value === 'object' ? `an object (${Object.keys(value).slice(0, 5).join(', ') || 'empty'})`
  : `a ${typeof value}`;
