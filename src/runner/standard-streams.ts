import type { ProgramProcess } from '../host/program.ts';
import type { Activity } from './activity.ts';
import type { LogBudget } from './console.ts';

/** Thrown by `exit`, so that nothing behind it runs. */
export class ProgramExit extends Error {
  override readonly name = 'ProgramExit';
  readonly code: number;
  constructor(code: number) {
    super(`exit(${code})`);
    this.code = code;
  }
}

/** The standard input of a program: text that comes, lines or octets that are asked for. */
export class StandardInput {
  #text = '';
  #ended = false;
  readonly #watchers = new Set<() => void>();

  /** More has come; `end`: and that was all. */
  feed(text: string, end: boolean): void {
    this.#text += text;
    this.#ended ||= end;
    for (const watcher of [...this.#watchers]) watcher();
  }

  /** Whether `read` would give something. */
  get ready(): boolean {
    return this.#text !== '' || this.#ended;
  }

  /** Call back on whatever comes. Returns how to stop that. */
  watch(listener: () => void): () => void {
    this.#watchers.add(listener);
    return () => void this.#watchers.delete(listener);
  }

  /** At most `most` octets of one line, as a terminal gives it; empty at the end, undefined where nothing has come yet. */
  read(most: number): Uint8Array | undefined {
    if (!this.ready) return undefined;
    const line = /^[^\n]*\n?/.exec(this.#text)![0];
    const octets = new Uint8Array(most);
    const { read, written } = new TextEncoder().encodeInto(line, octets);
    this.#text = this.#text.slice(read);
    return octets.subarray(0, written);
  }

  async readLine(): Promise<string | undefined> {
    for (;;) {
      const end = this.#text.indexOf('\n');
      if (end >= 0) {
        const line = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 1);
        return line.replace(/\r$/, '');
      }
      if (this.#ended) {
        const rest = this.#text;
        this.#text = '';
        return rest === '' ? undefined : rest;
      }
      await new Promise<void>((resolve) => {
        const leave = this.watch(() => {
          leave();
          resolve();
        });
      });
    }
  }
}

/** What `porthole/process` is for one program. `onExit` is called with the code when it calls `exit`. */
export function programProcess(args: readonly string[], input: StandardInput, output: LogBudget, activity: Activity, onExit: (code: number) => void): ProgramProcess {
  return {
    args: Object.freeze([...args]),
    readLine: () => activity.during(input.readLine()),
    write: (text) => output.write('stdout', 'info', String(text), () => undefined, true),
    exit(code = 0) {
      const shown = Number.isInteger(code) ? code & 0xff : 1;
      onExit(shown);
      throw new ProgramExit(shown);
    },
  };
}
