import { link, type Builtins, type Program } from './link.ts';
import { ModuleRegistry, type ModuleFunctions } from './modules.ts';
import type { Job } from '../rpc/contract.ts';
import { withLibraries } from './builtins.ts';
import type { Platform } from './platform.ts';
import { LoadError } from './problem.ts';
import { StackReader } from './stacks.ts';

/** A program that is ready to run. */
export interface LinkedProgram {
  readonly program: Program;
  readonly stacks: StackReader;
  /** Run its modules and give what the entry file exports. Rejects with whatever they throw. */
  run(): Promise<Readonly<Record<string, unknown>>>;
}

/**
 * Link a file of a snippet and what it imports. `onLinked` is called before any of the snippet's code is evaluated.
 * Rejects with LoadError.
 */
export async function linkProgram(job: Job, entry: string, platform: Platform, builtins: Builtins, onLinked: (stacks: StackReader) => void): Promise<LinkedProgram> {
  if (entry === '') throw new LoadError('ImportError', 'The entry names no file.', 'Write FILE or FILE:NAME, for example app.ts:app.');
  if (entry.endsWith('.py')) throw new LoadError('ImportError', `${entry} is Python, which this version does not run.`, 'Choose a TypeScript or JavaScript file.');
  const available = withLibraries(builtins, await evaluateLibraries(job.libraries, platform));
  const program = link(job.files, entry, available);
  const stacks = new StackReader(program);
  onLinked(stacks);
  let functions: ModuleFunctions;
  try {
    ({ modules: functions } = (await platform.evaluate(program.code)) as { readonly modules: ModuleFunctions });
  } catch (error) {
    // Parsed by us and refused by the platform: syntax that is too new for it.
    throw new LoadError('SyntaxError', error instanceof Error ? error.message : String(error), 'This browser does not know some syntax that the code uses.');
  }
  return { program, stacks, run: () => new ModuleRegistry(program, functions, available, stacks.gifts).run() };
}

/** Before the snippet's code runs: it cannot reach into them while they come up. */
async function evaluateLibraries(texts: Job['libraries'], platform: Platform): Promise<Builtins> {
  const modules = Object.entries(texts).map(async ([name, text]) => [name, { ...((await platform.evaluate(text)) as Builtins[string]) }] as const);
  return Object.fromEntries(await Promise.all(modules));
}
