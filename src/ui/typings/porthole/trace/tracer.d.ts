import type { Span, Stream, Token, TraceInput, TraceType } from './events.ts';
import { type Section } from './section.ts';
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
export declare const noTrace: Tracer;
/** {@link Tracer.later}, or what comes to the same. The caller has asked `enabled`. */
export declare function emitLater(tracer: Tracer, type: TraceType, bytes: number, make: () => TraceInput, moment?: Moment): void;
/** Read a span's length. */
export declare const spanLength: (span: Span) => number;
/**
 * Tell several. Each stamps in its own way; the Lamport time given out is the latest of theirs.
 * Those who do not listen are left out, so `tee(noTrace)` costs what `noTrace` does.
 */
export declare function tee(...tracers: readonly Tracer[]): Tracer;
