import type { Action } from './actions.ts';
import { reduce } from './reduce.ts';
import type { PlaygroundState } from './state.ts';

/** Holds the state. Listeners are called after each action that changed it. */
export class Store {
  #state: PlaygroundState;
  readonly #listeners = new Set<(state: PlaygroundState, before: PlaygroundState) => void>();

  constructor(state: PlaygroundState) {
    this.#state = state;
  }

  get state(): PlaygroundState {
    return this.#state;
  }

  dispatch(action: Action): void {
    const before = this.#state;
    this.#state = reduce(before, action);
    if (this.#state === before) return;
    for (const listener of this.#listeners) listener(this.#state, before);
  }

  /** Returns the way to unsubscribe. */
  subscribe(listener: (state: PlaygroundState, before: PlaygroundState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
