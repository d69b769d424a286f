/**
 * A machine of its own for a test that needs one: process 1, mounts, host name and, if asked for, network are its own (namespaces(7)). What it
 * mounts nobody else sees, but its files are this machine's: what it may write to has to be mounted over first.
 */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { plainEnvironment } from './package.ts';

const run = promisify(execFile);
const kinds = ['--pid', '--mount', '--uts', '--ipc'] as const;

/** Why there can be none here; undefined where there can. */
export function noEnclosure(): string | undefined {
  if (process.platform !== 'linux') return 'namespaces are a thing of Linux';
  if (process.getuid?.() !== 0) return 'only root may make namespaces of all kinds';
  // A container may be root and yet not allowed to; mounting is what it is refused most often.
  const { status, stderr } = spawnSync('unshare', [...kinds, '--net', '--cgroup', '--fork', 'sh', '-ec', 'mount -t tmpfs tmpfs /run; mount -t cgroup2 cgroup2 /run'], { encoding: 'utf8' });
  return status === 0 ? undefined : `there can be no namespaces here: ${stderr || 'no unshare(1)'}`;
}

/** Such a machine. Everything in it ends with {@link close}. */
export class Enclosure {
  /** `unshare`, which waits for process 1. */
  readonly #parent: ChildProcess;
  readonly #kinds: readonly string[];
  /** What was printed. */
  output = '';

  /** `script`: for sh, as process 1; it ends with `exec` of what takes its place. */
  constructor(script: string, options: { readonly net?: boolean } = {}) {
    this.#kinds = options.net === true ? [...kinds, '--net'] : kinds;
    this.#parent = spawn('unshare', [...this.#kinds, '--fork', '--mount-proc', '--propagation', 'private', 'sh', '-ec', script], { env: plainEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#parent.stdout!, this.#parent.stderr!]) stream.on('data', (chunk: Buffer) => { this.output += chunk.toString(); });
  }

  /** Process 1, by its number outside. */
  get init(): number {
    const { pid } = this.#parent;
    const child = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    if (child === '') throw new Error(`process 1 is not there:\n${this.output}`);
    return Number(child);
  }

  /** A path within, seen from outside. */
  path(within: string): string {
    return `/proc/${this.init}/root${within}`;
  }

  /** Run a command within. Rejects with what it printed where it fails. */
  async run(command: string, ...args: readonly string[]): Promise<string> {
    try {
      const { stdout } = await run('nsenter', ['--target', String(this.init), ...this.#kinds, command, ...args]);
      return stdout;
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${(error as { stdout?: string }).stdout}\n${this.output}`, { cause: error });
    }
  }

  /** Once process 1 has ended: its exit code; null where it was killed. */
  async ended(): Promise<number | null> {
    if (this.#running) await once(this.#parent, 'exit');
    return this.#parent.exitCode;
  }

  /** Kill process 1, and the kernel kills the others. */
  async close(): Promise<void> {
    // Not `unshare`: what it has asked of the kernel, that its child die with it, ends where that takes on another user (prctl(2), PR_SET_PDEATHSIG).
    if (this.#running) process.kill(this.init, 'SIGKILL');
    await this.ended();
  }

  get #running(): boolean {
    return this.#parent.exitCode === null && this.#parent.signalCode === null;
  }
}
