/**
 * Header fields as applications give them: the same few names with every response, and many of them with the same value. To compare
 * octets with the text that they were last time costs less than to make and check the text anew.
 */
import { firstOutside, VALUE } from '../../core/http1/chars.ts';
import { latin1Text } from '../target.ts';

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
