/**
 * The life of a connection, as tables.
 *
 * Theory. Each end keeps two small machines: one for the client of the connection and one for its server, whichever of them
 * it is itself. What one end sends moves the same machine there as what the other end receives moves here, so both ends
 * always agree on where they are, up to the octets in flight. That is why one table serves both roles.
 *
 * Within one exchange the machines run side by side and hardly touch: a server may answer before the request is
 * complete (RFC9112-9.5-5), a client may still be sending when the answer is over. They meet at four places, which are the rows of
 * {@link couplings}:
 *
 * 1. Persistence (RFC9112-9.3). If the connection cannot be used again, DONE is not the end of an exchange but the end of the
 *    connection: MUST_CLOSE. Else, when both are DONE, `startNextCycle` puts both back to IDLE. Nothing of the next
 *    request is read before that: this is what keeps pipelined responses in order (RFC9112-9.3.2).
 * 2. Upgrade and CONNECT. A client that offered another protocol does not know what its next octet will mean until the
 *    server has answered: MIGHT_SWITCH. A 101 (or a 2xx to CONNECT) takes both to SWITCHED, from where there is no
 *    way back; any other final response takes the client on to DONE, as though it had never asked (RFC9110-7.8-2).
 * 3. Closing. Where one side has closed, the other has nothing to wait for after its last message: MUST_CLOSE.
 * 4. Errors. When the peer breaks a rule its machine goes to ERROR and is read no further. Ours goes on: a server in ERROR's
 *    company may still send the one response that explains it, and then must close.
 *
 * The same in pictures: `docs/states-client.svg`, `docs/states-server.svg`, drawn from these tables by `scripts/diagrams.ts`.
 */

/** The client's machine. */
export type ClientState = 'IDLE' | 'SEND_BODY' | 'DONE' | 'MIGHT_SWITCH' | 'SWITCHED' | 'MUST_CLOSE' | 'CLOSED' | 'ERROR';
/** The server's machine. */
export type ServerState = 'IDLE' | 'SEND_RESPONSE' | 'SEND_BODY' | 'DONE' | 'SWITCHED' | 'MUST_CLOSE' | 'CLOSED' | 'ERROR';
/** Either. */
export type State = ClientState | ServerState;

/** What its own message does to a machine. `switch` is a 101, or a 2xx to CONNECT. `open` is the request, seen by the server's machine. */
export type ClientCause = 'request' | 'data' | 'end' | 'closed' | 'error';
export type ServerCause = 'open' | 'informational' | 'response' | 'switch' | 'data' | 'end' | 'closed' | 'error';

/** A cause that is missing from a row is not allowed in that state. */
export const clientTransitions = {
  // RFC9112-9.5-3: either side "MAY close the transport connection at any time".
  IDLE: { request: 'SEND_BODY', closed: 'CLOSED', error: 'ERROR' },
  SEND_BODY: { data: 'SEND_BODY', end: 'DONE', error: 'ERROR' },
  // RFC9112-9.3-6 would let a client send the next request now. One at a time is enough here: `startNextCycle` first.
  DONE: { closed: 'CLOSED', error: 'ERROR' },
  // The next octets may belong to another protocol: nothing is read, and nothing may be sent.
  MIGHT_SWITCH: { error: 'ERROR' },
  SWITCHED: {},
  MUST_CLOSE: { closed: 'CLOSED', error: 'ERROR' },
  CLOSED: { closed: 'CLOSED', error: 'ERROR' },
  ERROR: { error: 'ERROR' },
} as const satisfies Record<ClientState, Partial<Record<ClientCause, ClientState>>>;

export const serverTransitions = {
  // A response without a request: to bytes that could not be read as one, or to say goodbye to an idle client (RFC9112-9.5-2).
  IDLE: { open: 'SEND_RESPONSE', response: 'SEND_BODY', closed: 'CLOSED', error: 'ERROR' },
  // RFC9110-15-7: "zero or more interim … responses …, followed by exactly one final response".
  SEND_RESPONSE: { informational: 'SEND_RESPONSE', response: 'SEND_BODY', switch: 'SWITCHED', error: 'ERROR' },
  SEND_BODY: { data: 'SEND_BODY', end: 'DONE', error: 'ERROR' },
  DONE: { closed: 'CLOSED', error: 'ERROR' },
  SWITCHED: {},
  MUST_CLOSE: { closed: 'CLOSED', error: 'ERROR' },
  CLOSED: { closed: 'CLOSED', error: 'ERROR' },
  ERROR: { error: 'ERROR' },
} as const satisfies Record<ServerState, Partial<Record<ServerCause, ServerState>>>;

/** What the couplings ask besides the two states. */
export type Condition =
  | 'not persistent' // one side said close, or HTTP/1.0, or the body ends with the connection
  | 'switch offered' // the request has Upgrade, or is CONNECT
  | 'always';

/** Moves that follow from the pair of states alone. Applied in order, again and again, until none fits. */
export interface Coupling {
  readonly client?: ClientState;
  readonly server?: ServerState;
  readonly when: Condition;
  readonly move: 'client' | 'server';
  readonly to: State;
  readonly cause: string;
}

export const couplings: readonly Coupling[] = Object.freeze([
  { client: 'MIGHT_SWITCH', server: 'SWITCHED', when: 'always', move: 'client', to: 'SWITCHED', cause: 'protocol switched' },
  { client: 'MIGHT_SWITCH', server: 'SEND_BODY', when: 'always', move: 'client', to: 'DONE', cause: 'switch declined' },
  { client: 'MIGHT_SWITCH', server: 'DONE', when: 'always', move: 'client', to: 'DONE', cause: 'switch declined' },
  { client: 'MIGHT_SWITCH', server: 'MUST_CLOSE', when: 'always', move: 'client', to: 'DONE', cause: 'switch declined' },
  { client: 'DONE', server: 'SWITCHED', when: 'always', move: 'client', to: 'SWITCHED', cause: 'protocol switched' },
  { client: 'DONE', server: 'SEND_RESPONSE', when: 'switch offered', move: 'client', to: 'MIGHT_SWITCH', cause: 'switch offered' },
  { client: 'DONE', when: 'not persistent', move: 'client', to: 'MUST_CLOSE', cause: 'not persistent' },
  { server: 'DONE', when: 'not persistent', move: 'server', to: 'MUST_CLOSE', cause: 'not persistent' },
  { client: 'CLOSED', server: 'DONE', when: 'always', move: 'server', to: 'MUST_CLOSE', cause: 'client closed' },
  { client: 'CLOSED', server: 'IDLE', when: 'always', move: 'server', to: 'MUST_CLOSE', cause: 'client closed' },
  { client: 'ERROR', server: 'DONE', when: 'always', move: 'server', to: 'MUST_CLOSE', cause: 'client failed' },
  { client: 'DONE', server: 'CLOSED', when: 'always', move: 'client', to: 'MUST_CLOSE', cause: 'server closed' },
  { client: 'IDLE', server: 'CLOSED', when: 'always', move: 'client', to: 'MUST_CLOSE', cause: 'server closed' },
  { client: 'DONE', server: 'ERROR', when: 'always', move: 'client', to: 'MUST_CLOSE', cause: 'server failed' },
] as const satisfies readonly Coupling[]);
