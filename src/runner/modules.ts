/**
 * Runs the functions of a linked snippet (`link.ts`) as the modules they were, in the two phases of the specification.
 * Linking calls each function as far as its first `await`: its exports are there then, functions ready to be called,
 * everything else in its temporal dead zone. Running lets them go on one after the other, dependencies first; a module
 * may await at its top, and who imports it waits.
 */
import type { LastGift } from './gifts.ts';
import type { Builtins, Program, Target } from './link.ts';

/** What the linked text exports: one function per file. */
export type ModuleFunctions = Readonly<Record<string, (context: ModuleContext) => Promise<void>>>;

/** What a module's function is given; see `to-function.ts`. */
interface ModuleContext {
  /** Exports of the module that an import names. */
  from(specifier: string): object;
  /** Called once, first of all. */
  exports(getters: Readonly<Record<string, () => unknown>>): void;
  /** Resolves when the module may run. */
  readonly turn: Promise<void>;
  /** `import()`. */
  load(specifier: unknown): Promise<object>;
  /** Something is given away at this offset. */
  at<T>(offset: number, value: T): T;
  /** `yield*`: all that `items` has is. */
  each(offset: number, items: unknown): unknown;
}

type Namespace = Record<string, unknown>;

interface Linked {
  readonly namespace: Namespace;
  /** It may run now. */
  readonly go: () => void;
  /** Settles when it has run. */
  readonly done: Promise<void>;
  started: boolean;
}

export class ModuleRegistry {
  readonly #program: Program;
  readonly #namespaces = new Map<string, Namespace>();
  readonly #linked = new Map<string, Linked>();
  readonly #gifts: LastGift | undefined;

  /** `gifts` is told what the modules give away, and where. */
  constructor(program: Program, functions: ModuleFunctions, builtins: Builtins, gifts?: LastGift) {
    this.#program = program;
    this.#gifts = gifts;
    for (const path of program.modules.keys()) this.#namespaces.set(`file:${path}`, emptyNamespace());
    for (const [name, exports] of Object.entries(builtins)) this.#namespaces.set(`builtin:${name}`, Object.freeze(Object.assign(emptyNamespace(), exports)));
    for (const path of program.modules.keys()) this.#linked.set(path, this.#link(path, functions[path]!));
    for (const path of program.modules.keys()) {
      const own = this.#namespaces.get(`file:${path}`)!;
      for (const { name, from } of program.stars(path)) {
        const theirs = this.#namespaceOf(from);
        define(own, name, () => theirs[name]);
      }
      Object.preventExtensions(own);
    }
  }

  /** Run the entry file and give its exports. Rejects with whatever a module throws. */
  async run(): Promise<Readonly<Record<string, unknown>>> {
    return this.#load(this.#program.entry, new Set());
  }

  #link(path: string, run: ModuleFunctions[string]): Linked {
    const namespace = this.#namespaces.get(`file:${path}`)!;
    let go!: () => void;
    const turn = new Promise<void>((resolve) => (go = resolve));
    /** Modules that wait for this one to have run, while it runs. */
    const waiting = new Set([path]);
    const done = run({
      from: (specifier) => this.#namespaceOf(this.#program.resolve(path, specifier)),
      exports(getters) {
        for (const [name, get] of Object.entries(getters)) define(namespace, name, get);
      },
      turn,
      // Not called at once: what is thrown here has to reject, and so has what the specifier's toString throws.
      load: (specifier) => Promise.resolve().then(() => this.#import(path, String(specifier), waiting)),
      at: (offset, value) => {
        this.#gifts?.note(path, offset, value);
        return value;
      },
      each: (offset, items) => (Array.isArray(items) ? this.#giveEach(path, offset, items as readonly unknown[]) : items),
    }).finally(() => waiting.clear());
    // A module that failed fails everybody who imports it later; that nobody does is no uncaught error.
    done.catch(() => {});
    return { namespace, go, done, started: false };
  }

  /** An array's own iterator could not be told from another's; a generator tells of its items itself. */
  *#giveEach(path: string, offset: number, items: readonly unknown[]): Generator<unknown, void> {
    for (const item of items) {
      this.#gifts?.note(path, offset, item);
      yield item;
    }
  }

  /** `importers`: modules that wait for this one, and so must not be waited for. */
  async #load(path: string, importers: ReadonlySet<string>): Promise<Namespace> {
    for (const next of this.#order(path)) {
      const module = this.#linked.get(next)!;
      if (!module.started) {
        module.started = true;
        module.go();
      }
      if (!importers.has(next)) await module.done;
    }
    return this.#linked.get(path)!.namespace;
  }

  /** The module and what it needs, each after its dependencies. In a cycle, the one that was asked for first comes last. */
  #order(path: string): string[] {
    const order: string[] = [];
    const seen = new Set([path]);
    const stack = [{ path, needs: this.#needs(path) }];
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const need = top.needs.shift();
      if (need === undefined) {
        order.push(top.path);
        stack.pop();
      } else if (!seen.has(need)) {
        seen.add(need);
        stack.push({ path: need, needs: this.#needs(need) });
      }
    }
    return order;
  }

  #needs(path: string): string[] {
    return this.#program.modules.get(path)!.imports.flatMap((reference) => {
      if (reference.dynamic) return [];
      const target = this.#program.resolve(path, reference.specifier);
      return target.kind === 'file' ? [target.path] : [];
    });
  }

  #namespaceOf(target: Target): Namespace {
    return this.#namespaces.get(target.kind === 'file' ? `file:${target.path}` : `builtin:${target.name}`)!;
  }

  async #import(from: string, specifier: string, waiting: ReadonlySet<string>): Promise<object> {
    const target = this.#program.resolve(from, specifier);
    if (target.kind === 'builtin') return this.#namespaceOf(target);
    const broken = this.#program.broken.get(target.path);
    if (broken) throw broken;
    return this.#load(target.path, new Set(waiting));
  }
}

const emptyNamespace = (): Namespace => Object.create(null, { [Symbol.toStringTag]: { value: 'Module' } }) as Namespace;

function define(namespace: Namespace, name: string, get: () => unknown): void {
  Object.defineProperty(namespace, name, { get, enumerable: true });
}
