import type { Host } from '../host/effects.ts';
import { MemoryNetwork, type MemoryListener } from '../net/network.ts';
import { formatAddress, type Address } from '../net/socket.ts';
import type { GatewayJob, StartOutcome } from '../rpc/contract.ts';
import { librariesIn, type Library } from '../rpc/libraries.ts';
import type { Snippet } from '../snippet/schema.ts';
import type { Tracer } from '../trace/tracer.ts';
import { Clients, failed } from './clients.ts';
import { TraceMerger } from './merge.ts';
import { beatMs, Process, type ProcessOwner } from './process.ts';
import type {
  LoadProblem, Machine, MachineEvent, MachineState, MachineStatus, Outgoing, SendResult, SpawnedProcess, Spawner, WebSocketEvent, WebSocketRequest, WebSocketSession,
} from './types.ts';
import { closedWebSocket } from './websocket.ts';

/** What a machine is made of. */
export interface MachineOptions {
  readonly spawner: Spawner;
  /** Text of a library, as a module without imports. Called once per run for each that the snippet speaks of. */
  readonly library: (name: Library) => Promise<string>;
  readonly host: Host;
}

/** A machine that runs nothing yet. */
export function createMachine(options: MachineOptions): Machine {
  return new ProcessMachine(options);
}

/** Where the gateway listens. */
const address: Address = { host: '127.0.0.1', port: 8000 };
const backlog = 128;
/** Processes at most. */
const maxWorkers = 16;
/** How long a process may be silent before it is replaced, unless the snippet says otherwise. gunicorn's default; ms. */
const timeoutMs = 30_000;
/** How long Stop lets an app clean up. ms. */
const graceMs = 100;
/** How long a frame of the trace, or the answer to `send`, waits for what processes have traced so far. ms. */
const traceMs = 100;
/** Processes that may die within {@link deathWindowMs} before they are not replaced any more. */
const maxDeaths = 3;
const deathWindowMs = 10_000;

class ProcessMachine implements Machine {
  readonly #options: MachineOptions;
  readonly #listeners = new Set<(event: MachineEvent) => void>();
  #run: Run | undefined;
  #status: MachineStatus = { state: 'stopped', text: 'Stopped', processes: [] };

  constructor(options: MachineOptions) {
    this.#options = options;
  }

  get status(): MachineStatus {
    return this.#status;
  }

  async run(snippet: Snippet): Promise<MachineStatus> {
    const before = this.#run;
    const run = new Run(snippet, this.#options, (event) => {
      // What a run that was replaced has still to say interests nobody.
      if (run === this.#run) this.#tell(event);
    });
    this.#run = run;
    before?.end();
    run.start();
    // Whoever asked for a run that was replaced meanwhile is told of the one that replaced it.
    for (let latest = run; ; latest = this.#run ?? latest) {
      await latest.settled;
      if (latest === this.#run) return this.#status;
    }
  }

  async stop(): Promise<void> {
    await this.#run?.stop();
  }

  async send(outgoing: Outgoing): Promise<SendResult> {
    return this.#run ? this.#run.send(outgoing) : failed(0, 'stopped', 'Nothing is running.');
  }

  openWebSocket(request: WebSocketRequest, onEvent: (event: WebSocketEvent) => void): WebSocketSession {
    return this.#run?.openWebSocket(request, onEvent) ?? closedWebSocket(onEvent);
  }

  disconnect(connection: number, how: 'close' | 'reset'): void {
    this.#run?.disconnect(connection, how);
  }

  subscribe(listener: (event: MachineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(event: MachineEvent): void {
    if (event.type === 'status') this.#status = event.status;
    for (const listener of [...this.#listeners]) listener(event);
  }
}

/**
 * One run of a snippet, from Run to Stop: its network, its processes, its trace. It is the arbiter: it binds the listening
 * socket, starts the processes that accept from it, watches them, and replaces those that die.
 */
class Run implements ProcessOwner {
  readonly #snippet: Snippet;
  readonly #options: MachineOptions;
  readonly #host: Host;
  readonly #tell: (event: MachineEvent) => void;
  readonly #merger: TraceMerger;
  readonly #arbiter: Tracer;
  readonly #client: Tracer;
  readonly #listener: MemoryListener;
  readonly #clients: Clients;
  readonly #processes = new Map<string, Process>();
  readonly #timeoutMs: number;
  /** Resolves when the run is over, for whoever waits for something that will not come. */
  readonly #ended: Promise<void>;
  #end!: () => void;
  /** Resolves once every process runs, or one has failed or gone silent, or the run is over. */
  readonly settled: Promise<void>;
  #settle!: () => void;
  #libraries: Promise<GatewayJob['libraries']> | undefined;
  #nextName = 1;
  /** Processes of the first batch that do not run yet. */
  #pending = 0;
  #interface: 'wsgi' | 'asgi' | undefined;
  #problem: LoadProblem | undefined;
  #over = false;
  /** When processes died that had been running. ms. */
  #deaths: number[] = [];
  #status = '';

  constructor(snippet: Snippet, options: MachineOptions, tell: (event: MachineEvent) => void) {
    this.#snippet = snippet;
    this.#options = options;
    this.#host = options.host;
    this.#tell = tell;
    this.#merger = new TraceMerger(this.#host, () => this.#gather(), (events) => tell({ type: 'trace', events }));
    this.#arbiter = this.#merger.tracer('arbiter');
    this.#client = this.#merger.tracer('client');
    this.#timeoutMs = snippet.server.timeout === undefined ? timeoutMs : snippet.server.timeout * 1000;
    this.#ended = new Promise((resolve) => (this.#end = resolve));
    this.settled = new Promise((resolve) => (this.#settle = resolve));
    const network = new MemoryNetwork();
    this.#listener = network.bind(address).listen(backlog);
    this.#clients = new Clients(network, address, this.#host, this.#client);
  }

  // ── what the page asks for ─────────────────────────────────────────────────────────────────────────────────────

  start(): void {
    this.#announce();
    this.#arbiter.emit({ type: 'socket.listen', address: formatAddress(address), backlog });
    this.#beatOn();
    const count = Math.min(Math.max(1, Math.trunc(this.#snippet.server.workers ?? 1)), maxWorkers);
    this.#pending = count;
    for (let started = 0; started < count; started += 1) void this.#startProcess(count > 1);
  }

  async send(outgoing: Outgoing): Promise<SendResult> {
    if (!['running', 'silent'].includes(this.#state())) return failed(0, 'stopped', 'Nothing is running.');
    const result = await Promise.race([
      this.#clients.send(outgoing),
      this.#ended.then(() => failed(outgoing.connection ?? 0, 'stopped', 'The server was stopped before it answered.')),
    ]);
    // The answer and its trace come by different ways; whoever has the one wants to see the other.
    await this.#gather();
    this.#merger.flush();
    return result;
  }

  /** Undefined: nothing runs. */
  openWebSocket(request: WebSocketRequest, onEvent: (event: WebSocketEvent) => void): WebSocketSession | undefined {
    return ['running', 'silent'].includes(this.#state()) ? this.#clients.openWebSocket(request, onEvent) : undefined;
  }

  disconnect(connection: number, how: 'close' | 'reset'): void {
    this.#clients.disconnect(connection, how);
  }

  /** In order: apps may clean up for a moment. */
  async stop(): Promise<void> {
    if (this.#over) return;
    const polite = [...this.#processes.values()].filter((process) => process.state === 'running');
    let timer: unknown;
    await Promise.race([
      Promise.allSettled(polite.map((process) => process.stop(graceMs))),
      new Promise<void>((resolve) => (timer = this.#host.timers.after(polite.length > 0 ? graceMs + 50 : 0, resolve))),
      this.#ended,
    ]);
    this.#host.timers.cancel(timer);
    for (const { name } of this.#processes.values()) this.#arbiter.emit({ type: 'process.exit', detail: `${name}: stopped` });
    this.end();
  }

  /** At once. */
  end(): void {
    if (this.#over) return;
    this.#over = true;
    for (const process of this.#processes.values()) process.kill();
    this.#processes.clear();
    // Before the connections go: whoever waits for an answer is to hear that we stopped, not that it was reset.
    this.#end();
    this.#clients.reset('The server was stopped.');
    this.#listener.close();
    this.#announce();
    this.#merger.flush();
  }

  // ── processes ──────────────────────────────────────────────────────────────────────────────────────────────────

  async #startProcess(multiprocess: boolean): Promise<void> {
    const name = `worker-${this.#nextName}`;
    this.#nextName += 1;
    let spawned: SpawnedProcess;
    let libraries: GatewayJob['libraries'];
    try {
      libraries = await (this.#libraries ??= this.#fetchLibraries());
      spawned = await this.#options.spawner.spawn(name);
    } catch (error) {
      this.#fail({ name: 'Error', message: error instanceof Error ? error.message : String(error), advice: 'Reload the page, or try again in a moment.' });
      return;
    }
    if (this.#over) {
      spawned.terminate();
      return;
    }
    const process = new Process({ spawned, host: this.#host, owner: this, listener: this.#listener, tracer: this.#client });
    this.#processes.set(name, process);
    this.#arbiter.emit({ type: 'process.start', detail: name });
    this.#announce();
    const outcome = await process.start(this.#job(name, multiprocess, libraries)).catch((error: unknown): StartOutcome => ({
      ok: false,
      problem: { name: 'Error', message: `The process did not start: ${error instanceof Error ? error.message : String(error)}`, advice: 'Press Run again.' },
    }));
    if (process.state === 'exited') return;
    if (!outcome.ok) {
      await process.sync(traceMs);
      this.#fail(outcome.problem);
      return;
    }
    this.#interface = outcome.interface;
    this.#pending -= 1;
    this.#arbiter.emit({ type: 'process.ready', detail: `${name} (${outcome.interface ?? ''})` });
    this.#announce();
  }

  async #fetchLibraries(): Promise<GatewayJob['libraries']> {
    return Object.fromEntries(await Promise.all(librariesIn(this.#snippet.files).map(async (name) => [name, await this.#options.library(name)] as const)));
  }

  #job(name: string, multiprocess: boolean, libraries: GatewayJob['libraries']): GatewayJob {
    const { files, entry, server } = this.#snippet;
    return { kind: 'gateway', name, files, entry, interface: this.#snippet.interface, server, libraries, address, backlog, multiprocess, clock: this.#arbiter.clock };
  }

  /** It cannot run: no process of it may go on. */
  #fail(problem: LoadProblem): void {
    if (this.#over) return;
    this.#problem = problem;
    this.end();
  }

  changed(process: Process): void {
    if (process.state === 'silent') this.#arbiter.emit({ type: 'process.silent', detail: `${process.name} has not answered for ${process.silentMs} ms` });
    this.#announce();
  }

  exited(process: Process, reason: string): void {
    this.#processes.delete(process.name);
    this.#arbiter.emit({ type: 'process.exit', detail: `${process.name}: ${reason}` });
    this.#replace(reason, this.#processes.size > 0);
  }

  async #gather(): Promise<void> {
    await Promise.all([...this.#processes.values()].map((process) => process.sync(traceMs)));
  }

  traced(events: Parameters<TraceMerger['add']>[0]): void {
    this.#merger.add(events);
  }

  /** Start another one, unless they die faster than that helps, or never got to run. */
  #replace(reason: string, multiprocess: boolean): void {
    const now = this.#host.clock.now();
    this.#deaths = [...this.#deaths.filter((at) => now - at < deathWindowMs), now];
    if (this.#interface === undefined) {
      this.#fail({ name: 'ProcessExit', message: `The process ended while it was loading the app: ${reason}.`, advice: 'Look into the Console for what it said last.' });
    } else if (this.#deaths.length > maxDeaths) {
      this.#fail({ name: 'ProcessExit', message: `${this.#deaths.length} processes have died within ${deathWindowMs / 1000} seconds, the last one because ${reason}.`, advice: 'Look into the Console for what they said last.' });
    } else {
      void this.#startProcess(multiprocess);
      this.#announce();
    }
  }

  /** The heartbeat, and what follows from its absence. */
  #beatOn(): void {
    this.#host.timers.after(beatMs, () => {
      if (this.#over) return;
      for (const process of [...this.#processes.values()]) {
        process.beat();
        if (process.silentMs < this.#timeoutMs || this.#timeoutMs === 0) continue;
        const reason = `silent for ${this.#timeoutMs / 1000} s`;
        this.#arbiter.emit({ type: 'process.kill', detail: `${process.name}: ${reason}` });
        process.kill();
        this.exited(process, reason);
        if (this.#over) return;
      }
      this.#beatOn();
    });
  }

  // ── status ─────────────────────────────────────────────────────────────────────────────────────────────────────

  #state(): MachineState {
    if (this.#over) return this.#problem ? 'failed' : 'stopped';
    const states = [...this.#processes.values()].map((process) => process.state);
    if (states.includes('silent')) return 'silent';
    // At first all have to be there; later, while one is being replaced, the others serve.
    return states.includes('running') && this.#pending <= 0 ? 'running' : 'starting';
  }

  #announce(): void {
    const state = this.#state();
    const status: MachineStatus = {
      state,
      text: this.#text(state),
      ...(this.#interface && { interface: this.#interface }),
      ...(this.#problem && { problem: this.#problem }),
      processes: [...this.#processes.values()].map(({ name, state: its }) => ({ name, state: its })).sort((one, other) => numberOf(one.name) - numberOf(other.name)),
    };
    if (state !== 'starting') this.#settle();
    // The same again is no news.
    const said = JSON.stringify(status);
    if (said === this.#status) return;
    this.#status = said;
    this.#tell({ type: 'status', status });
  }

  #text(state: MachineState): string {
    switch (state) {
      case 'stopped': return 'Stopped';
      case 'starting': return 'Starting…';
      case 'running': return `Listening at http://${formatAddress(address)} (${this.#interface})`;
      case 'silent': {
        const silent = [...this.#processes.values()].filter((process) => process.state === 'silent').map((process) => process.name);
        return `Not responding: ${silent.join(', ')}. Is there an endless loop? Stop or Run ends it.`;
      }
      case 'failed': {
        const { site, message } = this.#problem!;
        return `Failed${site ? ` at ${site.file}:${site.line}${site.column === undefined ? '' : `:${site.column}`}` : ''}: ${message}`;
      }
    }
  }
}

/** `worker-12` is number 12. */
const numberOf = (name: string): number => Number(name.slice(name.lastIndexOf('-') + 1));
