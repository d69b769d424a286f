/**
 * What a client said last, for the case that it says it again: on a connection that is kept, mostly only the first line of a request is new. So its field lines are
 * compared with those of an earlier one. Where they are the same, octet by octet, all that was found out about them still holds: where each lies, what they say to the
 * connection, their text, and what others have noted.
 *
 * Nothing but time depends on it: what is compared was read, and accepted, on this connection.
 */
import type { SpanTable } from '../../trace/section.ts';
import { type Section, SPANS_PER_FIELD } from './fields.ts';
import type { LineNotes } from './headers.ts';
import type { Inbox } from './inbox.ts';
import { recognise } from './known-names.ts';
import { decodeLatin1 } from './latin1.ts';
import type { Steering } from './steering.ts';

/** Longer sections are not remembered: each connection keeps what it remembers. Octets. */
const maxBytes = 2048;
/** A client that says something else each time goes on so: what it says is remembered at its 2nd, 4th, 8th … request, then at every one of so many. (Of many a client there is no second.) */
const longestWait = 8192;
/** What is not said again within so many requests is forgotten: to compare costs time. */
const patience = 8;

/** A head as it was read, and what it says to the connection. */
interface HeadRead extends Section { readonly steering: Steering }

/** Field lines that may come again, with the empty line. Positions count from the first octet of the first line. */
export class RememberedLines implements LineNotes {
  readonly text: string;
  readonly count: number;
  /** A table of its own: one that others share would be kept for as long as the connection. */
  readonly spans: SpanTable;
  readonly steering: Steering;
  asked = 0;
  found = 0;
  made: unknown = undefined;

  /** The lines of `head`, which the inbox has {@link Inbox.remember}ed; `start`: where in the head they begin. Its steering is ours from now on. */
  constructor({ count, spans, first, size, ascii, steering }: HeadRead, start: number, { bytes, view }: Inbox) {
    this.text = decodeLatin1(bytes, 0, size - start, ascii);
    this.count = count;
    this.spans = spans.slice(first, first + count * SPANS_PER_FIELD);
    for (let at = 0; at < this.spans.length; at += SPANS_PER_FIELD) {
      for (let i = at; i < at + 4; i += 1) this.spans[i]! -= start;
      // Nobody looks the name of a line up that came in two pieces.
      this.spans[at + 4] ||= recognise(view, this.spans[at]!);
    }
    this.steering = steering;
    // It has been looked at, and stands.
    steering.hostIsPlain = true;
  }
}

/** What one connection remembers. The octets are in its inbox. */
export class LineMemory {
  /** Undefined: nothing. */
  lines: RememberedLines | undefined;
  /** Requests since the last one whose lines were known; and at how many of them the next are remembered, and these forgotten. */
  #others = 0;
  #learnAt = 2;
  #forgetAt = Infinity;

  /** The lines that begin at `from` in the inbox's slab, if they are those remembered; undefined: they are others, or not all there. */
  find(inbox: Inbox, from: number): RememberedLines | undefined {
    const { lines } = this;
    if (lines === undefined || from + lines.text.length > inbox.end || !same(inbox.view, from, lines.text.length)) return undefined;
    this.#others = 0;
    this.#learnAt = 2;
    this.#forgetAt = patience;
    return lines;
  }

  /** A request is over whose lines were not found. True: call {@link turnTo} for it. (Which is seldom: so this is all that most requests pay.) */
  pass(): boolean {
    this.#others += 1;
    return this.#others >= this.#learnAt || this.#others >= this.#forgetAt;
  }

  /** True: the lines of `head` are remembered. They cannot be where the inbox does not have its octets any more, and are not where they are too long. */
  turnTo(head: HeadRead, inbox: Inbox): boolean {
    if (this.#others >= this.#forgetAt) this.#forget(inbox);
    return this.#others >= this.#learnAt && inbox.keepsHead && this.#learn(head, inbox);
  }

  #learn(head: HeadRead, inbox: Inbox): boolean {
    this.#learnAt = this.#others + Math.min(this.#others, longestWait);
    if (head.count === 0) return false;
    const start = head.spans[head.first]!;
    if (head.size - start > maxBytes) return false;
    inbox.remember(start, head.size);
    this.lines = new RememberedLines(head, start, inbox);
    this.#forgetAt = this.#others + patience;
    return true;
  }

  #forget(inbox: Inbox): void {
    this.lines = undefined;
    this.#forgetAt = Infinity;
    inbox.forget();
  }
}

/**
 * Are the `size` octets at `from` those at the beginning? (See `plain-lines.ts` on `| 0`.) Eight at a time, as floating-point numbers: what is remembered has no NUL, so that neither zero is
 * among its numbers; two others that are equal have the same octets. Octets that make no number are equal to nothing, and then the lines are read.
 */
function same(view: DataView, from: number, size: number): boolean {
  let a = 0;
  let b = from | 0;
  const last = (size - 32) | 0;
  for (; a < last; a = (a + 32) | 0, b = (b + 32) | 0) if (!same32(view, a, b)) return false;
  if (last >= 0) return same32(view, last, (from + last) | 0);
  for (; a < size; a = (a + 1) | 0, b = (b + 1) | 0) if (view.getUint8(a) !== view.getUint8(b)) return false;
  return true;
}

const same32 = (view: DataView, a: number, b: number): boolean =>
  view.getFloat64(a, true) === view.getFloat64(b, true) && view.getFloat64((a + 8) | 0, true) === view.getFloat64((b + 8) | 0, true) &&
  view.getFloat64((a + 16) | 0, true) === view.getFloat64((b + 16) | 0, true) && view.getFloat64((a + 24) | 0, true) === view.getFloat64((b + 24) | 0, true);
