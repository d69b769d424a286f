/**
 * The package as it is published, built once per test process into a folder of its own, because the command loads
 * TypeScript through Node's loader: run from the sources, it would be somebody else's loader that does the work.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

let built: Promise<string> | undefined;

/** Build (once) and return the folder with `cli.js`, `index.js`, …; inside the repository, so that dependencies resolve. */
export function builtPackage(): Promise<string> {
  return (built ??= build());
}

async function build(): Promise<string> {
  const cache = join(root, '.cache');
  // Of processes that were not let come to their `exit`.
  for (const name of existsSync(cache) ? readdirSync(cache) : []) {
    const owner = /^package-(\d+)-/.exec(name)?.[1];
    if (owner !== undefined && !lives(Number(owner))) rmSync(join(cache, name), { recursive: true, force: true });
  }
  const out = join(cache, `package-${process.pid}-${process.hrtime.bigint()}`);
  process.on('exit', () => rmSync(out, { recursive: true, force: true }));
  const { buildPackage } = await import('../../scripts/build-package.ts');
  await buildPackage(out, { types: false });
  return out;
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The environment, without what the tests' own runner has put there. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, VITEST: __, ...env } = process.env;
  return env;
}

/** A command that has ended. */
export interface Ended { readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly stdout: string; readonly stderr: string }

/** The command `porthole`, running. */
export class Command {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';
  readonly ended: Promise<Ended>;
  #watchers: (() => void)[] = [];

  private constructor(child: ChildProcess) {
    this.child = child;
    child.stdout!.on('data', (chunk: Buffer) => { this.stdout += chunk.toString(); this.#tell(); });
    child.stderr!.on('data', (chunk: Buffer) => { this.stderr += chunk.toString(); this.#tell(); });
    this.ended = new Promise((resolve) => {
      child.on('close', (code, signal) => {
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr });
        this.#tell();
      });
    });
  }

  static async start(args: readonly string[], options: { readonly cwd: string; readonly env?: Record<string, string>; readonly shell?: string }): Promise<Command> {
    const cli = join(await builtPackage(), 'cli.js');
    // `shell`: a command of the shell that says under which limits it runs.
    const [file, before] = options.shell === undefined ? [process.execPath, []] : ['/bin/sh', ['-c', `${options.shell}; exec "$@"`, 'sh', process.execPath]];
    return new Command(spawn(file, [...before, cli, ...args], { cwd: options.cwd, env: { ...plainEnvironment(), ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher();
  }

  /** Resolves with the match once the output has it; rejects with what was printed if the process ends before, or says nothing of the kind. */
  until(stream: 'stdout' | 'stderr', pattern: RegExp, patienceMs = 20_000): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      // So that a failure shows what was printed instead; the test's own limit would show nothing.
      const patience = setTimeout(() => reject(new Error(`no ${pattern} on ${stream}:\n${this.stderr}\n${this.stdout}`)), patienceMs);
      const look = (): void => {
        const match = pattern.exec(this[stream]);
        if (match !== null) resolve(match);
        else if (this.child.exitCode !== null || this.child.signalCode !== null) reject(new Error(`ended (${this.child.exitCode ?? this.child.signalCode}) without ${pattern}:\n${this.stderr}\n${this.stdout}`));
        else return;
        clearTimeout(patience);
        this.#watchers = this.#watchers.filter((each) => each !== look);
      };
      this.#watchers.push(look);
      look();
    });
  }

  /** The URL of the first `Listening at:`. */
  async url(patienceMs?: number): Promise<string> {
    return (await this.until('stderr', /^Listening at: (\S+)$/m, patienceMs))[1]!;
  }

  /** Send a signal and wait for the end. */
  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }
}

/** Run the command to its end. */
export const run = async (args: readonly string[], options: { readonly cwd: string; readonly env?: Record<string, string> }): Promise<Ended> => (await Command.start(args, options)).ended;

/** Send octets (latin-1) to `url` and return everything that comes until the server closes, or `enough` says so. */
export function talk(url: string, octets: string, options: { readonly enough?: (text: string) => boolean; readonly end?: boolean } = {}): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) });
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      text += String(chunk);
      if (options.enough?.(text) === true) {
        resolve(text);
        socket.destroy();
      }
    });
    socket.on('end', () => { resolve(text); socket.destroy(); });
    socket.on('error', (error) => {
      if (text === '') reject(error);
      else resolve(text);
    });
    if (options.end === true) socket.end(octets, 'latin1');
    else socket.write(octets, 'latin1');
  });
}
