import { signal, type ReadonlySignal } from '@preact/signals';
import type { ComponentType, JSX } from 'preact';
import { painted } from './painted.ts';

/**
 * Something that the first paint does without, and does not share the line with: `undefined` until it has arrived. It is
 * fetched when it is first asked for, or before that by {@link Later.fetch}, but not before the page has been painted. A failed attempt (a lost connection) is made again the next time.
 */
export class Later<T> {
  readonly #value = signal<T | undefined>(undefined);
  readonly #load: () => Promise<T>;
  #pending: Promise<void> | undefined;

  constructor(load: () => Promise<T>) {
    this.#load = load;
  }

  /** The thing, once it is there. Reading it begins to fetch it. */
  get value(): ReadonlySignal<T | undefined> {
    void this.fetch();
    return this.#value;
  }

  fetch(): Promise<void> {
    this.#pending ??= painted.then(this.#load).then(
      (value) => { this.#value.value = value; },
      (error: unknown) => {
        this.#pending = undefined;
        console.error(error);
      },
    );
    return this.#pending;
  }
}

/** Everything made by {@link later}, so that it can be fetched while the page is idle. */
const components: Later<unknown>[] = [];

/** A component that is fetched when it is first shown, or once the page is idle; nothing is drawn meanwhile. */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): (props: Props) => JSX.Element | null {
  const component = new Later(load);
  components.push(component);
  return (props) => {
    const Component = component.value.value;
    return Component ? <Component {...props} /> : null;
  };
}

/** Fetch everything that was left out of the first paint. */
export const fetchTheRest = (): Promise<unknown> => Promise.all(components.map((component) => component.fetch()));
