/**
 * `porthole/process`: arguments, input, output and exit code of a script. In Node they are the process's own; in the page
 * they are those of the script's terminal.
 */
import type { ProgramProcess } from '../host/program.ts';
import { nodeProgram } from '../node/program-process.ts';

const program = nodeProgram();

/** Arguments, without the name of the program. */
export const args: ProgramProcess['args'] = program.args;
/** The next line of the standard input, without its end; undefined once there are no more. Waits for one. */
export const readLine: ProgramProcess['readLine'] = program.readLine;
/** Write text to the standard output as it is. */
export const write: ProgramProcess['write'] = program.write;
/** End the program now, with an exit code: 0 (the default) says that all went well. */
export const exit: ProgramProcess['exit'] = program.exit;
