import { createInterface } from 'node:readline';
import type { ProgramProcess } from '../host/program.ts';

/** This process, for a program in a terminal. The standard input is not touched before somebody reads a line. */
export function nodeProgram(): ProgramProcess {
  let lines: AsyncIterator<string> | undefined;
  return {
    args: process.argv.slice(2),
    async readLine() {
      lines ??= createInterface({ input: process.stdin })[Symbol.asyncIterator]();
      const next = await lines.next();
      return next.done === true ? undefined : next.value;
    },
    write: (text) => void process.stdout.write(text),
    exit: (code = 0) => process.exit(code),
  };
}
