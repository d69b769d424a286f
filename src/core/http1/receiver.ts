/** The receiving half of a connection: octets in, events out. */
import type { Span } from '../../trace/events.ts';
import { dataFact, endFact, framingFact } from '../../trace/facts.ts';
import { BodyReader } from './body-reader.ts';
import { CR, LF, SLASH } from './chars.ts';
import { RemoteProtocolError } from './errors.ts';
import { CONNECTION_CLOSED, type EndOfMessage, type Framing, NEED_DATA, PAUSED, type ReceivedEvent } from './events.ts';
import type { Exchange } from './exchange.ts';
import { ReceivedFields, SPANS_PER_FIELD } from './fields.ts';
import { requestFraming, responseFraming } from './framing.ts';
import { HeadReader, type SectionKind } from './head-reader.ts';
import type { Fields } from './headers.ts';
import { Inbox } from './inbox.ts';
import { decodeLatin1 } from './latin1.ts';
import type { Leniency } from './leniency.ts';
import type { Limits } from './limits.ts';
import { CLOSED, END, ERROR, INFORMATIONAL, REQUEST, RESPONSE, SWITCH } from './machine.ts';
import { ReceivedEnd, ReceivedRequest, ReceivedResponse } from './messages.ts';
import { methodOf } from './methods.ts';
import { refuse, type RefusalCode } from './refusals.ts';
import { OPTION_UPGRADE } from './steering.ts';
import { parseTarget, validAuthority } from './target.ts';
import { mayBeTrailer } from './trailers.ts';

/** Empty lines tolerated before a request line. RFC9112-2.2-6 asks for one; some clients of old sent a few. */
const maxEmptyLines = 8;

export class Receiver {
  readonly inbox = new Inbox();
  /** The peer will send no more. */
  eof = false;
  /** Why the peer is read no further. */
  error: RemoteProtocolError | undefined;
  readonly #exchange: Exchange;
  readonly #limits: Limits;
  readonly #leniency: Leniency;
  readonly #acceptConnect: boolean;
  readonly #head: HeadReader;
  readonly #body: BodyReader;
  readonly #kind: SectionKind;
  /** See `line-memory.ts`. Whoever watches is shown every octet as it is read. */
  readonly #remembers: boolean;
  #hasBody = false;
  #inTrailers = false;
  #emptyLines = 0;
  #bodyStart = 0;
  /** Something has been told since octets arrived: a head that follows is of the moment at which the exchange before it ended. */
  #told = false;

  constructor(exchange: Exchange, limits: Limits, leniency: Leniency, acceptConnect: boolean) {
    this.#exchange = exchange;
    this.#limits = limits;
    this.#leniency = leniency;
    this.#acceptConnect = acceptConnect;
    this.#kind = exchange.role === 'server' ? 'request' : 'response';
    this.#remembers = exchange.role === 'server' && !exchange.traced;
    this.#head = new HeadReader(limits, leniency);
    this.#head.begin(this.#kind);
    this.#body = new BodyReader(limits, leniency, exchange.traced ? (token, start, end) => exchange.token(token, start, end) : undefined);
  }

  /** Octets arrived; they are copied. */
  take(bytes: Uint8Array): void {
    const { theirs, traced } = this.#exchange;
    if (this.error === undefined && theirs !== 'MUST_CLOSE' && theirs !== 'CLOSED') {
      this.inbox.append(bytes);
      this.#told = false;
      return;
    }
    // RFC9112-9.6-6: after "close" the server "MUST NOT process any further requests"; nor is anything read from a peer that failed.
    const start = this.inbox.position + this.inbox.size;
    if (traced && bytes.length > 0) this.#exchange.token('ignored', start, start + bytes.length);
    this.inbox.pass(bytes.length);
  }

  /** Content that goes past the inbox. See {@link Connection.receiveContent}. */
  takeContent(bytes: Uint8Array): number {
    const exchange = this.#exchange;
    // Whoever watches is shown every octet in its place.
    if (this.inbox.size > 0 || this.error !== undefined || this.eof || exchange.theirs !== 'SEND_BODY' || !this.#hasBody || exchange.traced) return 0;
    const count = this.#body.pass(bytes.length);
    if (count > 0) {
      this.inbox.pass(count);
      exchange.waitsFor100 = false;
    }
    return count;
  }

  /** Get ready for the next message. */
  nextCycle(): void {
    // Behind a chunked body the reader has gone on to the trailers.
    if (this.#remembers && !this.#inTrailers) this.#head.learn(this.inbox);
    this.#inTrailers = false;
    this.#emptyLines = 0;
    this.inbox.release();
    this.#head.begin(this.#kind);
  }

  /** The next event. Throws RemoteProtocolError, and again at every further call. */
  next(): ReceivedEvent {
    if (this.error) throw this.error;
    try {
      return this.#read();
    } catch (error) {
      if (error instanceof RemoteProtocolError) throw this.#fail(error);
      throw error;
    }
  }

  #read(): ReceivedEvent {
    switch (this.#exchange.theirs) {
      case 'IDLE':
        return this.#kind === 'request' ? this.#readRequest() : this.#readUnasked();
      case 'SEND_RESPONSE':
        return this.#readResponse();
      case 'SEND_BODY':
        return this.#inTrailers ? this.#readTrailers() : this.#readBody();
      case 'DONE':
        // RFC9112-9.3.2-1: responses go out in the order of the requests, so nothing of the next one is read before this one is answered.
        if (this.inbox.size > 0) return PAUSED;
        // RFC9112-9.6-12: a client that closed its half may still wait for the answer.
        return this.eof ? this.#readClosed() : NEED_DATA;
      case 'MIGHT_SWITCH':
      case 'SWITCHED':
        return PAUSED;
      case 'MUST_CLOSE':
        this.#ignoreRest();
        return this.eof ? this.#readClosed() : NEED_DATA;
      case 'CLOSED':
        return CONNECTION_CLOSED;
      case 'ERROR':
        throw new Error('in ERROR without an error');
    }
  }

  #readClosed(): ReceivedEvent {
    this.#exchange.moveTheirs(CLOSED);
    return CONNECTION_CLOSED;
  }

  // ── heads ─────────────────────────────────────────────────────────────────────────────────────────────────────

  // What nearly every request passes is asked here, in short; what is left is asked in functions of their own, since whatever is called here is compiled into this one, up to a limit.
  #readRequest(): ReceivedEvent {
    const { inbox } = this;
    const head = this.#head;
    const exchange = this.#exchange;
    if (!head.started && (inbox.size === 0 || inbox.bytes[inbox.start]! <= CR)) {
      if (!this.#skipEmptyLines()) return NEED_DATA;
      if (inbox.size === 0) return this.eof ? this.#readClosed() : NEED_DATA;
    }
    if (!head.read(inbox)) return this.eof ? this.#refuseWaiting('incomplete-head') : NEED_DATA;
    const { steering, targetStart } = head;
    const { bytes, start } = inbox;
    const offset = inbox.position;
    const method = methodOf(bytes, start, targetStart - 1);
    // Almost always origin-form, whose octets have been checked one by one: nothing more to say.
    const isPath = bytes[start + targetStart] === SLASH && method !== 'CONNECT';
    if (!isPath) this.#checkTarget(method, offset);
    if (!steering.hostIsPlain) this.#checkHost(offset);
    // RFC9110-10.1.1-5: 417 for an expectation that cannot be met; RFC9110-10.1.1-13: in HTTP/1.0, expectations are ignored.
    if (steering.unknownExpectation >= 0 && steering.version >= 11) throw refuse('unknown-expectation', this.#valueSpan(steering.unknownExpectation, offset));
    const { framing, number, refusal } = requestFraming(steering);
    if (refusal !== undefined || framing.length > this.#limits.maxBodyBytes) this.#refuseFraming(refusal, offset);
    // RFC9110-9.3.6-13: "A CONNECT request message does not have content": to one recipient it would be a body, to another the tunnel.
    if (!isPath && method === 'CONNECT' && framing.kind !== 'none') throw refuse('connect-body', this.#valueSpan(Math.max(steering.contentLengthLine, steering.transferEncodingLine), offset));
    const fields = new ReceivedFields(bytes, start, offset, head);
    const request = new ReceivedRequest(fields, head, method, framing);
    inbox.keep(head.size, fields);
    exchange.method = method;
    exchange.clientVersion = steering.version;
    // RFC9110-7.8-14: Upgrade counts only with the option in Connection, and "MUST" be ignored in HTTP/1.0.
    exchange.note(request.keepAlive, (!isPath && method === 'CONNECT') || (steering.hasUpgrade && (steering.connectionOptions & OPTION_UPGRADE) !== 0 && steering.version >= 11));
    // RFC9110-10.1.1-14: only where content will follow.
    exchange.waitsFor100 = request.expects100 && framing.length !== 0;
    if (exchange.traced) this.#traceHead('http.request', fields, offset, framing, number);
    exchange.moveTheirs(REQUEST);
    this.#beginBody(framing);
    return request;
  }

  #readResponse(): ReceivedEvent {
    const { inbox } = this;
    const head = this.#head;
    const exchange = this.#exchange;
    if (!head.read(inbox)) return this.eof ? this.#refuseWaiting('incomplete-head') : NEED_DATA;
    const { size, status, steering } = head;
    const offset = inbox.position;
    if (status === 101 && !exchange.switchOffered) throw refuse('unasked-switch', [offset, offset + size]);
    const { framing, number, refusal } = responseFraming(steering, status, exchange.method);
    if (refusal !== undefined || framing.length > this.#limits.maxBodyBytes) this.#refuseFraming(refusal, offset);
    const fields = this.#fields(offset);
    const response = new ReceivedResponse(fields, head, framing);
    inbox.keep(size, fields);
    if (exchange.traced) this.#traceHead(status < 200 ? 'http.informational' : 'http.response', fields, offset, framing, number);
    if (status >= 200 && !response.keepAlive) exchange.persistent = false;
    if (status === 101 || framing.kind === 'tunnel') exchange.moveTheirs(SWITCH);
    else if (status < 200) {
      // RFC9110-15.2-3: any number of interim responses may precede the final one.
      exchange.moveTheirs(INFORMATIONAL);
      head.begin('response');
    } else {
      exchange.moveTheirs(RESPONSE);
      this.#beginBody(framing);
    }
    return response;
  }

  /** The section just read, `offset` octets into the stream, and still at the inbox's start. */
  #fields(offset: number): ReceivedFields {
    return new ReceivedFields(this.inbox.bytes, this.inbox.start, offset, this.#head);
  }

  /** Client, with no request open. RFC9112-9.2-3: data is no response then, "unless the data consists only of one or more CRLF". */
  #readUnasked(): ReceivedEvent {
    if (!this.#skipEmptyLines()) return NEED_DATA;
    if (this.inbox.size > 0) throw refuse('unsolicited-response', [this.inbox.position, this.inbox.position + 1]);
    return this.eof ? this.#readClosed() : NEED_DATA;
  }

  /** RFC9112-2.2-6: "a server … SHOULD ignore at least one empty line (CRLF) received prior to the request-line", which old clients sent after a body (RFC9112-2.2-5). False: half a line is there. */
  #skipEmptyLines(): boolean {
    const { inbox } = this;
    while (inbox.size > 0) {
      const first = inbox.bytes[inbox.start]!;
      const lenient = first === LF && this.#leniency.bareLf;
      if (first !== CR && !lenient) return true;
      const length = lenient ? 1 : 2;
      const at = inbox.position;
      if (inbox.size < length) {
        if (this.eof) throw refuse('bare-cr', [at, at + 1]);
        return false;
      }
      if (inbox.bytes[inbox.start + length - 1] !== LF) throw refuse('bare-cr', [at, at + 1]);
      this.#emptyLines += 1;
      if (this.#emptyLines > maxEmptyLines) throw refuse('empty-lines', [at, at + length]);
      if (this.#exchange.traced) this.#exchange.token('ignored', at, at + length);
      inbox.start += length;
    }
    return true;
  }

  #checkTarget(method: string, offset: number): void {
    const head = this.#head;
    const { bytes, start } = this.inbox;
    const parts = parseTarget(method, decodeLatin1(bytes, start + head.targetStart, start + head.targetEnd, true));
    if (typeof parts === 'string') throw refuse(parts, [offset + head.targetStart, offset + head.targetEnd]);
    // RFC9110-9.3.6-6: "most origin servers do not implement CONNECT"; RFC9110-15.6.2-1: 501 is for a method not supported "for any resource".
    if (method === 'CONNECT' && !this.#acceptConnect) throw refuse('connect-unsupported', [offset, offset + head.targetEnd]);
  }

  #checkHost(offset: number): void {
    const head = this.#head;
    const { host, version } = head.steering;
    if (host < 0) {
      // RFC9112-3.2-6: 400 "to any HTTP/1.1 request message that lacks a Host header field". HTTP/1.0 did not know it.
      if (version >= 11) throw refuse('host-missing', [offset + head.size - 2, offset + head.size]);
      return;
    }
    const at = head.first + host * SPANS_PER_FIELD;
    const { bytes, start } = this.inbox;
    const value = decodeLatin1(bytes, start + head.spans[at + 2]!, start + head.spans[at + 3]!);
    // RFC9112-3.3-12: where Host is empty "the server can reject the request".
    const valid = value === '' ? this.#leniency.emptyHost : !value.startsWith(':') && validAuthority(value) !== 'invalid';
    if (!valid) throw refuse('bad-host', this.#valueSpan(host, offset));
  }

  #refuseFraming(refusal: RefusalCode | undefined, offset: number): never {
    const { steering } = this.#head;
    // What framing refuses, it refuses for what Transfer-Encoding says.
    if (refusal !== undefined) throw refuse(refusal, this.#valueSpan(steering.transferEncodingLine, offset));
    throw refuse('body-too-large', this.#valueSpan(steering.contentLengthLine, offset));
  }

  /** Span of a value, or of its line's name where it is empty. */
  #valueSpan(line: number, offset: number): Span {
    const { spans, first } = this.#head;
    const at = first + line * SPANS_PER_FIELD;
    const part = spans[at + 2] === spans[at + 3] ? at : at + 2;
    return [offset + spans[part]!, offset + spans[part + 1]!];
  }

  // ── bodies ────────────────────────────────────────────────────────────────────────────────────────────────────

  #beginBody(framing: Framing): void {
    this.#hasBody = framing.kind !== 'none';
    if (this.#hasBody) this.#body.begin(framing);
    this.#inTrailers = false;
    this.#bodyStart = this.inbox.position;
  }

  #readBody(): ReceivedEvent {
    const { inbox } = this;
    if (!this.#hasBody) return this.#end(undefined, inbox.position);
    switch (this.#body.step(inbox)) {
      case 'data': {
        const { size } = this.#body;
        const at = inbox.position;
        const span: Span = [at, at + size];
        const bytes = inbox.bytes.subarray(inbox.start, inbox.start + size);
        inbox.start += size;
        const exchange = this.#exchange;
        exchange.waitsFor100 = false;
        if (exchange.traced) {
          exchange.token('body', at, at + size);
          exchange.facts.fact(dataFact(exchange.inStream), exchange.id, exchange.number, at, at + size, true);
        }
        return { type: 'data', bytes, span };
      }
      case 'complete':
        return this.#end(undefined, inbox.position);
      case 'trailers':
        this.#inTrailers = true;
        this.#head.begin('trailers');
        return this.#readTrailers();
      case 'need-data':
        if (!this.eof) return NEED_DATA;
        return this.#body.endsWithConnection ? this.#end(undefined, inbox.position) : this.#refuseWaiting('incomplete-body');
    }
  }

  /** RFC9110-6.5-2: trailers ought to be "processed and stored separately from the fields in the header section". */
  #readTrailers(): ReceivedEvent {
    const { inbox } = this;
    const head = this.#head;
    if (!head.read(inbox)) return this.eof ? this.#refuseWaiting('incomplete-body') : NEED_DATA;
    const offset = inbox.position;
    if (this.#exchange.traced) this.#exchange.tellSection(head.section(offset, this.#exchange.inStream), false);
    let trailers: Fields | undefined;
    if (head.count > 0) {
      this.#filterTrailers(offset);
      const fields = this.#fields(offset);
      inbox.keep(head.size, fields);
      trailers = fields;
    } else inbox.start += head.size;
    return this.#end(trailers, offset + head.size);
  }

  /** RFC9110-6.5.1-2: "Many fields cannot be processed outside the header section": those are dropped. */
  #filterTrailers(offset: number): void {
    const head = this.#head;
    const { spans, first, count } = head;
    const exchange = this.#exchange;
    const all = this.#fields(offset);
    let kept = 0;
    for (let i = 0; i < count; i += 1) {
      const name = all.lowerName(i);
      if (!mayBeTrailer(name)) {
        if (exchange.traced) exchange.tracer.emit({ type: 'http.dropped', connection: exchange.id, exchange: exchange.number, stream: exchange.inStream, span: [all.nameSpan(i)[0], all.valueSpan(i)[1]], name, clause: 'RFC9110-6.5.1-2' });
        continue;
      }
      const from = first + i * SPANS_PER_FIELD;
      spans.copyWithin(first + kept * SPANS_PER_FIELD, from, from + SPANS_PER_FIELD);
      kept += 1;
    }
    head.count = kept;
  }

  #end(trailers: Fields | undefined, position: number): EndOfMessage {
    const exchange = this.#exchange;
    exchange.waitsFor100 = false;
    if (exchange.traced) {
      if (trailers === undefined) exchange.facts.fact(endFact(exchange.inStream), exchange.id, exchange.number, this.#bodyStart, position, !this.#hasBody);
      else exchange.tracer.emit({ type: 'http.end', connection: exchange.id, exchange: exchange.number, stream: exchange.inStream, span: [this.#bodyStart, position], trailers: trailers.length });
    }
    exchange.moveTheirs(END);
    return new ReceivedEnd(this.#bodyStart, position, trailers);
  }

  // ── the end ───────────────────────────────────────────────────────────────────────────────────────────────────

  #ignoreRest(): void {
    if (this.inbox.size === 0) return;
    const [start, end] = this.#waiting;
    if (this.#exchange.traced) this.#exchange.token('ignored', start, end);
    this.inbox.discard();
  }

  get #waiting(): Span {
    return [this.inbox.position, this.inbox.position + this.inbox.size];
  }

  #refuseWaiting(code: RefusalCode): never {
    throw refuse(code, this.#waiting);
  }

  /** The peer broke a rule: note it, and read no further. */
  #fail(cause: RemoteProtocolError): RemoteProtocolError {
    const exchange = this.#exchange;
    // Towards a client's caller the peer is a server: what a proxy would answer is 502, whichever rule it was (RFC9112-5.2-5, RFC9112-6.3-2.5).
    const error = exchange.role === 'client' && cause.status !== 502 ? new RemoteProtocolError({ ...cause.facts(), status: 502, span: cause.span }) : cause;
    this.error = error;
    exchange.persistent = false;
    exchange.waitsFor100 = false;
    const inSection = this.#inTrailers || exchange.theirs !== 'SEND_BODY';
    const size = inSection ? this.#head.size : 0;
    const offset = this.inbox.position;
    const [start, end] = error.span;
    if (exchange.traced) {
      // A complete section was refused for what it says: all of it was recognised. Else it was, up to the refused octet.
      if (inSection) exchange.tellSection(this.#head.section(offset, exchange.inStream), false);
      if (end > start) exchange.token('refused', start, end);
      exchange.tracer.emit({ type: 'http.error', connection: exchange.id, exchange: exchange.number, by: 'peer', stream: exchange.inStream, span: error.span, ...error.facts() });
    }
    exchange.moveTheirs(ERROR);
    this.inbox.skip(Math.max(end - offset, size));
    this.#ignoreRest();
    return error;
  }

  #traceHead(type: 'http.request' | 'http.response' | 'http.informational', fields: ReceivedFields, offset: number, framing: Framing, framingNumber: number): void {
    const head = this.#head;
    const { tracer, facts, id, number, inStream } = this.#exchange;
    this.#exchange.tellSection(head.section(offset, inStream), this.#told);
    this.#told = true;
    const line = fields.firstLine(this.#kind === 'request' ? head.versionEnd : head.reasonEnd);
    tracer.emit({ type, connection: id, exchange: number, stream: inStream, span: [offset, offset + head.size], line, fields: head.count }, true);
    facts.fact(framingFact(inStream), id, number, framingNumber, framing.length, true);
  }
}
