/** What two {@link PortSocket}s post to each other. Every part is optional; an empty frame is not sent. */
export interface Frame {
  /** The sender's Lamport time. */
  readonly clock?: number;
  /** Octets that the sender's handler has taken since its last frame: credit given back. */
  readonly ack?: number;
  /** Segments, end to end, in a buffer of their own. */
  readonly bytes?: Uint8Array;
  /** Length of each segment in `bytes`: positive, together all of it. */
  readonly lengths?: readonly number[];
  /** No more bytes will follow. */
  readonly fin?: boolean;
  /** The sender's handler has seen our FIN. */
  readonly seen?: boolean;
  /** The sender is closed in order and needs nothing more: close the port. */
  readonly bye?: boolean;
  /** The connection is broken. */
  readonly rst?: boolean;
}

/** How many octets one side may have sent that the other's handler has not taken. Both ends must agree. */
export const creditBytes = 262_144;

/**
 * The frame, if it is one; undefined for anything else. It comes from another thread, which may run hostile code; what a
 * structured clone delivers has no getters and no surprises but its shape. Whether the frame is allowed *now* is the
 * socket's to decide.
 */
export function readFrame(data: unknown): Frame | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const frame = data as { readonly [K in keyof Frame]?: unknown };
  const { ack, bytes, lengths } = frame;
  if (ack !== undefined && !isCount(ack)) return undefined;
  if (frame.clock !== undefined && typeof frame.clock !== 'number') return undefined;
  for (const flag of [frame.fin, frame.seen, frame.bye, frame.rst]) {
    if (flag !== undefined && typeof flag !== 'boolean') return undefined;
  }
  if (bytes === undefined && lengths === undefined) return frame as Frame;
  if (!(bytes instanceof Uint8Array) || !Array.isArray(lengths) || bytes.length > creditBytes || lengths.length > bytes.length) return undefined;
  let total = 0;
  for (const length of lengths) {
    if (!isCount(length)) return undefined;
    total += length;
  }
  return total === bytes.length && total > 0 ? (frame as Frame) : undefined;
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;
