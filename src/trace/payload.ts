import type { TraceInput } from './events.ts';

/** What keeping an event costs, and how to keep one without keeping its surroundings. */

/** Bytes that an object with a few members takes, about. */
const objectBytes = 96;

/** Memory that an event takes while it waits. An estimate on the high side; unit: bytes. */
export function estimateBytes(event: TraceInput): number {
  switch (event.type) {
    // What every request has some of: nothing to look into but a string.
    case 'http.request':
    case 'http.response':
      return smallBytes + event.line.length * 2;
    case 'app.call':
      return smallBytes + event.name.length * 2;
    case 'app.return':
      return smallBytes + event.kind.length * 2;
    case 'app.start':
      return event.site?.locals === undefined ? smallBytes + sizeOf(event.headers, 2) : sizeOf(event, 0);
    case 'app.body':
      return event.site?.locals === undefined ? smallBytes : sizeOf(event, 0);
    case 'app.close':
      return smallBytes;
    default:
      return sizeOf(event, 0);
  }
}

/** An object with eight members that are numbers or words of ours, and perhaps a place in the source. */
const smallBytes = 320;

function sizeOf(value: unknown, depth: number): number {
  if (typeof value === 'string') return value.length * 2;
  if (typeof value !== 'object' || value === null) return 8;
  if (value instanceof Uint8Array) return objectBytes + value.byteLength;
  // The deepest payload is environ: event > entries > entry > origin > spans > span.
  if (depth > 6) return objectBytes;
  let size = objectBytes;
  if (Array.isArray(value)) {
    for (const item of value) size += sizeOf(item, depth + 1);
  } else {
    for (const key in value) size += sizeOf((value as Readonly<Record<string, unknown>>)[key], depth + 1);
  }
  return size;
}

/** Size of the slabs that {@link keptOctets} cuts its copies from, and the largest of those. Octets. */
const slabBytes = 8192;
const cutBytes = 1024;
let slab = new ArrayBuffer(0);
let taken = 0;

/**
 * A copy of octets for an event. Small ones are cut from a slab: memory of its own for each, which lies outside the heap, costs more than all the
 * rest of the event. Events go in the order in which they came, so a slab is not held for long after most of it.
 */
export function keptOctets(bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  // (`slice` would be no copy: Node's Buffers have one of their own.)
  if (length > cutBytes) return new Uint8Array(bytes);
  if (taken + length > slab.byteLength) {
    slab = new ArrayBuffer(slabBytes);
    taken = 0;
  }
  const copy = new Uint8Array(slab, taken, length);
  copy.set(bytes);
  taken += length;
  return copy;
}

/**
 * The event as the recorder keeps it. Bytes that are a view into something larger are copied, unless {@link keptOctets} has just done so: 20 bytes of
 * a 64 KiB read buffer would hold it all.
 */
export function own(event: TraceInput): TraceInput {
  if (event.type !== 'socket.data') return event;
  const { bytes } = event;
  if (bytes.buffer === slab || bytes.byteLength === bytes.buffer.byteLength) return event;
  return { ...event, bytes: new Uint8Array(bytes) };
}
