/**
 * `porthole/process`: arguments, input, output and exit code of a script. In Node they are the process's own; in the page
 * they are those of the script's terminal.
 */
import type { ProgramProcess } from '../host/program.ts';
/** Arguments, without the name of the program. */
export declare const args: ProgramProcess['args'];
/** The next line of the standard input, without its end; undefined once there are no more. Waits for one. */
export declare const readLine: ProgramProcess['readLine'];
/** Write text to the standard output as it is. */
export declare const write: ProgramProcess['write'];
/** End the program now, with an exit code: 0 (the default) says that all went well. */
export declare const exit: ProgramProcess['exit'];
