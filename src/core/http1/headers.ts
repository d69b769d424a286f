import type { Span } from '../../trace/events.ts';

/**
 * The field lines of one received message, in order, with spans. Strings are latin-1 and made on demand.
 * (Contract; the implementation is built by the reader over the head's bytes.)
 */
export interface Fields extends Iterable<readonly [name: string, value: string]> {
  /** Number of field lines. */
  readonly length: number;
  /** Field name as received. */
  name(index: number): string;
  /** Number of the name among the well-known ones as they are mostly spelled (`known-names.ts`), cheaper to ask than the name; 0: another, or not looked up. */
  nameNumber(index: number): number;
  /** Field name in lower case. */
  lowerName(index: number): string;
  /** Field value without surrounding OWS (RFC 9112 §5). */
  value(index: number): string;
  /**
   * Does the name contain `_`? Valid in HTTP, but a CGI-like gateway maps `-` to `_`, so `X_User` could pose as `X-User`:
   * such fields are for the gateway to drop.
   */
  nameHasUnderscore(index: number): boolean;
  nameSpan(index: number): Span;
  valueSpan(index: number): Span;
  /** Value of the only line of that name, or all lines joined with ", " (RFC 9110 §5.3); undefined where absent. `name` in lower case. */
  get(name: string): string | undefined;
  /** Every line's value, in order. `name` in lower case. */
  getAll(name: string): string[];
  has(name: string): boolean;
  /** Undefined, unless the client has sent the same lines before, octet by octet, and this was noticed. */
  readonly notes: LineNotes | undefined;
}

/** What was found out about lines that a client repeats, and need not be found out again. */
export interface LineNotes {
  /** Questions that `mentionsAny` was asked, a bit for each, and those of them to which the answer is yes. */
  asked: number;
  found: number;
  /** What a gateway has made of the lines; undefined: nothing yet. */
  made: unknown;
}
