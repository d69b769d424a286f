import type { Host, TimerHandle } from '../host/effects.ts';

/** How one direction of a connection behaves. Everything is optional; nothing set, nothing changes. */
export interface LaneShape {
  /** Octets per segment at most. Default: as written. */
  readonly segmentBytes?: number;
  /** Cut segments at random lengths from 1 to `segmentBytes`, to show that boundaries mean nothing. Default false. */
  readonly ragged?: boolean;
  /** How long a segment is under way. ms. */
  readonly latencyMs?: number;
  /** Up to this much is added to each segment's latency, at random; order is kept. ms. */
  readonly jitterMs?: number;
  /** Octets per second that pass. Default: as fast as they come. A slow reader is a narrow lane. */
  readonly bytesPerSecond?: number;
  /** After this many octets have passed, the connection breaks. */
  readonly cutAfterBytes?: number;
  /** How it breaks: `reset` (both ends notice), or `silence` (nothing passes any more and nobody is told). Default `reset`. */
  readonly cut?: 'reset' | 'silence';
}

/** Where a lane ends. Calls come from timers or from within `push`, `end` and `resume`. */
export interface LaneExit {
  /** A segment. It may call {@link Lane.hold}. */
  data(bytes: Uint8Array): void;
  end(): void;
  /** The lane broke, with `reset`. */
  cut(): void;
  /** Fewer octets wait than before. */
  relieved(): void;
}

/** One direction: a queue of segments, each with the time at which it comes out. */
export class Lane {
  readonly #shape: LaneShape;
  readonly #host: Host;
  readonly #exit: LaneExit;
  #queue: { readonly bytes: Uint8Array | undefined; readonly due: number }[] = [];
  #next = 0;
  #bytes = 0;
  /** When the narrow place has let the last octet through. */
  #freeAt = 0;
  #passed = 0;
  #held = false;
  #broken = false;
  #timer: TimerHandle | undefined;
  #releasing = false;

  constructor(shape: LaneShape, host: Host, exit: LaneExit) {
    this.#shape = shape;
    this.#host = host;
    this.#exit = exit;
  }

  /** Octets under way. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Nothing is under way. A lane gone silent never is. */
  get empty(): boolean {
    return this.#next === this.#queue.length && !this.#broken;
  }

  /** Send bytes on their way. They belong to the lane. */
  push(bytes: Uint8Array): void {
    if (this.#broken) {
      // A silent lane confirms nothing, so all that is sent stays on the sender's account.
      this.#bytes += bytes.length;
      return;
    }
    for (let at = 0; at < bytes.length; ) {
      const segment = bytes.subarray(at, at + this.#segmentLength());
      at += segment.length;
      this.#bytes += segment.length;
      this.#queue.push({ bytes: segment, due: this.#dueTime(segment.length) });
    }
    this.#release();
  }

  /** Send the end on its way, behind everything else. */
  end(): void {
    if (this.#broken) return;
    this.#queue.push({ bytes: undefined, due: this.#dueTime(0) });
    this.#release();
  }

  /** {@link hold} is in force. */
  get held(): boolean {
    return this.#held;
  }

  /** Let nothing out until {@link resume}. What is under way stays so. */
  hold(): void {
    this.#held = true;
  }

  /** Go on. */
  resume(): void {
    this.#held = false;
    this.#release();
  }

  /** Forget everything. */
  close(): void {
    this.#broken = true;
    this.#queue = [];
    this.#next = 0;
    this.#bytes = 0;
    this.#host.timers.cancel(this.#timer);
    this.#timer = undefined;
  }

  #segmentLength(): number {
    const most = this.#shape.segmentBytes ?? 0;
    if (most <= 0) return Infinity;
    return this.#shape.ragged ? 1 + Math.floor(this.#host.random.next() * most) : most;
  }

  #dueTime(octets: number): number {
    const { latencyMs = 0, jitterMs = 0, bytesPerSecond = 0 } = this.#shape;
    const now = this.#host.clock.now();
    this.#freeAt = Math.max(this.#freeAt, now) + (bytesPerSecond > 0 ? (octets * 1000) / bytesPerSecond : 0);
    const jitter = jitterMs > 0 ? this.#host.random.next() * jitterMs : 0;
    // May be earlier than that of the segment before it: TCP delivers in order, and so does the queue.
    return this.#freeAt + latencyMs + jitter;
  }

  /** Let out what is due. */
  #release(): void {
    if (this.#releasing) return;
    this.#releasing = true;
    try {
      while (!this.#held && !this.#broken && this.#next < this.#queue.length) {
        const { bytes, due } = this.#queue[this.#next]!;
        const wait = due - this.#host.clock.now();
        if (wait > 0) {
          this.#timer ??= this.#host.timers.after(wait, () => {
            this.#timer = undefined;
            this.#release();
          });
          return;
        }
        this.#shift();
        if (!bytes) {
          this.#exit.end();
          continue;
        }
        const whole = this.#upToCut(bytes);
        this.#bytes -= bytes.length;
        this.#passed += whole.length;
        if (whole.length > 0) this.#exit.data(whole);
        if (this.#passed === this.#shape.cutAfterBytes) this.#break();
        else this.#exit.relieved();
      }
    } finally {
      this.#releasing = false;
    }
  }

  #shift(): void {
    this.#next += 1;
    if (this.#next === this.#queue.length) {
      this.#queue = [];
      this.#next = 0;
    } else if (this.#next === 1024) {
      this.#queue = this.#queue.slice(1024);
      this.#next = 0;
    }
  }

  #upToCut(bytes: Uint8Array): Uint8Array {
    const left = (this.#shape.cutAfterBytes ?? Infinity) - this.#passed;
    return bytes.length <= left ? bytes : bytes.subarray(0, left);
  }

  #break(): void {
    const left = this.#bytes;
    this.close();
    this.#bytes = left;
    if ((this.#shape.cut ?? 'reset') === 'reset') this.#exit.cut();
  }
}
