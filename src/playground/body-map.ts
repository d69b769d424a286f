/** Where the octets of a body stand in a text that shows them, so that both can be pointed at. Offsets of text are UTF-16 units. */
import { header, utf8, type HeaderPairs } from './response.ts';

/** From text to octets and back. */
export interface TextMap {
  readonly text: string;
  /** The octet that the character at `index` shows, or is part of; undefined where it shows none. */
  octetAt(index: number): number | undefined;
  /** Where octets `[from, to)` stand. */
  rangesOf(from: number, to: number): readonly (readonly [start: number, end: number])[];
}

/** Each octet a character. */
export const latin1Map = (text: string): TextMap => ({
  text,
  octetAt: (index) => (index < text.length ? index : undefined),
  rangesOf: (from, to) => [[from, Math.min(to, text.length)]],
});

const byteOrderMark = [0xef, 0xbb, 0xbf] as const;

/** A body as text in the charset of its type. Undefined: it is not what it says it is, and characters stand for no certain octets. */
export function textMap(headers: HeaderPairs, body: Uint8Array, text: string): TextMap | undefined {
  if (/charset="?(?:iso-8859-1|latin-?1)/i.test(header(headers, 'content-type') ?? '')) return latin1Map(text);
  if (utf8(body) !== text) return undefined;
  const starts = new Uint32Array(text.length + 1);
  let octet = byteOrderMark.every((one, at) => body[at] === one) ? byteOrderMark.length : 0;
  for (let at = 0; at < text.length; at += 1) {
    starts[at] = octet;
    const unit = text.charCodeAt(at);
    const isPair = unit >= 0xd800 && unit < 0xdc00;
    octet += unit < 0x80 ? 1 : unit < 0x800 ? 2 : isPair ? 4 : 3;
    if (isPair) starts[++at] = octet - 4;
  }
  starts[text.length] = octet;
  /** The first unit of the character that holds the octet. */
  const indexOf = (wanted: number): number => {
    let low = 0;
    let high = text.length;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (starts[middle]! <= wanted) low = middle;
      else high = middle - 1;
    }
    return low > 0 && starts[low] === starts[low - 1] ? low - 1 : low;
  };
  return {
    text,
    octetAt: (index) => (index < text.length ? starts[index] : undefined),
    rangesOf: (from, to) => {
      const last = indexOf(to - 1);
      return from < to ? [[indexOf(from), Math.min(text.length, last + (text.codePointAt(last)! > 0xffff ? 2 : 1))]] : [];
    },
  };
}

const perLine = 16;
const half = 8;
/** Columns of a line: the offset, twice eight octets, and the same as characters. */
const column = { first: 8, second: 33, text: 58, line: 75 } as const;

/** Octets as a dump, sixteen in a line. */
export function hexMap(bytes: Uint8Array): TextMap {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += perLine) {
    const row = bytes.subarray(at, at + perLine);
    const codes = Array.from(row, (octet) => octet.toString(16).padStart(2, '0'));
    const text = Array.from(row, (octet) => (octet > 0x1f && octet < 0x7f ? String.fromCharCode(octet) : '·')).join('');
    lines.push(`${String(at).padStart(column.first - 2)}  ${codes.slice(0, half).join(' ').padEnd(23)}  ${codes.slice(half).join(' ').padEnd(23)}  ${text}`);
  }
  const text = lines.join('\n');
  return {
    text,
    octetAt: (index) => {
      const at = index % column.line;
      const inLine = at >= column.text ? at - column.text : at >= column.second ? half + Math.floor((at - column.second) / 3) : at >= column.first ? Math.floor((at - column.first) / 3) : -1;
      const octet = Math.floor(index / column.line) * perLine + inLine;
      return inLine >= 0 && inLine < perLine && octet < bytes.length ? octet : undefined;
    },
    rangesOf: (from, to) => {
      const found: [number, number][] = [];
      const end = Math.min(to, bytes.length);
      const add = (start: number, stop: number): void => {
        const last = found.at(-1);
        if (last && last[1] + 1 >= start && last[1] <= start) last[1] = stop;
        else found.push([start, stop]);
      };
      const lineOf = (octet: number): number => Math.floor(octet / perLine) * column.line;
      for (let octet = from; octet < end; octet += 1) {
        const at = octet % perLine;
        const start = lineOf(octet) + (at < half ? column.first + at * 3 : column.second + (at - half) * 3);
        add(start, start + 2);
      }
      for (let octet = from; octet < end; octet += 1) add(lineOf(octet) + column.text + (octet % perLine), lineOf(octet) + column.text + (octet % perLine) + 1);
      return found;
    },
  };
}

/** A stretch of octets that lies in one piece on the wire. */
export interface Piece {
  /** Its first octet, counted in what is shown. */
  readonly octet: number;
  /** The same on the wire. */
  readonly wire: number;
  readonly size: number;
}

/** Pieces of content: what lies between them on the wire is framing. */
export function piecesOf(spans: readonly (readonly [start: number, end: number])[]): Piece[] {
  let octet = 0;
  return spans.map(([start, end]) => {
    const piece = { octet, wire: start, size: end - start };
    octet += piece.size;
    return piece;
  });
}

/** Where an octet lies on the wire. */
export function onWire(pieces: readonly Piece[], octet: number): number | undefined {
  const piece = pieces.find((one) => octet >= one.octet && octet < one.octet + one.size);
  return piece && piece.wire + octet - piece.octet;
}

/** The octets of `[start, end)` of the wire, as far as they are shown. */
export function fromWire(pieces: readonly Piece[], start: number, end: number): [from: number, to: number][] {
  return pieces.flatMap(({ octet, wire, size }): [number, number][] => {
    const from = Math.max(start, wire);
    const to = Math.min(end, wire + size);
    return from < to ? [[octet + from - wire, octet + to - wire]] : [];
  });
}
