import type { MemoryListener } from '../net/network.ts';
import { formatAddress, SocketError, type Address } from '../net/socket.ts';
import type { GatewayJob, StartOutcome } from '../rpc/contract.ts';
import type { GatewayProgram } from '../snippet/programs.ts';
import type { Snippet } from '../snippet/schema.ts';
import { Process, type Ending, type ProcessOwner } from './process.ts';
import type { ProgramStatus } from './program-types.ts';
import type { LoadProblem, SpawnedProcess } from './types.ts';
import { graceMs, noRoom, notSpawned, seedOf, traceMs, type RunningProgram, type World } from './world.ts';

/** Connections that may wait for accept. */
const backlog = 128;
/** How long a process may be silent before it is replaced, unless the snippet says otherwise. gunicorn's default; ms. */
const timeoutMs = 30_000;
/** How long a worker that is replaced may finish what it has. Nobody waits for it. ms. */
const retireMs = 5000;
/** Processes that may die within {@link deathWindowMs} before they are not replaced any more. */
const maxDeaths = 3;
const deathWindowMs = 10_000;

/** What its workers are made of. */
interface Generation {
  readonly number: number;
  readonly program: GatewayProgram;
  readonly files: Snippet['files'];
}

/**
 * The arbiter of a gateway: binds the listening socket, starts the processes that accept from it, watches them, and
 * replaces those that die.
 */
export class Gateway implements RunningProgram, ProcessOwner {
  readonly name: string;
  readonly #world: World;
  readonly #address: Address;
  readonly #processes = new Map<string, Process>();
  readonly #names: string[] = [];
  readonly settled: Promise<void>;
  #settle!: () => void;
  #generation: Generation;
  /** Which generation each process belongs to. */
  readonly #generations = new Map<string, number>();
  #listener: MemoryListener | undefined;
  /** Processes of the first batch that do not run yet. */
  #pending = 0;
  #interface: 'wsgi' | 'asgi' | undefined;
  #problem: LoadProblem | undefined;
  #ending: string | undefined;
  /** When processes died that had been running. ms. */
  #deaths: number[] = [];
  /** A reload is under way: how it ends. */
  #reloading: { readonly done: () => void; readonly before: Generation } | undefined;

  constructor(program: GatewayProgram, files: Snippet['files'], address: Address, world: World) {
    this.name = program.name;
    this.#generation = { number: 1, program, files };
    this.#address = address;
    this.#world = world;
    this.settled = new Promise((resolve) => (this.#settle = resolve));
  }

  get processes(): readonly Process[] {
    return [...this.#processes.values()];
  }

  get interface(): 'wsgi' | 'asgi' | undefined {
    return this.#interface;
  }

  get status(): ProgramStatus {
    return {
      name: this.name, kind: 'gateway', state: this.#state(), listening: this.#listener ? [formatAddress(this.#address)] : [],
      processes: [...this.#processes.keys()], names: [...this.#names],
      ...(this.#ending !== undefined && { ending: this.#ending }), ...(this.#problem && { problem: this.#problem }),
    };
  }

  start(): void {
    try {
      this.#listener = this.#world.network.bind(this.#address, { reuseAddress: true }).listen(backlog);
    } catch (error) {
      if (!(error instanceof SocketError)) throw error;
      this.#fail({ name: error.name, message: error.message, advice: `End whoever listens at ${formatAddress(this.#address)} first.` });
      return;
    }
    this.#world.arbiter.emit({ type: 'socket.listen', address: formatAddress(this.#address), backlog });
    const count = this.#count();
    this.#pending = count;
    void this.#startProcesses(count);
  }

  /** At once; in a replay one after the other, since nobody knows which thread would be up first. */
  async #startProcesses(count: number): Promise<void> {
    for (let started = 0; started < count && this.#ending === undefined; started += 1) {
      const ready = this.#startProcess(count > 1);
      if (this.#world.turns) await ready;
    }
  }

  /** HUP: new workers first, then the old ones go when they have answered what they have. Resolves when they are gone, or the new ones do not start. */
  reload(program: GatewayProgram, files: Snippet['files']): Promise<void> {
    if (this.#ending !== undefined || this.#reloading) return Promise.resolve();
    return new Promise((done) => {
      this.#reloading = { done, before: this.#generation };
      this.#generation = { number: this.#generation.number + 1, program, files };
      this.#world.arbiter.emit({ type: 'process.reload', detail: `${this.name}: new workers are started, then the old ones end` });
      const count = this.#count();
      void this.#startProcesses(count);
    });
  }

  beat(): void {
    const limit = this.#timeoutMs();
    for (const process of this.processes) {
      process.beat();
      if (process.silentMs < limit || limit === 0) continue;
      const reason = `silent for ${limit / 1000} s`;
      this.#world.arbiter.emit({ type: 'process.kill', detail: `${process.name}: ${reason}` });
      process.kill();
      this.exited(process, { reason });
      if (this.#ending !== undefined) return;
    }
  }

  async drain(): Promise<void> {
    const { host } = this.#world;
    // In a replay it ends where it stands: how long an app takes to clean up is real time.
    if (this.#world.turns) return;
    const polite = this.processes.filter((process) => process.state === 'running');
    let timer: unknown;
    await Promise.race([
      Promise.allSettled(polite.map((process) => process.stop(graceMs))),
      new Promise<void>((resolve) => (timer = host.timers.after(polite.length > 0 ? graceMs + 50 : 0, resolve))),
    ]);
    host.timers.cancel(timer);
  }

  end(ending: string): void {
    if (this.#ending !== undefined) return;
    this.#ending = ending;
    for (const process of this.#processes.values()) {
      process.kill();
      if (!this.#problem) this.#world.arbiter.emit({ type: 'process.exit', detail: `${process.name}: ${ending}` });
    }
    this.#processes.clear();
    this.#listener?.close();
    this.#listener = undefined;
    this.#reloading?.done();
    this.#settle();
    this.#world.changed();
  }

  // ── what its processes tell ────────────────────────────────────────────────────────────────────────────────────

  changed(process: Process): void {
    if (process.state === 'silent') this.#world.arbiter.emit({ type: 'process.silent', detail: `${process.name} has not answered for ${process.silentMs} ms` });
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

  exited(process: Process, { reason }: Ending): void {
    this.#processes.delete(process.name);
    this.#world.arbiter.emit({ type: 'process.exit', detail: `${process.name}: ${reason}` });
    const old = this.#generations.get(process.name)! < this.#generation.number;
    // One that was to be replaced anyway.
    if (old && this.#reloading) this.#world.changed();
    else this.#replace(reason, this.#processes.size > 0);
  }

  // ── processes ──────────────────────────────────────────────────────────────────────────────────────────────────

  #count(): number {
    return Math.max(1, Math.trunc(this.#generation.program.server.workers ?? 1));
  }

  #timeoutMs(): number {
    const { timeout } = this.#generation.program.server;
    return timeout === undefined ? timeoutMs : timeout * 1000;
  }

  async #startProcess(multiprocess: boolean): Promise<void> {
    const { arbiter, host, kernel, client, turns, clock } = this.#world;
    const generation = this.#generation;
    const name = `worker-${this.#world.nextWorker()}`;
    let spawned: SpawnedProcess;
    let libraries: GatewayJob['libraries'];
    let python: GatewayJob['python'];
    try {
      libraries = await this.#world.during(this.#world.libraries(generation.files));
      python = await this.#world.during(this.#world.python(generation.program.entry, generation.files));
      if (this.#world.room() <= 0) {
        this.#fail(noRoom, generation);
        return;
      }
      spawned = await this.#world.spawn(name);
    } catch (error) {
      this.#fail(notSpawned(error), generation);
      return;
    }
    if (this.#ending !== undefined || generation !== this.#generation) {
      spawned.terminate();
      return;
    }
    const process = new Process({
      spawned, host, owner: this, listener: this.#listener, kernel, tracer: client, turns, clock,
      slowStart: python !== undefined, onSnapshot: python?.snapshot ? undefined : this.#world.keepPython,
    });
    this.#processes.set(name, process);
    this.#generations.set(name, generation.number);
    this.#names.push(name);
    arbiter.emit({ type: 'process.start', detail: name });
    this.#world.changed();
    const outcome = await process.start({ ...this.#job(generation, name, multiprocess, libraries), ...(python && { python }) }).catch((error: unknown): StartOutcome => ({
      ok: false,
      problem: { name: 'Error', message: `The process did not start: ${error instanceof Error ? error.message : String(error)}`, advice: 'Press Run again.' },
    }));
    if (process.state === 'exited') return;
    if (!outcome.ok) {
      await process.sync(traceMs);
      this.#fail(outcome.problem, generation);
      return;
    }
    this.#interface = outcome.interface;
    this.#pending -= 1;
    arbiter.emit({ type: 'process.ready', detail: `${name} (${outcome.interface})` });
    if (this.#reloading) this.#finishReload();
    if (this.#pending <= 0) this.#settle();
    this.#world.changed();
  }

  #job({ program, files }: Generation, name: string, multiprocess: boolean, libraries: GatewayJob['libraries']): GatewayJob {
    const { entry, server } = program;
    return { kind: 'gateway', name, files, entry, interface: program.interface, server, libraries, address: this.#address, backlog, multiprocess, ...seedOf(this.#world), clock: this.#world.arbiter.clock };
  }

  /** All new workers run: the old ones may go. */
  #finishReload(): void {
    const { number } = this.#generation;
    const young = this.processes.filter((process) => this.#generations.get(process.name) === number);
    if (young.length < this.#count() || young.some((process) => process.state !== 'running')) return;
    const { done } = this.#reloading!;
    this.#reloading = undefined;
    const old = this.processes.filter((process) => !young.includes(process));
    void Promise.all(old.map((process) => this.#retire(process))).then(done);
  }

  async #retire(process: Process): Promise<void> {
    const { host, arbiter } = this.#world;
    let timer: unknown;
    await Promise.race([
      process.state === 'running' ? process.stop(retireMs).catch(() => {}) : undefined,
      new Promise<void>((resolve) => (timer = host.timers.after(retireMs + 50, resolve))),
    ]);
    host.timers.cancel(timer);
    if (!this.#processes.delete(process.name)) return;
    process.kill();
    arbiter.emit({ type: 'process.exit', detail: `${process.name}: replaced` });
    this.#world.changed();
  }

  /** It cannot run: no process of it may go on. Where a reload fails, what ran before does. */
  #fail(problem: LoadProblem, generation?: Generation): void {
    if (this.#ending !== undefined) return;
    if (this.#reloading && generation === this.#generation) {
      for (const process of this.processes) {
        if (this.#generations.get(process.name) !== generation.number) continue;
        this.#processes.delete(process.name);
        process.kill();
      }
      const { done, before } = this.#reloading;
      this.#reloading = undefined;
      this.#generation = before;
      const place = problem.site ? ` at ${problem.site.file}:${problem.site.line}` : '';
      this.#world.arbiter.emit({ type: 'log', connection: 0, exchange: 0, source: 'server', level: 'error', text: `${this.name} was not reloaded: ${problem.name}${place}: ${problem.message}`, ...(problem.site && { site: problem.site }) });
      this.#world.changed();
      done();
      return;
    }
    this.#problem = problem;
    this.end('failed');
  }

  /** Start another one, unless they die faster than that helps, or never got to run. */
  #replace(reason: string, multiprocess: boolean): void {
    const now = this.#world.host.clock.now();
    this.#deaths = [...this.#deaths.filter((at) => now - at < deathWindowMs), now];
    if (this.#interface === undefined) {
      this.#fail({ name: 'ProcessExit', message: `The process ended while it was loading the app: ${reason}.`, advice: 'Look into the Console for what it said last.' });
    } else if (this.#deaths.length > maxDeaths) {
      this.#fail({ name: 'ProcessExit', message: `${this.#deaths.length} processes have died within ${deathWindowMs / 1000} seconds, the last one because ${reason}.`, advice: 'Look into the Console for what they said last.' });
    } else {
      void this.#startProcess(multiprocess);
      this.#world.changed();
    }
  }

  #state(): ProgramStatus['state'] {
    if (this.#ending !== undefined) return this.#problem ? 'failed' : 'exited';
    const states = this.processes.map((process) => process.state);
    if (states.includes('silent')) return 'silent';
    // At first all have to be there; later, while one is being replaced, the others serve.
    return states.includes('running') && this.#pending <= 0 ? 'running' : 'starting';
  }
}
