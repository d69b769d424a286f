import { expect, test } from 'vitest';
import { tallyVitest } from '../../scripts/vitest-tally.ts';

const file = (status: string, ...tests: string[]) => ({
  name: '/x/test/a.test.ts',
  status,
  message: status === 'failed' ? 'boom' : '',
  assertionResults: tests.map((status, at) => ({ status, fullName: `case ${at}` })),
});
const tally = (code: number | null, ...testResults: ReturnType<typeof file>[]) =>
  tallyVitest(JSON.stringify({ testResults }), code);

test('passed and failed tests are counted over all files', () => {
  const { tally: counted } = tally(1, file('passed', 'passed', 'passed'), file('failed', 'passed', 'failed', 'failed'));
  expect(counted).toEqual({ passed: 3, failed: 2 });
});

test('a file that fails outside its tests is one failure', () => {
  const { tally: counted, notes } = tally(1, file('passed', 'passed'), file('failed'));
  expect(counted).toEqual({ passed: 1, failed: 1 });
  expect(notes.join()).toContain('a.test.ts failed as a whole: boom');
});

test('a file whose hook failed after passing tests is one failure', () => {
  expect(tally(1, file('failed', 'passed', 'passed')).tally).toEqual({ passed: 2, failed: 1 });
});

test('skipped tests are in neither number and are named', () => {
  const { tally: counted, notes } = tally(0, file('passed', 'passed', 'skipped', 'todo', 'pending'));
  expect(counted).toEqual({ passed: 1, failed: 0 });
  expect(notes).toEqual(['skipped: case 1', 'skipped: case 2', 'skipped: case 3']);
});

test('no report, no tests, a signal and an unexplained exit code are failures', () => {
  expect(tallyVitest(undefined, null).tally).toEqual({ passed: 0, failed: 1 });
  expect(tally(0).tally).toEqual({ passed: 0, failed: 1 });
  expect(tally(1, file('passed', 'passed')).tally).toEqual({ passed: 1, failed: 1 });
  expect(tally(null, file('passed', 'passed')).tally).toEqual({ passed: 1, failed: 1 });
});
