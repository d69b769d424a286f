/**
 * The tables of `states.ts` made ready for use: both machines as one, whose moves include everything that follows from them by the couplings. Looking names up
 * for every move would cost as much as reading a short request.
 */
import { stateFact } from '../../trace/facts.ts';
import { type ClientCause, type ClientState, clientTransitions, type Condition, couplings, type ServerCause, type ServerState, serverTransitions, type State } from './states.ts';

/** What moves a machine, as numbers that leave room for the bits below. */
export const REQUEST = 0;
export const DATA = 8;
export const END = 16;
export const CLOSED = 24;
export const ERROR = 32;
export const OPEN = 40;
export const INFORMATIONAL = 48;
export const RESPONSE = 56;
export const SWITCH = 64;

/** What else a move depends on, besides the two states: what the couplings ask, and whose move it is. */
export const NOT_PERSISTENT = 1;
export const SWITCH_OFFERED = 2;
export const BY_SERVER = 4;

const causes = ['request', 'data', 'end', 'closed', 'error', 'open', 'informational', 'response', 'switch'] as const satisfies readonly (ClientCause | ServerCause)[];

/** What such a number is called in the tables; the bits may be there. */
export const causeName = (cause: number): ClientCause | ServerCause => causes[cause >> 3]!;

/** One machine goes from one state to another: the numbers for the trace (`trace/facts.ts`). */
export type Step = ReturnType<typeof stateFact>;

/** Where a move leads, and by which steps: its own, and what follows from it. */
export interface Move {
  readonly to: Pair;
  readonly steps: readonly Step[];
}

/** The states of both machines. There is one object for each pair that was ever reached. */
export class Pair {
  readonly client: ClientState;
  readonly server: ServerState;
  /** Moves that were asked for, by what they depend on; undefined: not allowed, null: not yet asked. */
  readonly #moves: (Move | undefined | null)[] = Array.from({ length: causes.length * 8 }, () => null);

  constructor(client: ClientState, server: ServerState) {
    this.client = client;
    this.server = server;
  }

  /** What the client, or with {@link BY_SERVER} the server, does next. `asked`: a cause, and bits. Undefined: it may not. */
  move(asked: number): Move | undefined {
    const move = this.#moves[asked];
    return move === null ? (this.#moves[asked] = findMove(this, asked)) : move;
  }
}

const pairs = new Map<string, Pair>();

function pairOf(client: ClientState, server: ServerState): Pair {
  const key = `${client} ${server}`;
  let pair = pairs.get(key);
  if (pair === undefined) pairs.set(key, (pair = new Pair(client, server)));
  return pair;
}

/** Does a row's condition hold? */
function holds(when: Condition, flags: number): boolean {
  switch (when) {
    case 'always': return true;
    case 'not persistent': return (flags & NOT_PERSISTENT) !== 0;
    case 'switch offered': return (flags & SWITCH_OFFERED) !== 0;
  }
}

function findMove(from: Pair, asked: number): Move | undefined {
  const cause = causeName(asked);
  const steps: Step[] = [];
  const now: { client: ClientState; server: ServerState } = { client: from.client, server: from.server };
  const step = (role: 'client' | 'server', to: State, why: string): void => {
    if (to !== now[role]) steps.push(stateFact(role, now[role], to, why));
    if (role === 'client') now.client = to as ClientState;
    else now.server = to as ServerState;
  };
  const tables: { readonly client: Partial<Record<string, ClientState>>; readonly server: Partial<Record<string, ServerState>> } = { client: clientTransitions[now.client], server: serverTransitions[now.server] };
  const role = (asked & BY_SERVER) !== 0 ? 'server' : 'client';
  const to = tables[role][cause];
  if (to === undefined) return undefined;
  step(role, to, cause);
  // The server's machine hears the request, unless it has answered already, to nothing in particular.
  const open = tables.server['open'];
  if (role === 'client' && cause === 'request' && open !== undefined) step('server', open, 'open');
  // Every step may make another row fit. No row leads back, so this ends.
  for (;;) {
    const row = couplings.find((one) => (one.client ?? now.client) === now.client && (one.server ?? now.server) === now.server && holds(one.when, asked));
    if (row === undefined) return { to: pairOf(now.client, now.server), steps };
    step(row.move, row.to, row.cause);
  }
}

/** Where a connection begins. */
export const idle: Pair = pairOf('IDLE', 'IDLE');

/** From the end of one exchange to the beginning of the next. */
export const nextCycle: readonly Step[] = [stateFact('client', 'DONE', 'IDLE', 'next cycle'), stateFact('server', 'DONE', 'IDLE', 'next cycle')];
