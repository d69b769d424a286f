/**
 * What arbiter and worker say to each other over the channel that `fork` makes. Types only.
 */
import type { Settings } from './settings.ts';

/** To the worker. */
export type ToWorker =
  /** First: load the application and accept at these descriptors. */
  | { readonly type: 'start'; readonly target: string; readonly settings: Settings; readonly fds: readonly number[]; readonly urls: readonly string[] }
  /** The log files have been moved away: open them anew. */
  | { readonly type: 'reopen' }
  /** Stop accepting, finish what is in flight within `graceMs`, and exit with 0. */
  | { readonly type: 'stop'; readonly graceMs: number };

/** To the arbiter. */
export type ToArbiter =
  /** It accepts. */
  | { readonly type: 'ready' }
  /** It could not start and will exit with `code`. */
  | { readonly type: 'failed'; readonly code: number; readonly text: string }
  /** The event loop turns. Sent several times within the timeout. */
  | { readonly type: 'alive' }
  /** It has served its share of requests (`--max-requests`) and would like to be replaced. */
  | { readonly type: 'tired'; readonly requests: number }
  /** Files that were imported since the last such message (`--reload`). */
  | { readonly type: 'imported'; readonly files: readonly string[] };
