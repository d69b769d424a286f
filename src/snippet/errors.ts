/** One thing that is wrong with a snippet's JSON. */
export interface SnippetProblem {
  /** Where: `files["a/b.ts"]`, `requests[2].raw`; '' for the whole. */
  readonly path: string;
  /** What, as a sentence that begins with the path. */
  readonly message: string;
}

/** A value is not a snippet. Nothing of it was used. */
export class SnippetError extends Error {
  override readonly name = 'SnippetError';
  /** At least one, at most twenty. */
  readonly problems: readonly SnippetProblem[];
  constructor(problems: readonly SnippetProblem[]) {
    super(problems.map((problem) => problem.message).join('\n'));
    this.problems = problems;
  }
}

/**
 * Why a link could not be opened.
 *
 * - `not-a-snippet`: nothing in it looks like a link of ours.
 * - `truncated`: it begins well and stops early, as links do that went through a chat tool.
 * - `damaged`: all parts are there and the check does not match, or the payload is not what the check promised.
 * - `newer-version`, `unknown-codec`: made by a newer Porthole.
 * - `too-large`: longer than we open, or it inflates to more than we accept.
 * - `bad-snippet`: the link arrived whole, but its content is no snippet; `problems` says what is wrong.
 */
export type LinkErrorCode =
  | 'not-a-snippet' | 'truncated' | 'damaged' | 'newer-version' | 'unknown-codec' | 'too-large' | 'bad-snippet';

/** A link could not be opened. What was in the editor is untouched. */
export class LinkError extends Error {
  override readonly name = 'LinkError';
  readonly code: LinkErrorCode;
  /** One sentence: what the person can do. */
  readonly advice: string;
  /** For `bad-snippet`. */
  readonly problems: readonly SnippetProblem[];
  constructor(code: LinkErrorCode, message: string, advice: string, problems: readonly SnippetProblem[] = []) {
    super(message);
    this.code = code;
    this.advice = advice;
    this.problems = problems;
  }
}
