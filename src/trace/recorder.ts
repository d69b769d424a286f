import type { Clock } from '../host/effects.ts';
import type { Stream, Token, TraceEvent, TraceInput, TraceStamp, TraceType } from './events.ts';
import { estimateBytes, own } from './payload.ts';
import { factEvent, tokenFact } from './facts.ts';
import { PayloadRing } from './payload-ring.ts';
import { type Packed, PayloadReader, PayloadWriter } from './pack.ts';
import { column, gapRow, objectRow, Row, rowBytes, RowRing, RowWriter, sectionRow } from './rows.ts';
import { headTokens, type Section, sectionFacts } from './section.ts';
import type { Moment, Tracer } from './tracer.ts';
import { checkProcessName, checkText, readPayload, writePayload } from './shapes.ts';

/** How a recorder is set up. */
export interface RecorderOptions {
  /** Name of this process in the trace: 1 to 64 characters. */
  readonly process: string;
  readonly clock: Clock;
  /** Bytes of memory the undrained trace may take, estimated. Oldest events go first, leaving a `trace.gap`. Default 8 MiB. */
  readonly budgetBytes?: number;
}

/**
 * What crosses a thread. Transfer its buffers (`postMessage(batch, buffersOf(batch))`); read it with {@link materialise}.
 */
export interface TraceBatch extends Packed {
  readonly process: string;
  /** Numbers, one row per event, in `seq` order. Layout private to `rows.ts`. The payloads are those of the rows that are more than eight numbers, in the same order, without stamps. */
  readonly tokens: ArrayBuffer;
}

/** What to transfer with a batch. */
export const buffersOf = ({ tokens, payloads }: TraceBatch): ArrayBuffer[] => [tokens, payloads];

/** Default of {@link RecorderOptions.budgetBytes}. */
export const defaultBudgetBytes = 8 * 1024 * 1024;

/** A Lamport time beyond this is not believed. It leaves room to count on for ever without losing whole numbers. */
const maxWitnessedClock = 2 ** 48;

/** What a row refers to: an event, what makes one when it is asked for, or the tokens of a section. */
type Payload = TraceInput | (() => TraceInput) | Section;

/**
 * Keeps a process's trace until it is drained.
 *
 * Every event takes one row of numbers (its stamp); a token is nothing but its row, and the tokens of a head have one row together, so the parser's hot path
 * allocates next to nothing. The reader makes the objects.
 */
export class Recorder implements Tracer {
  readonly enabled = true;
  readonly #process: string;
  readonly #time: Clock;
  readonly #budgetBytes: number;
  readonly #rows: RowRing;
  /** Payloads of those rows that have one, oldest first. */
  readonly #payloads = new PayloadRing<Payload>();
  #payloadBytes = 0;
  /** Events that have no row of their own: see {@link sectionRow}. */
  #unrolled = 0;
  readonly #writer = new PayloadWriter();

  #seq = 0;
  #clock = 0;
  #now = 0;
  /** Events dropped since the last drain, and the row of the newest of them, whose stamp the gap takes over. */
  #dropped = 0;
  readonly #lastDropped = new Row();

  /** @throws TypeError where the process name is empty or too long. */
  constructor(options: RecorderOptions) {
    this.#process = checkProcessName(options.process);
    this.#time = options.clock;
    this.#budgetBytes = Math.max(rowBytes, options.budgetBytes ?? defaultBudgetBytes);
    this.#rows = new RowRing(Math.floor(this.#budgetBytes / rowBytes));
  }

  get clock(): number {
    return this.#clock;
  }

  get now(): number {
    return this.#now;
  }

  witness(clock: number): void {
    // NaN fails both comparisons.
    if (clock > this.#clock && clock <= maxWitnessedClock) this.#clock = Math.floor(clock);
  }

  emit(event: TraceInput, moment?: Moment): void {
    if (event.type === 'http.token') {
      this.fact(tokenFact(event.token, event.stream), event.connection, event.exchange, event.span[0], event.span[1], moment === true);
      return;
    }
    const kept = own(event);
    this.#keep(objectRow, kept, 0, 0, estimateBytes(kept), 1, moment);
  }

  later(_type: TraceType, bytes: number, make: () => TraceInput, moment?: Moment): void {
    this.#keep(objectRow, make, 0, 0, bytes, 1, moment);
  }

  section(section: Section, connection: number, exchange: number, sameMoment: boolean): void {
    const tokens = headTokens(section);
    // What it takes is what it will take.
    this.#keep(sectionRow, section, connection, exchange, (tokens - 1) * rowBytes, tokens, sameMoment || undefined);
  }

  token(token: Token, connection: number, exchange: number, stream: Stream, start: number, end: number): void {
    this.fact(tokenFact(token, stream), connection, exchange, start, end, false);
  }

  fact(code: number, connection: number, exchange: number, a: number, b: number, sameMoment: boolean): void {
    if (!sameMoment) this.#now = this.#time.now();
    this.#push(code, connection, exchange, a, b);
    if (this.pendingBytes > this.#budgetBytes) this.#shed();
  }

  /** Number of events waiting, the gap included. */
  get pending(): number {
    return this.#rows.count + this.#unrolled + (this.#dropped > 0 ? 1 : 0);
  }

  /** Estimated memory of what waits. Unit: bytes. Never above the budget between calls. */
  get pendingBytes(): number {
    return this.#rows.count * rowBytes + this.#payloadBytes;
  }

  /** Take what is waiting. The batch is the caller's: nothing here refers to it any more. */
  drain(): TraceBatch {
    const rows = this.#rows;
    const out = new RowWriter(this.pending);
    // The gap takes the place of the newest event it stands for: numbers still rise, and the next one follows on.
    if (this.#dropped > 0) {
      const { seq, at, clock, events } = this.#lastDropped;
      out.row(seq + events - 1, at, clock + events - 1, gapRow, 0, 0, this.#dropped, 0);
    }
    let next = 0;
    for (let row = 0; row < rows.count; row += 1) {
      const kind = rows.cell(row, column.kind);
      if (kind === sectionRow) {
        out.begin(rows.cell(row, column.seq), rows.cell(row, column.at), rows.cell(row, column.clock));
        sectionFacts(out, this.#payloads.at(next) as Section, rows.cell(row, column.connection), rows.cell(row, column.exchange), true);
        next += 1;
      } else if (kind === objectRow) {
        out.row(rows.cell(row, column.seq), rows.cell(row, column.at), rows.cell(row, column.clock), objectRow, 0, 0, 0, 0);
        const payload = this.#payloads.at(next) as TraceInput | (() => TraceInput);
        writePayload(this.#writer, typeof payload === 'function' ? payload() : payload);
        next += 1;
      } else rows.copyTo(row, out);
    }
    rows.clear();
    this.#payloads.clear();
    this.#payloadBytes = 0;
    this.#unrolled = 0;
    this.#dropped = 0;
    return { process: this.#process, tokens: out.cells.buffer, ...this.#writer.take() };
  }

  /** A row with a payload of about `size` bytes, which stands for so many events. */
  #keep(kind: number, payload: Payload, connection: number, exchange: number, size: number, events: number, moment: Moment | undefined): void {
    if (moment !== true) this.#now = moment ?? this.#time.now();
    this.#push(kind, connection, exchange, size, events);
    this.#seq += events - 1;
    this.#clock += events - 1;
    this.#unrolled += events - 1;
    this.#payloads.push(payload);
    this.#payloadBytes += size;
    if (this.pendingBytes > this.#budgetBytes) this.#shed();
  }

  #push(kind: number, connection: number, exchange: number, start: number, end: number): void {
    if (this.#rows.full) this.#dropOldest();
    this.#clock += 1;
    this.#rows.push(this.#seq, this.#now, this.#clock, kind, connection, exchange, start, end);
    this.#seq += 1;
  }

  /** Forget the oldest until the rest fits; an event larger than the whole budget goes too. */
  #shed(): void {
    while (this.#rows.count > 0 && this.pendingBytes > this.#budgetBytes) this.#dropOldest();
  }

  #dropOldest(): void {
    const was = this.#lastDropped;
    this.#rows.shift(was);
    const { kind, events } = was;
    this.#dropped += events;
    this.#unrolled -= events - 1;
    if (kind === objectRow || kind === sectionRow) {
      this.#payloads.shift();
      this.#payloadBytes -= was.start;
    }
  }
}

/** Rows that {@link materialise} accepts in one batch: four times what the default budget holds. */
const maxBatchRows = 4 * (defaultBudgetBytes / rowBytes);

/**
 * A batch as events, in order, as objects that nobody else holds. It may come from hostile code: unknown members are
 * left out, over-long text is cut, and whatever else is not well formed throws.
 *
 * @param process the name of the process that sent it, where the receiver knows better than the batch.
 * @throws TypeError saying what is wrong with the batch.
 */
export function materialise(batch: TraceBatch, process?: string): TraceEvent[] {
  const given: { readonly [K in keyof TraceBatch]?: unknown } = Object(batch);
  const name = process ?? checkProcessName(given.process);
  if (!(given.tokens instanceof ArrayBuffer) || given.tokens.byteLength % rowBytes !== 0) throw new TypeError('trace batch: tokens is not a block of rows');
  const cells = new Float64Array(given.tokens);
  const rows = given.tokens.byteLength / rowBytes;
  if (rows > maxBatchRows) throw new TypeError(`trace batch: ${rows} events are too many`);

  const payloads = new PayloadReader(given, checkText);

  const events: TraceEvent[] = [];
  let lastSeq = -1;
  let lastClock = 0;
  for (let row = 0, base = 0; row < rows; row += 1, base += rowBytes / cells.BYTES_PER_ELEMENT) {
    const seq = cells[base + column.seq]!;
    const at = cells[base + column.at]!;
    const clock = cells[base + column.clock]!;
    if (!Number.isSafeInteger(seq) || seq <= lastSeq) throw new TypeError(`trace batch: row ${row} has seq ${seq} after ${lastSeq}`);
    if (!Number.isSafeInteger(clock) || clock <= lastClock) throw new TypeError(`trace batch: row ${row} has clock ${clock} after ${lastClock}`);
    if (!Number.isFinite(at)) throw new TypeError(`trace batch: row ${row} has no time`);
    lastSeq = seq;
    lastClock = clock;
    if (cells[base + column.kind] !== objectRow) {
      events.push(readRow(cells, base, row, seq, at, clock, name));
      continue;
    }
    events.push(stamped(readPayload(payloads), seq, at, clock, name));
  }
  if (!payloads.done) throw new TypeError('trace batch: there are payloads without a row');
  return events;
}

/** An event complete. `payload` is fresh, so it can be completed in place; a spread or Object.assign takes ten times as long. */
function stamped(payload: TraceInput, seq: number, at: number, clock: number, process: string): TraceEvent {
  const stamp = payload as unknown as { -readonly [K in keyof TraceStamp]: TraceStamp[K] };
  stamp.seq = seq;
  stamp.at = at;
  stamp.clock = clock;
  stamp.process = process;
  return payload as TraceEvent;
}

/** A row that is its own payload. */
function readRow(cells: Float64Array, base: number, row: number, seq: number, at: number, clock: number, process: string): TraceEvent {
  const kind = cells[base + column.kind]!;
  const start = cells[base + column.start]!;
  if (kind === gapRow) {
    if (!Number.isSafeInteger(start) || start < 0) throw new TypeError(`trace batch: row ${row} drops ${start} events`);
    return { type: 'trace.gap', count: start, seq, at, clock, process };
  }
  let event;
  try {
    event = factEvent(kind, cells[base + column.connection]!, cells[base + column.exchange]!, start, cells[base + column.end]!);
  } catch (error) {
    throw new TypeError(`trace batch: row ${row}: ${(error as Error).message}`, { cause: error });
  }
  return stamped(event, seq, at, clock, process);
}
