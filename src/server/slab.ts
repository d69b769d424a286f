/**
 * Memory for what goes out. A typed array of its own for every response would cost more than writing it: its memory lies outside
 * the heap and has to be found, cleared and given back. Here it is a stretch of a slab that many responses share, and that begins
 * anew when all of them have left.
 */

/** Size of a slab. Unit: octets. */
const slabBytes = 65_536;
/** A writer who begins is given room for so many: a response of usual size fits, and the next writer follows it closely. Unit: octets. */
const firstRoom = 1024;
/** So many slabs that nobody uses are kept. */
const maxSpare = 15;

/** Node wraps whatever is not one of its Buffers before it can send it; a piece of a Buffer is one already. Others have plain arrays. */
const native = (globalThis as { Buffer?: { allocUnsafeSlow?(size: number): Uint8Array } }).Buffer;
const allocate = (size: number): Uint8Array => native?.allocUnsafeSlow?.(size) ?? new Uint8Array(size);

class Slab {
  readonly octets: Uint8Array;
  /** Behind what was given to somebody. */
  taken = 0;
  /** Stretches that have octets in it. */
  users = 0;
  /** Somebody may read it for as long as he likes: it is his, and is not written over. */
  kept = false;
  /** Pieces that were taken, by where they begin: writers begin at the same places again and again, and mostly with as much. */
  readonly #pieces: Uint8Array[] = [];

  constructor(size: number) {
    this.octets = allocate(size);
  }

  piece(start: number, size: number): Uint8Array {
    const place = Math.floor(start / firstRoom);
    const known = this.#pieces[place];
    if (known !== undefined && known.length === size && known.byteOffset === this.octets.byteOffset + start) return known;
    return (this.#pieces[place] = this.octets.subarray(start, start + size));
  }
}

const none = new Slab(0);
/** Where the next one begins. */
let current = none;
const spare: Slab[] = [];

/** Room for `size` octets. */
function roomy(size: number): Slab {
  if (current.taken + size <= current.octets.length) return current;
  // Larger than any: it goes when it has been sent.
  if (size > slabBytes) return new Slab(size);
  return (current = spare.pop() ?? new Slab(slabBytes));
}

/** One user less. */
function leave(slab: Slab): void {
  slab.users -= 1;
  if (slab.users > 0 || slab.kept) return;
  slab.taken = 0;
  if (slab !== current && slab.octets.length === slabBytes && spare.length < maxSpare) spare.push(slab);
}

/**
 * One writer's octets, put one behind the other until they are {@link Stretch.take}n in one piece, and then {@link Stretch.release}d.
 * Holds on to no memory while it is empty.
 */
export class Stretch {
  /** Where ours are. */
  #slab: Slab | undefined;
  #start = 0;
  #size = 0;
  /** Behind the room that is ours. */
  #end = 0;

  get size(): number {
    return this.#size;
  }

  /** Copy `bytes` behind what is there. */
  put(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const at = this.#start + this.#size;
    if (at + bytes.length > this.#end) return this.#claim(bytes);
    this.#slab!.octets.set(bytes, at);
    this.#size += bytes.length;
  }

  /** What was put, in one piece. Its memory is shared with what others send. Call {@link release} before the next `put`. */
  take(): Uint8Array {
    return this.#slab!.piece(this.#start, this.#size);
  }

  /** Begin anew. `gone`: nobody will look at what was taken any more, so its memory may be written over. */
  release(gone: boolean): void {
    const slab = this.#slab;
    if (slab === undefined) return;
    this.#slab = undefined;
    this.#start = this.#size = this.#end = 0;
    if (!gone) {
      slab.kept = true;
      if (slab === current) current = none;
    }
    leave(slab);
  }

  /** Make room for `bytes`, and put them. Whoever writes in turns with others gets twice what he has, so that it is not moved each time. */
  #claim(bytes: Uint8Array): void {
    const from = this.#slab;
    const need = this.#size + bytes.length;
    const room = this.#size === 0 ? Math.max(need, firstRoom) : need * 2;
    if (from !== undefined && from.taken === this.#end && this.#start + room <= from.octets.length) {
      // Nobody has come behind us.
      from.taken = this.#end = this.#start + room;
      return this.put(bytes);
    }
    const slab = roomy(room);
    const start = slab.taken;
    slab.users += 1;
    slab.taken = this.#end = start + room;
    if (from !== undefined) {
      slab.octets.set(from.octets.subarray(this.#start, this.#start + this.#size), start);
      leave(from);
    }
    this.#slab = slab;
    this.#start = start;
    this.put(bytes);
  }
}
