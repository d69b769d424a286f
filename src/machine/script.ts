import type { Job, StartOutcome } from '../rpc/contract.ts';
import type { ScriptProgram } from '../snippet/programs.ts';
import type { Snippet } from '../snippet/schema.ts';
import { Process, type Ending, type ProcessOwner } from './process.ts';
import type { ProgramStatus } from './program-types.ts';
import type { LoadProblem, SpawnedProcess } from './types.ts';
import { noRoom, notSpawned, seedOf, traceMs, type RunningProgram, type World } from './world.ts';

/** How long the next program waits for this one to listen, or to end. ms. */
const settleMs = 400;
/** One in Python may import for seconds before it does. ms. */
const settlePythonMs = 30_000;

/** A script that runs in a process of its own. */
export class ScriptRun implements RunningProgram, ProcessOwner {
  readonly name: string;
  readonly settled: Promise<void>;
  readonly #program: ScriptProgram;
  readonly #files: Snippet['files'];
  readonly #world: World;
  readonly #processName: string;
  #settle!: () => void;
  #process: Process | undefined;
  #loaded = false;
  #over = false;
  #ending: Ending | undefined;
  #problem: LoadProblem | undefined;
  /** Input that came before the process was there. */
  #input: [text: string, end: boolean][] = [];

  /** `processName`: unlike that of any process before. */
  constructor(program: ScriptProgram, files: Snippet['files'], processName: string, world: World) {
    this.name = program.name;
    this.#program = program;
    this.#files = files;
    this.#processName = processName;
    this.#world = world;
    this.settled = new Promise((resolve) => (this.#settle = resolve));
  }

  get processes(): readonly Process[] {
    return this.#process && !this.#over ? [this.#process] : [];
  }

  get status(): ProgramStatus {
    const listening = this.#over ? [] : (this.#process?.listening ?? []);
    return {
      name: this.name, kind: 'script', state: this.#state(), listening, processes: this.processes.map(({ name }) => name), names: [this.#processName],
      ...(this.#ending?.code !== undefined && { exitCode: this.#ending.code }), ...(this.#ending && { ending: this.#ending.reason }), ...(this.#problem && { problem: this.#problem }),
    };
  }

  start(): void {
    void this.#start();
  }

  input(text: string, end: boolean): void {
    if (this.#loaded) this.#process?.input(text, end);
    else this.#input.push([text, end]);
  }

  /** SIGINT. Before it runs there is nothing in it that could catch it. */
  interrupt(): void {
    if (this.#loaded) this.#process?.interrupt();
    else this.end('interrupted');
  }

  beat(): void {
    this.#process?.beat();
    if (this.#process?.calm) this.#settle();
  }

  /** Nobody asks a script: it is as with a signal that it does not catch. */
  async drain(): Promise<void> {}

  end(reason: string): void {
    // It may have ended already, and linger.
    this.#process?.kill();
    if (this.#process && !this.#over) this.#world.arbiter.emit({ type: 'process.exit', detail: `${this.#processName}: ${reason}` });
    this.#finish({ reason });
  }

  // ── what its process tells ─────────────────────────────────────────────────────────────────────────────────────

  changed(process: Process): void {
    if (process.state === 'silent') this.#world.arbiter.emit({ type: 'process.silent', detail: `${process.name} has not answered for ${process.silentMs} ms` });
    if (process.listening.length > 0) this.#settle();
    this.#world.changed();
  }

  missed(process: Process): void {
    this.#world.arbiter.emit({ type: 'process.beat', detail: `${process.name} has not answered for ${process.silentMs} ms` });
  }

  accepted(process: Process, connection: number): void {
    this.#world.accepted(process, connection);
  }

  traced(events: Parameters<ProcessOwner['traced']>[0]): void {
    this.#world.traced(events);
  }

  exited(process: Process, ending: Ending): void {
    if (ending.problem) this.#problem = ending.problem;
    // It ran, if it ended by itself, even where the answer to `start` is still on its way by another port.
    if (ending.code !== undefined) this.#loaded = true;
    this.#world.arbiter.emit({ type: 'process.exit', detail: `${process.name}: ${ending.code === undefined ? ending.reason : `exit code ${ending.code}`}` });
    this.#finish(ending);
  }

  // ── ────────────────────────────────────────────────────────────────────────────────────────────────────────────

  async #start(): Promise<void> {
    const { arbiter, host, kernel, client, turns, clock } = this.#world;
    let spawned: SpawnedProcess;
    let libraries: Job['libraries'];
    let python: Job['python'];
    try {
      libraries = await this.#world.during(this.#world.libraries(this.#files));
      python = await this.#world.during(this.#world.python(this.#program.entry, this.#files));
      if (this.#world.room() <= 0) {
        this.#fail(noRoom);
        return;
      }
      spawned = await this.#world.spawn(this.#processName);
    } catch (error) {
      this.#fail(notSpawned(error));
      return;
    }
    if (this.#over) {
      spawned.terminate();
      return;
    }
    const process = new Process({ spawned, host, owner: this, kernel, tracer: client, turns, clock, slowStart: python !== undefined, onSnapshot: python?.snapshot ? undefined : this.#world.keepPython });
    this.#process = process;
    arbiter.emit({ type: 'process.start', detail: process.name });
    this.#world.changed();
    const { entry, args, stdin, locals } = this.#program;
    const outcome = await process.start({ kind: 'script', name: process.name, files: this.#files, entry, args, stdin, libraries, ...seedOf(this.#world), clock: arbiter.clock, ...(python && { python }), ...(locals && { locals }) }).catch((error: unknown): StartOutcome => ({
      ok: false,
      problem: { name: 'Error', message: `The process did not start: ${error instanceof Error ? error.message : String(error)}`, advice: 'Press Run again.' },
    }));
    if (this.#over) return;
    if (!outcome.ok) {
      await process.sync(traceMs);
      arbiter.emit({ type: 'process.exit', detail: `${process.name}: exit code 1` });
      this.#fail(outcome.problem);
      return;
    }
    this.#loaded = true;
    for (const [text, end] of this.#input.splice(0)) process.input(text, end);
    host.timers.after(python ? settlePythonMs : settleMs, () => this.#settle());
    this.#world.changed();
  }

  #fail(problem: LoadProblem): void {
    this.#problem = problem;
    this.#finish({ reason: `${problem.name}: ${problem.message}`, code: 1 });
    this.#process?.kill();
  }

  #finish(ending: Ending): void {
    if (this.#over) return;
    this.#over = true;
    this.#ending = ending;
    this.#settle();
    this.#world.changed();
  }

  #state(): ProgramStatus['state'] {
    if (this.#over) return this.#problem && !this.#loaded ? 'failed' : 'exited';
    if (!this.#process || this.#process.state === 'starting') return 'starting';
    return this.#process.state === 'silent' ? 'silent' : 'running';
  }
}
