import type { Clock } from '../host/effects.ts';
import { formatAddress, type Address } from './socket.ts';

/** A connection that uses its two addresses, or used them until lately. */
interface Entry {
  readonly client: Address;
  readonly server: Address;
  /** Which end's address is still taken; 'both' while the connection is open. */
  holds: 'both' | 'client' | 'server';
  /** Clock time at which it is forgotten; Infinity while open. */
  until: number;
}

/**
 * Which connections there are, and which are in TIME_WAIT: the end that closed first keeps its addresses for a while, so
 * that a late segment of the old connection cannot be taken for one of a new connection between the same two addresses.
 * Nothing is ever late on this network; what can be seen is what it does to `bind`.
 */
export class Ledger {
  readonly #clock: Clock | undefined;
  readonly #timeWaitMs: number;
  /** By `client server`; one pair of addresses is one connection at a time. */
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock | undefined, timeWaitMs: number) {
    this.#clock = clock;
    this.#timeWaitMs = timeWaitMs;
  }

  /** A connection is made. Returns what to call when it is over, with the end that closed first (undefined: reset). */
  enter(client: Address, server: Address): (firstToEnd: 'client' | 'server' | undefined) => void {
    const key = pairOf(client, server);
    const entry: Entry = { client, server, holds: 'both', until: Infinity };
    this.#entries.set(key, entry);
    return (firstToEnd) => {
      if (firstToEnd && this.#clock && this.#timeWaitMs > 0) {
        entry.holds = firstToEnd;
        entry.until = this.#clock.now() + this.#timeWaitMs;
      } else if (this.#entries.get(key) === entry) {
        // A reset skips TIME_WAIT.
        this.#entries.delete(key);
      }
    };
  }

  /** Whether a connection between these two is open or in TIME_WAIT. */
  hasPair(client: Address, server: Address): boolean {
    const entry = this.#entries.get(pairOf(client, server));
    return entry !== undefined && !this.#isOver(entry);
  }

  /** What holds a local address that `matches`: an open connection, one in TIME_WAIT, or nothing. */
  traceOf(matches: (local: Address) => boolean): 'open' | 'time-wait' | undefined {
    let found: 'open' | 'time-wait' | undefined;
    for (const [key, entry] of this.#entries) {
      if (this.#isOver(entry)) {
        this.#entries.delete(key);
        continue;
      }
      const { client, server, holds } = entry;
      const held = (holds !== 'server' && matches(client)) || (holds !== 'client' && matches(server));
      if (held && holds === 'both') return 'open';
      if (held) found = 'time-wait';
    }
    return found;
  }

  #isOver({ until }: Entry): boolean {
    return this.#clock !== undefined && until <= this.#clock.now();
  }
}

const pairOf = (client: Address, server: Address): string => `${formatAddress(client)} ${formatAddress(server)}`;
