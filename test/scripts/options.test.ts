/** What scripts say of a wrong command line: what, where, and code 2. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = (script: string, ...args: readonly string[]): { status: number | null; stderr: string } =>
  spawnSync(process.execPath, ['--import', 'tsx', script, ...args], { cwd: root, encoding: 'utf8' });

test.each([
  ['scripts/serve-static.ts', '--port=x', "--port: 'x' is no number from 0."],
  ['scripts/serve-static.ts', '--port=05', "--port: '05' is no number from 0."],
  ['scripts/serve-static.ts', '--delay=1.5', "--delay: '1.5' is no number from 0."],
  ['scripts/serve-static.ts', '--delay=-1', "--delay: '-1' is no number from 0."],
  ['scripts/bench-page.ts', '--batch=0', "--batch: '0' is no number from 1."],
])('%s %s', (script, argument, message) => {
  expect(run(script, argument)).toMatchObject({ status: 2, stderr: `${message}\n` });
});
