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

/** The standard input of a program: text that comes, lines that are asked for. */
export class StandardInput {
  #text = '';
  #ended = false;
  #readers: (() => void)[] = [];

  /** More has come; `end`: and that was all. */
  feed(text: string, end: boolean): void {
    this.#text += text;
    this.#ended ||= end;
    for (const reader of this.#readers.splice(0)) reader();
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
      await new Promise<void>((resolve) => this.#readers.push(resolve));
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
