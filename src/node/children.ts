/**
 * Processes of ours that are started by an entry file of their own and inherit sockets.
 */
import { fork, type ChildProcess, type ForkOptions } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Descriptor under which a child has the first of its sockets; the others follow. 0 to 2 are the standard streams, 3 is the channel. */
export const firstFd = 4;

/** Start `name`, which inherits `fds`. What it writes to stderr is written to ours. */
export function startChild(name: 'worker' | 'keeper', args: readonly string[], fds: readonly number[], { stdout, serialization }: { readonly stdout: 'inherit' | 'ignore'; readonly serialization: NonNullable<ForkOptions['serialization']> }): ChildProcess {
  const entry = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? `./${name}.ts` : `./${name}.js`, import.meta.url));
  return fork(entry, args, { stdio: ['ignore', stdout, 'inherit', 'ipc', ...fds], serialization });
}
