import type { Clock, Host } from '../host/effects.ts';
import type { MemoryKernel } from '../net/bsd/memory-kernel.ts';
import type { MemoryNetwork } from '../net/network.ts';
import type { Job } from '../rpc/contract.ts';
import type { Snippet } from '../snippet/schema.ts';
import type { TraceEvent } from '../trace/events.ts';
import type { Tracer } from '../trace/tracer.ts';
import type { Conductor } from './conductor.ts';
import type { Process } from './process.ts';
import type { ProgramStatus } from './program-types.ts';
import type { LoadProblem, SpawnedProcess } from './types.ts';

/** Processes of one machine at most. */
export const maxProcesses = 16;
/** How long Stop lets an app clean up. ms. */
export const graceMs = 100;
/** How long a frame of the trace, or the answer to `send`, waits for what processes have traced so far. ms. */
export const traceMs = 100;

/** What the programs of a run have in common. */
export interface World {
  readonly host: Host;
  /** Set in a replay. */
  readonly turns: Conductor | undefined;
  /** Real time, for limits. */
  readonly clock: Clock;
  /** Seed of the next process; undefined where this is no replay. */
  nextSeed(): number | undefined;
  /** Something that takes real time: in a replay nobody moves meanwhile. */
  during<T>(what: Promise<T>): Promise<T>;
  readonly network: MemoryNetwork;
  readonly kernel: MemoryKernel;
  readonly arbiter: Tracer;
  /** This thread's end of the processes' connections. */
  readonly client: Tracer;
  /** Texts of the libraries that these files speak of. */
  libraries(files: Snippet['files']): Promise<Job['libraries']>;
  /** What to start a Python from, where this entry is one of Python's, with the packages that the files need. */
  python(entry: string, files: Snippet['files']): Promise<Job['python']>;
  /** Keep the memory of a Python that has just started. */
  readonly keepPython?: ((snapshot: ArrayBuffer) => void) | undefined;
  /** Processes that may still be started, those that are being started counted. */
  room(): number;
  /** Start a thread. Rejects when it cannot be started. */
  spawn(name: string): Promise<SpawnedProcess>;
  /** The number of the next worker. */
  nextWorker(): number;
  /** A status has changed. */
  changed(): void;
  accepted(process: Process, connection: number): void;
  traced(events: readonly TraceEvent[]): void;
}

/** A program that was started. It is over for good once it has ended: a new start is a new object. */
export interface RunningProgram {
  readonly name: string;
  readonly status: ProgramStatus;
  /** Interface of its app, once it is loaded. */
  readonly interface?: 'wsgi' | 'asgi' | undefined;
  readonly processes: readonly Process[];
  /** Resolves once it listens, waits for others, or has ended: then the next program may start. */
  readonly settled: Promise<void>;
  start(): void;
  /** The heartbeat of its processes, and what follows from its absence. */
  beat(): void;
  /** Let it finish what it is doing, within {@link graceMs}. It is to be ended then. */
  drain(): Promise<void>;
  /** End it at once. `ending`: why, in a word. */
  end(ending: string): void;
}

/** What is said where a process could not be started at all. */
export const notSpawned = (error: unknown): LoadProblem => ({
  name: error instanceof Error ? error.name : 'Error', message: error instanceof Error ? error.message : String(error),
  advice: error instanceof Error && 'advice' in error && typeof error.advice === 'string' ? error.advice : 'Reload the page, or try again in a moment.',
});

/** What is said where a machine is full. */
export const noRoom: LoadProblem = {
  name: 'Error', message: `A machine has at most ${maxProcesses} processes.`, advice: 'Ask for fewer workers, or end a program first.',
};

/** Member `seed` of a job, in a replay. */
export function seedOf(world: World): { readonly seed?: number } {
  const seed = world.nextSeed();
  return seed === undefined ? {} : { seed };
}
