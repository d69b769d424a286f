import type { Stream } from '../trace/events.ts';
import type { ConnectionIndex } from './trace-log.ts';

/** One line of the Wire view: bytes `[start, end)` of a stream, or a heading where the direction changes. */
export type WireRow =
  | { readonly kind: 'heading'; readonly stream: Stream; readonly start: number; readonly end: number; readonly segments: number; readonly at: number }
  | { readonly kind: 'bytes'; readonly stream: Stream; readonly start: number; readonly end: number };

/** A run of segments in one direction: one turn of the conversation. */
interface Turn { readonly stream: Stream; readonly start: number; end: number; segments: number; readonly at: number }

/** The conversation as turns, in the order in which the bytes passed the server (or the client, where the server told nothing). */
function turns(connection: ConnectionIndex): Turn[] {
  const told = connection.segments.length > 0 ? connection.segments : connection.clientSegments;
  const found: Turn[] = [];
  for (const segment of told) {
    const last = found.at(-1);
    if (last?.stream === segment.stream && last.end === segment.span[0]) {
      last.end = segment.span[1];
      last.segments++;
    } else {
      found.push({ stream: segment.stream, start: segment.span[0], end: segment.span[1], segments: 1, at: segment.at });
    }
  }
  return found;
}

/** Absolute offsets at which a new segment began, per stream: drawn as borders between bytes. */
export function segmentStarts(connection: ConnectionIndex, stream: Stream): ReadonlySet<number> {
  const told = connection.segments.length > 0 ? connection.segments : connection.clientSegments;
  return new Set(told.filter((segment) => segment.stream === stream).map((segment) => segment.span[0]));
}

const lineFeed = 0x0a;

/**
 * The rows for one connection. A row holds about `perRow` bytes (two more where that saves a row) and ends after a line end
 * of the protocol, so that each field line begins a row of its own; body bytes are cut by `perRow` alone, unless `breakBody` (the text layout) also ends
 * a row at each LF.
 */
export function wireRows(connection: ConnectionIndex, perRow: number, breakBody = false): WireRow[] {
  const rows: WireRow[] = [];
  for (const turn of turns(connection)) {
    const index = connection[turn.stream];
    rows.push({ kind: 'heading', stream: turn.stream, start: turn.start, end: turn.end, segments: turn.segments, at: turn.at });
    const ends = index.tokensIn(turn.start, turn.end).filter((token) => token.token === 'line-end').map((token) => token.end);
    let next = 0;
    for (let start = turn.start; start < turn.end; ) {
      while (next < ends.length && (ends[next] as number) <= start) next++;
      const lineEnd = ends[next] ?? turn.end;
      // A CR LF is not parted from its line for the sake of the width.
      let end = lineEnd - start <= perRow + 2 ? Math.min(lineEnd, turn.end) : start + perRow;
      if (breakBody) {
        for (let at = start; at < end; at++) {
          if (index.at(at) === lineFeed) {
            end = at + 1;
            break;
          }
        }
      }
      rows.push({ kind: 'bytes', stream: turn.stream, start, end });
      start = end;
    }
  }
  return rows;
}

/** Row that shows a byte; -1 where none does. */
export function rowOf(rows: readonly WireRow[], stream: Stream, offset: number): number {
  return rows.findIndex((row) => row.kind === 'bytes' && row.stream === stream && row.start <= offset && offset < row.end);
}
