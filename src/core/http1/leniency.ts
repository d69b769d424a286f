/**
 * Named deviations from the strict reading. Each is off unless asked for, and has cases of its own in
 * `test/cases/http1/lenient.md`. None of them lets two recipients of the same octets disagree about where a message ends
 * unless its comment says so.
 */
export interface Leniency {
  /** Take LF alone for a line end (RFC9112-2.2-3 allows it). Danger: a recipient in front of us may not. */
  readonly bareLf: boolean;
  /** Take equal Content-Length values (`5, 5`, or two lines) for one (RFC9110-8.6-13 allows it). */
  readonly equalContentLengths: boolean;
  /** Take an empty `Host` for "no host" (RFC9112-3.3-12 lets a server fall back to its default). */
  readonly emptyHost: boolean;
  /**
   * Join a folded field value into one line, each fold becoming spaces (RFC9112-5.2-4 allows it for requests, RFC9112-5.2-6 asks it of
   * user agents). Fields that frame the message or steer the connection are never joined.
   */
  readonly obsFold: boolean;
  /** Client: take a status line that ends after the code, without the space (`HTTP/1.1 200`). */
  readonly statusWithoutSpace: boolean;
}

export const strict: Leniency = Object.freeze({ bareLf: false, equalContentLengths: false, emptyHost: false, obsFold: false, statusWithoutSpace: false });
