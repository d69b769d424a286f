import type { HttpData, HttpEnd, HttpFraming, HttpState, HttpToken, Stream, Token } from './events.ts';
import type { Tracer } from './tracer.ts';
/**
 * Events that are nothing but numbers: a code that says what happened, whom it is about, and two numbers more. The hot path tells them as such
 * ({@link Tracer.fact}), because an object for each costs more than reading the request that it is about; who reads the trace makes objects of them.
 *
 * A batch never outlives the build that made it, so the codes may change. They are, in this order: two for each token (by stream), two for `http.data` (by stream),
 * two for `http.end` (by stream; only without trailers), two for `http.framing` (by stream), two for `http.state` (by role).
 */
/** Tokens by their place in this list, which recordings in links hold as well: it may only grow at its end. `satisfies` and {@link tokenCode} see to it that none is forgotten. */
export declare const tokenNames: readonly ["method", "target", "version", "status", "reason", "field-name", "field-value", "chunk-size", "chunk-extension", "body", "trailer-name", "trailer-value", "line-end", "separator", "ignored", "refused", "ws-header", "ws-mask", "ws-payload"];
/** Position of a token in {@link tokenNames}. */
export declare const tokenCode: Readonly<Record<Token, number>>;
/** States and causes of `http.state`, as the core names them. A test compares them with its tables. */
export declare const stateNames: readonly string[];
export declare const causeNames: readonly string[];
/** Smallest number that is not a code. */
export declare const factLimit: number;
/** Code of a token; its numbers are the span. */
export declare const tokenFact: (token: Token, stream: Stream) => number;
/** Code of `http.data`; its numbers are the span. */
export declare const dataFact: (stream: Stream) => number;
/** Code of `http.end` without trailers; its numbers are the span. */
export declare const endFact: (stream: Stream) => number;
/** Is it the code of `http.end`? */
export declare const isEnd: (code: number) => boolean;
/** Code of `http.framing`; its numbers are {@link framingNumber} and the length (-1: not known). */
export declare const framingFact: (stream: Stream) => number;
/** A framing and its clause in one number. @throws TypeError where the clause is not in the list above. */
export declare const framingNumber: (framing: HttpFraming['framing'], clause: string) => number;
/** Code and numbers of `http.state`. @throws TypeError where a name is not in the lists above. */
export declare function stateFact(role: 'client' | 'server', from: string, to: string, cause: string): {
    readonly code: number;
    readonly states: number;
    readonly cause: number;
};
/** The event that a fact stands for. @throws TypeError where the numbers stand for none (they may come from hostile code). */
export declare function factEvent(code: number, connection: number, exchange: number, a: number, b: number): HttpToken | HttpData | HttpEnd | HttpFraming | HttpState;
/** Takes facts as numbers. */
export interface FactTaker {
    fact(code: number, connection: number, exchange: number, a: number, b: number, sameMoment: boolean): void;
}
/** `tracer` itself where it takes numbers; else something that makes events of them for it. */
export declare function factTaker(tracer: Tracer): FactTaker;
