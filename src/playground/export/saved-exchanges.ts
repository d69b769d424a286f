import { autoName, requestsOf } from '../requests.ts';
import type { PlaygroundState } from '../state.ts';
import type { SavedExchange } from './vitest-file.ts';

/**
 * What a test or a project is made of: the saved requests, each with the newest answer to these very bytes, and after them
 * what else was sent and answered. Without answers where nothing has been sent yet.
 */
export function savedExchanges(state: PlaygroundState): SavedExchange[] {
  const saved = requestsOf(state.work.snippet).map(({ name, raw }) => ({ name: name || autoName(raw), raw, result: state.sends.findLast((send) => send.raw === raw && send.result)?.result }));
  const others = new Map<string, SavedExchange>();
  for (const { raw, result } of state.sends) {
    if (result && saved.every((request) => request.raw !== raw)) others.set(raw, { name: autoName(raw), raw, result });
  }
  return [...saved, ...others.values()];
}

/** Only those that have been answered. */
export const answeredExchanges = (state: PlaygroundState): SavedExchange[] => savedExchanges(state).filter(({ result }) => result !== undefined);
