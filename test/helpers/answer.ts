import type { Connection } from '../../src/core/http1/connection.ts';

/** Answer the current request with nothing, and go on to the next. */
export function answer(connection: Connection): void {
  connection.send({ type: 'response', status: 204, reason: '', headers: [] });
  connection.send({ type: 'end' });
  connection.startNextCycle();
}
