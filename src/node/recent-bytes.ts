/** What has passed the sockets lately, for those who are told of places in it. */
import type { Span, Stream } from '../trace/events.ts';

/** Octets of a stream that are kept for the sake of tokens that lie in them. */
const keptBytes = 131_072;

interface Segment { readonly start: number; readonly bytes: Uint8Array }

/** The last stretch of each stream of each open connection. */
export class RecentBytes {
  readonly #streams = new Map<string, Segment[]>();

  /** `bytes`, of which the first is at `start` of the stream, have passed. Borrowed for good. */
  add(connection: number, stream: Stream, start: number, bytes: Uint8Array): void {
    const key = `${connection}${stream}`;
    const segments = this.#streams.get(key) ?? [];
    this.#streams.set(key, segments);
    segments.push({ start, bytes });
    while (segments.length > 1 && start + bytes.length - segments[0]!.start > keptBytes) segments.shift();
  }

  /** The octets at `span`; undefined where they are gone or have not passed the socket yet. */
  find(connection: number, stream: Stream, [start, end]: Span): Uint8Array | undefined {
    const segments = this.#streams.get(`${connection}${stream}`) ?? [];
    const found = new Uint8Array(end - start);
    let at = start;
    for (const { start: from, bytes } of segments) {
      if (from > at || from + bytes.length <= at) continue;
      const part = bytes.subarray(at - from, end - from);
      found.set(part, at - start);
      at += part.length;
      if (at === end) return found;
    }
    return at === end ? found : undefined;
  }

  /** The connection is over. */
  forget(connection: number): void {
    this.#streams.delete(`${connection}c2s`);
    this.#streams.delete(`${connection}s2c`);
  }
}
