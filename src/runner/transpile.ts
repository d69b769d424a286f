/**
 * One file of the snippet as JavaScript, and what it imports and exports.
 *
 * Three steps, each of which keeps every line where it is: sucrase takes the types away; acorn reads what is left, and
 * finds the syntax errors that sucrase is too polite to mention; `to-function.ts` makes a function of the module.
 */
import { parse, type ImportExpression, type Literal, type Node, type Program } from 'acorn';
import { transform, type Options } from 'sucrase';
import { findGifts } from './gifts.ts';
import { LoadError } from './problem.ts';
import { extensionOf } from './resolve.ts';
import { ColumnMap } from './source-map.ts';
import { toFunction, type DynamicImport } from './to-function.ts';

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

/** A file, compiled. See `to-function.ts` for what the function is. */
export interface Compiled {
  readonly path: string;
  /** The function's parameter and the first line of its body. */
  readonly head: string;
  /** The rest of its body; as many lines as the source. */
  readonly body: string;
  readonly imports: readonly ImportRef[];
  /** There is an `import(expression)`: any file may be meant. */
  readonly importsAnything: boolean;
  /** Names it exports itself; `default` among them. */
  readonly exports: ReadonlySet<string>;
  /** Specifiers of `export * from`. */
  readonly exportsAllOf: readonly string[];
  /** The source's column for one of `body`. Both from 1. */
  column(line: number, column: number): number;
  /** The source's position for an offset that a gift has (`gifts.ts`). */
  position(at: number): Position;
}

/**
 * Compile one file.
 * @throws LoadError SyntaxError with file, line and column.
 */
export function compile(path: string, source: string): Compiled {
  const stripped = stripTypes(path, source);
  const { program, dynamicImports } = read(path, source, stripped);
  const { head, body, imports, exports, exportsAllOf } = toFunction(stripped.code, program, { dynamicImports, gifts: findGifts(program) });
  const where = (at: number): Position => positionOf(stripped, at);
  return {
    path,
    head,
    body: body.text,
    imports: [
      ...imports.map(({ specifier, at, names }) => ({ specifier, dynamic: false, ...where(at), names: names.map((each) => ({ name: each.name, ...where(each.at) })) })),
      ...dynamicImports.flatMap(({ specifier, start }) => (specifier === undefined ? [] : [{ specifier, dynamic: true, names: [], ...where(start) }])),
    ],
    importsAnything: dynamicImports.some((found) => found.specifier === undefined),
    exports,
    exportsAllOf,
    position: where,
    column: (line, column) => stripped.columns.source(line, body.originalColumn(line, column - 1)) + 1,
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
    if (!(error instanceof SyntaxError)) throw error;
    const { message, pos } = furthestError(() => transform(source, { transforms, filePath: path })) ?? (error as SucraseError);
    const line = source.slice(0, pos).split('\n').length;
    throw syntaxError(path, source, message.replace(/^Error transforming .*?: (?=\S)/, '').replace(/ \(\d+:\d+\)$/, ''), { line, column: pos - source.lastIndexOf('\n', pos - 1) });
  }
}

/** A syntax error as sucrase's parser makes it: with the offset. */
type SucraseError = SyntaxError & { readonly pos: number };

/**
 * The error that the parser made at the latest place. A mistake inside an arrow function sends sucrase back to reading the
 * parameters as an expression in parentheses, and what it then reports is the arrow: of no use to anybody. The mistake
 * itself was an error object for a moment, so this looks at all that are made.
 */
function furthestError(parseAgain: () => void): SucraseError | undefined {
  const Native = globalThis.SyntaxError;
  const made: SucraseError[] = [];
  globalThis.SyntaxError = class extends Native {
    constructor(message?: string, options?: ErrorOptions) {
      super(message, options);
      made.push(this as unknown as SucraseError);
    }
  } as unknown as typeof Native;
  try {
    parseAgain();
  } catch {
    // The one we know.
  } finally {
    globalThis.SyntaxError = Native;
  }
  return made.filter((error) => typeof error.pos === 'number').sort((one, other) => other.pos - one.pos)[0];
}

// ── 2. syntax ──────────────────────────────────────────────────────────────────────────────────────

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

/** Offset in the stripped code to a position in the source. */
function positionOf(stripped: Output, at: number): Position {
  const lineStart = stripped.code.lastIndexOf('\n', at - 1) + 1;
  let line = 1;
  for (let from = stripped.code.indexOf('\n'); from >= 0 && from < lineStart; from = stripped.code.indexOf('\n', from + 1)) line += 1;
  return { line, column: stripped.columns.source(line, at - lineStart) + 1 };
}
