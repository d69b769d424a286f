/**
 * The memory in which heads put down where their parts lie: one table for all connections, filled from its beginning to its end; then a new one. Nothing in it is written
 * over, since whoever has a request may ask it at any time. A table of its own for each connection would be in use for so long that a generational garbage collector takes
 * it for old, and memory that dies old has to wait for a collection of the whole heap, or brings one about.
 */
import type { SpanTable } from '../../trace/section.ts';

/** Numbers in a table. Small enough that it is no loss if somebody keeps one for the sake of one head. */
const tableLength = 8192;

/** A table that is being filled. */
export class SpanShelf {
  table: SpanTable;
  /** Behind the numbers that belong to somebody. */
  taken = 0;
  readonly #wide: boolean;

  constructor(wide: boolean) {
    this.#wide = wide;
    this.table = this.newTable(0);
  }

  /** A table for somebody alone. */
  newTable(length: number): SpanTable {
    return this.#wide ? new Int32Array(length) : new Uint16Array(length);
  }

  /** Go on in a new table, which begins with `used`. False: that is too much for a table that is shared. */
  renew(used: SpanTable): boolean {
    if (used.length > tableLength / 4) return false;
    this.table = this.newTable(tableLength);
    this.table.set(used);
    this.taken = 0;
    return true;
  }
}

const narrow = new SpanShelf(false);
const wide = new SpanShelf(true);

/** The shelf for heads of up to so many octets, of which no position is greater. */
export const shelfFor = (maxHeadBytes: number): SpanShelf => (maxHeadBytes <= 0xffff ? narrow : wide);
