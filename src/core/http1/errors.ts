import type { ErrorFacts, Span } from '../../trace/events.ts';

/** The facts of a broken rule. The sentence in `Error.message` is built from them. */
export interface ProtocolErrorInit {
  /** Stable, kebab-case, documented in `docs/errors.md`: `bare-lf`, `te-and-cl`, … */
  readonly code: string;
  /** Status to answer with (or, for a response that we received, the status a proxy would answer with). */
  readonly status: number;
  /** Id of the rule: `RFC9112-2.2-3`. */
  readonly clause: string;
  /** One sentence that a learner understands: what is wrong. */
  readonly message: string;
  /** One sentence: what to do. */
  readonly advice: string;
  /** Absolute byte offsets of what was refused. */
  readonly span?: Span;
}

/** A rule of HTTP was broken. The class says by whom; see {@link LocalProtocolError} and {@link RemoteProtocolError}. */
export abstract class ProtocolError extends Error {
  readonly code: string;
  readonly status: number;
  readonly clause: string;
  readonly advice: string;
  /** Where, as absolute offsets into the stream; `[0, 0]` for a refused `send`. */
  readonly span: Span;

  constructor(facts: ProtocolErrorInit) {
    super(facts.message);
    this.code = facts.code;
    this.status = facts.status;
    this.clause = facts.clause;
    this.advice = facts.advice;
    this.span = facts.span ?? [0, 0];
  }

  /** First refused byte. */
  get offset(): number {
    return this.span[0];
  }

  /** The fields as plain data, for the trace and for crossing threads. */
  facts(): ErrorFacts {
    return { code: this.code, status: this.status, clause: this.clause, message: this.message, advice: this.advice, offset: this.offset };
  }
}

/** We (the caller) asked for something that would break HTTP. Nothing was written; the connection's state is unchanged. */
export class LocalProtocolError extends ProtocolError {
  override readonly name = 'LocalProtocolError';
}

/** The peer broke HTTP. The connection is in ERROR for its side; answer with `status` if still possible, then close. */
export class RemoteProtocolError extends ProtocolError {
  override readonly name = 'RemoteProtocolError';
}
