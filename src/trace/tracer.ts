import type { Span, Stream, Token, TraceInput, TraceType } from './events.ts';
import { factTaker } from './facts.ts';
import { type Section, sectionFacts } from './section.ts';

/** See {@link Tracer.emit}. */
export type Moment = true | number;

/**
 * Where facts go. Emitters hold one and never ask what happens to an event.
 *
 * Guard anything costly: `if (tracer.enabled) tracer.emit({ … })`. With {@link noTrace} the cost of tracing is that branch.
 */
export interface Tracer {
  /** False: nobody listens; do not build payloads. Constant for the life of the tracer. */
  readonly enabled: boolean;
  /**
   * Record a fact. The payload is kept as given: do not mutate it (or a `bytes` in it) afterwards. `moment`: when it was, if the clock need not be asked, which takes as long as
   * all the rest: `true` if nothing has happened since the event before, or the time that the emitter has just read.
   */
  emit(event: TraceInput, moment?: Moment): void;
  /**
   * Record an `http.token` without building an object: the hot path of the parser.
   * Equivalent to `emit({ type: 'http.token', … })`.
   */
  token(token: Token, connection: number, exchange: number, stream: Stream, start: number, end: number): void;
  /**
   * Record a fact that is only numbers: see `facts.ts`, whose codes these are, and whose `factTaker` stands in where a tracer has no such method. Equivalent to `emit`
   * (or `token`). `sameMoment`: nothing has happened since the event before, so there is no need to look at the clock.
   */
  fact?(code: number, connection: number, exchange: number, a: number, b: number, sameMoment: boolean): void;
  /**
   * Record the tokens of a complete message head in one call; it is kept as given. All are of one moment (`sameMoment`: as in {@link fact}). Where a tracer has no such method, `sectionFacts` tells them one by one.
   */
  section?(section: Section, connection: number, exchange: number, sameMoment: boolean): void;
  /**
   * Record an event that costs more to describe than to know. `make` is called when somebody takes the trace, if it comes to that, and must say then what it would have
   * said now: it holds on to nothing that may change. `bytes`: what it keeps in memory, about. Where a tracer has no such method, {@link emitLater} calls `make` at once.
   */
  later?(type: TraceType, bytes: number, make: () => TraceInput, moment?: Moment): void;
  /** When the latest event was, for whoever needs to know the time about and not exactly. Undefined where that is not known. */
  readonly now?: number;
  /** This process's Lamport time, to be sent along with a message to another process. */
  readonly clock: number;
  /** A message from another process arrived, stamped `clock`: never be behind it. */
  witness(clock: number): void;
}

/** Listens to nothing. */
export const noTrace: Tracer = Object.freeze({
  enabled: false,
  emit(_event: TraceInput): void {},
  token(_token: Token, _connection: number, _exchange: number, _stream: Stream, _start: number, _end: number): void {},
  fact(_code: number, _connection: number, _exchange: number, _a: number, _b: number, _sameMoment: boolean): void {},
  clock: 0,
  witness(_clock: number): void {},
});

/** {@link Tracer.later}, or what comes to the same. The caller has asked `enabled`. */
export function emitLater(tracer: Tracer, type: TraceType, bytes: number, make: () => TraceInput, moment?: Moment): void {
  if (tracer.later !== undefined) tracer.later(type, bytes, make, moment);
  else tracer.emit(make(), moment);
}

/** Read a span's length. */
export const spanLength = (span: Span): number => span[1] - span[0];

/**
 * Tell several. Each stamps in its own way; the Lamport time given out is the latest of theirs.
 * Those who do not listen are left out, so `tee(noTrace)` costs what `noTrace` does.
 */
export function tee(...tracers: readonly Tracer[]): Tracer {
  const listening = tracers.filter((tracer) => tracer.enabled);
  if (listening.length === 0) return noTrace;
  if (listening.length === 1) return listening[0]!;
  const takers = listening.map(factTaker);
  return {
    enabled: true,
    emit(event, moment) {
      for (const tracer of listening) tracer.emit(event, moment);
    },
    token(token, connection, exchange, stream, start, end) {
      for (const tracer of listening) tracer.token(token, connection, exchange, stream, start, end);
    },
    fact(code, connection, exchange, a, b, sameMoment) {
      for (const taker of takers) taker.fact(code, connection, exchange, a, b, sameMoment);
    },
    section(section, connection, exchange, sameMoment) {
      for (const [i, tracer] of listening.entries()) {
        if (tracer.section !== undefined) tracer.section(section, connection, exchange, sameMoment);
        else sectionFacts(takers[i]!, section, connection, exchange, sameMoment);
      }
    },
    later(type, bytes, make, moment) {
      for (const tracer of listening) emitLater(tracer, type, bytes, make, moment);
    },
    get clock() {
      return listening.reduce((latest, tracer) => Math.max(latest, tracer.clock), 0);
    },
    witness(clock) {
      for (const tracer of listening) tracer.witness(clock);
    },
  };
}
