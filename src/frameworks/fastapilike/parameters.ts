/**
 * Parameters as FastAPI has them: declared with types, converted from text, validated, and every mistake reported at once.
 * The schemas are TypeBox's: a TypeBox schema *is* a JSON Schema, so the same object validates and documents.
 */
import type { Static, TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

/** Parameters by name. */
export type Schemas = Readonly<Record<string, TSchema>>;
/** The values that a set of schemas describes; optional ones may be missing. */
export type Values<S extends Schemas> = { -readonly [K in keyof S]: Static<S[K]> };

/** One complaint, in the form that FastAPI clients know. */
export interface Complaint {
  /** Where: `['query', 'limit']`, `['body', 'author', 'name']`. */
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly type: string;
}

/** The request does not fit what the operation declares; answered with 422. */
export class ValidationError extends Error {
  override readonly name = 'ValidationError';
  readonly detail: readonly Complaint[];
  constructor(detail: readonly Complaint[]) {
    super(`${detail.length} parameter(s) are not as declared`);
    this.detail = detail;
  }
}

/** A parameter may be left out: it is optional or has a default. */
export const isOptional = (schema: TSchema): boolean => 'default' in schema || schema[Symbol.for('TypeBox.Optional') as unknown as string] === 'Optional';

/** Check one value, converting text ("7", "true") to what the schema asks for when `convert` is set. Complaints are added to `complaints`. */
export function check(schema: TSchema, given: unknown, loc: readonly (string | number)[], complaints: Complaint[], convert: boolean): unknown {
  const value = Value.Default(schema, convert ? Value.Convert(schema, given) : given);
  for (const error of Value.Errors(schema, value)) {
    const path = error.path.split('/').slice(1).map((part) => (/^\d+$/.test(part) ? Number(part) : part));
    complaints.push({ loc: [...loc, ...path], msg: error.message, type: error.value === undefined ? 'missing' : 'value_error' });
  }
  return value;
}

/** Check a whole set, such as the query. Arrays collect every value of their name, other types take the last one, as FastAPI does. */
export function checkAll(schemas: Schemas, given: ReadonlyMap<string, readonly string[]>, where: 'path' | 'query' | 'header', complaints: Complaint[]): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(schemas)) {
    const texts = given.get(where === 'header' ? name.toLowerCase().replaceAll('_', '-') : name);
    if (texts === undefined && isOptional(schema)) {
      const fallback = Value.Default(schema, undefined);
      if (fallback !== undefined) values[name] = fallback;
      continue;
    }
    values[name] = check(schema, schema.type === 'array' ? (texts ?? []) : texts?.at(-1), [where, name], complaints, true);
  }
  return values;
}
