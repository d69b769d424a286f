/**
 * All files of a snippet as one module.
 *
 * The page's policy forbids `eval`, and a worker of an opaque origin can import a blob but (in Firefox) not a blob that
 * imports another. So the files become functions in one text that is imported once:
 *
 *     export const modules = {
 *     "app.ts": async ($) => { …first line, ours…
 *     …the file, line for line…
 *     },
 *     };
 *
 * Imports are checked here, before anything runs, as the platform's own linker would do it: a module that is not there
 * and a name that is not exported are errors with a place.
 */
import { nearest } from '../basics/nearest.ts';
import { LoadError } from './problem.ts';
import { findModule, isModule, isRelative, joinPath, moduleExtensions, specifierFor } from './resolve.ts';
import { compile, type Compiled, type ImportRef } from './transpile.ts';

/** Where the functions of the linked module are in a stack trace. No file of a snippet can be called so. */
export const linkedName = 'porthole:snippet';

/** A module that is not a file: its exported names and what they are. */
export type Builtins = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What a specifier means. */
export type Target = { readonly kind: 'file'; readonly path: string } | { readonly kind: 'builtin'; readonly name: string };

/** A place in the snippet; from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The linked snippet. */
export interface Program {
  /** Text of an ES module. */
  readonly code: string;
  /** Path of the entry file. */
  readonly entry: string;
  /** Files in it, by path. */
  readonly modules: ReadonlyMap<string, Compiled>;
  /** Files that only a dynamic import can reach and that do not compile: importing them fails with this. */
  readonly broken: ReadonlyMap<string, LoadError>;
  /** What `specifier`, written in the file `from`, means. @throws LoadError ImportError. */
  resolve(from: string, specifier: string): Target;
  /** What a file exports by `export * from`, and whose it is. */
  stars(path: string): readonly { readonly name: string; readonly from: Target }[];
  /** From a line and column of {@link code} (from 1) to the snippet. Undefined where it is our own text. */
  locate(line: number, column: number): Place | undefined;
}

/**
 * Link `entry` and what it imports.
 * @throws LoadError SyntaxError, ImportError: with file, line and column.
 */
export function link(files: Readonly<Record<string, string>>, entry: string, builtins: Builtins): Program {
  return new Linker(files, builtins).link(entry);
}

class Linker {
  readonly #files: ReadonlyMap<string, string>;
  readonly #builtins: Builtins;
  readonly #modules = new Map<string, Compiled>();
  readonly #broken = new Map<string, LoadError>();

  constructor(files: Readonly<Record<string, string>>, builtins: Builtins) {
    this.#files = new Map(Object.entries(files));
    this.#builtins = builtins;
  }

  link(entry: string): Program {
    const path = this.#entryPath(entry);
    this.#add(path);
    for (const module of this.#modules.values()) this.#checkNames(module);
    const lines = ['export const modules = {'];
    const starts: { readonly module: Compiled; readonly first: number; readonly last: number }[] = [];
    for (const module of this.#modules.values()) {
      lines.push(`${JSON.stringify(module.path)}: ${module.head}`);
      const body = module.body.split('\n');
      starts.push({ module, first: lines.length + 1, last: lines.length + body.length });
      // One by one: a file may have more lines than a call may have arguments.
      for (const line of body) lines.push(line);
      lines.push('},');
    }
    lines.push('};', `//# sourceURL=${linkedName}`);
    return {
      code: lines.join('\n'),
      entry: path,
      modules: this.#modules,
      broken: this.#broken,
      resolve: (from, specifier) => this.#resolve(from, specifier, undefined),
      stars: (from) => this.#stars(from),
      locate(line, column) {
        const hit = starts.find(({ first, last }) => line >= first && line <= last);
        if (!hit) return undefined;
        const inFile = line - hit.first + 1;
        return { file: hit.module.path, line: inFile, column: hit.module.column(inFile, column) };
      },
    };
  }

  #entryPath(entry: string): string {
    const path = joinPath('', entry);
    const found = path === undefined ? undefined : findModule(path, this.#files);
    if (found === undefined) {
      const near = nearest(entry, this.#files.keys());
      throw new LoadError('ImportError', `There is no file '${entry}' to start from.`, near === undefined ? this.#inventory() : `Did you mean '${near}'? ${this.#inventory()}`);
    }
    return found;
  }

  /** Compile a file and all that it imports. Iterative: a chain of imports may be as long as there are files. */
  #add(entry: string): void {
    this.#compile(entry);
    // A map is iterated in the order of insertion, and what is inserted meanwhile is seen too.
    for (const module of this.#modules.values()) {
      for (const reference of module.imports) {
        if (reference.dynamic) {
          this.#tryAdd(module.path, reference.specifier);
          continue;
        }
        const target = this.#resolve(module.path, reference.specifier, reference);
        if (target.kind === 'file') this.#compile(target.path);
      }
      if (!module.importsAnything) continue;
      for (const path of this.#files.keys()) if (isModule(path)) this.#tryCompile(path);
    }
  }

  #compile(path: string): void {
    const broken = this.#broken.get(path);
    if (broken) throw broken;
    if (!this.#modules.has(path)) this.#modules.set(path, compile(path, this.#files.get(path)!));
  }

  /** What a dynamic import cannot have is its own affair, when and if it runs. */
  #tryAdd(from: string, specifier: string): void {
    let target: Target;
    try {
      target = this.#resolve(from, specifier, undefined);
    } catch {
      return;
    }
    if (target.kind === 'file') this.#tryCompile(target.path);
  }

  #tryCompile(path: string): void {
    if (this.#broken.has(path)) return;
    try {
      this.#compile(path);
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      this.#broken.set(path, error);
    }
  }

  #resolve(from: string, specifier: string, at: ImportRef | undefined): Target {
    if (Object.hasOwn(this.#builtins, specifier)) return { kind: 'builtin', name: specifier };
    const fail = (message: string, advice: string): never => {
      throw new LoadError('ImportError', message, advice, at && { file: from, line: at.line, column: at.column });
    };
    if (!isRelative(specifier)) return this.#noPackage(from, specifier, fail);
    const path = joinPath(from, specifier);
    const found = path === undefined ? undefined : findModule(path, this.#files);
    if (found === undefined) {
      const near = path === undefined ? undefined : nearest(path, this.#files.keys());
      const advice = near === undefined ? this.#inventory() : `Did you mean '${specifierFor(from, near)}'? ${this.#inventory()}`;
      return fail(`${from} imports '${specifier}', and there is no such file.`, advice);
    }
    if (!isModule(found)) return fail(`${from} imports '${specifier}', which is not a module.`, `Modules end in ${moduleExtensions.join(', ')}.`);
    return { kind: 'file', path: found };
  }

  #noPackage(from: string, specifier: string, fail: (message: string, advice: string) => never): never {
    const builtins = `What can be imported besides files: ${Object.keys(this.#builtins).join(', ')}.`;
    if (specifier.startsWith('node:')) return fail(`${from} imports '${specifier}', which only Node has.`, `This runs in a browser. ${builtins}`);
    if (/^[a-z][a-z+.-]*:/i.test(specifier)) return fail(`${from} imports '${specifier}', and processes have no way out to the network.`, 'Copy the code into a file of this snippet.');
    const path = joinPath('', specifier);
    const file = path === undefined ? undefined : findModule(path, this.#files);
    if (file !== undefined) return fail(`${from} imports '${specifier}' as if it were a package.`, `Write '${specifierFor(from, file)}' for the file.`);
    const near = nearest(specifier, Object.keys(this.#builtins));
    return fail(`${from} imports '${specifier}', and there are no packages here.`, near === undefined ? builtins : `Did you mean '${near}'? ${builtins}`);
  }

  /** Every name that is imported has to be exported by somebody. */
  #checkNames(module: Compiled): void {
    for (const reference of module.imports) {
      if (reference.names.length === 0) continue;
      const target = this.#resolve(module.path, reference.specifier, reference);
      const exported = this.#exportsOf(target, new Set());
      for (const { name, line, column } of reference.names) {
        if (exported.has(name)) continue;
        const names = [...exported];
        const near = nearest(name, names);
        const list = names.length === 0 ? 'It exports nothing.' : `It exports: ${names.join(', ')}.`;
        const wanted = name === 'default' ? 'has no default export' : `exports no '${name}'`;
        const advice = near === undefined ? `${list} If it is a type, write \`import type\` or \`export type\`.` : `Did you mean '${near}'? ${list}`;
        throw new LoadError('ImportError', `'${reference.specifier}' ${wanted}.`, advice, { file: module.path, line, column });
      }
    }
  }

  #exportsOf(target: Target, seen: Set<string>): Set<string> {
    if (target.kind === 'builtin') return new Set(Object.keys(this.#builtins[target.name]!));
    if (seen.has(target.path)) return new Set();
    seen.add(target.path);
    const module = this.#modules.get(target.path)!;
    return new Set([...module.exports, ...this.#stars(target.path, seen).map(({ name }) => name)]);
  }

  /** `export *` passes on everything but the default and what the module exports itself; the first of two wins. */
  #stars(path: string, seen = new Set([path])): { readonly name: string; readonly from: Target }[] {
    const { exports, exportsAllOf } = this.#modules.get(path)!;
    const found = new Map<string, Target>();
    for (const specifier of exportsAllOf) {
      const from = this.#resolve(path, specifier, undefined);
      for (const name of this.#exportsOf(from, seen)) if (name !== 'default' && !exports.has(name) && !found.has(name)) found.set(name, from);
    }
    return [...found].map(([name, from]) => ({ name, from }));
  }

  #inventory(): string {
    const names = [...this.#files.keys()];
    const shown = names.slice(0, 20).join(', ');
    return `The files are: ${shown}${names.length > 20 ? `, and ${names.length - 20} more` : ''}.`;
  }
}
