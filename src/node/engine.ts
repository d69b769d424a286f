import { setFlagsFromString } from 'node:v8';

/** The newest V8 of which we know that it has these flags, and looks at them each time. */
const newestKnown = 14;

/** What V8 is told in a process that does nothing but serve (docs/adr/0029). */
export const servingFlags = [
  // Little of a request survives, so helpers cost more than they do: there is a worker for each processor already, and memory that another thread gives back is cold.
  '--no-parallel-scavenge',
  '--no-concurrent-array-buffer-sweeping',
  // A request's way leads through many short functions. What may be compiled into one, in bytes of bytecode; V8 stops at 920.
  '--max-inlined-bytecode-size-cumulative=2500',
] as const;

/** Have V8 do what suits a process that does nothing but serve. */
export function tuneEngine(): void {
  // V8 would complain on stderr of flags that it does not know.
  if (!(Number.parseInt(process.versions.v8, 10) <= newestKnown)) return;
  for (const flag of servingFlags) setFlagsFromString(flag);
}
