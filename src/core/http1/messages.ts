/** The heads that a connection hands out: views over a section's octets, decoded when asked. */
import type { Span } from '../../trace/events.ts';
import type { Framing, HttpVersion, Request, Response } from './events.ts';
import { ReceivedFields, type Section } from './fields.ts';
import type { HeadReader } from './head-reader.ts';
import { parseTarget, type TargetParts } from './target.ts';

/** A request head. Positions are copied out of the reader, which goes on to the next message. */
export class ReceivedRequest implements Request {
  readonly type = 'request';
  readonly version: HttpVersion;
  readonly headers: ReceivedFields;
  readonly framing: Framing;
  readonly keepAlive: boolean;
  readonly expects100: boolean;
  readonly method: string;
  readonly #section: Section;
  readonly #methodEnd: number;
  readonly #targetStart: number;
  readonly #targetEnd: number;
  readonly #versionStart: number;
  #parts: TargetParts | undefined;

  constructor(section: Section, head: HeadReader, method: string, framing: Framing, keepAlive: boolean) {
    this.version = head.steering.version;
    this.headers = new ReceivedFields(section, head.spans, head.first, head.count);
    this.framing = framing;
    this.keepAlive = keepAlive;
    this.expects100 = head.steering.expects100 && this.version >= 11;
    this.method = method;
    this.#section = section;
    this.#methodEnd = head.firstEnd;
    this.#targetStart = head.targetStart;
    this.#targetEnd = head.targetEnd;
    this.#versionStart = head.versionStart;
  }

  get target(): string {
    return this.#section.slice(this.#targetStart, this.#targetEnd);
  }

  get targetParts(): TargetParts {
    // Checked when the head was read, so this cannot be a refusal.
    return (this.#parts ??= parseTarget(this.method, this.target) as TargetParts);
  }

  get methodSpan(): Span {
    return this.#section.span(0, this.#methodEnd);
  }

  get targetSpan(): Span {
    return this.#section.span(this.#targetStart, this.#targetEnd);
  }

  get versionSpan(): Span {
    return this.#section.span(this.#versionStart, this.#versionStart + 8);
  }

  get span(): Span {
    return this.#section.span(0, this.#section.end - this.#section.start);
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
  readonly #section: Section;
  readonly #reasonStart: number;
  readonly #reasonEnd: number;

  constructor(section: Section, head: HeadReader, framing: Framing, keepAlive: boolean) {
    this.type = head.status < 200 ? 'informational' : 'response';
    this.status = head.status;
    this.version = head.steering.version;
    this.headers = new ReceivedFields(section, head.spans, head.first, head.count);
    this.framing = framing;
    this.keepAlive = keepAlive;
    this.#section = section;
    this.#reasonStart = head.reasonStart;
    this.#reasonEnd = head.reasonEnd;
  }

  get reason(): string {
    return this.#section.slice(this.#reasonStart, this.#reasonEnd);
  }

  get statusSpan(): Span {
    return this.#section.span(9, 12);
  }

  get reasonSpan(): Span {
    return this.#section.span(this.#reasonStart, this.#reasonEnd);
  }

  get versionSpan(): Span {
    return this.#section.span(0, 8);
  }

  get span(): Span {
    return this.#section.span(0, this.#section.end - this.#section.start);
  }
}
