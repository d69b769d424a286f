/**
 * Header fields as applications give them: the same few names with every response, and many of them with the same value. To compare
 * octets with the text that they were last time costs less than to make and check the text anew.
 */
import type { FieldPairs } from '../../core/http1/events.ts';
import { firstOutside, VALUE } from '../../core/http1/chars.ts';
import { isBytes } from '../render.ts';
import { latin1Bytes, latin1Text } from '../target.ts';

/** A name that nothing was wrong with, and the field that it was last seen in. */
interface Familiar { readonly name: string; field: readonly [name: string, value: string] }

/** One name in each: applications may make names up. */
const slots: (Familiar | undefined)[] = Array.from({ length: 256 }, () => undefined);
const slotOf = (length: number, first: number, last: number): number => (length * 37 + first * 7 + last) & 0xff;

/** Longer values are not kept. */
const maxValue = 128;

/** The field as text, where its name is a {@link remember}ed one and its value is in order; undefined: look closer. */
export function familiarField(name: Uint8Array, value: Uint8Array): readonly [name: string, value: string] | undefined {
  const { length } = name;
  const known = length === 0 ? undefined : slots[slotOf(length, name[0]!, name[length - 1]!)];
  if (known === undefined || !spells(name, known.name)) return undefined;
  if (spells(value, known.field[1])) return known.field;
  const text = latin1Text(value);
  if (firstOutside(text, VALUE) >= 0) return undefined;
  const field = [known.name, text] as const;
  if (text.length <= maxValue) known.field = field;
  return field;
}

/** What was said last; and once it was said twice, its octets. */
let latest: { readonly fields: FieldPairs; readonly octets: readonly Uint8Array[] | undefined } = { fields: [], octets: undefined };

/** The list that was given the last time, if it has the same {@link familiarField}s; else `fields`. */
export function familiarList(fields: FieldPairs): FieldPairs {
  const again = fields.length === latest.fields.length && fields.every((field, i) => field === latest.fields[i]);
  if (!again) latest = { fields, octets: undefined };
  // (What is no array is always read, however often it says the same.)
  else if (latest.octets === undefined) latest = { fields: latest.fields, octets: latest.fields.flat().map(latin1Bytes) };
  return latest.fields;
}

/** The list that was given the last two times, if `headers` are the same octets; undefined: look closer. */
export function sameList(headers: unknown): FieldPairs | undefined {
  const { fields, octets } = latest;
  if (octets === undefined || !Array.isArray(headers) || headers.length !== fields.length) return undefined;
  for (let i = 0; i < headers.length; i += 1) {
    const pair: unknown = headers[i];
    if (!Array.isArray(pair) || pair.length !== 2 || !isSame(pair[0], octets[2 * i]!) || !isSame(pair[1], octets[2 * i + 1]!)) return undefined;
  }
  return fields;
}

function isSame(given: unknown, octets: Uint8Array): boolean {
  if (!isBytes(given) || given.length !== octets.length) return false;
  for (let i = 0; i < octets.length; i += 1) if (given[i] !== octets[i]) return false;
  return true;
}

/** `name` is a token in lower case. It may drive out another one. */
export function remember(name: string): void {
  slots[slotOf(name.length, name.charCodeAt(0), name.charCodeAt(name.length - 1))] = { name, field: [name, ''] };
}

function spells(bytes: Uint8Array, text: string): boolean {
  const { length } = bytes;
  if (length !== text.length) return false;
  for (let i = 0; i < length; i += 1) if (bytes[i] !== text.charCodeAt(i)) return false;
  return true;
}
