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

/** The rows of the coupling table that fit a pair of states, whatever else they ask: for most pairs none. */
const couplingsOf = Object.fromEntries(
  Object.keys(clientTransitions).map((client) => [
    client,
    Object.fromEntries(
      Object.keys(serverTransitions).map((server) => [server, couplings.filter((row) => (row.client ?? client) === client && (row.server ?? server) === server)]),
    ),
  ]),
) as unknown as Readonly<Record<ClientState, Readonly<Record<ServerState, readonly Coupling[]>>>>;

export class Exchange {
  readonly role: 'server' | 'client';
  readonly tracer: Tracer;
  /** Connection id, for the trace. */
  readonly id: number;
  readonly inStream: Stream;
  readonly outStream: Stream;
  client: ClientState = 'IDLE';
  server: ServerState = 'IDLE';
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

  constructor(role: 'server' | 'client', tracer: Tracer, id: number) {
    this.role = role;
    this.tracer = tracer;
    this.id = id;
    this.inStream = role === 'server' ? 'c2s' : 's2c';
    this.outStream = role === 'server' ? 's2c' : 'c2s';
  }

  get ours(): State {
    return this.role === 'server' ? this.server : this.client;
  }

  get theirs(): State {
    return this.role === 'server' ? this.client : this.server;
  }

  /** Either side is at its end, in order or not. */
  get closing(): boolean {
    return isClosing(this.client) || isClosing(this.server);
  }

  /** Both machines are DONE: begin the next exchange. */
  next(): void {
    this.number += 1;
    this.#setClient('IDLE', 'next cycle');
    this.#setServer('IDLE', 'next cycle');
    this.method = '';
    this.clientVersion = undefined;
    this.switchOffered = false;
    this.waitsFor100 = false;
  }

  /** May our machine make this move? */
  mayMove(cause: ClientCause | ServerCause): boolean {
    const row: Partial<Record<string, State>> = this.role === 'server' ? serverTransitions[this.server] : clientTransitions[this.client];
    return row[cause] !== undefined;
  }

  moveOurs(cause: ClientCause | ServerCause): void {
    if (this.role === 'server') this.#moveServer(cause as ServerCause);
    else this.#moveClient(cause as ClientCause);
  }

  moveTheirs(cause: ClientCause | ServerCause): void {
    if (this.role === 'server') this.#moveClient(cause as ClientCause);
    else this.#moveServer(cause as ServerCause);
  }

  #moveClient(cause: ClientCause): void {
    const row: Partial<Record<ClientCause, ClientState>> = clientTransitions[this.client];
    const to = row[cause];
    if (to === undefined) throw new Error(`no move "${cause}" for the client in ${this.client}`);
    this.#setClient(to, cause);
    // The server's machine hears the request.
    if (cause === 'request') this.#setServer('SEND_RESPONSE', 'open');
    if (to !== 'SEND_BODY') this.#couple();
  }

  #moveServer(cause: ServerCause): void {
    const row: Partial<Record<ServerCause, ServerState>> = serverTransitions[this.server];
    const to = row[cause];
    if (to === undefined) throw new Error(`no move "${cause}" for the server in ${this.server}`);
    this.#setServer(to, cause);
    if (cause !== 'data') this.#couple();
  }

  #couple(): void {
    for (let again = true; again; ) {
      again = false;
      for (const { when, move, to, cause } of couplingsOf[this.client][this.server]) {
        if (!this.#holds(when)) continue;
        if (move === 'client') this.#setClient(to as ClientState, cause);
        else this.#setServer(to as ServerState, cause);
        // Every move may make another row fit. No row leads back, so this ends.
        again = true;
        break;
      }
    }
  }

  #holds(condition: Condition): boolean {
    switch (condition) {
      case 'always': return true;
      case 'not persistent': return !this.persistent;
      case 'switch offered': return this.switchOffered;
    }
  }

  #setClient(to: ClientState, cause: string): void {
    if (this.tracer.enabled && to !== this.client) this.tracer.emit({ type: 'http.state', connection: this.id, exchange: this.number, role: 'client', from: this.client, to, cause });
    this.client = to;
  }

  #setServer(to: ServerState, cause: string): void {
    if (this.tracer.enabled && to !== this.server) this.tracer.emit({ type: 'http.state', connection: this.id, exchange: this.number, role: 'server', from: this.server, to, cause });
    this.server = to;
  }

  /** Put a token of the received stream into the trace. The caller has asked `tracer.enabled`. */
  token(token: Token, start: number, end: number): void {
    this.tracer.token(token, this.id, this.number, this.inStream, start, end);
  }
}

const isClosing = (state: State): boolean => state === 'MUST_CLOSE' || state === 'CLOSED' || state === 'ERROR';

