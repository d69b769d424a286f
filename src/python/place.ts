import type { SourceLocal, SourceSite } from '../trace/events.ts';

/** A place as `bridge/sites.py` writes it: file, line and function on a line each, and maybe what the local variables hold, as JSON. */
export function readPlace(text: string | undefined): SourceSite | undefined {
  if (text === undefined) return undefined;
  const [file = '', line, name = '', locals] = text.split('\n');
  return { file, line: Number(line), ...(name !== '' && { name }), ...(locals !== undefined && { locals: readLocals(locals) }) };
}

const readLocals = (json: string): SourceLocal[] => (JSON.parse(json) as [string, string, string][]).map(([name, type, value]) => ({ name, type, value }));

const frame = /^ {2}File "(?<file>[^"]+)", line (?<line>\d+)(?:, in (?<name>.+))?$/gm;

/** The innermost frame of a Python traceback whose file is one of the user's, as `bridge/sites.py` names them: without a leading slash. */
export function placeInTraceback(text: string): SourceSite | undefined {
  let found: SourceSite | undefined;
  for (const { groups } of text.matchAll(frame)) {
    const { file, line, name } = groups as { file: string; line: string; name?: string };
    if (file.startsWith('/') || file.startsWith('<')) continue;
    found = { file, line: Number(line), ...(name !== undefined && !name.startsWith('<') && { name }) };
  }
  return found;
}
