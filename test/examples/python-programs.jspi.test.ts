/** The examples that are scripts in Python, on real processes. */
import { describe, expect, test } from 'vitest';
import { examples } from '../../src/examples/index.ts';
import { debianWheels } from '../helpers/debian-wheels.ts';
import { pythonRig } from '../helpers/python-machine.ts';
import { checkPrograms } from './check-programs.ts';

const scripts = examples.filter(({ group, programs }) => group === 'Python' && programs);

test('there are some', () => expect(scripts.length).toBeGreaterThan(2));

describe.each(scripts)('$id', (example) => {
  test('does what it claims', async () => checkPrograms(await pythonRig(debianWheels()), example), 120_000);
});
