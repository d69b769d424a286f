import type { TraceEvent } from '../trace/events.ts';
import { type ConnectionIndex, TraceLog } from './trace-log.ts';

/**
 * The world as of a step: a log that knows the first events of one connection and nothing else. Views draw it as they draw the
 * whole trace, so that "what was known then" has no code of its own in any of them.
 *
 * The last world is kept. A step forward adds to it; anything else builds a new one, which takes as long as it took to read
 * those events the first time.
 */
export class Replay {
  #connection: ConnectionIndex | undefined;
  #version = -1;
  #count = 0;
  #world = new TraceLog();

  /** The world when event `step` (from 0) of `connection` had just happened. */
  at(connection: ConnectionIndex, step: number): TraceLog {
    const count = Math.max(0, Math.min(step + 1, connection.events.length));
    // An event that came late may have been sorted in among those that were shown: begin again.
    if (connection !== this.#connection || connection.version !== this.#version || count < this.#count) {
      this.#connection = connection;
      this.#version = connection.version;
      this.#world = new TraceLog(Infinity);
      this.#count = 0;
    }
    this.#world.append(connection.events.slice(this.#count, count));
    this.#count = count;
    return this.#world;
  }
}

/** What a walk through the trace stops at. */
export interface StepDetail {
  /** Every token of the parser. */
  readonly tokens: boolean;
  /** Moves of the state machines. */
  readonly states: boolean;
}

const isStop = (event: TraceEvent, detail: StepDetail): boolean => {
  if (event.type === 'http.token') return detail.tokens;
  if (event.type === 'http.state' || event.type === 'ws.state') return detail.states;
  return true;
};

/** The steps of a connection that a walk stops at, in order: positions in `connection.events`. */
export function stopsOf(connection: ConnectionIndex | undefined, detail: StepDetail): number[] {
  const stops: number[] = [];
  connection?.events.forEach((event, step) => {
    if (isStop(event, detail)) stops.push(step);
  });
  return stops;
}

/** Index in `stops` of the last one that is not after `step`; -1 where all are. */
export function stopAt(stops: readonly number[], step: number): number {
  let low = 0;
  let high = stops.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((stops[middle] as number) <= step) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
