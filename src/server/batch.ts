/**
 * Answers that leave together. When many clients ask at once, the platform hands over one segment after the other; writing each
 * answer where it is made would wake its reader between any two of them. Written one behind the other, after the last segment,
 * they cost a quarter less, and the code that serves stays in the processor's caches.
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

/** What waits for the end of the poll, for one server. */
export class Batch {
  readonly #afterPoll: AfterPoll;
  readonly #clock: Clock;
  #lines: Line[] = [];
  #addedAt = 0;
  #alone = 0;

  constructor(afterPoll: AfterPoll, clock: Clock) {
    this.#afterPoll = afterPoll;
    this.#clock = clock;
  }

  /** Flush `line` soon, or at once. */
  add(line: Line): void {
    if (this.#alone > 0) {
      this.#alone -= 1;
      line.flush();
      return;
    }
    const lines = this.#lines;
    const now = this.#clock.now();
    if (lines.length === 0) this.#afterPoll(this.#flush);
    else if (now - this.#addedAt > quickMs) {
      this.#alone = calmAnswers;
      line.flush();
      return this.#flush();
    }
    this.#addedAt = now;
    lines.push(line);
  }

  readonly #flush = (): void => {
    const lines = this.#lines;
    if (lines.length === 0) return;
    this.#lines = [];
    for (let i = 0; i < lines.length; i += 1) lines[i]!.flush();
  };
}
