/** The heads that a connection hands out: views over a section's octets, decoded when asked. Positions are copied out of the reader, which goes on. */
import type { Span } from '../../trace/events.ts';
import type { EndOfMessage, Framing, HttpVersion, Request, RequestNotes, Response } from './events.ts';
import type { ReceivedFields } from './fields.ts';
import type { HeadReader } from './head-reader.ts';
import type { Fields } from './headers.ts';
import { encodeLatin1 } from './latin1.ts';
import { parseTarget, type TargetParts } from './target.ts';

/** A request head. */
export class ReceivedRequest implements Request {
  readonly type: 'request';
  readonly version: HttpVersion;
  readonly headers: ReceivedFields;
  readonly framing: Framing;
  readonly keepAlive: boolean;
  readonly expects100: boolean;
  readonly method: string;
  // One space on either side of the target: where it is says where the method ends and the version begins.
  readonly #targetStart: number;
  readonly #targetEnd: number;
  #parts: TargetParts | undefined;

  constructor(headers: ReceivedFields, head: HeadReader, method: string, framing: Framing) {
    const { steering } = head;
    this.type = 'request';
    this.version = steering.version;
    this.headers = headers;
    this.framing = framing;
    this.keepAlive = steering.persists;
    this.expects100 = steering.expects100 && steering.version >= 11;
    this.method = method;
    this.#targetStart = head.targetStart;
    this.#targetEnd = head.targetEnd;
    this.#parts = undefined;
  }

  get target(): string {
    const { line } = this.headers;
    return line === undefined ? this.headers.slice(this.#targetStart, this.#targetEnd) : line.target;
  }

  get targetParts(): TargetParts {
    // Checked when the head was read, so this cannot be a refusal.
    return (this.#parts ??= parseTarget(this.method, this.target) as TargetParts);
  }

  get methodSpan(): Span {
    return this.headers.span(0, this.#targetStart - 1);
  }

  get targetSpan(): Span {
    return this.headers.span(this.#targetStart, this.#targetEnd);
  }

  get versionSpan(): Span {
    return this.headers.span(this.#targetEnd + 1, this.#targetEnd + 9);
  }

  get span(): Span {
    return this.headers.sectionSpan;
  }

  get notes(): RequestNotes | undefined {
    return this.headers.line;
  }

  octets(): Uint8Array {
    return encodeLatin1(this.headers.text);
  }
}

/** A response head, final or interim. */
export class ReceivedResponse implements Response {
  readonly type: 'response' | 'informational';
  readonly status: number;
  readonly version: HttpVersion;
  readonly headers: ReceivedFields;
  readonly framing: Framing;
  readonly keepAlive: boolean;
  readonly #reasonStart: number;
  readonly #reasonEnd: number;

  constructor(headers: ReceivedFields, head: HeadReader, framing: Framing) {
    this.type = head.status < 200 ? 'informational' : 'response';
    this.status = head.status;
    this.version = head.steering.version;
    this.headers = headers;
    this.framing = framing;
    this.keepAlive = head.steering.persists && framing.kind !== 'until-close';
    this.#reasonStart = head.reasonStart;
    this.#reasonEnd = head.reasonEnd;
  }

  get reason(): string {
    return this.headers.slice(this.#reasonStart, this.#reasonEnd);
  }

  get statusSpan(): Span {
    return this.headers.span(9, 12);
  }

  get reasonSpan(): Span {
    return this.headers.span(this.#reasonStart, this.#reasonEnd);
  }

  get versionSpan(): Span {
    return this.headers.span(0, 8);
  }

  get span(): Span {
    return this.headers.sectionSpan;
  }
}

/** The end of a message. Its span is that of the body as it was sent, made when asked for: an array in every event would cost as much as a state machine's move. */
export class ReceivedEnd implements EndOfMessage {
  readonly type: 'end';
  readonly trailers: Fields | undefined;
  readonly #start: number;
  readonly #end: number;

  constructor(start: number, end: number, trailers: Fields | undefined) {
    this.type = 'end';
    this.trailers = trailers;
    this.#start = start;
    this.#end = end;
  }

  get span(): Span {
    return [this.#start, this.#end];
  }
}
