/**
 * An ES module as the body of a function, with the meaning it had: imports are live, functions are hoisted, a `const`
 * that is read too early throws.
 *
 *     import { greet } from './greet.ts';      const $1 = $.from("./greet.ts"); $.exports({ app: () => app }); await $.turn;
 *     export const app = () => greet();   →    
 *                                              const app = () => (0, $1.greet)();
 *
 * The first line of the result is ours; the others are those of the module. `$` is whatever name the module does not use.
 * Linking is then calling every function as far as its `await`, and running is letting one after the other go on: the two
 * phases of the specification.
 */
import type { Identifier, Literal, Program } from 'acorn';
import { EditedText, type Edit } from './edits.ts';
import type { Gift } from './gifts.ts';
import { declaredNames, findReferences } from './references.ts';

/** An import as the module writes it; offsets into its text. */
export interface ImportFact {
  readonly specifier: string;
  /** Where the specifier is. */
  readonly at: number;
  /** Names that the other module has to export. */
  readonly names: readonly { readonly name: string; readonly at: number }[];
}

/** What one function needs, and what it is. */
export interface ModuleFunctionText {
  /** Parameter and first line of the body. */
  readonly head: string;
  /** The rest of the body, line for line. */
  readonly body: EditedText;
  readonly imports: readonly ImportFact[];
  /** Names exported by the module itself. */
  readonly exports: ReadonlySet<string>;
  /** Specifiers of `export * from`. */
  readonly exportsAllOf: readonly string[];
}

/** An `import()`. */
export interface DynamicImport {
  /** Offset of the word `import`. */
  readonly start: number;
  /** Undefined where it is not a plain string. */
  readonly specifier: string | undefined;
}

const nameOf = (node: Identifier | Literal): string => (node.type === 'Identifier' ? node.name : String(node.value));
const isName = (text: string): boolean => /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(text);
const member = (object: string, name: string): string => (isName(name) ? `${object}.${name}` : `${object}[${JSON.stringify(name)}]`);

/** What is found in a module before it is rewritten. */
export interface Findings {
  readonly dynamicImports: readonly DynamicImport[];
  readonly gifts: readonly Gift[];
}

/** Rewrite a module that has been parsed. `code` is its text. */
export function toFunction(code: string, program: Program, findings: Findings): ModuleFunctionText {
  return new Rewriter(code, program).rewrite(findings);
}

class Rewriter {
  readonly #code: string;
  readonly #program: Program;
  /** The one parameter, and the beginning of every name that is put in. */
  readonly #own: string;
  readonly #edits: Edit[] = [];
  readonly #imports: ImportFact[] = [];
  readonly #exportsAllOf: string[] = [];
  /** Exported name to an expression that reads it. */
  readonly #exports = new Map<string, string>();
  /** Imported local name to an expression that reads it. */
  readonly #bindings = new Map<string, string>();
  /** Specifier to the variable with its exports. */
  readonly #namespaces = new Map<string, string>();

  constructor(code: string, program: Program) {
    this.#code = code;
    this.#program = program;
    let own = '$';
    while (code.includes(own)) own += '_';
    this.#own = own;
  }

  rewrite({ dynamicImports, gifts }: Findings): ModuleFunctionText {
    // First of all: where an expression is replaced, this goes around it.
    for (const gift of gifts) this.#gift(gift);
    // A hashbang is one only at the very beginning of a file.
    if (this.#code.startsWith('#!')) this.#edits.push({ start: 0, end: 2, text: '//' });
    // Imports first, wherever they stand: they are hoisted, and a list of exports may name them.
    for (const node of this.#program.body) this.#import(node);
    for (const node of this.#program.body) this.#export(node);
    for (const use of findReferences(this.#program, new Set(this.#bindings.keys()))) {
      const value = this.#bindings.get(use.name)!;
      const text = use.shorthand ? `${use.name}: ${value}` : use.called ? `(0, ${value})` : value;
      this.#edits.push({ start: use.start, end: use.end, text, closed: use.called });
    }
    for (const { start } of dynamicImports) this.#edits.push({ start, end: start + 'import'.length, text: `${this.#own}.load` });
    const variables = [...this.#namespaces].map(([specifier, variable]) => `${variable} = ${this.#own}.from(${JSON.stringify(specifier)})`);
    const getters = [...this.#exports].map(([name, value]) => `${JSON.stringify(name)}: () => ${value}`);
    return {
      head: `async (${this.#own}) => { ${variables.length > 0 ? `const ${variables.join(', ')}; ` : ''}${this.#own}.exports({ ${getters.join(', ')} }); await ${this.#own}.turn;`,
      body: new EditedText(this.#code, this.#edits),
      imports: this.#imports,
      exports: new Set(this.#exports.keys()),
      exportsAllOf: this.#exportsAllOf,
    };
  }

  /** See `gifts.ts`. The inner parentheses keep `yield (a, b)` one value. */
  #gift({ at, start, end, each }: Gift): void {
    const call = `${this.#own}.${each ? 'each' : 'at'}(${at}`;
    if (start === undefined) this.#edits.push({ start: end, end, text: ` ${call})` });
    else this.#edits.push({ start, end: start, text: `${call}, (` }, { start: end, end, text: '))' });
  }

  /** Take a stretch out; its line breaks stay. */
  #remove(start: number, end: number, instead = ''): void {
    this.#edits.push({ start, end, text: instead + this.#code.slice(start, end).replace(/[^\n]/g, '') });
  }

  #namespace(specifier: string): string {
    const known = this.#namespaces.get(specifier);
    if (known !== undefined) return known;
    const variable = `${this.#own}${this.#namespaces.size + 1}`;
    this.#namespaces.set(specifier, variable);
    return variable;
  }

  #import(node: Program['body'][number]): void {
    if (node.type !== 'ImportDeclaration') return;
    const specifier = String(node.source.value);
    const from = this.#namespace(specifier);
    const names = node.specifiers.flatMap((each) => {
      if (each.type === 'ImportNamespaceSpecifier') {
        this.#bindings.set(each.local.name, from);
        return [];
      }
      const name = each.type === 'ImportDefaultSpecifier' ? 'default' : nameOf(each.imported);
      this.#bindings.set(each.local.name, member(from, name));
      return [{ name, at: each.start }];
    });
    this.#imports.push({ specifier, at: node.source.start, names });
    this.#remove(node.start, node.end, ';');
  }

  #export(node: Program['body'][number]): void {
    switch (node.type) {
      case 'ExportAllDeclaration': {
        const specifier = String(node.source.value);
        const from = this.#namespace(specifier);
        this.#imports.push({ specifier, at: node.source.start, names: [] });
        if (node.exported) this.#exports.set(nameOf(node.exported), from);
        else this.#exportsAllOf.push(specifier);
        this.#remove(node.start, node.end, ';');
        break;
      }
      case 'ExportNamedDeclaration':
        if (node.declaration) {
          for (const name of declaredNames(node.declaration)) this.#exports.set(name, name);
          this.#remove(node.start, node.declaration.start);
        } else {
          this.#exportList(node);
          this.#remove(node.start, node.end, ';');
        }
        break;
      case 'ExportDefaultDeclaration': this.#exportDefault(node); break;
      default:
    }
  }

  #exportList(node: Extract<Program['body'][number], { type: 'ExportNamedDeclaration' }>): void {
    if (!node.source) {
      for (const each of node.specifiers) this.#exports.set(nameOf(each.exported), this.#bindings.get(nameOf(each.local)) ?? nameOf(each.local));
      return;
    }
    const specifier = String(node.source.value);
    const from = this.#namespace(specifier);
    for (const each of node.specifiers) this.#exports.set(nameOf(each.exported), member(from, nameOf(each.local)));
    this.#imports.push({ specifier, at: node.source.start, names: node.specifiers.map((each) => ({ name: nameOf(each.local), at: each.start })) });
  }

  #exportDefault(node: Extract<Program['body'][number], { type: 'ExportDefaultDeclaration' }>): void {
    const { declaration } = node;
    const named = declaration.type === 'FunctionDeclaration' || declaration.type === 'ClassDeclaration' ? declaration.id : null;
    if (named) {
      this.#exports.set('default', named.name);
      this.#remove(node.start, declaration.start);
      return;
    }
    // A member called default, so that a nameless function or class gets that name, as the specification wants it.
    const variable = `${this.#own}default`;
    this.#exports.set('default', variable);
    this.#remove(node.start, declaration.start, `const ${variable} = { default: `);
    this.#edits.push({ start: declaration.end, end: declaration.end, text: ' }.default;' });
  }
}
