import type { Limits } from '../core/http1/limits.ts';
import { scanRequests, type ScanFailure, type ScannedRequest } from './scan.ts';

/** What a server of ours would think of some request bytes, if the client sent them and then closed its half. */
export interface LintReport {
  /**
   * `ok`: one or more whole requests. `incomplete`: all right so far, more must follow. `refused`: a rule is broken.
   * `empty`: nothing there (or only empty lines).
   */
  readonly verdict: 'ok' | 'incomplete' | 'refused' | 'empty';
  /** Requests whose head could be read, in order. With `incomplete` or `refused` the last may lack (part of) its body. */
  readonly requests: readonly ScannedRequest[];
  /** What is wrong or missing, and where. Offsets into the bytes given. Absent with `ok` and `empty`. */
  readonly problem?: ScanFailure;
  /** Octets at the end that no server will read, because the connection closes before them. Usually 0. */
  readonly ignored: number;
}

/** Judge request bytes as they are typed. Takes about as long as serving them; `limits` as the server has them. */
export function lintRequest(bytes: Uint8Array, limits?: Partial<Limits>): LintReport {
  const scan = scanRequests(bytes, limits);
  const { requests, failure, ignored } = scan;
  if (!failure) return { verdict: requests.length === 0 ? 'empty' : 'ok', requests, ignored };
  const verdict = failure.facts.code.startsWith('incomplete-') ? 'incomplete' : 'refused';
  return { verdict, requests, problem: failure, ignored };
}
