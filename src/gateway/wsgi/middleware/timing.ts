/**
 * `timing`: how long an application takes, as a `Server-Timing` field and a line in `wsgi.errors`. Small enough to be read as an
 * introduction to middleware: it wraps `startResponse` to see the head, and the iterable to see the end.
 */
import type { Clock } from '../../../host/effects.ts';
import { systemClock } from '../../../host/system.ts';
import { Result } from '../result.ts';
import type { WsgiApp } from '../types.ts';

/** Wrap an application. `clock`: what the duration is read off; default: the platform's. */
export function timing(app: WsgiApp, clock: Pick<Clock, 'now'> = systemClock): WsgiApp {
  return (environ, startResponse) => {
    const began = clock.now();
    let answered = '(no answer)';
    const result = app(environ, (status, headers, excInfo) => {
      answered = status;
      // A copy: the list is the application's.
      const timed = [...headers, ['Server-Timing', `app;dur=${(clock.now() - began).toFixed(1)}`] as [string, string]];
      return excInfo === undefined ? startResponse(status, timed) : startResponse(status, timed, excInfo);
    });
    return new TimedResult(result, () => {
      environ['wsgi.errors'].write(`${environ.REQUEST_METHOD} ${environ.PATH_INFO} ${answered} ${(clock.now() - began).toFixed(1)} ms\n`);
    });
  };
}

/** PEP3333-blocks-1: gives one block for each that it gets; and hands close() on, which every middleware that wraps an iterable must. */
class TimedResult implements IterableIterator<Uint8Array> {
  readonly #result: Result;
  readonly #closed: () => void;

  constructor(iterable: Iterable<Uint8Array>, closed: () => void) {
    this.#result = new Result(iterable);
    this.#closed = closed;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Uint8Array> {
    return this.#result.next() as IteratorResult<Uint8Array>;
  }

  return(): IteratorResult<Uint8Array> {
    try {
      this.#result.close();
    } finally {
      this.#closed();
    }
    return { done: true, value: undefined };
  }
}
