/**
 * One file of the snippet as JavaScript, and what it imports and exports.
 *
 * Three steps, each of which keeps every line where it is: sucrase takes the types away; acorn reads what is left, finds
 * the syntax errors that sucrase is too polite to mention, and lists imports and exports; sucrase turns these into
 * `require` and `exports` (see `link.ts` for why).
 */
import { parse, type Identifier, type ImportExpression, type Literal, type Node, type Pattern, type Program } from 'acorn';
import { transform, type Options } from 'sucrase';
import { LoadError } from './problem.ts';
import { extensionOf } from './resolve.ts';
import { ColumnMap } from './source-map.ts';

/** What is compiled how; other extensions are JavaScript as it stands. */
const dialects: Readonly<Record<string, Options['transforms']>> = {
  '.ts': ['typescript'],
  '.mts': ['typescript'],
  '.tsx': ['typescript', 'jsx'],
  '.jsx': ['jsx'],
};

/** A place in the source. Both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** An import, or an export from another module. */
export interface ImportRef extends Position {
  /** As written between the quotes. */
  readonly specifier: string;
  /** The names that the other module has to export. */
  readonly names: readonly ({ readonly name: string } & Position)[];
  /** `import()`: found when it is called, or never. */
  readonly dynamic: boolean;
}

/** A file, compiled. */
export interface Compiled {
  readonly path: string;
  /** Body of a function of `require`, `exports` and {@link dynamicImport}; as many lines as the source. */
  readonly body: string;
  readonly imports: readonly ImportRef[];
  /** There is an `import(expression)`: any file may be meant. */
  readonly importsAnything: boolean;
  /** Names it exports itself; `default` among them. */
  readonly exports: ReadonlySet<string>;
  /** Specifiers of `export * from`. */
  readonly exportsAllOf: readonly string[];
  /** The source's column for one of `body`. Lines from 1, columns from 1. */
  column(line: number, column: number): number;
}

/** What stands in the place of `import` in `import(x)`. As long as that word, so that columns stay. */
export const dynamicImport = '$load$';

/**
 * Compile one file.
 * @throws LoadError SyntaxError with file, line and column.
 */
export function compile(path: string, source: string): Compiled {
  const stripped = stripTypes(path, source);
  const { program, dynamicImports } = read(path, source, stripped);
  const facts = moduleFacts(program);
  for (const { name, start } of facts.declared) {
    if (name !== 'require' && name !== 'exports' && name !== dynamicImport) continue;
    throw new LoadError('SyntaxError', `'${name}' is a name that Porthole needs for itself at the top of a module.`, 'Choose another name.', site(path, stripped, start));
  }
  const commonJs = toCommonJs(path, stripped.code, dynamicImports);
  const imports = [...facts.imports, ...dynamicImports.flatMap((found) => (found.specifier === undefined ? [] : [{ specifier: found.specifier, names: [], dynamic: true, at: found.start }]))];
  const hoisted = facts.functions.map(({ exported, local }) => `exports.${exported} = ${local}; `).join('');
  const where = (at: number): Position => positionOf(stripped, at);
  return {
    path,
    // Functions are hoisted, and so are their exports: two modules that import each other may call them at once.
    body: hoisted + commonJs.code,
    imports: imports.map(({ specifier, names, dynamic, at }) => ({
      specifier, dynamic, ...where(at), names: names.map((imported) => ({ name: imported.name, ...where(imported.at) })),
    })),
    importsAnything: dynamicImports.some((found) => found.specifier === undefined),
    exports: facts.exports,
    exportsAllOf: facts.exportsAllOf,
    column(line, column) {
      const before = line === 1 ? hoisted.length : 0;
      return stripped.columns.source(line, commonJs.columns.source(line, Math.max(0, column - 1 - before))) + 1;
    },
  };
}

// ── 1. types ─────────────────────────────────────────────────────────────────────────────────────────────────────────

interface Output {
  readonly code: string;
  readonly columns: ColumnMap;
}

function sucrase(path: string, source: string, options: Options): Output {
  const all: Options = { ...options, filePath: path, disableESTransforms: true, jsxRuntime: 'automatic', production: true };
  return {
    code: transform(source, all).code,
    columns: new ColumnMap(() => transform(source, { ...all, sourceMapOptions: { compiledFilename: path } }).sourceMap!.mappings),
  };
}

function stripTypes(path: string, source: string): Output {
  const transforms = dialects[extensionOf(path)];
  if (transforms === undefined) return { code: source, columns: new ColumnMap(() => '') };
  try {
    return sucrase(path, source, { transforms });
  } catch (error) {
    const { loc, message } = error as { readonly loc?: Position; readonly message: string };
    if (loc === undefined) throw error;
    const what = message.replace(`Error transforming ${path}: `, '').replace(/ \(\d+:\d+\)$/, '');
    throw syntaxError(path, source, what, loc);
  }
}

// ── 2. syntax, imports, exports ──────────────────────────────────────────────────────────────────────────────────────

interface DynamicImport {
  /** Offset of the word `import`. */
  readonly start: number;
  /** Undefined where it is not a plain string. */
  readonly specifier: string | undefined;
}

function read(path: string, source: string, stripped: Output): { readonly program: Program; readonly dynamicImports: DynamicImport[] } {
  try {
    const program = parse(stripped.code, { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true });
    return { program, dynamicImports: findDynamicImports(program) };
  } catch (error) {
    const { loc, message } = error as SyntaxError & { readonly loc?: Position };
    if (loc === undefined) throw error;
    const at = { line: loc.line, column: stripped.columns.source(loc.line, loc.column) + 1 };
    throw syntaxError(path, source, message.replace(/ \(\d+:\d+\)$/, ''), at);
  }
}

/** Every `import()` below `program`, in the order of the text. Not recursive: a chain of a thousand calls is a thousand deep. */
function findDynamicImports(program: Program): DynamicImport[] {
  const found: DynamicImport[] = [];
  const waiting: unknown[] = [program];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value !== 'object' || value === null) continue;
    if ((value as Node).type === 'ImportExpression') {
      const node = value as ImportExpression;
      const plain = node.source.type === 'Literal' && typeof node.source.value === 'string';
      found.push({ start: node.start, specifier: plain ? String((node.source as Literal).value) : undefined });
    }
    waiting.push(...Object.values(value));
  }
  return found.sort((one, other) => one.start - other.start);
}

/** Say what was not expected: both parsers leave that to the reader. */
function syntaxError(path: string, source: string, what: string, at: Position): LoadError {
  const rest = (source.split('\n')[at.line - 1] ?? '').slice(at.column - 1);
  const word = /^(?:[\p{ID_Continue}$]+|\S)/u.exec(rest)?.[0];
  const ends = source.split('\n').slice(at.line).every((line) => line.trim() === '') && word === undefined;
  let message = what;
  if (what.startsWith('Unexpected token')) message = what.replace('Unexpected token', ends ? 'Unexpected end of the file' : word === undefined ? 'Unexpected end of the line' : `Unexpected '${word}'`);
  return new LoadError('SyntaxError', message, ends ? 'Something that was opened above is not closed: a brace, a parenthesis, a bracket?' : 'Look at this place, and at the end of the line before it.', { file: path, line: at.line, column: at.column });
}

interface Facts {
  readonly imports: { readonly specifier: string; readonly at: number; readonly dynamic: false; readonly names: { readonly name: string; readonly at: number }[] }[];
  readonly exports: Set<string>;
  readonly exportsAllOf: string[];
  /** Exports that are function declarations. */
  readonly functions: { readonly exported: string; readonly local: string }[];
  /** Names declared at the top of the module. */
  readonly declared: { readonly name: string; readonly start: number }[];
}

const nameOf = (node: Identifier | Literal): string => (node.type === 'Identifier' ? node.name : String(node.value));

function moduleFacts(program: Program): Facts {
  const facts: Facts = { imports: [], exports: new Set(), exportsAllOf: [], functions: [], declared: [] };
  const renamed: { readonly exported: string; readonly local: string }[] = [];
  const functions = new Set<string>();
  const note = (node: Node): void => {
    declare(node, facts);
    const { id } = node as { readonly id?: Identifier | null };
    if (node.type === 'FunctionDeclaration' && id) functions.add(id.name);
  };
  for (const node of program.body) {
    switch (node.type) {
      case 'ImportDeclaration': {
        note(node);
        const names = node.specifiers.flatMap((each) =>
          each.type === 'ImportNamespaceSpecifier' ? []
          : [{ name: each.type === 'ImportDefaultSpecifier' ? 'default' : nameOf(each.imported), at: each.start }]);
        facts.imports.push({ specifier: String(node.source.value), at: node.source.start, dynamic: false, names });
        break;
      }
      case 'ExportAllDeclaration':
        facts.imports.push({ specifier: String(node.source.value), at: node.source.start, dynamic: false, names: [] });
        if (node.exported) facts.exports.add(nameOf(node.exported));
        else facts.exportsAllOf.push(String(node.source.value));
        break;
      case 'ExportNamedDeclaration': {
        for (const each of node.specifiers) facts.exports.add(nameOf(each.exported));
        if (node.source) {
          const names = node.specifiers.map((each) => ({ name: nameOf(each.local), at: each.start }));
          facts.imports.push({ specifier: String(node.source.value), at: node.source.start, dynamic: false, names });
        } else {
          renamed.push(...node.specifiers.map((each) => ({ exported: nameOf(each.exported), local: nameOf(each.local) })));
        }
        if (!node.declaration) break;
        const known = facts.declared.length;
        note(node.declaration);
        for (const { name } of facts.declared.slice(known)) {
          facts.exports.add(name);
          renamed.push({ exported: name, local: name });
        }
        break;
      }
      case 'ExportDefaultDeclaration': {
        facts.exports.add('default');
        const { declaration } = node;
        note(declaration);
        if (declaration.type === 'FunctionDeclaration' && declaration.id) renamed.push({ exported: 'default', local: declaration.id.name });
        break;
      }
      default:
        note(node);
    }
  }
  facts.functions.push(...renamed.filter(({ exported, local }) => functions.has(local) && isIdentifier(exported)));
  return facts;
}

const isIdentifier = (name: string): boolean => /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name);

/** Names that a statement at the top of the module declares. */
function declare(node: Node, facts: Facts): void {
  const statement = node as { readonly type: string; readonly id?: Identifier | null; readonly declarations?: readonly { readonly id: Pattern }[]; readonly specifiers?: readonly { readonly local: Identifier }[] };
  if (statement.type === 'VariableDeclaration') for (const each of statement.declarations!) bind(each.id, facts);
  else if (statement.type === 'FunctionDeclaration' || statement.type === 'ClassDeclaration') {
    if (statement.id) bind(statement.id, facts);
  } else if (statement.type === 'ImportDeclaration') for (const each of statement.specifiers!) bind(each.local, facts);
}

function bind(pattern: Pattern, facts: Facts): void {
  switch (pattern.type) {
    case 'Identifier': facts.declared.push({ name: pattern.name, start: pattern.start }); break;
    case 'ObjectPattern': for (const each of pattern.properties) bind(each.type === 'Property' ? each.value : each.argument, facts); break;
    case 'ArrayPattern': for (const each of pattern.elements) if (each) bind(each, facts); break;
    case 'AssignmentPattern': bind(pattern.left, facts); break;
    case 'RestElement': bind(pattern.argument, facts); break;
    case 'MemberExpression': break;
    default: pattern satisfies never;
  }
}

/** Offset in the stripped code to a position in the source. */
function positionOf(stripped: Output, at: number): Position {
  const lineStart = stripped.code.lastIndexOf('\n', at - 1) + 1;
  let line = 1;
  for (let from = stripped.code.indexOf('\n'); from >= 0 && from < lineStart; from = stripped.code.indexOf('\n', from + 1)) line += 1;
  return { line, column: stripped.columns.source(line, at - lineStart) + 1 };
}

function site(path: string, stripped: Output, at: number): { file: string; line: number; column: number } {
  return { file: path, ...positionOf(stripped, at) };
}

// ── 3. modules to functions ──────────────────────────────────────────────────────────────────────────────────────────

function toCommonJs(path: string, code: string, dynamicImports: readonly DynamicImport[]): Output {
  let text = '';
  let done = 0;
  for (const { start } of dynamicImports) {
    text += code.slice(done, start) + dynamicImport;
    done = start + 'import'.length;
  }
  text += code.slice(done);
  // A hashbang is one only at the very beginning of a file, which this will not be.
  if (text.startsWith('#!')) text = `//${text.slice(2)}`;
  return sucrase(path, text, { transforms: ['imports'] });
}
