import type { Host } from '../host/effects.ts';
import type { Library } from '../rpc/libraries.ts';
import type { Snippet } from '../snippet/schema.ts';
import { failed } from './clients.ts';
import type { LoadPlan, LoadReport } from './load-types.ts';
import type { PythonSource } from './python.ts';
import { Run } from './run.ts';
import type { Machine, MachineEvent, MachineStatus, Outgoing, SendResult, Spawner, WebSocketEvent, WebSocketRequest, WebSocketSession } from './types.ts';
import { closedWebSocket } from './websocket.ts';

/** What a machine is made of. */
export interface MachineOptions {
  readonly spawner: Spawner;
  /** Text of a library, as a module without imports. Called once per run for each that the snippet speaks of. */
  readonly library: (name: Library) => Promise<string>;
  /** Missing: this machine has no Python. */
  readonly python?: PythonSource;
  readonly host: Host;
}

/** A machine that runs nothing yet. */
export function createMachine(options: MachineOptions): Machine {
  return new ProcessMachine(options);
}

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

  run(snippet: Snippet): Promise<MachineStatus> {
    return this.#begin(snippet);
  }

  async stop(): Promise<void> {
    await this.#run?.stop();
  }

  async send(outgoing: Outgoing): Promise<SendResult> {
    return this.#run ? this.#run.send(outgoing) : failed(0, 'stopped', 'Nothing is running.');
  }

  async load(plan: LoadPlan, onProgress: (answered: number) => void = () => {}): Promise<LoadReport> {
    return this.#run ? this.#run.load(plan, onProgress) : { plan, requests: [], ms: 0, processes: [] };
  }

  openWebSocket(request: WebSocketRequest, onEvent: (event: WebSocketEvent) => void): WebSocketSession {
    return this.#run?.openWebSocket(request, onEvent) ?? closedWebSocket(onEvent);
  }

  disconnect(connection: number, how: 'close' | 'reset'): void {
    this.#run?.disconnect(connection, how);
  }

  async start(snippet: Snippet, program: string): Promise<MachineStatus> {
    if (!this.#run || this.#run.over) return this.#begin(snippet, program);
    await this.#run.startProgram(snippet, program);
    return this.#status;
  }

  async end(program: string): Promise<void> {
    await this.#run?.endProgram(program);
  }

  input(program: string, text: string, end = false): void {
    void this.#run?.input(program, text, end);
  }

  interrupt(program: string): void {
    void this.#run?.interrupt(program);
  }

  async reload(snippet: Snippet, program: string): Promise<void> {
    await this.#run?.reload(snippet, program);
  }

  kill(process: string): void {
    this.#run?.killProcess(process);
  }

  subscribe(listener: (event: MachineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #begin(snippet: Snippet, only?: string): Promise<MachineStatus> {
    const before = this.#run;
    const run = new Run(snippet, { ...this.#options, only }, (event) => {
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

  #tell(event: MachineEvent): void {
    if (event.type === 'status') this.#status = event.status;
    for (const listener of [...this.#listeners]) listener(event);
  }
}
