/** Counting what vitest's JSON report says, so that nothing can be lost between the report and the exit code. */
import type { Tally } from './steps.ts';

/** What we read of the report (vitest's `json` reporter, the shape of Jest's). */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: 'passed' | 'failed';
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/**
 * Counts tests. A file that failed outside its tests (it could not be loaded, a hook threw) counts as one failure, and so
 * do a missing report, a run without tests, and an exit code that no failure explains (an unhandled error, a time limit).
 * Skipped tests are in neither number and are named in `notes`.
 *
 * @param json the report; undefined where none was written
 * @param code vitest's exit code; null where it was killed
 */
export function tallyVitest(json: string | undefined, code: number | null): { tally: Tally; notes: string[] } {
  const notes: string[] = [];
  let passed = 0;
  let failed = 0;
  const fail = (note: string): void => {
    failed += 1;
    notes.push(note);
  };
  if (json === undefined) {
    fail(`vitest ended with ${code ?? 'a signal'} and left no report`);
    return { tally: { passed, failed }, notes };
  }
  for (const file of (JSON.parse(json) as Report).testResults) {
    let failedHere = 0;
    for (const test of file.assertionResults) {
      if (test.status === 'passed') passed += 1;
      else if (test.status === 'failed') failedHere += 1;
      else notes.push(`skipped: ${test.fullName}`);
    }
    failed += failedHere;
    if (file.status === 'failed' && failedHere === 0) fail(`${file.name} failed as a whole: ${file.message}`);
  }
  if (passed + failed === 0) fail('no tests were found');
  if (code !== 0 && failed === 0) fail(`all tests passed, and yet vitest ended with ${code ?? 'a signal'}`);
  return { tally: { passed, failed }, notes };
}
