/**
 * Where a connection stands: the two machines of `states.ts`, and the facts of the exchange under way that both the
 * receiving and the sending half need.
 */
import type { Stream, Token } from '../../trace/events.ts';
import type { Tracer } from '../../trace/tracer.ts';
import type { HttpVersion } from './events.ts';
import {
  type ClientCause, type ClientState, clientTransitions, type Condition, type Coupling, couplings, type ServerCause, type ServerState, serverTransitions, type State,
} from './states.ts';

/**
 * A state of `states.ts` made ready for use: its number, and the states that its moves lead to by number of their cause. Looking things up by name for every
 * move would cost as much as reading a short request.
 */
interface Node<S extends State> {
  readonly name: S;
  readonly index: number;
  readonly moves: (Node<S> | undefined)[];
}

/** What moves a machine, as numbers: positions in {@link causes}. */
export const REQUEST = 0;
export const DATA = 1;
export const END = 2;
export const CLOSED = 3;
export const ERROR = 4;
export const OPEN = 5;
export const INFORMATIONAL = 6;
export const RESPONSE = 7;
export const SWITCH = 8;

/** Names of the causes, by number. */
export const causes = ['request', 'data', 'end', 'closed', 'error', 'open', 'informational', 'response', 'switch'] as const satisfies readonly (ClientCause | ServerCause)[];

function compile<S extends State>(table: Readonly<Record<S, Partial<Record<string, S>>>>): Readonly<Record<S, Node<S>>> {
  const nodes = Object.fromEntries(Object.keys(table).map((name, index) => [name, { name, index, moves: [] }])) as unknown as Record<S, Node<S>>;
  for (const node of Object.values<Node<S>>(nodes)) {
    for (const cause of causes) {
      const to = table[node.name][cause];
      node.moves.push(to === undefined ? undefined : nodes[to]);
    }
  }
  return nodes;
}

const clientNodes = compile<ClientState>(clientTransitions);
const serverNodes = compile<ServerState>(serverTransitions);
const serverCount = Object.keys(serverNodes).length;
/** What the couplings ask besides the two states, as bits. */
const NOT_PERSISTENT = 1;
const SWITCH_OFFERED = 2;

/** Does a row's condition hold? */
function holds(when: Condition, flags: number): boolean {
  switch (when) {
    case 'always': return true;
    case 'not persistent': return (flags & NOT_PERSISTENT) !== 0;
    case 'switch offered': return (flags & SWITCH_OFFERED) !== 0;
  }
}

/** The first coupling that applies, for every pair of states and every combination of flags: see {@link situation}. */
const couplingFor: readonly (Coupling | undefined)[] = Object.values(clientNodes).flatMap((client) =>
  Object.values(serverNodes).flatMap((server) =>
    [0, 1, 2, 3].map((flags) => couplings.find((row) => (row.client ?? client.name) === client.name && (row.server ?? server.name) === server.name && holds(row.when, flags))),
  ),
);

/** Place in {@link couplingFor}. */
const situation = (client: Node<ClientState>, server: Node<ServerState>, flags: number): number => (client.index * serverCount + server.index) * 4 + flags;

export class Exchange {
  readonly role: 'server' | 'client';
  readonly tracer: Tracer;
  /** Connection id, for the trace. */
  readonly id: number;
  readonly inStream: Stream;
  readonly outStream: Stream;
  /** Number of the exchange, from 1. */
  number = 1;
  /** The connection can be used again, as far as both sides have said. */
  persistent = true;
  /** Method of the request, received or sent; '' before it. */
  method = '';
  /** The client's version, once its request is known. */
  clientVersion: HttpVersion | undefined;
  /** The request has Upgrade, or is CONNECT. */
  switchOffered = false;
  /** The client sent `Expect: 100-continue` and has neither been answered nor sent content. */
  waitsFor100 = false;
  #client = clientNodes.IDLE;
  #server = serverNodes.IDLE;
  readonly #isServer: boolean;

  constructor(role: 'server' | 'client', tracer: Tracer, id: number) {
    this.role = role;
    this.#isServer = role === 'server';
    this.tracer = tracer;
    this.id = id;
    this.inStream = role === 'server' ? 'c2s' : 's2c';
    this.outStream = role === 'server' ? 's2c' : 'c2s';
  }

  get client(): ClientState {
    return this.#client.name;
  }

  get server(): ServerState {
    return this.#server.name;
  }

  get ours(): State {
    return this.#isServer ? this.#server.name : this.#client.name;
  }

  get theirs(): State {
    return this.#isServer ? this.#client.name : this.#server.name;
  }

  /** Either side is at its end, in order or not. */
  get closing(): boolean {
    return isClosing(this.client) || isClosing(this.server);
  }

  /** Both machines are DONE: begin the next exchange. */
  next(): void {
    this.number += 1;
    this.#setClient(clientNodes.IDLE, 'next cycle');
    this.#setServer(serverNodes.IDLE, 'next cycle');
    this.method = '';
    this.clientVersion = undefined;
    this.switchOffered = false;
    this.waitsFor100 = false;
  }

  /** May our machine make this move? */
  mayMove(cause: number): boolean {
    return (this.#isServer ? this.#server : this.#client).moves[cause] !== undefined;
  }

  moveOurs(cause: number): void {
    if (this.#isServer) this.#moveServer(cause);
    else this.#moveClient(cause);
  }

  moveTheirs(cause: number): void {
    if (this.#isServer) this.#moveClient(cause);
    else this.#moveServer(cause);
  }

  #moveClient(cause: number): void {
    const to = this.#client.moves[cause];
    if (to === undefined) throw new Error(`no move "${causes[cause]}" for the client in ${this.client}`);
    this.#setClient(to, causes[cause]!);
    // The server's machine hears the request.
    if (cause === REQUEST) this.#setServer(this.#server.moves[OPEN]!, causes[OPEN]);
    this.#couple();
  }

  #moveServer(cause: number): void {
    const to = this.#server.moves[cause];
    if (to === undefined) throw new Error(`no move "${causes[cause]}" for the server in ${this.server}`);
    this.#setServer(to, causes[cause]!);
    this.#couple();
  }

  #couple(): void {
    const flags = (this.persistent ? 0 : NOT_PERSISTENT) | (this.switchOffered ? SWITCH_OFFERED : 0);
    for (;;) {
      const row = couplingFor[situation(this.#client, this.#server, flags)];
      if (row === undefined) return;
      // Every move may make another row fit. No row leads back, so this ends.
      if (row.move === 'client') this.#setClient(clientNodes[row.to as ClientState], row.cause);
      else this.#setServer(serverNodes[row.to as ServerState], row.cause);
    }
  }

  #setClient(to: Node<ClientState>, cause: string): void {
    if (this.tracer.enabled && to !== this.#client) this.tracer.emit({ type: 'http.state', connection: this.id, exchange: this.number, role: 'client', from: this.client, to: to.name, cause });
    this.#client = to;
  }

  #setServer(to: Node<ServerState>, cause: string): void {
    if (this.tracer.enabled && to !== this.#server) this.tracer.emit({ type: 'http.state', connection: this.id, exchange: this.number, role: 'server', from: this.server, to: to.name, cause });
    this.#server = to;
  }

  /** Put a token of the received stream into the trace. The caller has asked `tracer.enabled`. */
  token(token: Token, start: number, end: number): void {
    this.tracer.token(token, this.id, this.number, this.inStream, start, end);
  }
}

const isClosing = (state: State): boolean => state === 'MUST_CLOSE' || state === 'CLOSED' || state === 'ERROR';

