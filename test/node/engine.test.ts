/** What V8 is told in a process that only serves: `src/node/engine.ts`. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { servingFlags } from '../../src/node/engine.ts';

/** What Node says of a flag when it starts with it. */
const start = (flag: string): { status: number | null; stderr: string } => spawnSync(process.execPath, [flag, '-e', ''], { encoding: 'utf8' });

test.each(servingFlags)('this V8 knows %s', (flag) => {
  expect(start(flag)).toMatchObject({ status: 0, stderr: '' });
});

test('a flag that V8 does not know would be noticed', () => {
  expect(start('--no-such-flag').status).not.toBe(0);
});
