/**
 * Memory for what goes out. A typed array of its own for every response would cost more than writing it: its memory lies outside
 * the heap and has to be found, cleared and given back. Here it is a stretch of a slab that many responses share.
 */

/** Size of a slab. Unit: octets. */
const slabBytes = 65_536;

/** Node wraps whatever is not one of its Buffers before it can send it; a piece of a Buffer is one already. Others have plain arrays. */
const native = (globalThis as { Buffer?: { allocUnsafeSlow?(size: number): Uint8Array } }).Buffer;
const allocate = (size: number): Uint8Array => native?.allocUnsafeSlow?.(size) ?? new Uint8Array(size);

const nothing: Uint8Array = new Uint8Array(0);
let slab = nothing;
/** Behind what is taken. */
let taken = 0;
/** Whose octets the slab ends with. */
let latest: Stretch | undefined;

/** One writer's octets, put one behind the other until they are {@link Stretch.take}n in one piece. Holds on to no memory while it is empty. */
export class Stretch {
  /** Where ours are; they end at `taken` for as long as we are {@link latest}. */
  #slab = nothing;
  #start = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Copy `bytes` behind what is there. */
  put(bytes: Uint8Array): void {
    const { length } = bytes;
    if (latest !== this || taken + length > slab.length) this.#claim(length);
    slab.set(bytes, taken);
    taken += length;
    this.#size += length;
  }

  /** What was put, in one piece, for good; the next `put` begins anew. Shares its memory with what others send. */
  take(): Uint8Array {
    const bytes = this.#slab.subarray(this.#start, this.#start + this.#size);
    this.#slab = nothing;
    this.#size = 0;
    if (latest === this) latest = undefined;
    return bytes;
  }

  /** Begin, or go on behind what somebody else has put since, or in a new slab. */
  #claim(more: number): void {
    const size = this.#size;
    const from = this.#slab;
    const start = this.#start;
    if (taken + size + more > slab.length) {
      slab = allocate(Math.max(slabBytes, size + more));
      taken = 0;
    }
    latest = this;
    this.#slab = slab;
    this.#start = taken;
    if (size === 0) return;
    slab.set(from.subarray(start, start + size), taken);
    taken += size;
  }
}
