/**
 * Message heads and chunks as octets. What is written here is valid whatever the caller asked for: names are tokens, values
 * hold no line ends (RFC9110-5.5-5), and a refused part leaves nothing behind.
 */
import type { Token } from '../../trace/events.ts';
import { responseSection, type Section, sectionColumns } from '../../trace/section.ts';
import { classOf, showOctet, TARGET, TCHAR, VALUE } from './chars.ts';
import { LocalProtocolError } from './errors.ts';
import type { FieldPairs } from './events.ts';
import { encodeLatin1, writeLatin1 } from './latin1.ts';

/** Told about tokens written, when somebody listens. Offsets count from the first octet of the returned array. */
export type WriteSink = (token: Token, start: number, end: number) => void;

/** Something that the caller asked for would break HTTP. */
export function misuse(code: string, clause: string, message: string, advice: string): LocalProtocolError {
  return new LocalProtocolError({ code, status: 500, clause, message, advice });
}

const quote = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** What a field that we send means to the connection itself. */
export type FieldRole = 'none' | 'content-length' | 'transfer-encoding' | 'connection';

/** A field line that is in order. */
export interface FieldLine {
  readonly role: FieldRole;
  /** Name, value and line end, as latin-1. */
  readonly line: string;
}

interface KnownName { readonly role: FieldRole; value: string; line: string }

/**
 * Names that were found to be tokens, each with the line that it was last seen in: callers use the same few names over and over, and
 * many of them with the same value. Bounded, since some make them up.
 */
const knownNames = new Map<string, KnownName>();
const maxNames = 256;
/** Longer values are not remembered. */
const maxValue = 128;

function roleOf(name: string): FieldRole {
  const lower = name.toLowerCase();
  return lower === 'content-length' || lower === 'transfer-encoding' || lower === 'connection' ? lower : 'none';
}

/** The line of a field. Refuses a name that is no token, or a value that could end its line or does not fit in octets. Valid until the next call. */
export function fieldLine(name: string, value: string): FieldLine {
  let known = knownNames.get(name);
  if (known === undefined) {
    if (!isToken(name)) throw misuse('local-bad-field-name', 'RFC9110-5.1-2', `The field name ${quote(name)} is not a token.`, 'Use letters, digits and hyphens.');
    known = { role: roleOf(name), value: '', line: `${name}: \r\n` };
    if (knownNames.size < maxNames) knownNames.set(name, known);
  }
  if (known.value === value) return known;
  checkValue(name, value);
  const line = `${name}: ${value}\r\n`;
  if (value.length > maxValue) return { role: known.role, line };
  known.value = value;
  known.line = line;
  return known;
}

function checkValue(name: string, value: string): void {
  const bad = firstOutside(value, VALUE);
  if (bad < 0) return;
  const unit = value.charCodeAt(bad);
  if (unit === 0x0d || unit === 0x0a) {
    // RFC9110-5.5-5 and RFC9112-11.1-4: a line end here would let whoever chose the value write fields, or a whole response, of their own.
    throw misuse('local-field-injection', 'RFC9110-5.5-5', `The value of ${name} contains ${showOctet(unit)}: ${quote(value)}.`, 'Take line ends out of anything that comes from a user before it goes into a field.');
  }
  throw misuse(
    'local-bad-field-value', 'RFC9110-5.5-5',
    `The value of ${name} contains ${unit > 0xff ? `the character U+${unit.toString(16).toUpperCase().padStart(4, '0')}` : showOctet(unit)} at position ${bad}.`,
    unit > 0xff ? 'Encode text: percent-encoding, RFC 8187, or UTF-8 octets given as latin-1.' : 'Encode it.',
  );
}

export function isToken(text: string): boolean {
  return text !== '' && firstOutside(text, TCHAR) < 0;
}

/** Index of the first code unit that is not of a class; -1: none. */
function firstOutside(text: string, wanted: number): number {
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit > 0xff || (classOf[unit]! & wanted) === 0) return i;
  }
  return -1;
}

/** Refuse a method or target that would not fit between the spaces of a request line. */
export function checkRequestLine(method: string, target: string): void {
  if (!isToken(method)) throw misuse('local-bad-method', 'RFC9112-3.1-2', `The method ${quote(method)} is not a token.`, 'Use a registered method.');
  if (target === '' || firstOutside(target, TARGET) >= 0) {
    throw misuse('local-bad-target', 'RFC9112-3.2-2', `The request target ${quote(target)} is empty or contains something that must be encoded.`, 'Encode spaces, controls, "#" and everything outside ASCII as %XX.');
  }
}

/** Refuse a status or reason phrase that would not fit in a status line. */
export function checkStatusLine(status: number, reason: string): void {
  // RFC9110-15-6: "Values outside the range 100..599 are invalid."
  if (!Number.isInteger(status) || status < 100 || status > 599) {
    throw misuse('local-bad-status', 'RFC9110-15-6', `${String(status)} is not a status code.`, 'Use a number from 100 to 599.');
  }
  const bad = firstOutside(reason, VALUE);
  if (bad >= 0) {
    throw misuse('local-bad-reason', 'RFC9112-4-8', `The reason phrase ${quote(reason)} contains a character that would break the status line.`, 'Use visible latin-1 characters, or leave it empty.');
  }
}

/** The lines of fields that have been checked. */
export function fieldLines(fields: FieldPairs): string {
  let text = '';
  for (let i = 0; i < fields.length; i += 1) text += fieldLine(fields[i]![0], fields[i]![1]).line;
  return text;
}

/** Where the parts of a head lie (start line, its parts separated by one space; fields; empty line), for the trace. `offset`: absolute offset of its first octet. `spans`: room from `first` on for {@link sectionColumns} numbers for each field. */
export function headSection(parts: readonly [string, string, string], fields: FieldPairs, code: number, offset: number, spans: Int32Array, first: number): Section {
  // Request: ends of the three parts. Response: end of the version, start and end of the reason phrase.
  const a = parts[0].length;
  const second = a + 1 + parts[1].length;
  const c = second + 1 + parts[2].length;
  let at = c + 2;
  for (let i = 0, s = first; i < fields.length; i += 1, s += sectionColumns) {
    const [name, value] = fields[i]!;
    spans[s] = at;
    spans[s + 1] = at += name.length;
    spans[s + 2] = at += 2;
    spans[s + 3] = at += value.length;
    at += 2;
  }
  return { code, offset, a, b: code >= responseSection ? second + 1 : second, c, tail: at, size: at + 2, spans, first, count: fields.length };
}

/** Tell where trailer lines are, the first of them at `from`. Returns where they end. */
function tellTrailers(fields: FieldPairs, from: number, sink: WriteSink): number {
  let at = from;
  for (const [name, value] of fields) {
    sink('trailer-name', at, (at += name.length));
    sink('separator', at, (at += 2));
    if (value.length > 0) sink('trailer-value', at, at + value.length);
    at += value.length;
    sink('line-end', at, (at += 2));
  }
  return at;
}

function lineEnd(bytes: Uint8Array, at: number, sink: WriteSink | undefined): number {
  bytes[at] = 0x0d;
  bytes[at + 1] = 0x0a;
  sink?.('line-end', at, at + 2);
  return at + 2;
}

/** One chunk around `data` (not empty: an empty chunk would end the body). Copies `data`. */
export function writeChunk(data: Uint8Array, sink: WriteSink | undefined): Uint8Array {
  const size = data.length.toString(16);
  const bytes = new Uint8Array(size.length + data.length + 4);
  let at = writeLatin1(size, bytes, 0);
  sink?.('chunk-size', 0, at);
  at = lineEnd(bytes, at, sink);
  bytes.set(data, at);
  sink?.('body', at, at + data.length);
  lineEnd(bytes, at + data.length, sink);
  return bytes;
}

/** The last chunk and the trailer section. */
export function writeLastChunk(trailers: FieldPairs, sink: WriteSink | undefined): Uint8Array {
  const text = `0\r\n${fieldLines(trailers)}\r\n`;
  if (sink !== undefined) {
    sink('chunk-size', 0, 1);
    sink('line-end', 1, 3);
    const at = tellTrailers(trailers, 3, sink);
    sink('line-end', at, at + 2);
  }
  return encodeLatin1(text);
}
