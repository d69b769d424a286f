/**
 * Request lines that come again: a site has few that are asked for often. Text and what was made of it are kept, and found by the octets, which are compared one by one: so
 * nothing but time depends on it. For all connections together, unlike field lines (`line-memory.ts`): clients ask for the same things, and say nothing of themselves there but what is
 * too long to be kept here.
 */
import { decodeLatin1 } from './latin1.ts';
import type { RequestNotes } from './events.ts';

/** Longer ones are not kept. Octets, with the line end. */
const maxBytes = 128;
/** A power of two. */
const places = 4096;

/** A line that was asked for more than once. */
export class RequestLine implements RequestNotes {
  /** With its line end. */
  readonly text: string;
  readonly target: string;
  made: unknown = undefined;
  /** The octets four at a time, the last four once more. */
  readonly #words: Int32Array;

  constructor(text: string, target: string, words: Int32Array) {
    this.text = text;
    this.target = target;
    this.#words = words;
  }

  /** Is it the line of `size` octets at `from`? (See `plain-lines.ts` on `| 0`.) */
  is(view: DataView, from: number, size: number): boolean {
    if (size !== this.text.length) return false;
    const words = this.#words;
    const last = (words.length - 1) | 0;
    for (let i = 0, at = from | 0; i < last; i = (i + 1) | 0, at = (at + 4) | 0) if (view.getInt32(at, true) !== words[i]) return false;
    return view.getInt32((from + size - 4) | 0, true) === words[last];
  }
}

/** One line in each place: which it is, its octets say. */
const lines: (RequestLine | undefined)[] = Array.from({ length: places }, () => undefined);
/** What was looked for last in each place and not found: what comes but once drives out nothing. */
const missed = new Int32Array(places);

/** The line of `size` octets at `from` (checked: `GET / HTTP/1.1` CR LF at the least), if it is a known one. From the second time on it is. Its target begins and ends at so many octets. */
export function knownRequestLine(bytes: Uint8Array, view: DataView, from: number, size: number, targetStart: number, targetEnd: number): RequestLine | undefined {
  if (size > maxBytes) return undefined;
  const hash = hashOf(view, from, size);
  const place = (hash ^ (hash >>> 15)) & (places - 1);
  const line = lines[place];
  if (line?.is(view, from, size) === true) {
    missed[place] = 0;
    return line;
  }
  if (missed[place] === hash) return (lines[place] = newLine(bytes, view, from, size, targetStart, targetEnd));
  missed[place] = hash;
  return undefined;
}

function newLine(bytes: Uint8Array, view: DataView, from: number, size: number, targetStart: number, targetEnd: number): RequestLine {
  const text = decodeLatin1(bytes, from, from + size, true);
  const words = Int32Array.from({ length: Math.ceil(size / 4) }, (_, i) => view.getInt32(Math.min(from + 4 * i, from + size - 4), true));
  return new RequestLine(text, text.slice(targetStart, targetEnd), words);
}

function hashOf(view: DataView, from: number, size: number): number {
  let hash = size | 0;
  const last = (from + size - 4) | 0;
  for (let at = from | 0; at < last; at = (at + 4) | 0) hash = Math.imul(hash ^ view.getInt32(at, true), 0x9e3779b1) ^ (hash >>> 13);
  return Math.imul(hash ^ view.getInt32(last, true), 0x85ebca6b);
}
