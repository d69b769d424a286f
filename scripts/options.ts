/** The command line of a script. */
import { parseArgs, type ParseArgsConfig } from 'node:util';

/** What was asked for. What is not understood ends the process with `usage`, like every command's mistakes with code 2. */
export function readOptions<T extends ParseArgsConfig>(usage: string, config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    return endWith(`${(error as Error).message}\n${usage}`);
  }
}

/** How many, at least `from`. `option`: where it was said. */
export function countOf(value: string, option: string, from = 1): number {
  if (!/^(?:0|[1-9]\d*)$/.test(value) || Number(value) < from) endWith(`${option}: '${value}' is no number from ${from}.`);
  return Number(value);
}

/** Of `all`, those named in `names` (with commas between them); all where there are none. `option`: where they were named. */
export function named<T extends { readonly name: string }>(all: readonly T[], names: string | undefined, option: string): readonly T[] {
  if (names === undefined) return all;
  const wanted = names.split(',').filter((name) => name !== '');
  const unknown = wanted.filter((name) => !all.some((one) => one.name === name));
  if (unknown.length > 0) endWith(`${option}: no ${unknown.join(', ')}. There are: ${all.map(({ name }) => name).join(', ')}.`);
  return all.filter(({ name }) => wanted.includes(name));
}

function endWith(message: string): never {
  console.error(message);
  process.exit(2);
}
