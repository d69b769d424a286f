/**
 * Memory for what goes out. A typed array of its own for every response would cost more than writing it: its memory lies outside
 * the heap and has to be found, cleared and given back. Here it is a stretch of a slab that many responses share, and that begins
 * anew when all of them have left.
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
/** Stretches that have octets in the slab. */
let users = 0;
/** Whose octets the slab ends with. */
let latest: Stretch | undefined;

/** Others may read the slab for as long as they like: it is theirs, and what comes next goes into a new one. */
function abandon(): void {
  slab = nothing;
  taken = 0;
  users = 0;
  latest = undefined;
}

/**
 * One writer's octets, put one behind the other until they are {@link Stretch.take}n in one piece, and then {@link Stretch.release}d.
 * Holds on to no memory while it is empty.
 */
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

  /** What was put, in one piece. Its memory is shared with what others send. Call {@link release} before the next `put`. */
  take(): Uint8Array {
    return this.#slab.subarray(this.#start, this.#start + this.#size);
  }

  /** Begin anew. `gone`: nobody will look at what was taken any more, so its memory may be written over. */
  release(gone: boolean): void {
    if (this.#size === 0) return;
    const mine = this.#slab;
    this.#slab = nothing;
    this.#size = 0;
    if (mine !== slab) return;
    if (!gone) return abandon();
    users -= 1;
    if (latest === this) latest = undefined;
    if (users === 0) taken = 0;
  }

  /** Begin, or go on behind what somebody else has put since, or in a new slab. */
  #claim(more: number): void {
    const size = this.#size;
    const from = this.#slab;
    const start = this.#start;
    if (taken + size + more > slab.length) {
      abandon();
      slab = allocate(Math.max(slabBytes, size + more));
    }
    if (from !== slab) users += 1;
    latest = this;
    this.#slab = slab;
    this.#start = taken;
    if (size === 0) return;
    slab.set(from.subarray(start, start + size), taken);
    taken += size;
  }
}
