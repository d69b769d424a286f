import { SnippetError } from './errors.ts';

/** The `v` that this code writes. */
export const snippetVersion = 1;

/** JSON of version n in, JSON of version n + 1 out. It sees hostile input: it must not assume a type, and may leave what it does not understand. */
export type MigrationStep = (old: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/**
 * The step away from each version that was ever published, by that version. Steps are added and never removed:
 * a link that opened once opens for ever. Version 1 is the first, so there is none yet.
 */
const publishedSteps: ReadonlyMap<number, MigrationStep> = new Map();

/** The JSON is of a version that this code does not know. */
export class NewerSnippetError extends SnippetError {
  readonly version: number;
  constructor(version: number) {
    super([{ path: 'v', message: `v is ${version}; this Porthole reads snippets up to version ${snippetVersion}.` }]);
    this.version = version;
  }
}

/**
 * Brings JSON of any published version to the current one. Throws SnippetError where there is no usable `v`, and
 * {@link NewerSnippetError} where it is from the future. The second and third argument are for tests.
 */
export function migrate(
  value: Readonly<Record<string, unknown>>, steps: ReadonlyMap<number, MigrationStep> = publishedSteps, target: number = snippetVersion,
): Readonly<Record<string, unknown>> {
  let current = value;
  for (;;) {
    const version = current['v'];
    if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
      throw new SnippetError([{ path: 'v', message: 'v must be the version of the snippet format, a whole number from 1.' }]);
    }
    if (version > target) throw new NewerSnippetError(version);
    if (version === target) return current;
    const step = steps.get(version);
    if (!step) throw new Error(`There is no step from version ${version} of the snippet format.`);
    // The step decides everything but the number, so that no step can forget it or loop.
    current = { ...step(current), v: version + 1 };
  }
}
