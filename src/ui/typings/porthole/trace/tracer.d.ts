import type { Span, Stream, Token, TraceInput } from './events.ts';
/**
 * Where facts go. Emitters hold one and never ask what happens to an event.
 *
 * Guard anything costly: `if (tracer.enabled) tracer.emit({ … })`. With {@link noTrace} the cost of tracing is that branch.
 */
export interface Tracer {
    /** False: nobody listens; do not build payloads. Constant for the life of the tracer. */
    readonly enabled: boolean;
    /** Record a fact. The payload is kept as given: do not mutate it (or a `bytes` in it) afterwards. */
    emit(event: TraceInput): void;
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
    /** This process's Lamport time, to be sent along with a message to another process. */
    readonly clock: number;
    /** A message from another process arrived, stamped `clock`: never be behind it. */
    witness(clock: number): void;
}
/** Listens to nothing. */
export declare const noTrace: Tracer;
/** Read a span's length. */
export declare const spanLength: (span: Span) => number;
/**
 * Tell several. Each stamps in its own way; the Lamport time given out is the latest of theirs.
 * Those who do not listen are left out, so `tee(noTrace)` costs what `noTrace` does.
 */
export declare function tee(...tracers: readonly Tracer[]): Tracer;
