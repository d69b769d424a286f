/** Octets at the end of a slab that are never written, so that reading a few at once from any octet received stays inside: more than the longest known name and the octets looked at behind it. */
export const SLACK = 48;

/** Known by itself, because looking it up along the prototypes of a typed array takes as long as the copying. */
const setOctets = Uint8Array.prototype.set;

/** Something that reads octets in the slab, until it is {@link decoded} or told to {@link expire}. */
export interface Decodable {
  readonly decoded: boolean;
  decode(): void;
  /** The octets will be overwritten. */
  expire(): void;
}

/**
 * Octets received and not yet consumed, in one piece.
 *
 * They are appended to a slab and stay where they are while a message head still has to be decoded from them: a `Request` decodes its strings when asked, until
 * its exchange is over. A typed array of its own per request would cost more than parsing it. Everything else is used again: a long body needs no more memory than
 * its largest segment, and a connection none beyond its first slab.
 */
export class Inbox {
  /** The slab. Replaced (never rewritten below {@link floor}) when it is full. */
  bytes: Uint8Array = new Uint8Array(SLACK);
  /** The same slab, for reading several octets at once. One per slab: making one costs as much as reading a short head. */
  view: DataView = new DataView(this.bytes.buffer);
  /** Index of the first octet not consumed. */
  start = 0;
  /** Index behind the last octet received. */
  end = 0;
  /** Absolute offset of `bytes[0]`. A double: exact up to 2^53 octets. */
  base = 0;
  /** Below this index the slab belongs to heads that somebody may still read, and to what is {@link remember}ed. */
  floor = 0;
  /** So many octets at the beginning of the slab are {@link remember}ed. */
  #remembered = 0;
  #nextSize = 4096;
  #pinned: Decodable | undefined;
  #pinnedStart = 0;

  /** Absolute offset of the first octet not consumed. */
  get position(): number {
    return this.base + this.start;
  }

  get size(): number {
    return this.end - this.start;
  }

  /** Copy `data` behind what is there. Anything that points above {@link floor} is invalid afterwards. */
  append(data: Uint8Array): void {
    this.#unpin();
    if (this.start === this.end && this.start > this.floor) this.#compact();
    const capacity = this.bytes.length - SLACK;
    if (this.end + data.length > capacity) {
      if (this.start > this.floor && this.floor + this.size + data.length <= capacity) this.#compact();
      else this.#move(data.length);
    }
    setOctets.call(this.bytes, data, this.end);
    this.end += data.length;
  }

  /** The first `count` octets are a head that `fields` will read later: consume them, but leave them where they are. */
  keep(count: number, fields: Decodable): void {
    // There is seldom a second one in an exchange (interim responses, trailers), so one is all that is remembered.
    if (this.#pinned !== undefined) this.#pinned.decode();
    this.#pinned = fields;
    this.#pinnedStart = this.start;
    this.start += count;
    this.floor = this.start;
  }

  /** The exchange is over: what its heads have not decoded is lost to them, and their octets may be overwritten. */
  release(): void {
    if (this.#pinned !== undefined) this.#pinned.expire();
    this.#pinned = undefined;
    this.floor = this.#remembered;
  }

  /** The last head's octets are still where they were when it was read. */
  get keepsHead(): boolean {
    return this.#pinned !== undefined;
  }

  /** Copy the last head's octets, from its `from`th to before its `to`th, to the beginning of the slab, where they stay. Before {@link release}: nobody can read that head any more, nor what was remembered before. */
  remember(from: number, to: number): void {
    this.bytes.copyWithin(0, this.#pinnedStart + from, this.#pinnedStart + to);
    this.#remembered = to - from;
  }

  /** Nobody needs what was remembered. */
  forget(): void {
    this.#remembered = 0;
  }

  /** If the last head has been read, its octets may be overwritten. */
  #unpin(): void {
    if (this.#pinned?.decoded !== true) return;
    this.floor = this.#pinnedStart;
    this.#pinned = undefined;
  }

  /** What is left, copied. */
  rest(): Uint8Array {
    return this.bytes.slice(this.start, this.end);
  }

  /** Consume up to `count` octets. */
  skip(count: number): void {
    this.start = Math.min(this.end, this.start + Math.max(0, count));
  }

  /** `count` octets arrived that nobody will read: only the offsets move on. */
  pass(count: number): void {
    this.discard();
    this.base += count;
  }

  /** Forget what is left. */
  discard(): void {
    this.start = this.end;
  }

  /** Move what is left down to the floor. */
  #compact(): void {
    const { size } = this;
    if (size > 0) this.bytes.copyWithin(this.floor, this.start, this.end);
    this.base += this.start - this.floor;
    this.start = this.floor;
    this.end = this.floor + size;
  }

  /** A new slab with what is remembered and the unconsumed octets at its beginning. It starts small and grows with use: most connections are short. */
  #move(more: number): void {
    const remembered = this.#remembered;
    const wanted = remembered + this.size + more;
    // Twice what is waiting, so that octets arriving one at a time are moved O(log n) times.
    const slab = new Uint8Array(Math.max(this.#nextSize, 2 * wanted <= 131_072 ? 2 * wanted : wanted + 65_536) + SLACK);
    if (this.#nextSize < 65_536) this.#nextSize *= 2;
    slab.set(this.bytes.subarray(0, remembered));
    slab.set(this.bytes.subarray(this.start, this.end), remembered);
    const shift = this.start - remembered;
    this.base += shift;
    this.end -= shift;
    this.start = this.floor = remembered;
    this.#pinned = undefined;
    this.bytes = slab;
    this.view = new DataView(slab.buffer);
  }
}
