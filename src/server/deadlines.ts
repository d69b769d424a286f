/**
 * Deadlines of many connections with one timer. Setting one is a number written, which is what a busy server does with every
 * request; looking at all of them a few times a second is cheap (10 000 connections: some tens of microseconds).
 *
 * A deadline is met up to {@link tickMs} late, never early. The timer runs only while somebody waits for something.
 */
import type { Host, TimerHandle } from '../host/effects.ts';

/** Someone who waits. */
export interface Patient {
  /** ms on the host's clock; Infinity: for nothing. Set it with {@link Deadlines.set}. */
  deadline: number;
  /** The deadline has passed; it is Infinity again. */
  onDeadline(): void;
}

/** Time between two looks. Unit: ms. */
export const tickMs = 250;

/** Looks after the connections of one server. */
export class Deadlines {
  readonly #host: Host;
  readonly #patients = new Set<Patient>();
  #timer: TimerHandle | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  add(patient: Patient): void {
    this.#patients.add(patient);
  }

  remove(patient: Patient): void {
    this.#patients.delete(patient);
    if (this.#patients.size > 0 || this.#timer === undefined) return;
    this.#host.timers.cancel(this.#timer);
    this.#timer = undefined;
  }

  /** `patient` waits for `ms` from now at most; 0 or Infinity: for ever. */
  set(patient: Patient, ms: number): void {
    if (ms === 0 || ms === Infinity) {
      patient.deadline = Infinity;
      return;
    }
    patient.deadline = this.#host.clock.now() + ms;
    this.#timer ??= this.#host.timers.after(tickMs, this.#look);
  }

  readonly #look = (): void => {
    this.#timer = undefined;
    const now = this.#host.clock.now();
    let waiting = false;
    for (const patient of this.#patients) {
      if (patient.deadline <= now) {
        patient.deadline = Infinity;
        // May set a new one, leave, or make others leave: a Set's iteration copes with that.
        patient.onDeadline();
      }
      if (patient.deadline !== Infinity) waiting = true;
    }
    if (waiting && this.#patients.size > 0) this.#timer ??= this.#host.timers.after(tickMs, this.#look);
  };
}
