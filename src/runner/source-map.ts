/**
 * Columns through the transpiler. Lines survive it, so a map here is asked for one line at a time: "this column of that
 * line in the output, which column was it in the source?"
 */

const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const digits = new Map([...base64].map((char, value) => [char, value]));

/** Segments of one line: `[output column, source column]`, ascending in the first. 0-based. */
type Segments = readonly (readonly [output: number, source: number])[];

/** Reads the `mappings` of a source map (version 3) that has one source and keeps lines. */
export class ColumnMap {
  readonly #mappings: () => string;
  #lines: Segments[] | undefined;

  /** `mappings` is called once, when the first column is asked for: most maps never are. */
  constructor(mappings: () => string) {
    this.#mappings = mappings;
  }

  /** The column in the source. Lines from 1, columns from 0. The same column where the map says nothing of it. */
  source(line: number, column: number): number {
    this.#lines ??= decode(this.#mappings());
    const segments = this.#lines[line - 1] ?? [];
    const from = segments.findLast(([output]) => output <= column);
    if (from === undefined) return column;
    const next = segments.find(([output]) => output > from[0]);
    // Inside a token the distance from its beginning is kept; code that the transpiler inserted maps to where it stands.
    const offset = next !== undefined && column - from[0] > 0 && next[1] - from[1] < column - from[0] ? Math.max(0, next[1] - from[1]) : column - from[0];
    return from[1] + offset;
  }
}

/** Segments have 1, 4 or 5 numbers; all but the first run on from line to line. */
function decode(mappings: string): Segments[] {
  let sourceColumn = 0;
  return mappings.split(';').map((line) => {
    const segments: [number, number][] = [];
    let column = 0;
    for (const segment of line === '' ? [] : line.split(',')) {
      const numbers = readNumbers(segment);
      column += numbers[0] ?? 0;
      if (numbers.length < 4) continue;
      sourceColumn += numbers[3]!;
      segments.push([column, sourceColumn]);
    }
    return segments;
  });
}

/** Base64 VLQ: five bits a digit, least significant first, bit 6 "more follows", the lowest bit of the number its sign. */
function readNumbers(segment: string): number[] {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const char of segment) {
    const digit = digits.get(char) ?? 0;
    value += (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    numbers.push(value & 1 ? -(value >>> 1) : value >>> 1);
    value = 0;
    shift = 0;
  }
  return numbers;
}
