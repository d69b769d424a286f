import type { Snippet, SnippetProgram, SnippetServer } from './schema.ts';

/** A program that can be run. */
export type Program = GatewayProgram | ScriptProgram;

/** Serves an app: one process, or an arbiter's. */
export interface GatewayProgram {
  readonly kind: 'gateway';
  readonly name: string;
  /** `path:name`. */
  readonly entry: string;
  readonly interface: Snippet['interface'];
  readonly server: SnippetServer;
  /** Missing: by its place among the gateways, from 8000. */
  readonly port?: number;
}

/** A module that runs from top to bottom, in a process of its own. */
export interface ScriptProgram {
  readonly kind: 'script';
  readonly name: string;
  /** Path of the module. */
  readonly entry: string;
  readonly args: readonly string[];
  readonly stdin: string;
  /** Python: tell what the local variables hold at each call. The snippet's setting. */
  readonly locals?: boolean;
}

/** Name of the gateway of a snippet that names no programs. */
export const onlyProgram = 'gateway';

/**
 * What a snippet runs, in the order in which it is started. One that names no program of a kind that we know is one
 * gateway, of its `entry`, `interface` and `server`.
 */
export function programsOf(snippet: Snippet): readonly Program[] {
  const named = (snippet.programs ?? []).flatMap((program) => readable(program, snippet) ?? []);
  if (named.length > 0) return named;
  return [{ name: onlyProgram, kind: 'gateway', entry: snippet.entry, interface: snippet.interface, server: snippet.server }];
}

function readable({ name, kind, entry, server, args, stdin, ...program }: SnippetProgram, snippet: Snippet): Program | undefined {
  if (entry === undefined) return undefined;
  switch (kind) {
    case 'gateway': return { name, kind, entry, interface: program.interface ?? snippet.interface, server: server ?? snippet.server, ...(program.port !== undefined && { port: program.port }) };
    case 'script': return { name, kind, entry, args: args ?? [], stdin: stdin ?? '', ...(snippet.server.locals && { locals: true }) };
    default: return undefined;
  }
}
