/**
 * Everything: the checks, the unit tests, the build, the package, and the end-to-end tests in a real Chromium.
 * The last line counts over all of them: `N passed, N failed`.
 *
 *     usage: npm test
 *            npm test -- check unit build package e2e      only the parts named
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBrowser } from './browser.ts';
import { bin, checkSteps } from './check.ts';
import { commandStep, execute, runSteps, type Step, type Tally } from './steps.ts';
import { tallyVitest } from './vitest-tally.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

const buildSteps: readonly Step[] = [commandStep('build', npm, ['run', 'build'], { seconds: 300 })];

/** The package as npm would publish it: what package.json promises is there, and its types resolve. */
const packageSteps: readonly Step[] = [
  commandStep('publint', bin('publint'), ['run', '--strict']),
  commandStep('types of the package', bin('attw'), ['--pack', root, '--profile', 'esm-only']),
];

/** Runs vitest projects and counts their tests. What is printed is vitest's own report. */
async function vitest(projects: readonly string[], seconds: number, env: Record<string, string> = {}): Promise<Tally> {
  const scratch = mkdtempSync(join(tmpdir(), 'porthole-test-'));
  const report = join(scratch, 'report.json');
  try {
    const { code } = await execute(
      bin('vitest'),
      ['run', ...projects.flatMap((project) => ['--project', project]), '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
      // CI: no `.only`, no snapshot written on the side.
      { show: true, seconds, env: { CI: 'true', ...env } },
    );
    const { tally, notes } = tallyVitest(existsSync(report) ? readFileSync(report, 'utf8') : undefined, code);
    for (const note of notes) console.log(`${projects.join(', ')}: ${note.replace(root, '')}`);
    return tally;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

async function endToEnd(): Promise<Tally> {
  let browser: string;
  try {
    browser = ensureBrowser();
  } catch (error) {
    console.error((error as Error).message);
    return { passed: 0, failed: 1 };
  }
  console.log(`browser: ${browser}`);
  return vitest(['e2e'], 900, { CHROME_PATH: browser });
}

/** The parts, in the order in which they run. */
const parts: Record<string, () => Promise<Tally>> = {
  check: () => runSteps(checkSteps),
  unit: () => vitest(['node', 'jspi'], 720),
  build: () => runSteps(buildSteps),
  package: () => runSteps(packageSteps),
  e2e: endToEnd,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.error(`No part is called ${unknown.join(', ')}. There are: ${Object.keys(parts).join(', ')}.`);
  process.exit(2);
}

process.chdir(root);
let passed = 0;
let failed = 0;
for (const [name, run] of Object.entries(parts)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.log(`\n── ${name} ──`);
  const tally = await run();
  passed += tally.passed;
  failed += tally.failed;
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
