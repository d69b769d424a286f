/**
 * Where a connection stands: the two machines of `states.ts`, and the facts of the exchange under way that both the
 * receiving and the sending half need.
 */
import type { Stream, Token } from '../../trace/events.ts';
import { type FactTaker, factTaker } from '../../trace/facts.ts';
import { type Section, sectionFacts, trailerSection } from '../../trace/section.ts';
import type { Tracer } from '../../trace/tracer.ts';
import type { HttpVersion } from './events.ts';
import { BY_SERVER, causeName, CLOSED, idle, nextCycle, NOT_PERSISTENT, type Pair, type Step, SWITCH_OFFERED } from './machine.ts';
import type { ClientState, ServerState, State } from './states.ts';

export class Exchange {
  readonly role: 'server' | 'client';
  readonly tracer: Tracer;
  /** Somebody listens. Here, because one process may have tracers of several classes, and asking whichever it is costs more. */
  readonly traced: boolean;
  /** The tracer, for facts that are only numbers. */
  readonly facts: FactTaker;
  /** Connection id, for the trace. */
  readonly id: number;
  readonly inStream: Stream;
  readonly outStream: Stream;
  /** Number of the exchange, from 1. */
  number = 1;
  /** Method of the request, received or sent; '' before it. */
  method = '';
  /** The client's version, once its request is known. */
  clientVersion: HttpVersion | undefined;
  /** The client sent `Expect: 100-continue` and has neither been answered nor sent content. */
  waitsFor100 = false;
  #pair: Pair = idle;
  /** OR of {@link NOT_PERSISTENT} and {@link SWITCH_OFFERED}, as {@link Pair.move} wants them. */
  #flags = 0;
  /** {@link BY_SERVER} for the server, 0 for the client. */
  readonly #we: number;
  readonly #they: number;

  constructor(role: 'server' | 'client', tracer: Tracer, id: number) {
    this.role = role;
    this.#we = role === 'server' ? BY_SERVER : 0;
    this.#they = BY_SERVER - this.#we;
    this.tracer = tracer;
    this.facts = factTaker(tracer);
    this.traced = tracer.enabled;
    this.id = id;
    this.inStream = role === 'server' ? 'c2s' : 's2c';
    this.outStream = role === 'server' ? 's2c' : 'c2s';
  }

  get client(): ClientState {
    return this.#pair.client;
  }

  get server(): ServerState {
    return this.#pair.server;
  }

  get ours(): State {
    return this.#we === 0 ? this.#pair.client : this.#pair.server;
  }

  get theirs(): State {
    return this.#they === 0 ? this.#pair.client : this.#pair.server;
  }

  /** The connection can be used again, as far as both sides have said. */
  get persistent(): boolean {
    return (this.#flags & NOT_PERSISTENT) === 0;
  }

  set persistent(yes: boolean) {
    this.note(yes, this.switchOffered);
  }

  /** The request has Upgrade, or is CONNECT. */
  get switchOffered(): boolean {
    return (this.#flags & SWITCH_OFFERED) !== 0;
  }

  set switchOffered(yes: boolean) {
    this.note(this.persistent, yes);
  }

  /** Both at once. */
  note(persistent: boolean, switchOffered: boolean): void {
    this.#flags = (persistent ? 0 : NOT_PERSISTENT) | (switchOffered ? SWITCH_OFFERED : 0);
  }

  /** Either side is at its end, in order or not. */
  get closing(): boolean {
    return isClosing(this.client) || isClosing(this.server);
  }

  /** Both machines are DONE: begin the next exchange. */
  next(sameMoment = false): void {
    this.number += 1;
    if (this.traced) this.#tell(nextCycle, sameMoment);
    this.#pair = idle;
    this.method = '';
    this.clientVersion = undefined;
    this.#flags &= NOT_PERSISTENT;
    this.waitsFor100 = false;
  }

  /** May our machine make this move? */
  mayMove(cause: number): boolean {
    return this.#pair.move(cause | this.#we | this.#flags) !== undefined;
  }

  moveOurs(cause: number): void {
    this.#go(cause | this.#we);
  }

  moveTheirs(cause: number): void {
    this.#go(cause | this.#they);
  }

  #go(asked: number): void {
    const move = this.#pair.move(asked | this.#flags);
    if (move === undefined) this.#cannot(asked);
    // All but the end of a connection follows at once from something that was told.
    if (this.traced) this.#tell(move.steps, (asked & ~BY_SERVER) !== CLOSED);
    this.#pair = move.to;
  }

  #cannot(asked: number): never {
    const [role, state] = (asked & BY_SERVER) !== 0 ? ['server', this.server] : ['client', this.client];
    throw new Error(`no move "${causeName(asked)}" for the ${role} in ${state}`);
  }

  #tell(steps: readonly Step[], sameMoment: boolean): void {
    const { id, number, facts } = this;
    for (let i = 0; i < steps.length; i += 1) {
      const { code, states, cause } = steps[i]!;
      facts.fact(code, id, number, states, cause, sameMoment || i > 0);
    }
  }

  /** Tell the tokens of a section. The caller has asked {@link traced}. `sameMoment`: nothing has happened since the event before. */
  tellSection(section: Section, sameMoment: boolean): void {
    // Those that are not complete are seldom, so nobody has to know how many tokens they have.
    if (section.size > 0 && section.code < trailerSection && this.tracer.section !== undefined) this.tracer.section(section, this.id, this.number, sameMoment);
    else sectionFacts(this.facts, section, this.id, this.number, sameMoment);
  }

  /** Put a token of the received stream into the trace. The caller has asked {@link traced}. */
  token(token: Token, start: number, end: number): void {
    this.tracer.token(token, this.id, this.number, this.inStream, start, end);
  }
}

const isClosing = (state: State): boolean => state === 'MUST_CLOSE' || state === 'CLOSED' || state === 'ERROR';

