import { connectionOf, type TraceLog } from './trace-log.ts';

/** A connection that is open as far as the trace tells. */
export interface OpenConnection {
  readonly id: number;
  /** Where the end is that connected, and where it connected to. */
  readonly from: string;
  readonly to: string;
  /** Requests that were recognised on it. */
  readonly requests: number;
}

/** Connections that have been made and of which no end has told its close, newest first; at most `limit`. */
export function openConnections(log: TraceLog, limit = 50): OpenConnection[] {
  const made = new Map<number, { from: string; to: string }>();
  const closed = new Set<number>();
  for (const event of log.events) {
    if (event.type === 'socket.connect') made.set(event.connection, { from: event.local, to: event.remote });
    else if (event.type === 'socket.accept' && !made.has(event.connection)) made.set(event.connection, { from: event.remote, to: event.local });
    else if (event.type === 'socket.close') closed.add(connectionOf(event));
  }
  return [...made].filter(([id]) => !closed.has(id)).reverse().slice(0, limit).map(([id, ends]) => ({ id, ...ends, requests: log.connections.get(id)?.exchanges.size ?? 0 }));
}
