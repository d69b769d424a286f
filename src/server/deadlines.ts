/**
 * Deadlines of many connections with one timer: a connection notes when it runs out of patience, and a sweep every
 * `granularityMs` looks at all of them. Setting one is a number written, which is what a busy server does all the time.
 */
import type { Host, TimerHandle } from '../host/effects.ts';

/** Someone who waits. */
export interface Patient {
  /** ms on the host's clock; Infinity: not waiting. */
  deadline: number;
  /** The deadline has passed. */
  onDeadline(): void;
}

const granularityMs = 250;

export class Deadlines {
  readonly #host: Host;
  readonly #patients = new Set<Patient>();
  #timer: TimerHandle | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  add(patient: Patient): void {
    this.#patients.add(patient);
    this.#timer ??= this.#host.timers.after(granularityMs, () => this.#sweep());
  }

  remove(patient: Patient): void {
    this.#patients.delete(patient);
    if (this.#patients.size > 0 || this.#timer === undefined) return;
    this.#host.timers.cancel(this.#timer);
    this.#timer = undefined;
  }

  #sweep(): void {
    this.#timer = undefined;
    const now = this.#host.clock.now();
    for (const patient of [...this.#patients]) {
      if (patient.deadline > now) continue;
      patient.deadline = Infinity;
      patient.onDeadline();
    }
    if (this.#patients.size > 0) this.#timer ??= this.#host.timers.after(granularityMs, () => this.#sweep());
  }
}
