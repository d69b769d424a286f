import type { Clock, Host, Timers } from '../host/effects.ts';
import { seededRandom } from '../host/seeded.ts';
import { MemoryKernel } from '../net/bsd/memory-kernel.ts';
import { MemoryNetwork } from '../net/network.ts';
import { shapeSocket } from '../net/shaping.ts';
import type { Address, DuplexSocket } from '../net/socket.ts';
import type { Job } from '../rpc/contract.ts';
import { librariesIn, type Library } from '../rpc/libraries.ts';
import { programsOf, type GatewayProgram, type Program } from '../snippet/programs.ts';
import type { Snippet, SnippetPackage } from '../snippet/schema.ts';
import type { TraceEvent } from '../trace/events.ts';
import type { Tracer } from '../trace/tracer.ts';
import { Clients, failed } from './clients.ts';
import { Conductor } from './conductor.ts';
import { Gateway } from './gateway.ts';
import { Burst } from './load.ts';
import type { LoadPlan, LoadReport } from './load-types.ts';
import { TraceMerger } from './merge.ts';
import { shapeOf } from './network-shape.ts';
import { beatMs, type Process } from './process.ts';
import { fetchPython, pinsOf, type PythonSource } from './python.ts';
import type { ProgramStatus } from './program-types.ts';
import { ScriptRun } from './script.ts';
import type { LoadProblem, MachineEvent, MachineState, MachineStatus, Outgoing, SendResult, SpawnedProcess, Spawner, WebSocketEvent, WebSocketRequest, WebSocketSession } from './types.ts';
import { maxProcesses, traceMs, type RunningProgram, type World } from './world.ts';

/** What a run is made of. */
export interface RunOptions {
  readonly spawner: Spawner;
  readonly host: Host;
  /** Text of a library, as a module without imports. Called once per run for each that the snippet speaks of. */
  readonly library: (name: Library) => Promise<string>;
  /** Missing: there is no Python. */
  readonly python?: PythonSource | undefined;
  /** Only this program is started. */
  readonly only?: string | undefined;
}

const host = '127.0.0.1';
/** Where the first gateway listens, and where requests of the page go. */
const firstPort = 8000;

/** One run of a snippet, from Run to Stop: its network, its programs, its trace. */
export class Run implements World {
  readonly host: Host;
  readonly #spawner: Spawner;
  #spawning = 0;
  readonly turns: Conductor | undefined;
  readonly clock: Clock;
  readonly #real: Host;
  readonly #seed: number;
  readonly network: MemoryNetwork;
  readonly kernel: MemoryKernel;
  readonly arbiter: Tracer;
  readonly client: Tracer;
  /** Resolves once nothing is being started any more, or the run is over. */
  readonly settled: Promise<void>;
  #settle!: () => void;
  readonly #library: RunOptions['library'];
  readonly #pythons: PythonSource | undefined;
  /** Of the snippet, until this run has found out better. */
  #pins: readonly SnippetPackage[];
  /** Packages have been told of. */
  #packagesTold = false;
  /** What is being done before it runs. */
  #step = 'Starting…';
  readonly #libraries = new Map<Library, Promise<string>>();
  readonly #tell: (event: MachineEvent) => void;
  readonly #merger: TraceMerger;
  readonly #clients: Clients;
  /** In the order of the snippet; a program that has not been started yet has its plan only. */
  #plans: readonly Program[];
  #files: Snippet['files'];
  readonly #programs = new Map<string, RunningProgram>();
  /** Names of processes that programs had before they were started again. */
  readonly #names = new Map<string, string[]>();
  readonly #bursts = new Set<Burst>();
  /** Resolves when the run is over, for whoever waits for something that will not come. */
  readonly #ended: Promise<void>;
  #end!: () => void;
  #waiting: Set<string>;
  #workers = 0;
  #processesStarted = 0;
  /** Every program has been started, and listens if it does so soon. */
  #booted = false;
  #over = false;
  #problem: LoadProblem | undefined;
  #interface: 'wsgi' | 'asgi' | undefined;
  #status = '';

  constructor(snippet: Snippet, { spawner, host: effects, library, python, only }: RunOptions, tell: (event: MachineEvent) => void) {
    this.#plans = programsOf(snippet);
    this.#files = snippet.files;
    this.#pins = snippet.packages ?? [];
    this.#waiting = new Set(this.#plans.map(({ name }) => name).filter((name) => only === undefined || name === only));
    this.#seed = snippet.network.seed ?? 1;
    this.turns = snippet.replay ? new Conductor(this.#seed, effects.timers, () => this.#merger.flush()) : undefined;
    this.host = this.turns?.host ?? effects;
    this.#real = effects;
    this.clock = effects.clock;
    this.#spawner = spawner;
    this.#library = library;
    this.#pythons = python;
    this.#tell = tell;
    this.#merger = new TraceMerger(this.turns ? { ...this.host, timers: never } : effects, () => this.#gather(), (events) => tell({ type: 'trace', events }));
    this.arbiter = this.#merger.tracer('arbiter');
    this.client = this.#merger.tracer('client');
    this.#ended = new Promise((resolve) => (this.#end = resolve));
    this.settled = new Promise((resolve) => (this.#settle = resolve));
    this.network = new MemoryNetwork({ clock: this.host.clock, shape: (socket) => this.#shape(socket, snippet) });
    this.kernel = new MemoryKernel(this.network, this.host.timers);
    this.#clients = new Clients(this.network, { host, port: firstPort }, this.host, this.client);
  }

  /** It was stopped, or could not go on. */
  get over(): boolean {
    return this.#over;
  }

  // ── what the page asks for ─────────────────────────────────────────────────────────────────────────────────────

  start(): void {
    this.changed();
    this.#beatOn();
    void this.#startWaiting();
  }

  async send(outgoing: Outgoing): Promise<SendResult> {
    if (!this.#up) return failed(0, 'stopped', 'Nothing is running.');
    // In a replay, inputs from outside wait until everything is at rest; what comes of them is not told before it is all there.
    await this.turns?.rest();
    const result = await Promise.race([
      this.#clients.send(outgoing),
      this.#ended.then(() => failed(outgoing.connection ?? 0, 'stopped', 'The server was stopped before it answered.')),
    ]);
    // The answer and its trace come by different ways; whoever has the one wants to see the other.
    await this.turns?.rest();
    await this.#gather();
    this.#merger.flush();
    return result;
  }

  /** Undefined: nothing runs. */
  openWebSocket(request: WebSocketRequest, onEvent: (event: WebSocketEvent) => void): WebSocketSession | undefined {
    return this.#up ? this.#clients.openWebSocket(request, onEvent) : undefined;
  }

  async load(plan: LoadPlan, onProgress: (answered: number) => void): Promise<LoadReport> {
    const burst = new Burst(plan, { network: this.network, address: { host, port: firstPort }, host: this.host, tracer: this.client, onProgress });
    if (!this.#up) return burst.report([]);
    this.#bursts.add(burst);
    await this.turns?.rest();
    const processes = new Set(this.#processes().map(({ name }) => name));
    await Promise.race([burst.run(), this.#ended]);
    for (const { name } of this.#processes()) processes.add(name);
    await this.#gather();
    this.#merger.flush();
    this.#bursts.delete(burst);
    return burst.report([...processes]);
  }

  disconnect(connection: number, how: 'close' | 'reset'): void {
    if (!this.#clients.disconnect(connection, how)) this.network.cut(connection);
  }

  /** Start a program, with the files as they are now. */
  async startProgram(snippet: Snippet, name: string): Promise<void> {
    const plan = programsOf(snippet).find((program) => program.name === name);
    if (!plan || this.#over) return;
    this.#files = snippet.files;
    this.#pins = snippet.packages ?? [];
    this.#plans = this.#plans.some((program) => program.name === name) ? this.#plans.map((program) => (program.name === name ? plan : program)) : [...this.#plans, plan];
    this.#programs.get(name)?.end('stopped');
    await this.#begin(plan).settled;
  }

  async endProgram(name: string): Promise<void> {
    const program = this.#programs.get(name);
    this.#waiting.delete(name);
    await program?.drain();
    program?.end('stopped');
  }

  async input(name: string, text: string, end: boolean): Promise<void> {
    await this.turns?.rest();
    const program = this.#programs.get(name);
    if (program instanceof ScriptRun) program.input(text, end);
  }

  async interrupt(name: string): Promise<void> {
    const program = this.#programs.get(name);
    if (!(program instanceof ScriptRun)) return this.endProgram(name);
    await this.turns?.rest();
    program.interrupt();
  }

  async reload(snippet: Snippet, name: string): Promise<void> {
    const plan = programsOf(snippet).find((program) => program.name === name);
    const program = this.#programs.get(name);
    if (program instanceof Gateway && plan?.kind === 'gateway') await program.reload(plan, snippet.files);
  }

  killProcess(name: string): void {
    for (const program of this.#programs.values()) {
      const process = program.processes.find((each) => each.name === name);
      if (!process) continue;
      this.arbiter.emit({ type: 'process.kill', detail: `${name}: by hand` });
      process.kill();
      (program as Gateway | ScriptRun).exited(process, { reason: 'killed' });
      return;
    }
  }

  /** In order: apps may clean up for a moment. */
  async stop(): Promise<void> {
    if (this.#over) return;
    this.#waiting.clear();
    await Promise.race([Promise.all([...this.#programs.values()].map((program) => program.drain())), this.#ended]);
    this.end();
  }

  /** At once. */
  end(): void {
    if (this.#over) return;
    this.#over = true;
    // Before the connections go: whoever waits for an answer is to hear that we stopped, not that it was reset.
    this.#end();
    for (const program of this.#programs.values()) program.end('stopped');
    for (const burst of this.#bursts) burst.stop();
    this.turns?.end();
    this.#clients.reset('The server was stopped.');
    this.changed();
    this.#merger.flush();
  }

  // ── what its programs need ─────────────────────────────────────────────────────────────────────────────────────

  async libraries(files: Snippet['files']): Promise<Job['libraries']> {
    const texts = librariesIn(files).map(async (name) => {
      const text = this.#libraries.get(name) ?? this.#library(name);
      this.#libraries.set(name, text);
      return [name, await text] as const;
    });
    return Object.fromEntries(await Promise.all(texts));
  }

  nextSeed(): number | undefined {
    if (!this.turns) return undefined;
    this.#processesStarted += 1;
    return this.#seed * 104_729 + this.#processesStarted;
  }

  during<T>(what: Promise<T>): Promise<T> {
    return this.turns ? this.turns.during(what) : what;
  }

  async python(entry: string, files: Snippet['files']): Promise<Job['python']> {
    const python = await fetchPython(this.#pythons, entry, files, this.#pins, (text) => {
      this.#step = text;
      this.changed();
    });
    if (python) this.#tellPackages(pinsOf(python.packages ?? []));
    return python;
  }

  /** Which versions these are: once per run, and once more where they are others. */
  #tellPackages(packages: readonly SnippetPackage[]): void {
    const same = JSON.stringify(packages) === JSON.stringify(this.#pins);
    if (this.#over || (same && this.#packagesTold) || (packages.length === 0 && this.#pins.length === 0)) return;
    this.#packagesTold = true;
    this.#pins = packages;
    if (packages.length > 0) this.arbiter.emit({ type: 'log', connection: 0, exchange: 0, source: 'server', level: 'info', text: `Packages: ${packages.map(({ name, version }) => `${name} ${version}`).join(', ')}.` });
    this.#tell({ type: 'packages', packages });
  }

  get keepPython(): World['keepPython'] {
    return this.#pythons?.keep;
  }

  room(): number {
    return maxProcesses - this.#processes().length - this.#spawning;
  }

  async spawn(name: string): Promise<SpawnedProcess> {
    this.#spawning += 1;
    try {
      return await this.during(this.#spawner.spawn(name));
    } finally {
      this.#spawning -= 1;
    }
  }

  nextWorker(): number {
    this.#workers += 1;
    return this.#workers;
  }

  changed(): void {
    const problem = [...this.#programs.values()].find((program) => program instanceof Gateway && program.status.state === 'failed');
    if (problem && !this.#over) {
      // A gateway that cannot run is why anybody pressed Run: nothing else goes on without it.
      this.#problem = problem.status.problem;
      this.end();
      return;
    }
    for (const program of this.#programs.values()) this.#interface ??= program.interface;
    const state = this.#state();
    const programs = this.#programStatuses();
    const status: MachineStatus = {
      state,
      text: this.#text(state, programs),
      ...(this.#interface && { interface: this.#interface }),
      ...(this.#problem && { problem: this.#problem }),
      processes: this.#processes().map(({ name, state: its }) => ({ name, state: its })).sort((one, other) => byNumber(one.name, other.name)),
      programs,
    };
    if (state !== 'starting') this.#settle();
    // The same again is no news.
    const said = JSON.stringify(status);
    if (said === this.#status) return;
    this.#status = said;
    this.#tell({ type: 'status', status });
  }

  accepted(process: Process, connection: number): void {
    for (const burst of this.#bursts) burst.accepted(connection, process.name);
  }

  traced(events: readonly TraceEvent[]): void {
    for (const burst of this.#bursts) burst.traced(events);
    this.#merger.add(events);
  }

  // ── ────────────────────────────────────────────────────────────────────────────────────────────────────────────

  get #up(): boolean {
    return !this.#over && ['running', 'silent'].includes(this.#state());
  }

  /** One after the other: a client must find its server listening. */
  async #startWaiting(): Promise<void> {
    for (const plan of this.#plans) {
      if (this.#over || !this.#waiting.delete(plan.name)) continue;
      await this.#begin(plan).settled;
    }
    this.#booted = true;
    if (!this.#over) this.changed();
  }

  #begin(plan: Program): RunningProgram {
    const had = this.#programs.get(plan.name)?.status.names ?? [];
    const names = [...(this.#names.get(plan.name) ?? []), ...had].slice(-64);
    this.#names.set(plan.name, names);
    const program = plan.kind === 'gateway'
      ? new Gateway(plan, this.#files, this.#addressOf(plan), this)
      : new ScriptRun(plan, this.#files, names.length === 0 && !isTaken(plan.name) ? plan.name : `${plan.name}-${names.length + 1}`, this);
    this.#programs.set(plan.name, program);
    program.start();
    this.changed();
    return program;
  }

  #addressOf(plan: GatewayProgram): Address {
    const gateways = this.#plans.filter((program) => program.kind === 'gateway');
    const { port = firstPort + gateways.indexOf(plan) } = plan;
    return { host, port };
  }

  #shape(socket: DuplexSocket, snippet: Snippet): DuplexSocket {
    const shape = shapeOf(snippet.network);
    if (!shape) return socket;
    // Each connection has its own row of random numbers: what happens on another does not change what happens on this one.
    const random = seededRandom((snippet.network.seed ?? 1) * 7919 + socket.id);
    return shapeSocket(socket, shape, { ...this.host, random });
  }

  #processes(): Process[] {
    return [...this.#programs.values()].flatMap((program) => program.processes);
  }

  async #gather(): Promise<void> {
    await Promise.all(this.#processes().map((process) => process.sync(traceMs)));
  }

  #beatOn(): void {
    this.#real.timers.after(beatMs, () => {
      if (this.#over) return;
      for (const program of [...this.#programs.values()]) {
        program.beat();
        if (this.#over) return;
      }
      this.#beatOn();
    });
  }

  // ── status ─────────────────────────────────────────────────────────────────────────────────────────────────────

  #programStatuses(): ProgramStatus[] {
    return this.#plans.map((plan) => {
      const program = this.#programs.get(plan.name);
      const before = this.#names.get(plan.name) ?? [];
      if (program) return { ...program.status, names: [...before, ...program.status.names] };
      return { name: plan.name, kind: plan.kind, state: this.#waiting.has(plan.name) && !this.#over ? 'waiting' : 'exited', listening: [], processes: [], names: [] };
    });
  }

  #state(): MachineState {
    if (this.#over) return this.#problem ? 'failed' : 'stopped';
    const states = [...this.#programs.values()].map((program) => program.status.state);
    if (states.includes('silent')) return 'silent';
    if (!this.#booted || states.includes('starting')) return 'starting';
    return states.includes('running') ? 'running' : 'stopped';
  }

  #text(state: MachineState, programs: readonly ProgramStatus[]): string {
    switch (state) {
      case 'stopped': return this.#over ? 'Stopped' : endings(programs);
      case 'starting': return this.#step;
      case 'running': {
        const listening = programs.flatMap((program) => program.listening);
        if (this.#interface && programs.length === 1) return `Listening at http://${listening[0]} (${this.#interface})`;
        const names = programs.filter((program) => program.state === 'running').map((program) => program.name);
        return listening.length === 0 ? names.join(', ') : `Listening at ${listening.join(', ')} (${names.join(', ')})`;
      }
      case 'silent': {
        const silent = this.#processes().filter((process) => process.state === 'silent').map((process) => process.name);
        return `Not responding: ${silent.join(', ')}. Is there an endless loop? Stop or Run ends it.`;
      }
      case 'failed': {
        const { site, message } = this.#problem!;
        return `Failed${site ? ` at ${site.file}:${site.line}${site.column === undefined ? '' : `:${site.column}`}` : ''}: ${message}`;
      }
    }
  }
}

/** Somebody else tells the trace under this name. */
const isTaken = (name: string): boolean => name === 'client' || name === 'arbiter' || /^worker-\d+$/.test(name);

/** In a replay the trace is given out after each turn. */
const never: Timers = { after: () => undefined, cancel() {} };

/** Every program has ended. */
function endings(programs: readonly ProgramStatus[]): string {
  const bad = programs.filter((program) => (program.exitCode ?? 0) !== 0);
  if (bad.length === 0) return 'Every program has ended';
  return `Ended: ${bad.map((program) => `${program.name} with exit code ${program.exitCode}`).join(', ')}`;
}

/** `worker-12` comes after `worker-2`. */
const byNumber = (one: string, other: string): number => one.localeCompare(other, 'en', { numeric: true });

