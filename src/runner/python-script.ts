import type { Host } from '../host/effects.ts';
import type { SocketSurroundings } from '../net/bsd/kernel.ts';
import { canSwitchStacks, PythonProgram } from '../python/run-script.ts';
import { Stacks } from '../python/stacks.ts';
import type { Problem, ScriptJob } from '../rpc/contract.ts';
import type { PythonOutlet } from './load-python.ts';
import { openPython, pythonRoot } from './open-python.ts';
import type { Platform } from './platform.ts';
import { LoadError } from './problem.ts';
import type { StandardInput } from './standard-streams.ts';

/** What a script in Python needs. */
export interface PythonScriptOptions {
  readonly job: ScriptJob;
  readonly host: Host;
  readonly platform: Platform;
  readonly sockets: SocketSurroundings;
  readonly input: StandardInput;
  readonly outlet: PythonOutlet;
  /** It has ended. */
  readonly onEnd: (code: number, reason: string, problem?: Problem) => void;
}

/** A Python file that runs from top to bottom, as `python file.py` runs it: it blocks where it waits, and SIGINT is KeyboardInterrupt. */
export class PythonScript {
  readonly #options: PythonScriptOptions;
  #program: PythonProgram | undefined;

  constructor(options: PythonScriptOptions) {
    this.#options = options;
  }

  /** Rejects with LoadError. */
  async load(): Promise<void> {
    const { job, host, platform, sockets, input, outlet } = this.#options;
    const { written } = outlet;
    if (!canSwitchStacks()) {
      throw new LoadError(
        'NotSupportedError', 'This browser cannot suspend WebAssembly (JSPI), so a Python script could not wait for a socket, a lock or its input.',
        'Use a browser with JSPI: Chrome or Edge 137, or later. WSGI and ASGI applications in Python run in this one, as gateways do.',
      );
    }
    const stacks = new Stacks(host);
    const python = await openPython(job, job.entry, platform, outlet, stacks);
    if (job.locals) python.bridge.tellLocals(true);
    // What is not written by way of sys.stdout: os.write(1, …), Python's own last words.
    python.pyodide.setStdout({ batched: (text) => written('stdout', text, undefined, false) });
    python.pyodide.setStderr({ batched: (text) => written('stderr', text, undefined, false) });
    this.#program = new PythonProgram(python, pythonRoot, { around: sockets, stacks, input }, written);
  }

  async run(): Promise<void> {
    const { job, onEnd } = this.#options;
    try {
      const { code, problem } = await this.#program!.run(job.entry, job.args);
      if (problem) onEnd(code, `${problem.name}: ${problem.message}`, { name: problem.name, message: problem.message, advice: '', ...(problem.site && { site: problem.site }) });
      else onEnd(code, code === 0 ? 'done' : code === interruptedCode ? 'interrupted' : `exit(${code})`);
    } catch (error) {
      // Pyodide's own end: out of memory, or a bug of its.
      const message = error instanceof Error ? error.message : String(error);
      onEnd(1, `Python broke down: ${message}`, { name: 'Error', message: `Python broke down: ${message}`, advice: 'Run it again.' });
    }
  }

  /** SIGINT. */
  interrupt(): void {
    this.#program?.interrupt();
  }
}

/** As shells have it: 128 and the number of SIGINT. */
export const interruptedCode = 130;
