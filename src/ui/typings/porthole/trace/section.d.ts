/**
 * A header section told in one call: where its parts lie, as numbers. It stands for one token per stretch of octets, without gaps, which are made of it when somebody
 * takes the trace: telling them one by one takes as long as reading the section.
 */
import { type FactTaker } from './facts.ts';
/** Which section it is of which stream: one of these and, for `s2c`, 1 more. */
export declare const requestSection = 0;
export declare const responseSection = 2;
export declare const trailerSection = 4;
/**
 * Numbers per field line in a table of spans: name start, name end, value start, value end, counted from the section's start; and one that means nothing here.
 */
export declare const sectionColumns = 5;
/** A table of spans. Sixteen bits are enough for the heads that are usual, and half the memory is a twentieth of the time of reading one. */
export type SpanTable = Uint16Array | Int32Array;
/** Where the parts of a section lie. Positions count from its first octet; 0: not there (it was refused before that). */
export interface Section {
    /** {@link requestSection} and so on. */
    readonly code: number;
    /** Absolute offset of the first octet. */
    readonly offset: number;
    /** Request: ends of method, target and version. Response: end of the version, start and end of the reason phrase. Trailers: nothing. */
    readonly a: number;
    readonly b: number;
    readonly c: number;
    /** Behind the last complete line. */
    readonly tail: number;
    /** Behind the empty line; 0 where the section is not complete. */
    readonly size: number;
    /** `spans[first …]` holds {@link sectionColumns} numbers for each of `count` lines, and is not written to any more. */
    readonly spans: SpanTable;
    readonly first: number;
    readonly count: number;
}
/** Tell the tokens one by one. All are of one moment; `sameMoment`: that of the event before. */
export declare function sectionFacts(facts: FactTaker, section: Section, id: number, number: number, sameMoment: boolean): void;
/** How many tokens a complete head stands for. */
export declare function headTokens({ code, b, c, spans, first, count }: Section): number;
