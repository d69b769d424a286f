/** What the server itself refuses, besides what the core does: requests that are too many or too slow. */
import type { ErrorFacts } from '../trace/events.ts';

/** RFC9110-15.6.4-1: 503, "currently unable to handle the request due to a temporary overload". */
export const overloaded = (offset: number): ErrorFacts => ({
  code: 'overloaded', status: 503, clause: 'RFC9110-15.6.4-1', offset,
  message: 'The server has as many requests under way as it takes.', advice: 'Try again in a moment.',
});

/** RFC9110-15.5.9-1: 408, "did not receive a complete request message within the time that it was prepared to wait". */
export const timeout = (what: 'head' | 'body', offset: number): ErrorFacts => ({
  code: `${what}-timeout`, status: 408, clause: 'RFC9110-15.5.9-1', offset,
  message: `The rest of the request ${what} did not arrive in time.`, advice: 'Send the whole request without long pauses.',
});
