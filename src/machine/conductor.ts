import type { Timers } from '../host/effects.ts';
import { TurnHost } from '../host/turns.ts';
import type { ToProcess } from '../rpc/contract.ts';

/** A process that takes turns. */
export interface Player {
  /** Put a message on its wire now. */
  send(message: ToProcess): void;
  /** Hear what it has said in its turn. */
  hear(): void;
}

/** Gaps in time up to this are jumped over; what is later is waited for, so that a clock in an app is not a race. ms. */
const jumpMs = 1000;
/** Jumps without an input from outside: an interval that never ends goes on at its own pace from then on. */
const maxJumps = 400;

/**
 * Makes a run repeat: one thread moves at a time. A process gets what is for it, does what follows from it, and says when it has
 * come to rest; then the machine does what follows from what it said; then it is the next one's turn, in the order in which
 * messages were posted. When nobody has anything to do, time moves on to the next timer, wherever it waits. So what happens depends
 * on the snippet, on the seed, and on the order of inputs from outside; those wait until everything is at rest.
 */
export class Conductor {
  readonly host: TurnHost;
  readonly #pace: Timers;
  readonly #onStep: () => void;
  /** Messages by whom they are for, in the order in which the first of each was posted. */
  readonly #queue = new Map<Player, ToProcess[]>();
  readonly #players = new Map<Player, { nextDue: number | undefined }>();
  /** Whose turn it is, and what to call when it is over. */
  #turn: { readonly player: Player; readonly over: () => void } | undefined;
  /** Things that take real time (a thread that is started): nobody moves meanwhile. */
  #busy = 0;
  #playing = false;
  #over = false;
  #jumps = 0;
  #wake: (() => void) | undefined;
  #resting: (() => void)[] = [];

  /** `pace`: real time. `onStep`: after each turn, and after each timer of the machine. */
  constructor(seed: number, pace: Timers, onStep: () => void) {
    this.host = new TurnHost(seed);
    this.#pace = pace;
    this.#onStep = onStep;
  }

  join(player: Player): void {
    this.#players.set(player, { nextDue: undefined });
  }

  leave(player: Player): void {
    this.#players.delete(player);
    this.#queue.delete(player);
    if (this.#turn?.player === player) this.#turn.over();
  }

  /** Something for a player to do, in its next turn. */
  post(player: Player, message: ToProcess): void {
    if (!this.#players.has(player)) return;
    const waiting = this.#queue.get(player);
    if (waiting) waiting.push(message);
    else this.#queue.set(player, [message]);
    this.#play();
  }

  /** The player whose turn it is has come to rest. */
  turned(player: Player, now: number, nextDue: number | undefined): void {
    if (this.#turn?.player !== player) return;
    this.host.reach(now);
    this.#players.get(player)!.nextDue = nextDue;
    this.#turn.over();
  }

  /** Whether it is this player's turn. */
  waitsFor(player: Player): boolean {
    return this.#turn?.player === player;
  }

  /** Nobody moves until this is done. */
  async during<T>(what: Promise<T>): Promise<T> {
    this.#busy += 1;
    try {
      return await what;
    } finally {
      this.#busy -= 1;
      this.#play();
    }
  }

  /** Resolves when nothing moves any more, or not before a timer that is far off. To be awaited before an input from outside, and after it. */
  async rest(): Promise<void> {
    if (this.#over) return;
    this.#jumps = 0;
    const rest = new Promise<void>((resolve) => this.#resting.push(resolve));
    this.#play();
    await rest;
  }

  end(): void {
    this.#over = true;
    this.#turn?.over();
    this.#wake?.();
    this.#rested();
  }

  #play(): void {
    this.#wake?.();
    if (this.#playing || this.#over) return;
    this.#playing = true;
    void this.#go().finally(() => (this.#playing = false));
  }

  async #go(): Promise<void> {
    for (;;) {
      // What was said is thought through to its end before anybody moves.
      await this.#real(0);
      if (this.#over) return;
      if (this.#busy > 0) {
        await this.#woken();
        continue;
      }
      const next = this.#queue.entries().next().value;
      if (next) {
        this.#queue.delete(next[0]);
        await this.#take(next[0], next[1]);
        continue;
      }
      const due = this.#nextDue();
      if (due === undefined || due - this.host.time > jumpMs || this.#jumps >= maxJumps) {
        this.#rested();
        if (!(await this.#waited(due))) continue;
      }
      this.#jumps += 1;
      await this.#advance(due!);
    }
  }

  /** Let time pass for real until `due`. False: something else is to be done first. */
  async #waited(due: number | undefined): Promise<boolean> {
    let reached = false;
    const timer = due === undefined ? undefined : this.#pace.after(due - this.host.time, () => {
      reached = true;
      this.#wake?.();
    });
    await this.#woken();
    if (timer !== undefined) this.#pace.cancel(timer);
    return reached && !this.#over;
  }

  async #advance(due: number): Promise<void> {
    this.host.reach(due);
    if (this.host.nextDue !== undefined && this.host.nextDue <= due) {
      this.host.fire(due);
      await this.#real(0);
      this.#onStep();
      return;
    }
    const [player] = [...this.#players].find(([, { nextDue }]) => nextDue !== undefined && nextDue <= due)!;
    await this.#take(player, []);
  }

  async #take(player: Player, messages: readonly ToProcess[]): Promise<void> {
    if (!this.#players.has(player)) return;
    await new Promise<void>((over) => {
      this.#turn = { player, over };
      player.send({ type: 'turn', now: this.host.time });
      for (const message of messages) player.send(message);
      player.send({ type: 'rest' });
    });
    this.#turn = undefined;
    if (this.#over) return;
    player.hear();
    await this.#real(0);
    this.#onStep();
  }

  #nextDue(): number | undefined {
    const all = [this.host.nextDue, ...[...this.#players.values()].map(({ nextDue }) => nextDue)].filter((due) => due !== undefined);
    return all.length === 0 ? undefined : Math.min(...all);
  }

  #rested(): void {
    for (const resolve of this.#resting.splice(0)) resolve();
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        resolve();
      };
    });
  }

  #real(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#pace.after(ms, resolve));
  }
}
