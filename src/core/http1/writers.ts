/**
 * Message heads and chunks as octets. What is written here is valid whatever the caller asked for: names are tokens, values
 * hold no line ends (RFC9110-5.5-5), and a refused part leaves nothing behind.
 */
import type { Token } from '../../trace/events.ts';
import { responseSection, type Section, sectionColumns } from '../../trace/section.ts';
import { firstOutside, showOctet, TARGET, TCHAR, VALUE } from './chars.ts';
import { LocalProtocolError } from './errors.ts';
import type { FieldPairs } from './events.ts';
import { writeLatin1 } from './latin1.ts';

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
  readonly name: string;
  readonly value: string;
  /** Name, value and line end. Shared by all messages that have the line: to be read only. */
  readonly octets: Uint8Array;
}

/**
 * Names that were found to be tokens, each with the line that it was last seen in: callers use the same few names over and over, and
 * many of them with the same value. Bounded, since some make them up.
 */
const knownLines = new Map<string, FieldLine>();
const maxNames = 256;
/** Longer values are not remembered. */
const maxValue = 128;

function roleOf(name: string): FieldRole {
  const lower = name.toLowerCase();
  return lower === 'content-length' || lower === 'transfer-encoding' || lower === 'connection' ? lower : 'none';
}

/** The line of a field. Refuses a name that is no token, or a value that could end its line or does not fit in octets. */
export function fieldLine(name: string, value: string): FieldLine {
  const known = knownLines.get(name);
  if (known !== undefined && known.value === value) return known;
  if (known === undefined && !isToken(name)) throw misuse('local-bad-field-name', 'RFC9110-5.1-2', `The field name ${quote(name)} is not a token.`, 'Use letters, digits and hyphens.');
  checkValue(name, value);
  const line = { role: known?.role ?? roleOf(name), name, value, octets: ownOctets(`${name}: ${value}\r\n`) };
  if (value.length <= maxValue && (known !== undefined || knownLines.size < maxNames)) knownLines.set(name, line);
  return line;
}

/** `text` (latin-1, checked) in an array that shares its memory with nobody. */
function ownOctets(text: string): Uint8Array {
  const octets = new Uint8Array(text.length);
  writeLatin1(text, octets, 0);
  return octets;
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

/** Refuse a method or target that would not fit between the spaces of a request line. */
export function checkRequestLine(method: string, target: string): void {
  if (!isToken(method)) throw misuse('local-bad-method', 'RFC9112-3.1-2', `The method ${quote(method)} is not a token.`, 'Use a registered method.');
  if (target === '' || firstOutside(target, TARGET) >= 0) {
    throw misuse('local-bad-target', 'RFC9112-3.2-2', `The request target ${quote(target)} is empty or contains something that must be encoded.`, 'Encode spaces, controls, "#" and everything outside ASCII as %XX.');
  }
}

function checkStatusLine(status: number, reason: string): void {
  // RFC9110-15-6: "Values outside the range 100..599 are invalid."
  if (!Number.isInteger(status) || status < 100 || status > 599) {
    throw misuse('local-bad-status', 'RFC9110-15-6', `${String(status)} is not a status code.`, 'Use a number from 100 to 599.');
  }
  const bad = firstOutside(reason, VALUE);
  if (bad >= 0) {
    throw misuse('local-bad-reason', 'RFC9112-4-8', `The reason phrase ${quote(reason)} contains a character that would break the status line.`, 'Use visible latin-1 characters, or leave it empty.');
  }
}

/** The lines of fields, checked. */
export function fieldLines(fields: FieldPairs): FieldLine[] {
  const lines: FieldLine[] = [];
  for (let i = 0; i < fields.length; i += 1) lines.push(fieldLine(fields[i]![0], fields[i]![1]));
  return lines;
}

/** Status lines by their parts: a server has a few of them, with known reasons. Bounded, since an application may make reasons up. */
const statusLines = new Map<string, StatusLine>();
interface StatusLine { readonly status: number; readonly reason: string; readonly octets: Uint8Array }
let latestStatus: StatusLine = { status: 0, reason: '', octets: new Uint8Array(0) };

/** The status line with its line end. Refuses a status or reason phrase that would not fit in it. */
export function statusLine(status: number, reason: string): Uint8Array {
  if (latestStatus.status === status && latestStatus.reason === reason) return latestStatus.octets;
  // RFC9112-4-9: the space before an empty reason phrase is written all the same.
  const text = `HTTP/1.1 ${status} ${reason}\r\n`;
  let line = statusLines.get(text);
  if (line === undefined) {
    checkStatusLine(status, reason);
    line = { status, reason, octets: ownOctets(text) };
    if (statusLines.size < maxNames) statusLines.set(text, line);
  }
  return (latestStatus = line).octets;
}

/** The head that was written last; in one piece, too, where it was written twice. Servers say the same over and over. */
interface WrittenHead { readonly start: Uint8Array; readonly lines: readonly FieldLine[]; octets: Uint8Array | undefined }
let latestHead: WrittenHead = { start: new Uint8Array(0), lines: [], octets: undefined };

/** A head in pieces, ready to be sent: its lines may be shared with other messages and are to be read only. */
export class HeadToSend {
  readonly #start: Uint8Array;
  readonly #lines: readonly FieldLine[];
  /** Octets, with the empty line. */
  readonly size: number;

  /** `start`: the start line with its line end. */
  constructor(start: Uint8Array, lines: readonly FieldLine[]) {
    this.#start = start;
    this.#lines = lines;
    let size = start.length + 2;
    for (let i = 0; i < lines.length; i += 1) size += lines[i]!.octets.length;
    this.size = size;
  }

  /** Give the head to whoever copies it. */
  writeTo(sink: OctetSink): void {
    const latest = latestHead;
    if (latest.lines === this.#lines && latest.start === this.#start) return sink.put(latest.octets ??= this.octets);
    latestHead = { start: this.#start, lines: this.#lines, octets: undefined };
    this.#writePieces(sink);
  }

  #writePieces(sink: OctetSink): void {
    sink.put(this.#start);
    const lines = this.#lines;
    for (let i = 0; i < lines.length; i += 1) sink.put(lines[i]!.octets);
    sink.put(crLf);
  }

  /** In one piece. */
  get octets(): Uint8Array {
    const octets = new Uint8Array(this.size);
    let at = 0;
    this.#writePieces({
      put(bytes) {
        octets.set(bytes, at);
        at += bytes.length;
      },
    });
    return octets;
  }
}

/** Takes octets, which it copies. */
export interface OctetSink { put(bytes: Uint8Array): void }

const crLf = Uint8Array.of(0x0d, 0x0a);

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
  const out = new HeadToSend(lastChunkLine, fieldLines(trailers)).octets;
  if (sink !== undefined) {
    sink('chunk-size', 0, 1);
    sink('line-end', 1, 3);
    const at = tellTrailers(trailers, 3, sink);
    sink('line-end', at, at + 2);
  }
  return out;
}

const lastChunkLine = Uint8Array.of(0x30, 0x0d, 0x0a);
