/**
 * The iterable that an application returned, as the gateway uses it: item by item, and closed exactly once, whatever
 * happens (PEP3333-details-8).
 *
 * PEP 3333 was written for Python, whose generators have `close()`. In JavaScript that is a generator's `return()`; other
 * iterables may have a `close()` of their own. Both are honoured: `return()` on an iterator that was not exhausted, as `for…of`
 * does it, and on one that is its own iterable (a generator) in every case, as `close()` is; then `close()` of the iterable.
 */
interface Closable { close?: unknown }

/** There is a `close()` to be called (PEP3333-details-8). */
export const isClosable = (iterable: object): boolean => typeof (iterable as Closable).close === 'function';

/** What an application returned, once it is known to be iterable. */
export class Result {
  readonly #iterable: Iterable<unknown> & Closable;
  #iterator: Iterator<unknown> | undefined;
  #exhausted = false;
  #closed = false;

  constructor(iterable: Iterable<unknown>) {
    this.#iterable = iterable;
  }

  /** The items themselves, where they are all there already: nothing needs to be asked for one by one. */
  get items(): readonly unknown[] | undefined {
    return Array.isArray(this.#iterable) ? this.#iterable : undefined;
  }

  /** `close` has something to call. */
  get closes(): boolean {
    return this.items === undefined || isClosable(this.#iterable);
  }

  /** The next item. Throws what the application throws. */
  next(): IteratorResult<unknown> {
    this.#iterator ??= this.#iterable[Symbol.iterator]();
    let step: IteratorResult<unknown>;
    try {
      step = this.#iterator.next();
    } catch (error) {
      // An iterator that threw is over; `return()` is not for it (ECMA-262, IteratorClose).
      this.#exhausted = true;
      throw error;
    }
    if (step.done === true) this.#exhausted = true;
    return step;
  }

  /** Release what the application holds. True if there was something to call. Throws what the application throws; later calls do nothing. */
  close(): boolean {
    if (this.#closed) return false;
    this.#closed = true;
    let called = false;
    try {
      const iterator = this.#iterator ?? (isGenerator(this.#iterable) ? this.#iterable : undefined);
      const own = (iterator as unknown) === this.#iterable;
      if (iterator !== undefined && (own || !this.#exhausted) && typeof iterator.return === 'function') {
        called = true;
        iterator.return();
      }
    } finally {
      if (isClosable(this.#iterable)) {
        // An adapter to another language always has something to release; it says false where the application had not.
        called = (this.#iterable.close as () => unknown)() !== false || called;
      }
    }
    return called;
  }
}

/** Not asked for its iterator yet, but it is one. */
const isGenerator = (value: unknown): value is Iterator<unknown> => typeof (value as Partial<Iterator<unknown>>).next === 'function';
