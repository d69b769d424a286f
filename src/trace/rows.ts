/**
 * Events as numbers: one row of eight doubles each. Doubles throughout, because offsets and Lamport times may pass 2³²
 * and one view is simpler than two; a row of 64 bytes is also a cache line.
 */
import type { FactTaker } from './facts.ts';

const columns = 8;
/** Bytes of one row. */
export const rowBytes = columns * Float64Array.BYTES_PER_ELEMENT;

/** Column numbers. */
export const column = { seq: 0, at: 1, clock: 2, kind: 3, connection: 4, exchange: 5, start: 6, end: 7 } as const;

/** `kind` of a row is the code of its fact (`facts.ts`), or one of these. This: its payload is an object. */
export const objectRow = -1;
/** Within a ring: the row stands for several, the tokens of a section; their number is in `end`. */
export const sectionRow = -3;
/** `kind` of a row that stands for dropped events; their number is in `start`. */
export const gapRow = -2;

/** A row that was taken out: its stamp, and what says how much it stood for. */
export class Row {
  seq = 0;
  at = 0;
  clock = 0;
  kind = 0;
  start = 0;
  end = 0;

  /** Events that it stood for. */
  get events(): number {
    return this.kind === sectionRow ? this.end : 1;
  }
}

/** Rows the ring starts with: 16 KiB. */
const firstRows = 256;

/** A queue of rows that grows up to a limit and then has to be relieved at its old end. */
export class RowRing {
  readonly #maxRows: number;
  #cells: Float64Array<ArrayBuffer>;
  /** Index of the oldest row, and how many there are. */
  #head = 0;
  #count = 0;

  constructor(maxRows: number) {
    this.#maxRows = maxRows;
    this.#cells = new Float64Array(Math.min(firstRows, maxRows) * columns);
  }

  get count(): number {
    return this.#count;
  }

  get full(): boolean {
    return this.#count === this.#maxRows;
  }

  /** Append a row. The caller has made sure that the ring is not {@link full}. */
  push(seq: number, at: number, clock: number, kind: number, connection: number, exchange: number, start: number, end: number): void {
    let capacity = this.#cells.length / columns;
    if (this.#count === capacity) {
      this.#grow();
      capacity = this.#cells.length / columns;
    }
    let index = this.#head + this.#count;
    if (index >= capacity) index -= capacity;
    const cells = this.#cells;
    const base = index * columns;
    cells[base] = seq;
    cells[base + 1] = at;
    cells[base + 2] = clock;
    cells[base + 3] = kind;
    cells[base + 4] = connection;
    cells[base + 5] = exchange;
    cells[base + 6] = start;
    cells[base + 7] = end;
    this.#count += 1;
  }

  /** Forget the oldest row; what it was is in `was` then. */
  shift(was: Row): void {
    const cells = this.#cells;
    const base = this.#head * columns;
    was.seq = cells[base]!;
    was.at = cells[base + 1]!;
    was.clock = cells[base + 2]!;
    was.kind = cells[base + 3]!;
    was.start = cells[base + 6]!;
    was.end = cells[base + 7]!;
    this.#head += 1;
    if (this.#head * columns === this.#cells.length) this.#head = 0;
    this.#count -= 1;
  }

  clear(): void {
    this.#head = 0;
    this.#count = 0;
  }

  /** One cell of a row, counted from the oldest. */
  cell(row: number, which: number): number {
    return this.#cells[this.#base(row) + which]!;
  }

  /** Copy a row, counted from the oldest. */
  copyTo(row: number, out: RowWriter): void {
    const c = this.#cells;
    const at = this.#base(row);
    out.row(c[at]!, c[at + 1]!, c[at + 2]!, c[at + 3]!, c[at + 4]!, c[at + 5]!, c[at + 6]!, c[at + 7]!);
  }

  #base(row: number): number {
    const at = (this.#head + row) * columns;
    return at < this.#cells.length ? at : at - this.#cells.length;
  }

  #grow(): void {
    const [from, wrapped] = this.#stretches();
    const bigger = new Float64Array(Math.min((this.#cells.length / columns) * 2, this.#maxRows) * columns);
    bigger.set(from);
    bigger.set(wrapped, from.length);
    this.#cells = bigger;
    this.#head = 0;
  }

  /** The live rows: from the head on, and what wrapped round to the start. */
  #stretches(): [Float64Array, Float64Array] {
    const start = this.#head * columns;
    const end = start + this.#count * columns;
    return [this.#cells.subarray(start, Math.min(end, this.#cells.length)), this.#cells.subarray(0, Math.max(0, end - this.#cells.length))];
  }
}

/** Rows in memory of their own, one behind the other. */
export class RowWriter implements FactTaker {
  readonly cells: Float64Array<ArrayBuffer>;
  #at = 0;
  #seq = 0;
  #time = 0;
  #clock = 0;

  constructor(rows: number) {
    this.cells = new Float64Array(rows * columns);
  }

  row(seq: number, at: number, clock: number, kind: number, connection: number, exchange: number, start: number, end: number): void {
    const { cells } = this;
    const base = this.#at;
    cells[base] = seq;
    cells[base + 1] = at;
    cells[base + 2] = clock;
    cells[base + 3] = kind;
    cells[base + 4] = connection;
    cells[base + 5] = exchange;
    cells[base + 6] = start;
    cells[base + 7] = end;
    this.#at = base + columns;
  }

  /** Stamp of the next {@link fact}; those after it follow on. */
  begin(seq: number, at: number, clock: number): void {
    this.#seq = seq;
    this.#time = at;
    this.#clock = clock;
  }

  fact(code: number, connection: number, exchange: number, a: number, b: number): void {
    this.row(this.#seq, this.#time, this.#clock, code, connection, exchange, a, b);
    this.#seq += 1;
    this.#clock += 1;
  }
}
