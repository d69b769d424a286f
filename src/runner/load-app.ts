/**
 * From the files of a snippet to an application that can be called. Every way in which that fails is a {@link LoadError}
 * with a message of its own, because "it does not start" is the first thing that anybody meets.
 */
import { nearest } from '../basics/nearest.ts';
import { InterfaceError, toGatewayApp, type GatewayApp } from '../gateway/detect.ts';
import type { SiteReader } from '../gateway/site.ts';
import type { GatewayJob } from '../rpc/contract.ts';
import type { Builtins } from './link.ts';
import { linkProgram } from './link-program.ts';
import { loadPython, type PythonOutlet } from './load-python.ts';
import { isPython } from './open-python.ts';
import type { Platform } from './platform.ts';
import { LoadError } from './problem.ts';
import type { StackReader } from './stacks.ts';

/** Names that are tried when the entry names none, in this order. */
const usualNames = ['app', 'application', 'default'] as const;

/** An app that runs, and how its lines are found. */
export interface LoadedApp {
  readonly app: GatewayApp;
  readonly sites: SiteReader;
}

/** Cut `MODULE[:NAME]` at the last colon. */
export function splitEntry(entry: string): { readonly module: string; readonly name: string | undefined } {
  const colon = entry.lastIndexOf(':');
  return colon < 0 ? { module: entry, name: undefined } : { module: entry.slice(0, colon), name: entry.slice(colon + 1) };
}

/**
 * Link, run, pick and classify. `onLinked` is called before any of the snippet's code runs; what comes out of a Python one goes to `outlet`.
 * Rejects with LoadError.
 */
export async function loadApp(job: GatewayJob, platform: Platform, builtins: Builtins, onLinked: (stacks: StackReader) => void, outlet: PythonOutlet): Promise<LoadedApp> {
  const { module, name } = splitEntry(job.entry);
  if (isPython(module)) return loadPython(job, module, name, platform, outlet);
  const linked = await linkProgram(job, module, platform, builtins, onLinked);
  const { program, stacks } = linked;
  let exports: Readonly<Record<string, unknown>>;
  try {
    exports = await linked.run();
  } catch (error) {
    throw error instanceof LoadError ? error : thrown(error, stacks, program.entry);
  }
  const [found, value] = pick(exports, name, program.entry);
  return { app: classify(value, job.interface, `${program.entry}:${found}`, program.entry), sites: stacks };
}

/** The code of a module threw. */
function thrown(error: unknown, stacks: StackReader, entry: string): LoadError {
  if (!(error instanceof Error)) return new LoadError('Error', `${entry} threw ${String(error)} while it was being imported.`, 'Throw an Error, so that it can say where it comes from.');
  const site = stacks.site(error.stack);
  const where = site ? '' : ` (while ${entry} was being imported)`;
  return new LoadError(error.name, error.message + where, 'This happened while the file was being imported, before any request.', site);
}

function pick(exports: Readonly<Record<string, unknown>>, name: string | undefined, file: string): [string, unknown] {
  const names = Object.keys(exports);
  const list = names.length === 0 ? 'It exports nothing.' : `It exports: ${names.join(', ')}.`;
  if (name === undefined || name === '') {
    const usual = usualNames.find((each) => exports[each] !== undefined);
    if (usual === undefined) throw new LoadError('ImportError', `${file} exports neither app nor application nor a default.`, `${list} Export the application: \`export const app = …\`.`, { file, line: 1 });
    return [usual, exports[usual]];
  }
  let value: unknown = exports;
  let walked = file;
  for (const key of name.split('.')) {
    const parent = Object(value) as Readonly<Record<string, unknown>>;
    value = parent[key];
    if (value === undefined) {
      const near = nearest(key, Object.keys(parent));
      const what = walked === file ? `${file} exports no '${key}'.` : `${walked} has no '${key}'.`;
      throw new LoadError('ImportError', what, `${near === undefined ? '' : `Did you mean '${near}'? `}${walked === file ? list : ''}`.trim(), { file, line: 1 });
    }
    walked = walked === file ? key : `${walked}.${key}`;
  }
  return [name, value];
}

function classify(value: unknown, asked: GatewayJob['interface'], name: string, file: string): GatewayApp {
  try {
    return toGatewayApp(value, asked, name);
  } catch (error) {
    if (!(error instanceof InterfaceError)) throw error;
    throw new LoadError('InterfaceError', error.message, error.advice, { file, line: 1 });
  }
}
