/** What the page can ask about the programs of a snippet. Types only. */
import type { Snippet } from '../snippet/schema.ts';
import type { LoadProblem, MachineStatus } from './types.ts';

export type ProgramState =
  | 'waiting' // for the program before it
  | 'starting' // a process boots and loads it
  | 'running'
  | 'silent' // one of its processes does not answer its heartbeat
  | 'exited' // it has ended, or was ended
  | 'failed'; // it could not be loaded

/** One program of the snippet that runs. */
export interface ProgramStatus {
  readonly name: string;
  readonly kind: 'gateway' | 'script';
  readonly state: ProgramState;
  /** Exit code, once it has ended by itself. */
  readonly exitCode?: number;
  /** How it ended, in words: `done`, `stopped`, `Error: …`. */
  readonly ending?: string;
  readonly problem?: LoadProblem;
  /** Where it listens: `127.0.0.1:8000`. */
  readonly listening: readonly string[];
  /** Processes that it has now. */
  readonly processes: readonly string[];
  /** Every process that it has had in this run, oldest first: whose trace is its trace. */
  readonly names: readonly string[];
}

/** Control of single programs and processes. */
export interface ProgramControl {
  /** Start a program of this snippet (again). Where nothing runs, it runs alone. Resolves once it runs, waits, or has ended. */
  start(snippet: Snippet, program: string): Promise<MachineStatus>;
  /** End a program. */
  end(program: string): Promise<void>;
  /** Give a script more of its standard input; `end`: and there will be no more. */
  input(program: string, text: string, end?: boolean): void;
  /** Ctrl-C. A script in Python gets KeyboardInterrupt, and may go on; other programs end. */
  interrupt(program: string): void;
  /** Replace the workers of a gateway by new ones with the files of this snippet, without refusing a connection (HUP). Resolves when the old ones are gone. */
  reload(snippet: Snippet, program: string): Promise<void>;
  /** Kill one process (KILL). Its arbiter, if it has one, will start another. */
  kill(process: string): void;
}
