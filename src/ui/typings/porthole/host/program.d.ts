/** What a program knows of the process it runs in: the values of the module `porthole/process`. */
export interface ProgramProcess {
    /** Arguments, without the name of the program. */
    readonly args: readonly string[];
    /** The next line of the standard input, without its end; undefined once there are no more. Waits for one. */
    readLine(): Promise<string | undefined>;
    /** Write text to the standard output as it is, without a line end of our own. */
    write(text: string): void;
    /** End the program now. `code` 0 (the default) says that all went well; 0 to 255. */
    exit(code?: number): never;
}
