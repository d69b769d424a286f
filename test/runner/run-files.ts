import { LastGift } from '../../src/runner/gifts.ts';
import { link, type Builtins, type Program } from '../../src/runner/link.ts';
import { ModuleRegistry, type ModuleFunctions } from '../../src/runner/modules.ts';

/** What the tests' snippets can import besides files. */
export const testBuiltins: Builtins = { porthole: { dispatcher: () => 'dispatched' }, 'porthole/wsgi': {} };

/** Link and run files as a process would; gives the exports of the entry, the program, and what it was told of its gifts. */
export async function runFiles(files: Readonly<Record<string, string>>, entry = 'app.ts'): Promise<{ exports: Readonly<Record<string, unknown>>; program: Program; gifts: LastGift }> {
  const program = link(files, entry, testBuiltins);
  const { modules } = (await import(/* @vite-ignore */ `data:text/javascript;charset=utf-8,${encodeURIComponent(program.code)}`)) as { modules: ModuleFunctions };
  const gifts = new LastGift();
  // A plain copy: `toEqual` looks at the tag of a module, too.
  return { exports: { ...(await new ModuleRegistry(program, modules, testBuiltins, gifts).run()) }, program, gifts };
}
