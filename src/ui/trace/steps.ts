import { stopAt, stopsOf } from '../../playground/replay.ts';
import type { Model } from '../model.ts';

type Walker = Pick<Model, 'whole' | 'step' | 'state' | 'dispatch'>;

/** Steps that a walk through the trace stops at, as the timeline is set. */
const stopsNow = ({ whole, state }: Walker): readonly number[] => stopsOf(whole.peek(), state.peek().filter);

/** Where a step leads from here; null: the end, where the whole trace is shown. */
function target(model: Walker, way: 'first' | 'back' | 'forward'): number | null {
  const stops = stopsNow(model);
  const step = model.step.peek();
  // From the whole trace, a step forward begins at the beginning.
  if (way === 'first' || (way === 'forward' && step === null)) return stops[0] ?? null;
  const at = step === null ? stops.length : stopAt(stops, step);
  return stops[Math.max(0, at + (way === 'back' ? -1 : 1))] ?? null;
}

/** Walk through the trace of the connection in focus; `last` is back to the whole of it. */
export function walk(model: Walker, way: 'first' | 'back' | 'forward' | 'last'): void {
  model.dispatch({ type: 'step', step: way === 'last' ? null : target(model, way) });
}
