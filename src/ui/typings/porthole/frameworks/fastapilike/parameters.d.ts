/**
 * Parameters as FastAPI has them: declared with types, converted from text, validated, and every mistake reported at once.
 * The schemas are TypeBox's: a TypeBox schema *is* a JSON Schema, so the same object validates and documents.
 */
import type { Static, TSchema } from '@sinclair/typebox';
/** Parameters by name. */
export type Schemas = Readonly<Record<string, TSchema>>;
/** The values that a set of schemas describes; optional ones may be missing. */
export type Values<S extends Schemas> = {
    -readonly [K in keyof S]: Static<S[K]>;
};
/** One complaint, in the form that FastAPI clients know. */
export interface Complaint {
    /** Where: `['query', 'limit']`, `['body', 'author', 'name']`. */
    readonly loc: readonly (string | number)[];
    readonly msg: string;
    readonly type: string;
}
/** The request does not fit what the operation declares; answered with 422. */
export declare class ValidationError extends Error {
    readonly name = "ValidationError";
    readonly detail: readonly Complaint[];
    constructor(detail: readonly Complaint[]);
}
/** A parameter may be left out: it is optional or has a default. */
export declare const isOptional: (schema: TSchema) => boolean;
/** Check one value, converting text ("7", "true") to what the schema asks for when `convert` is set. Complaints are added to `complaints`. */
export declare function check(schema: TSchema, given: unknown, loc: readonly (string | number)[], complaints: Complaint[], convert: boolean): unknown;
/** Check a whole set, such as the query. Arrays collect every value of their name, other types take the last one, as FastAPI does. */
export declare function checkAll(schemas: Schemas, given: ReadonlyMap<string, readonly string[]>, where: 'path' | 'query' | 'header', complaints: Complaint[]): Record<string, unknown>;
