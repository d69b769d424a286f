/** Scripts: files that run from top to bottom, with blocking sockets over the network of the machine. */
import type { Python } from './boot.ts';
import type { OutputListener, ScriptModule } from './bridge.ts';
import { placeInTraceback, readPlace } from './place.ts';
import { SocketFiles, type SocketFilesOptions } from './sockets.ts';
import type { SourceSite } from '../trace/events.ts';

/** How a script ended. */
export interface ScriptOutcome {
  /** Exit code, 0 to 255. */
  readonly code: number;
  /** The exception that nobody caught. */
  readonly problem?: { readonly name: string; readonly message: string; readonly site: SourceSite | undefined };
}

/** Where stacks cannot be suspended, nothing can block. */
export const canSwitchStacks = (): boolean => 'Suspending' in WebAssembly || 'Suspender' in WebAssembly;

/** A Python that runs one script. `root`: folder in its file system that the user's files are below. */
export class PythonProgram {
  readonly #files: SocketFiles;
  readonly #module: ScriptModule;
  readonly #root: string;

  constructor({ pyodide, bridge }: Python, root: string, options: SocketFilesOptions, written: OutputListener) {
    this.#root = root;
    this.#files = new SocketFiles(pyodide, options);
    pyodide.setInterruptBuffer(options.stacks.signals);
    const lines = new Lines((source, text, site, partial) => {
      // A traceback that was printed points to where the error came from, not to where it was printed.
      written(source, text, placeInTraceback(text) ?? site, partial);
    });
    this.#module = bridge.scripts(this.#files, lines.write, root);
  }

  /** Run a file of the root to its end, and close what it has left open. */
  async run(file: string, args: readonly string[]): Promise<ScriptOutcome> {
    try {
      const { code, problem } = JSON.parse(await this.#module.run.callPromising(this.#root, file, args)) as { readonly code: number; readonly problem?: Told };
      return { code, ...(problem && { problem: { name: problem.name, message: problem.message, site: readPlace(problem.place ?? undefined) } }) };
    } finally {
      this.#files.closeAll();
    }
  }

  /** SIGINT. */
  interrupt(): void {
    this.#files.stacks.interrupt();
  }
}

interface Told { readonly name: string; readonly message: string; readonly place: string | null }

/** Puts together what a program writes in pieces without waiting in between, such as `print("two\nlines")`: the second line, and its end. */
class Lines {
  readonly #written: OutputListener;
  #held: { readonly source: 'stdout' | 'stderr'; readonly text: string; readonly site: SourceSite | undefined } | undefined;

  constructor(written: OutputListener) {
    this.#written = written;
  }

  readonly write: OutputListener = (source, text, site, partial) => {
    if (this.#held && this.#held.source !== source) this.#flush();
    const whole = { source, text: (this.#held?.text ?? '') + text, site: this.#held?.site ?? site };
    this.#held = undefined;
    if (!partial) return this.#written(whole.source, whole.text, whole.site, false);
    this.#held = whole;
    // When the program waits for something.
    void Promise.resolve().then(() => this.#flush());
  };

  #flush(): void {
    const held = this.#held;
    this.#held = undefined;
    if (held) this.#written(held.source, held.text, held.site, true);
  }
}
