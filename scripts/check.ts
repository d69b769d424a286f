/**
 * Everything that can be said about the source without running it: types, lint, layers, generated files.
 *
 *     usage: npm run check
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkLayers } from './layers.ts';
import { commandStep, runSteps, type Step } from './steps.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** A program that npm installed for us. */
export const bin = (name: string): string => join(root, 'node_modules/.bin', name);

/** Scripts that write files of the tree; with `--check` each fails where a file is not what it would write. */
const generators = ['clauses', 'diagrams', 'examples', 'lockfile', 'typings'];

/** The steps of `npm run check`, in order. */
export const checkSteps: readonly Step[] = [
  commandStep('types', bin('tsc'), ['-b']),
  commandStep('lint', bin('oxlint'), ['--type-aware', '--deny-warnings', '--report-unused-disable-directives']),
  {
    name: 'layers',
    run: async () => {
      const { problems, summary } = await checkLayers(root);
      if (problems.length > 0) throw new Error(problems.join('\n'));
      return summary;
    },
  },
  ...generators
    .filter((name) => existsSync(join(root, 'scripts', `${name}.ts`)))
    .map((name) => commandStep(`${name} up to date`, bin('tsx'), [join(root, 'scripts', `${name}.ts`), '--check'])),
];

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { passed, failed } = await runSteps(checkSteps);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
