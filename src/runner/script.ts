import type { Host } from '../host/effects.ts';
import type { Problem, ScriptJob } from '../rpc/contract.ts';
import type { SourceSite } from '../trace/events.ts';
import type { Activity } from './activity.ts';
import type { Builtins } from './link.ts';
import { linkProgram, type LinkedProgram } from './link-program.ts';
import type { Platform } from './platform.ts';
import { LoadError } from './problem.ts';
import type { StackReader } from './stacks.ts';
import { ProgramExit } from './standard-streams.ts';
import { programTimers } from './timers.ts';

/** What a script needs. */
export interface ScriptOptions {
  readonly job: ScriptJob;
  readonly host: Host;
  readonly platform: Platform;
  readonly activity: Activity;
  readonly builtins: Builtins;
  readonly stacks: () => StackReader | undefined;
  readonly stderr: (text: string, site: SourceSite | undefined) => void;
  /** It has ended. May be called again, for what goes wrong afterwards. */
  readonly onEnd: (code: number, reason: string, problem?: Problem) => void;
}

/**
 * A module that runs from top to bottom. It has ended when its top level is done and nothing waits any more, when it calls
 * `exit`, or when nobody catches an error: exit code 0, the code, or 1, as in Node.
 */
export class Script {
  readonly #options: ScriptOptions;
  #linked: LinkedProgram | undefined;
  #done = false;

  constructor(options: ScriptOptions) {
    this.#options = options;
  }

  /** Rejects with LoadError. */
  async link(onLinked: (stacks: StackReader) => void): Promise<void> {
    const { job, platform, builtins, activity, host } = this.#options;
    this.#linked = await linkProgram(job, job.entry, platform, builtins, onLinked);
    Object.assign(globalThis, programTimers(host.timers, activity));
  }

  async run(): Promise<void> {
    try {
      await this.#linked!.run();
    } catch (error) {
      this.failed(error, error instanceof Error ? `Uncaught ${this.#options.stacks()?.readable(error) ?? String(error)}` : `Uncaught ${String(error)}`);
      return;
    }
    this.#done = true;
    this.rested();
  }

  /** Nobody caught this. `text`: as it is shown on the standard error. */
  failed(thrown: unknown, text: string): void {
    const { stderr, stacks, onEnd } = this.#options;
    if (thrown instanceof ProgramExit) return;
    const site = thrown instanceof LoadError ? thrown.site : thrown instanceof Error ? stacks()?.site(thrown.stack) : undefined;
    stderr(text, site);
    const problem: Problem = thrown instanceof Error
      ? { name: thrown.name, message: thrown.message, advice: thrown instanceof LoadError ? thrown.advice : '', ...(site && { site }) }
      : { name: 'Error', message: String(thrown), advice: 'Throw an Error, so that it can say where it comes from.' };
    onEnd(1, `${problem.name}: ${problem.message}`, problem);
  }

  /** Nothing waits now; it may be that something is still on its way through the promises. */
  rested(): void {
    const { activity, host, onEnd } = this.#options;
    if (!this.#done) return;
    host.timers.after(0, () => {
      if (activity.idle) onEnd(0, 'done');
    });
  }
}
