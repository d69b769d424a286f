/** Numbers that both sides of the wire count by. */

/**
 * Batches of trace that may be on their way to the page. A process that has used them up keeps recording (its recorder
 * drops the oldest and marks the gap) until the page has given some back; one that sends more is killed.
 */
export const traceCredit = 32;

/** Events after which a batch is sent without waiting for the clock. */
export const batchEvents = 256;

/** How long an event may wait for company. ms; a frame. */
export const batchMs = 16;

/** Memory that the undrained trace of a process may take, so the most that one batch can hold. Bytes. */
export const batchBytes = 2 * 1024 * 1024;
