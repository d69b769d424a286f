/** The same request sent to several servers at once, and their answers beside each other. */
import type { ProgramStatus } from '../machine/program-types.ts';
import type { SendResult } from '../machine/types.ts';
import { programsOf } from '../snippet/programs.ts';
import type { Snippet } from '../snippet/schema.ts';
import { looseAnswers, type LooseAnswer } from './loose-answer.ts';
import { clientProcess, type ConnectionIndex, type TraceLog } from './trace-log.ts';

/** Somebody who can be asked. */
export interface Listener {
  readonly program: string;
  /** `127.0.0.1:8000`. */
  readonly address: string;
}

/** One that was asked, and what is known of its answer. */
export interface Asked extends Listener {
  /** Missing: there is no connection (yet). */
  readonly connection?: number;
  /** Missing while the answer is awaited. */
  readonly result?: SendResult;
}

/** One request to several servers. */
export interface Comparison {
  /** Unlike that of any comparison before in this page. */
  readonly id: number;
  /** What was sent to each of them on one connection, latin-1. */
  readonly raw: string;
  readonly asked: readonly Asked[];
}

/** Who listens now, in the order of the programs. */
export function listeners(snippet: Snippet, statuses: readonly ProgramStatus[] | undefined): Listener[] {
  return programsOf(snippet).flatMap(({ name }) => (statuses?.find((status) => status.name === name)?.listening ?? []).map((address) => ({ program: name, address })));
}

/** Is this one among those whose answers are wanted? */
export const isCompared = (snippet: Snippet, program: string): boolean => snippet.view.compared?.includes(program) ?? true;

/** The choice with one program more or less; undefined: all of them. */
export function toggleCompared(snippet: Snippet, all: readonly Listener[], program: string): readonly string[] | undefined {
  const names = [...new Set(all.map((listener) => listener.program))];
  const chosen = names.filter((name) => (name === program ? !isCompared(snippet, name) : isCompared(snippet, name)));
  return chosen.length === names.length ? undefined : chosen;
}

/** What became of the connection, as far as the client knows. */
export type Ending =
  | 'refused' // there was none
  | 'waiting' // no whole answer yet
  | 'open'
  | 'closed' // by the server, or because its answer says so
  | 'reset'
  | 'given-up'; // by the client, which could not read the answer, or waited too long

/** One column. */
export interface Column extends Listener {
  readonly connection?: number;
  /** What came back on the connection, up to {@link maxRead} octets. */
  readonly raw: Uint8Array;
  /** Octets that came back, all of them. */
  readonly received: number;
  /** All that can be read as answers; interim ones too. */
  readonly answers: readonly LooseAnswer[];
  /** The first that is no interim one: what is compared. */
  readonly answer?: LooseAnswer;
  readonly ending: Ending;
  /** How long after the answer the server closed, where it was not at once. ms. */
  readonly closedAfterMs?: number;
  /** From the first octet sent to the first received. ms. */
  readonly firstByteMs?: number;
  /** Why there is no (whole) answer. */
  readonly failure?: NonNullable<SendResult['failure']>;
  /** Fields that it shares with the first column come in another order. */
  readonly reordered: boolean;
}

/** What one server says in one field. */
export interface FieldCell {
  /** One for each line of that name. */
  readonly values: readonly string[];
  /** As this server spells it. */
  readonly spelled: string;
  /** Place among its fields, from 1; 0 where it has none of that name. */
  readonly place: number;
  /** Not as in the first column. */
  readonly differs: boolean;
}

/** One field, over all columns. */
export interface FieldRow {
  /** As the first who has it spells it. */
  readonly name: string;
  /** Of course it differs: it says who or when. */
  readonly muted: boolean;
  readonly cells: readonly FieldCell[];
}

/** The table. Every list of cells has one for each column; `differs`: not as in the first column that has an answer. */
export interface Compared {
  readonly columns: readonly Column[];
  readonly statusDiffers: readonly boolean[];
  readonly framingDiffers: readonly boolean[];
  readonly contentDiffers: readonly boolean[];
  readonly endingDiffers: readonly boolean[];
  readonly fields: readonly FieldRow[];
}

/** Who and when: to differ in these says nothing. */
const muted: ReadonlySet<string> = new Set(['date', 'server']);

/** Octets of an answer that are read and shown: a large body is not worth reading again with each frame. */
export const maxRead = 256 * 1024;

/** Up to this, a close belongs to the answer. ms. */
const atOnceMs = 300;

/** Lay the answers beside each other, as far as the trace has come. */
export function compareAnswers({ raw, asked }: Comparison, log: TraceLog): Compared {
  const method = raw.slice(0, raw.indexOf(' '));
  const read = asked.map((one) => columnOf(one, one.connection === undefined ? undefined : log.connections.get(one.connection), method));
  const first = read.find(({ answer }) => answer);
  const order = first ? namesOf(first) : [];
  const columns = read.map((column): Column => ({ ...column, reordered: column !== first && !sameOrder(order, namesOf(column)) }));
  const differs = <T>(of: (answer: LooseAnswer) => T, same: (one: T, other: T) => boolean = Object.is): boolean[] => {
    const wanted = first?.answer && of(first.answer);
    return read.map(({ answer }) => answer !== undefined && wanted !== undefined && !same(of(answer), wanted));
  };
  // How it ends can be compared where there is no answer, too.
  const ended = read.find(({ ending }) => ending !== 'waiting')?.ending;
  return {
    columns,
    statusDiffers: differs(({ statusLine }) => statusLine),
    framingDiffers: differs(({ framing }) => framing),
    contentDiffers: differs(({ content }) => content, sameBytes),
    endingDiffers: read.map(({ ending }) => ending !== 'waiting' && ending !== ended),
    fields: fieldRows(read),
  };
}

function columnOf({ program, address, connection, result }: Asked, index: ConnectionIndex | undefined, method: string): Omit<Column, 'reordered'> {
  // Of a trace that was cut short at its beginning, the result knows at least the answer.
  const [received, raw] = index && index.s2c.length > 0 ? [index.s2c.length, index.s2c.slice(0, maxRead)] as const : [result?.raw.length ?? 0, result?.raw.subarray(0, maxRead) ?? new Uint8Array(0)] as const;
  const answers = looseAnswers(raw, method);
  const answer = answers.find(({ status }) => status >= 200 || status === 101 || status === 0);
  return {
    program, address, raw, received, answers, ...(connection !== undefined && { connection }), ...(answer && { answer }),
    ...(result?.failure && { failure: result.failure }), ...timesOf(index), ending: endingOf(result, index),
  };
}

function endingOf(result: SendResult | undefined, index: ConnectionIndex | undefined): Ending {
  const failure = result?.failure?.kind;
  if (failure === 'refused' || failure === 'stopped') return 'refused';
  const events = index?.events.filter(({ process }) => process === clientProcess) ?? [];
  const last = result?.responses?.at(-1);
  if (failure === 'not-http' || failure === 'timeout') return 'given-up';
  if (failure === 'reset' || events.some((event) => event.type === 'socket.close' && event.reason !== 'in order')) return 'reset';
  if (failure === 'closed' || (last && !last.keepAlive) || events.some((event) => event.type === 'socket.eof' && event.stream === 's2c')) return 'closed';
  return result ? 'open' : 'waiting';
}

function timesOf(index: ConnectionIndex | undefined): Pick<Column, 'firstByteMs' | 'closedAfterMs'> {
  let sent: number | undefined;
  let received: number | undefined;
  let latest: number | undefined;
  let closed: number | undefined;
  for (const event of index?.events ?? []) {
    if (event.process !== clientProcess) continue;
    if (event.type === 'socket.data' && event.stream === 'c2s') sent ??= event.at;
    else if (event.type === 'socket.data') {
      received ??= event.at;
      latest = event.at;
    } else if (event.type === 'socket.eof' && event.stream === 's2c') closed = event.at;
  }
  const after = closed === undefined ? 0 : closed - (latest ?? sent ?? closed);
  return { ...(sent !== undefined && received !== undefined && { firstByteMs: received - sent }), ...(after > atOnceMs && { closedAfterMs: after }) };
}

/** Names of the fields in lower case, each once, in order. */
const namesOf = ({ answer }: Pick<Column, 'answer'>): string[] => [...new Set((answer?.fields ?? []).map(([name]) => name.toLowerCase()))];

/** Those that both have come in the same order. */
function sameOrder(one: readonly string[], other: readonly string[]): boolean {
  const left = one.filter((name) => other.includes(name));
  const right = other.filter((name) => one.includes(name));
  return left.every((name, at) => name === right[at]);
}

function fieldRows(columns: readonly Pick<Column, 'answer'>[]): FieldRow[] {
  const names: string[] = [];
  for (const column of columns) {
    let at = 0;
    for (const name of namesOf(column)) {
      const known = names.indexOf(name);
      // What only this one has stands after what it follows.
      if (known < 0) names.splice(at, 0, name);
      at = (known < 0 ? at : known) + 1;
    }
  }
  const first = columns.find(({ answer }) => answer);
  return names.map((name) => {
    const wanted = cellOf(first?.answer, name).values;
    const cells = columns.map(({ answer }): FieldCell => {
      const cell = cellOf(answer, name);
      return { ...cell, differs: answer !== undefined && !muted.has(name) && (cell.values.length !== wanted.length || cell.values.some((value, at) => value !== wanted[at])) };
    });
    return { name: cells.find(({ place }) => place > 0)?.spelled ?? name, muted: muted.has(name), cells };
  });
}

function cellOf(answer: LooseAnswer | undefined, name: string): Omit<FieldCell, 'differs'> {
  const own = answer?.fields.filter(([candidate]) => candidate.toLowerCase() === name) ?? [];
  const place = (answer?.fields.findIndex(([candidate]) => candidate.toLowerCase() === name) ?? -1) + 1;
  return { values: own.map(([, value]) => value), spelled: own[0]?.[0] ?? '', place };
}

const sameBytes = (one: Uint8Array, other: Uint8Array): boolean => one.length === other.length && one.every((octet, at) => octet === other[at]);
