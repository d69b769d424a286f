/**
 * Runs the functions of a linked snippet (`link.ts`) as the modules they were: each once, dependencies first, one after
 * the other; a module may await at its top. Modules that import each other see what is there so far, as in CommonJS.
 */
import type { Builtins, Program, Target } from './link.ts';

/** What the linked text exports: one function per file. */
export type ModuleFunctions = Readonly<Record<string, ModuleFunction>>;

type Exports = Record<string, unknown>;
type ModuleFunction = (require: (specifier: string) => unknown, exports: Exports, load: (specifier: unknown) => Promise<unknown>) => Promise<void>;

interface Running {
  readonly exports: Exports;
  /** Settles once the module has run. Nobody may be listening: see {@link ModuleRegistry.#start}. */
  readonly done: Promise<void>;
}

export class ModuleRegistry {
  readonly #program: Program;
  readonly #functions: ModuleFunctions;
  readonly #builtins: Builtins;
  readonly #running = new Map<string, Running>();

  constructor(program: Program, functions: ModuleFunctions, builtins: Builtins) {
    this.#program = program;
    this.#functions = functions;
    this.#builtins = builtins;
  }

  /** Run the entry file and give its exports. Rejects with whatever a module throws. */
  async run(): Promise<Readonly<Record<string, unknown>>> {
    return this.#load(this.#program.entry, new Set());
  }

  /** `importers`: modules that are waiting for this one, which must not be waited for. */
  async #load(path: string, importers: ReadonlySet<string>): Promise<Exports> {
    for (const next of this.#order(path)) {
      const running = this.#running.get(next) ?? this.#start(next, importers);
      if (!importers.has(next)) await running.done;
    }
    return this.#running.get(path)!.exports;
  }

  /** The module and what it needs, each after its dependencies. In a cycle, the one that was asked for first comes last. */
  #order(path: string): string[] {
    const order: string[] = [];
    const seen = new Set<string>();
    const stack: { readonly path: string; readonly needs: string[] }[] = [];
    const enter = (next: string): void => {
      if (seen.has(next)) return;
      seen.add(next);
      stack.push({ path: next, needs: this.#needs(next) });
    };
    enter(path);
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      const need = top.needs.shift();
      if (need !== undefined) enter(need);
      else order.push(stack.pop()!.path);
    }
    return order;
  }

  #needs(path: string): string[] {
    const imports = this.#program.modules.get(path)?.imports ?? [];
    return imports.flatMap((reference) => {
      if (reference.dynamic) return [];
      const target = this.#program.resolve(path, reference.specifier);
      return target.kind === 'file' ? [target.path] : [];
    });
  }

  #start(path: string, importers: ReadonlySet<string>): Running {
    const exports: Exports = {};
    const waiting = new Set([...importers, path]);
    let finish!: (outcome: Promise<void>) => void;
    const running: Running = { exports, done: new Promise((resolve) => { finish = resolve; }) };
    // A module that failed fails everybody who imports it later, too; that nobody does is no uncaught error.
    running.done.catch(() => {});
    // Known before it runs: what it imports may import it.
    this.#running.set(path, running);
    finish(this.#functions[path]!(
      (specifier) => this.#exportsOf(this.#program.resolve(path, specifier)),
      exports,
      // Not async: what is thrown here must reject, and what the specifier's toString throws, too.
      (specifier) => Promise.resolve().then(() => this.#import(path, String(specifier), waiting)),
    ).finally(() => waiting.clear()));
    return running;
  }

  #exportsOf(target: Target): unknown {
    if (target.kind === 'file') return this.#running.get(target.path)!.exports;
    return Object.assign(Object.create(null, { __esModule: { value: true } }) as object, this.#builtins[target.name]);
  }

  async #import(from: string, specifier: string, waiting: ReadonlySet<string>): Promise<unknown> {
    const target = this.#program.resolve(from, specifier);
    if (target.kind === 'builtin') return this.#exportsOf(target);
    const broken = this.#program.broken.get(target.path);
    if (broken) throw broken;
    return this.#load(target.path, new Set(waiting));
  }
}
