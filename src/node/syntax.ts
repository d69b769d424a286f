/**
 * Where a syntax error is, when Node only says what it is: the error of an ES module names neither file nor line
 * unless it ends the process. Loaded only after something went wrong.
 */
import { parse } from 'acorn';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { findModule } from './loader.ts';
import { compile, needsCompiling, placeOf, type Place } from './typescript.ts';

/** Parse `file` and what it imports by relative path, until one does not parse. Undefined where all do. */
export function findSyntaxError(file: string): { readonly place: Place; readonly text: string } | undefined {
  const waiting = [file];
  const seen = new Set(waiting);
  for (const path of waiting) {
    const source = readFileSync(path, 'utf8');
    let code = source;
    try {
      // Lines are kept; columns of what is left when the types are gone may differ, so those are looked up in the source.
      if (needsCompiling(path)) code = compile(source, path);
      const { body } = parse(code, { ecmaVersion: 'latest', sourceType: path.endsWith('.cjs') ? 'script' : 'module', allowHashBang: true });
      for (const node of body) {
        const specifier = 'source' in node ? node.source?.value : undefined;
        if (typeof specifier !== 'string' || !/^\.{1,2}\//.test(specifier)) continue;
        const found = findModule(resolve(dirname(path), specifier));
        if (found === undefined || seen.has(found) || !/\.(?:[mc]?[jt]s|[jt]sx)$/.test(found)) continue;
        seen.add(found);
        waiting.push(found);
      }
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      const told = placeOf(error.message);
      if (told !== undefined) return told;
      const { loc } = error as SyntaxError & { loc?: { line: number; column: number } };
      if (loc === undefined) return undefined;
      const column = code === source ? loc.column + 1 : columnIn(source, code, loc);
      return { place: { file: path, line: loc.line, column }, text: error.message.replace(/ \(\d+:\d+\)$/, '') };
    }
  }
  return undefined;
}

/** Column in the source of the word at `at` in the compiled code: the same one, counted from the left; 1 where it is not there. */
function columnIn(source: string, code: string, at: { readonly line: number; readonly column: number }): number {
  const compiled = code.split('\n')[at.line - 1] ?? '';
  const written = source.split('\n')[at.line - 1] ?? '';
  const word = /^(?:[\p{ID_Continue}$]+|.)/u.exec(compiled.slice(at.column))?.[0];
  if (word === undefined) return 1;
  let index = written.indexOf(word);
  for (let seen = compiled.indexOf(word); seen >= 0 && seen < at.column; seen = compiled.indexOf(word, seen + 1)) index = written.indexOf(word, index + 1);
  return index + 1;
}
