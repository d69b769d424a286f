import type { SourceSite } from '../trace/events.ts';

/** A Python exception that reached the gateway. `stack` is its traceback, without our frames and with the user's files as he named them. */
export class PythonException extends Error {
  /** Name of its class: `ValueError`. */
  override readonly name: string;
  /** The innermost of the user's lines that it passed. */
  readonly site: SourceSite | undefined;

  constructor(name: string, message: string, traceback: string, site: SourceSite | undefined) {
    super(message);
    this.name = name;
    this.stack = traceback;
    this.site = site;
  }
}
