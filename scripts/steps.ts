/** Running the commands that `check` and `test` are made of, one after the other, and counting what came out. */
import { spawn } from 'node:child_process';

/** Something to be done that passes or fails. */
export interface Step {
  /** As it is printed: "types", "lint". */
  readonly name: string;
  /** Resolves with what there is to say about a success (may be empty); rejects where the step failed. */
  run(): Promise<string>;
}

/** How many tests passed and failed. A step counts as one test. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
}

/** A command that ended with something else than 0. Its message is what the command printed. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}

/** Commands that are running, by process group. */
const running = new Set<number>();

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Already gone.
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    for (const pid of running) killGroup(pid);
    process.exit(signal === 'SIGINT' ? 130 : 143);
  });
}

export interface CommandOptions {
  /** Print as it comes instead of keeping the output for the error message. Default false. */
  readonly show?: boolean;
  /** The command and all that it started are killed after this long. Default 300. */
  readonly seconds?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a command to its end. Resolves with its exit code (null: killed) and, unless shown, its output. */
export function execute(command: string, args: readonly string[], options: CommandOptions = {}): Promise<{ code: number | null; output: string }> {
  const { show = false, seconds = 300, env } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
      env: { ...process.env, ...env },
      // A group of its own, so that a time limit ends grandchildren (browsers, workers) too.
      detached: process.platform !== 'win32',
    });
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const { pid } = child;
    if (pid !== undefined) running.add(pid);
    const timer = setTimeout(() => {
      output += `\nstill running after ${seconds} s, killed\n`;
      if (show) console.error(`${command}: still running after ${seconds} s, killed`);
      if (pid !== undefined) killGroup(pid);
      child.kill('SIGKILL');
    }, seconds * 1000);
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      if (pid !== undefined) running.delete(pid);
      resolve({ code, output });
    });
  });
}

/** A step that runs a program of `node_modules/.bin`, or `npm`. */
export function commandStep(name: string, command: string, args: readonly string[], options: CommandOptions = {}): Step {
  return {
    name,
    run: async () => {
      const { code, output } = await execute(command, args, options);
      if (code !== 0) throw new CommandFailed(`${[command, ...args].join(' ')} ended with ${code ?? 'a signal'}\n${output}`);
      return '';
    },
  };
}

/** Runs the steps in order, all of them, and prints a line for each; a failure's message follows its line. */
export async function runSteps(steps: readonly Step[]): Promise<Tally> {
  let passed = 0;
  for (const step of steps) {
    const started = performance.now();
    let line: string;
    try {
      const said = await step.run();
      passed += 1;
      line = `ok    ${step.name}${said === '' ? '' : `: ${said}`}`;
    } catch (error) {
      line = `FAIL  ${step.name}\n${error instanceof Error ? error.message.trimEnd() : String(error)}`;
    }
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(line.includes('\n') ? line.replace('\n', ` (${seconds} s)\n`) : `${line} (${seconds} s)`);
  }
  return { passed, failed: steps.length - passed };
}
