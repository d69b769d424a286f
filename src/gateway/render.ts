/**
 * Values as a reader may see them: in the trace's `environ` and `scope` entries, and in the sentences of violations.
 */
import type { Span } from '../trace/events.ts';
import { spanLength } from '../trace/tracer.ts';

/** Longest rendering. Unit: characters. */
const maxLength = 4096;

/** Memory that the entries of an `environ` or `scope` take when they cross a thread, about: much for a small request, but hardly eight times the text of a large one. */
export const entriesBytes = ({ span }: { readonly span: Span }): number => 1024 + 8 * spanLength(span);

const clip = (text: string): string => (text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text);

/** What Python would call the type of a value. */
export function kindOf(value: unknown): string {
  switch (typeof value) {
    case 'string': return 'str';
    case 'boolean': return 'bool';
    case 'number': return 'int';
    case 'undefined': return 'none';
    case 'object':
      if (value === null) return 'none';
      if (isBytes(value)) return 'bytes';
      if (Array.isArray(value)) return Object.isFrozen(value) || value.every((item) => typeof item !== 'object') ? 'tuple' : 'list';
      return Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null ? 'dict' : 'object';
    default: return 'object';
  }
}

/** Strings raw; everything else in source notation; at most 4096 characters. */
export const renderValue = (value: unknown): string => clip(typeof value === 'string' ? value : inspect(value, 3));

/** Source notation of anything, in one line of at most `limit` characters: what a violation quotes. */
export function show(value: unknown, limit = 120): string {
  const text = inspect(value, 2);
  return text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
}

function inspect(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string': return JSON.stringify(value.length > maxLength ? `${value.slice(0, maxLength)}…` : value);
    case 'function': return value.name === '' ? 'a function' : `function ${value.name}`;
    case 'bigint': return `${value}n`;
    case 'object': break;
    default: return String(value);
  }
  if (value === null) return 'null';
  if (isBytes(value)) return `b${JSON.stringify(latin1(value, 256))}`;
  if (depth === 0) return Array.isArray(value) ? '[…]' : '{…}';
  if (Array.isArray(value)) return `[${value.slice(0, 100).map((item) => inspect(item, depth - 1)).join(', ')}${value.length > 100 ? ', …' : ''}]`;
  const name = nameOf(value);
  if (name !== 'Object') return `${article(name)} object`;
  const members = Object.entries(value).slice(0, 100).map(([key, item]) => `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key)}: ${inspect(item, depth - 1)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** Name of the class; `Object` for plain objects. A generator has no class of its own, but a tag. */
function nameOf(value: object): string {
  const tag = Object.prototype.toString.call(value).slice('[object '.length, -1);
  if (tag === 'Generator') return 'generator';
  if (tag === 'AsyncGenerator') return 'async generator';
  if (tag !== 'Object') return tag;
  const prototype = Object.getPrototypeOf(value) as { constructor?: { name?: unknown } } | null;
  const name = prototype?.constructor?.name;
  return typeof name === 'string' && name !== '' ? name : 'Object';
}

/** A word with its article. No class of ours or the platform's begins with a vowel that sounds otherwise, but `U` (`Uint8Array`, `URL`). */
const article = (name: string): string => `${/^[AEIOaeio]/.test(name) ? 'an' : 'a'} ${name}`;

/** What a person would call the thing: `a string`, `a Promise`, `null`. */
export function describeType(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'an array';
  if (typeof value !== 'object') return article(typeof value);
  const name = nameOf(value);
  return name === 'Object' ? 'an object' : article(name);
}

/** The name that {@link describeType} goes by, for wrappers that stand for what they wrap. */
export const typeTag = (value: object): string => nameOf(value);

/** Is it bytes as this gateway takes them? Also those of another realm (a `vm` context, a frame). */
export function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array || (ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]');
}

/** The first `limit` octets as latin-1. */
function latin1(bytes: Uint8Array, limit: number): string {
  let text = '';
  for (let i = 0; i < bytes.length && i < limit; i += 1) text += String.fromCharCode(bytes[i]!);
  return bytes.length > limit ? `${text}…` : text;
}
