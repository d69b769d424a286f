import { describe, expect, test } from 'vitest';
import { SnippetError } from '../../src/snippet/errors.ts';
import { parseSnippet } from '../../src/snippet/parse.ts';
import { programsOf } from '../../src/snippet/programs.ts';
import { fullest, smallest } from './samples.ts';

describe('what a snippet runs', () => {
  test('without programs: one gateway', () => {
    expect(programsOf({ ...smallest, server: { workers: 2 } })).toEqual([{ name: 'gateway', kind: 'gateway', entry: 'app.ts:app', interface: 'auto', server: { workers: 2 } }]);
  });

  test('what is not ours to run is left out, and kept in the snippet', () => {
    expect(programsOf(parseSnippet(fullest)).map(({ name }) => name)).toEqual(['web', 'cat']);
    expect(parseSnippet(fullest).programs).toEqual(fullest.programs);
  });

  test('programs from before there were any (the golden links hold one) leave the gateway', () => {
    expect(programsOf(parseSnippet({ ...smallest, programs: [{ name: 'client', argv: [] }] })).map(({ name }) => name)).toEqual(['gateway']);
    expect(programsOf(parseSnippet({ ...smallest, programs: [] })).map(({ name }) => name)).toEqual(['gateway']);
  });

  test('what a program leaves unsaid', () => {
    const programs = [{ name: 'web', kind: 'gateway', entry: 'a.ts:b' }, { name: 'run', kind: 'script', entry: 'a.ts' }];
    expect(programsOf(parseSnippet({ ...smallest, interface: 'wsgi', server: { workers: 3 }, programs }))).toEqual([
      { name: 'web', kind: 'gateway', entry: 'a.ts:b', interface: 'wsgi', server: { workers: 3 } },
      { name: 'run', kind: 'script', entry: 'a.ts', args: [], stdin: '' },
    ]);
  });
});

test.each([
  [{}, 'programs must be a list, not an object.'],
  [['a'], 'programs[0] must be an object, not a string.'],
  [[{ kind: 'script', entry: 'a' }], 'programs[0].name is missing.'],
  [[{ name: 'a b' }], 'programs[0].name must be 1 to 32 letters, digits, -, _ or ..'],
  [[{ name: 'a' }, { name: 'a' }], 'programs[1].name is "a", as that of another program.'],
  [[{ name: 'a', args: 'b' }], 'programs[0].args must be a list of at most 64 strings.'],
  [[{ name: 'a', args: [1] }], 'programs[0].args[0] must be a string, not a number.'],
  [[{ name: 'a', server: { workers: 17 } }], 'programs[0].server.workers must be at most 16.'],
  [Array.from({ length: 17 }, (_, index) => ({ name: `p${index}` })), 'programs holds more than 16 programs.'],
])('%j is refused', (programs, message) => {
  let problems: readonly { readonly message: string }[] = [];
  try {
    parseSnippet({ ...smallest, programs });
  } catch (error) {
    problems = (error as SnippetError).problems;
  }
  expect(problems.map((problem) => problem.message)).toContain(message);
});
