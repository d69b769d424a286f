/**
 * Reading, working and answering, each for many clients at a time. When many ask at once, the platform hands over one segment after the
 * other; to serve each where it arrives, and to write its answer, would wake a reader between any two of them, and drive the code that serves out of the processor's
 * caches each time. So everything that has come is read first, then worked on, then answered: about a third less for quick applications.
 *
 * The price is that an answer waits for the applications that run behind it. So that nobody notices, this is only done while
 * applications are quick.
 */
import type { Clock } from '../host/effects.ts';
import type { Line } from './line.ts';

/** Calls back when everything that can be read now has been read. */
export type AfterPoll = (call: () => void) => void;

/** More than this between two answers: an application takes its time. Unit: ms. */
const quickMs = 0.5;
/** So many answers in a row are then sent at once, each for itself. */
const calmAnswers = 64;

/** Someone who has received something. */
export interface Worker {
  /** Everything else that has come has been read: work on it. */
  work(): void;
}

/** What waits for the end of the poll, for one server. */
export class Batch {
  readonly #afterPoll: AfterPoll;
  readonly #clock: Clock;
  #workers: Worker[] = [];
  #lines: Line[] = [];
  #scheduled = false;
  #moment = 0;
  #addedAt = 0;
  #alone = 0;

  constructor(afterPoll: AfterPoll, clock: Clock) {
    this.#afterPoll = afterPoll;
    this.#clock = clock;
  }

  /**
   * The same number for as long as applications are quick, up to the end of the poll: what was true when it was first seen is still true. (But for the
   * application on the stack: what it takes shows when it has answered.)
   */
  moment(): number {
    this.#schedule();
    return this.#moment;
  }

  /** Call `worker` when everything has been read. */
  later(worker: Worker): void {
    this.#workers.push(worker);
    this.#schedule();
  }

  /** Flush `line` soon, or at once. */
  add(line: Line): void {
    if (line.batched) return;
    if (this.#alone > 0) {
      this.#alone -= 1;
      this.#moment += 1;
      line.flush();
      return;
    }
    const lines = this.#lines;
    const now = this.#clock.now();
    // Nothing is known of the time before the first one.
    if (lines.length === 0) this.#moment += 1;
    else if (now - this.#addedAt > quickMs) {
      this.#moment += 1;
      this.#alone = calmAnswers;
      line.flush();
      return this.#flush();
    }
    this.#addedAt = now;
    line.batched = true;
    lines.push(line);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#afterPoll(this.#turn);
  }

  readonly #turn = (): void => {
    const workers = this.#workers;
    this.#workers = [];
    let done = 0;
    try {
      while (done < workers.length) workers[done++]!.work();
    } finally {
      this.#scheduled = false;
      this.#moment += 1;
      // One of them threw, which is a fault of ours: the others have nothing to do with it.
      for (; done < workers.length; done += 1) this.later(workers[done]!);
      this.#flush();
    }
  };

  #flush(): void {
    const lines = this.#lines;
    if (lines.length === 0) return;
    this.#lines = [];
    for (let i = 0; i < lines.length; i += 1) {
      const line = lines[i]!;
      line.batched = false;
      line.flush();
    }
  }
}
