import type { Host } from '../host/effects.ts';
import type { StackListener } from './gc-fix.ts';

/** Something that changes now and then: a socket, a pipe, the standard input. */
export interface Watchable {
  /** Call back on the next changes. Returns how to stop that. */
  watch(listener: () => void): () => void;
}

/** How a wait ended. */
export type Outcome = 'changed' | 'timeout' | 'interrupted';

/** The stack that a program begins on. */
export const mainStack = 0;

/** A program that never waits lets the thread's own work (heartbeats, messages) happen at a system call, this often at least. ms. */
const sliceMs = 100;

/**
 * The stacks of one Python, of which at most one runs. Each thread of a program has one; where a call of the system would block, its
 * stack is suspended (WebAssembly's JSPI) and the others go on. SIGINT goes to the main one, as in CPython.
 */
export class Stacks implements StackListener {
  /** `Module.Py_EmscriptenSignalBuffer`: the number of a signal that Python is to notice, and has not. */
  readonly signals = new Uint8Array(1);
  readonly #host: Host;
  /** By number: how to end its wait. */
  readonly #waits = new Map<number, (outcome: Outcome) => void>();
  /** Stacks that were woken and did not wait. */
  readonly #permits = new Set<number>();
  #current = mainStack;
  #interrupted = false;
  #restedAt: number;

  constructor(host: Host) {
    this.#host = host;
    this.#restedAt = host.clock.now();
  }

  /** Number of the stack that runs. */
  get current(): number {
    return this.#current;
  }

  /** The stack that runs has just begun. */
  begin(stack: number): void {
    this.#current = stack;
  }

  suspended(): number {
    return this.#current;
  }

  resumed(token: unknown): void {
    this.#current = token as number;
    if (this.#current !== mainStack || !this.#interrupted) return;
    // Not before: whoever ran meanwhile would have taken it.
    this.#interrupted = false;
    this.signals[0] = sigint;
  }

  /** Whether the thread should rest before the program goes on. */
  get tired(): boolean {
    return this.#host.clock.now() - this.#restedAt > sliceMs;
  }

  /** Let everything else happen that waits for the thread. */
  rest(): Promise<void> {
    return new Promise((resolve) => {
      this.#host.timers.after(0, () => {
        this.#restedAt = this.#host.clock.now();
        resolve();
      });
    });
  }

  /** A stack, which is about to be suspended or is already, waits for one of these to change, or to be woken. `timeoutMs` missing: for ever. */
  wait(stack: number, things: readonly Watchable[], timeoutMs?: number): Promise<Outcome> {
    return new Promise((resolve) => {
      const leave: (() => void)[] = [];
      const end = (outcome: Outcome): void => {
        if (this.#waits.get(stack) !== end) return;
        this.#waits.delete(stack);
        for (const each of leave) each();
        resolve(outcome);
      };
      this.#waits.set(stack, end);
      if (stack === mainStack && this.#interrupted) return end('interrupted');
      if (this.#permits.delete(stack)) return end('changed');
      for (const thing of things) leave.push(thing.watch(() => end('changed')));
      if (timeoutMs === undefined) return;
      const timer = this.#host.timers.after(timeoutMs, () => {
        this.#restedAt = this.#host.clock.now();
        end('timeout');
      });
      leave.push(() => this.#host.timers.cancel(timer));
    });
  }

  /** End the wait of a stack, or else its next one. */
  wake(stack: number): void {
    const end = this.#waits.get(stack);
    if (end) end('changed');
    else this.#permits.add(stack);
  }

  /** A stack that was woken does not want it any more. */
  forgetWake(): void {
    this.#permits.delete(this.#current);
  }

  /** SIGINT. What the main stack waits for ends with EINTR. */
  interrupt(): void {
    this.#interrupted = true;
    this.#waits.get(mainStack)?.('interrupted');
  }
}

const sigint = 2;
