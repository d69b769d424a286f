import type { WsgiErrors } from './types.ts';

/** Where whole lines go. */
export interface ErrorLog { wroteErrors(text: string): void }

/** `wsgi.errors`: whole lines go to the log; what has no line end yet waits for it, for `flush()`, or for the end of the request. */
export class ErrorStream implements WsgiErrors {
  readonly #log: ErrorLog;
  #pending = '';

  constructor(log: ErrorLog) {
    this.#log = log;
  }

  /** What a trace calls it; the name of the class does not survive a build of the page. */
  get [Symbol.toStringTag](): string {
    return 'ErrorStream';
  }

  // PEP3333-streams-6: arbitrary Unicode is accepted; whatever is no string is shown as one rather than lost.
  write(text: string): void {
    this.#pending += typeof text === 'string' ? text : String(text);
    const end = this.#pending.lastIndexOf('\n');
    if (end < 0) return;
    const lines = this.#pending.slice(0, end);
    this.#pending = this.#pending.slice(end + 1);
    this.#log.wroteErrors(lines);
  }

  writelines(lines: Iterable<string>): void {
    for (const line of lines) this.write(line);
  }

  flush(): void {
    if (this.#pending === '') return;
    const text = this.#pending;
    this.#pending = '';
    this.#log.wroteErrors(text);
  }
}
