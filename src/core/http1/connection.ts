import type { Span, Stream, TraceInput } from '../../trace/events.ts';
import { noTrace, type Tracer } from '../../trace/tracer.ts';
import { BodyReader } from './body-reader.ts';
import { CR, LF } from './chars.ts';
import { LocalProtocolError, RemoteProtocolError } from './errors.ts';
import {
  CONNECTION_CLOSED, type Data, type EndOfMessage, type FieldPairs, type Framing, type HttpVersion, NEED_DATA, PAUSED, type ReceivedEvent, type RequestToSend,
  type ResponseToSend, type SentEvent,
} from './events.ts';
import { ReceivedFields, Section, SPANS_PER_FIELD } from './fields.ts';
import { type FramingDecision, requestFraming, responseFraming } from './framing.ts';
import { HeadReader, OPTION_CLOSE, OPTION_KEEP_ALIVE, OPTION_UPGRADE, type SectionKind } from './head-reader.ts';
import type { Fields } from './headers.ts';
import { Inbox } from './inbox.ts';
import { decodeLatin1 } from './latin1.ts';
import { type Leniency, strict } from './leniency.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { ReceivedRequest, ReceivedResponse } from './messages.ts';
import { methodOf } from './methods.ts';
import { refuse, type RefusalCode } from './refusals.ts';
import { planRequest, planResponse, type SendPlan } from './send-framing.ts';
import { type ClientCause, type ClientState, clientTransitions, type Condition, couplings, type ServerCause, type ServerState, serverTransitions, type State } from './states.ts';
import { parseTarget, validAuthority } from './target.ts';
import { traceSection } from './trace-head.ts';
import { mayBeTrailer } from './trailers.ts';
import { checkField, checkRequestLine, checkStatusLine, misuse, writeChunk, writeHead, writeLastChunk, type WriteSink } from './writers.ts';

/** How a connection is set up. */
export interface ConnectionOptions {
  readonly role: 'server' | 'client';
  /** Id for the trace. Default 0. */
  readonly id?: number;
  readonly limits?: Partial<Limits>;
  /** Deviations from the strict reading. Default none. */
  readonly leniency?: Partial<Leniency>;
  /** Server: hand CONNECT requests out instead of answering 501. Default false. */
  readonly acceptConnect?: boolean;
  readonly tracer?: Tracer;
}

const nothing = new Uint8Array(0);
/** Empty lines tolerated before a request line. RFC9112-2.2-6 asks for one; some clients of old sent a few. */
const maxEmptyLines = 8;

/**
 * One end of an HTTP/1.1 connection without any I/O: bytes in, events out; events in, bytes out. Pure: no clock, no
 * randomness, no promise. Names follow h11.
 */
export class Connection {
  readonly role: 'server' | 'client';
  readonly limits: Limits;
  readonly leniency: Leniency;
  readonly tracer: Tracer;
  readonly #id: number;
  readonly #acceptConnect: boolean;
  readonly #inStream: Stream;
  readonly #outStream: Stream;

  readonly #inbox = new Inbox();
  readonly #head: HeadReader;
  readonly #body: BodyReader;
  #client: ClientState = 'IDLE';
  #server: ServerState = 'IDLE';
  #error: RemoteProtocolError | undefined;
  #eof = false;
  #exchange = 1;
  #sentOffset = 0;

  // ── of the current exchange ──
  #inTrailers = false;
  #emptyLines = 0;
  /** Method of the request, received or sent; '' before it. */
  #method = '';
  /** The client's version, once its request is known. */
  #clientVersion: HttpVersion | undefined;
  #persistent = true;
  #switchOffered = false;
  #waitsFor100 = false;
  /** What we send: its framing and the octets still owed to Content-Length. */
  #sendFraming: Framing = { kind: 'none', length: 0 };
  #owed = 0;
  #bodyStart = 0;

  constructor(options: ConnectionOptions) {
    this.role = options.role;
    this.limits = { ...defaultLimits, ...options.limits };
    this.leniency = { ...strict, ...options.leniency };
    this.tracer = options.tracer ?? noTrace;
    this.#id = options.id ?? 0;
    this.#acceptConnect = options.acceptConnect ?? false;
    this.#inStream = options.role === 'server' ? 'c2s' : 's2c';
    this.#outStream = options.role === 'server' ? 's2c' : 'c2s';
    this.#head = new HeadReader(this.limits, this.leniency);
    this.#head.begin(this.#headKind);
    const sink = this.tracer.enabled ? (token: Parameters<Tracer['token']>[0], start: number, end: number): void => this.tracer.token(token, this.#id, this.#exchange, this.#inStream, start, end) : undefined;
    this.#body = new BodyReader(this.limits, this.leniency, sink);
  }

  /** State of our side and the peer's: see `states.ts`. */
  get ourState(): State {
    return this.role === 'server' ? this.#server : this.#client;
  }

  get theirState(): State {
    return this.role === 'server' ? this.#client : this.#server;
  }

  /** Number of the current exchange, from 1. */
  get exchange(): number {
    return this.#exchange;
  }

  /** Absolute offset of the next octet that `send` will produce. */
  get sentOffset(): number {
    return this.#sentOffset;
  }

  /** Absolute offset of the next octet not yet turned into an event: where `trailingData` begins. */
  get receivedOffset(): number {
    return this.#inbox.position;
  }

  /** Bytes arrived. `bytes` is borrowed for this call: what is kept is copied. Throws only LocalProtocolError (after EOF). */
  receiveData(bytes: Uint8Array): void {
    if (this.#eof) throw this.#misuse(misuse('local-data-after-eof', 'RFC9112-9.6-1', 'Data was received after the end of the connection.', 'Call receiveEof last.'));
    // Nothing more is read from a peer that failed, or that said this was its last message: RFC9112-9.6-5.
    if (this.#deaf) {
      const start = this.#inbox.position + this.#inbox.size;
      if (this.tracer.enabled && bytes.length > 0) this.tracer.token('ignored', this.#id, this.#exchange, this.#inStream, start, start + bytes.length);
      this.#inbox.pass(bytes.length);
      return;
    }
    this.#inbox.append(bytes);
  }

  /** The peer closed its half (FIN). */
  receiveEof(): void {
    this.#eof = true;
  }

  /** The next event, or NEED_DATA, or PAUSED. Throws RemoteProtocolError where the peer broke the protocol (again at every further call). */
  nextEvent(): ReceivedEvent {
    if (this.#error) throw this.#error;
    try {
      return this.#read();
    } catch (error) {
      if (error instanceof RemoteProtocolError) throw this.#fail(error);
      throw error;
    }
  }

  /**
   * Bytes for an event, or an empty array where the event has none (HEAD response data). Throws LocalProtocolError and
   * leaves the state as it was. Framing fields are chosen here (Content-Length given by the caller is kept and enforced;
   * else chunked for HTTP/1.1 peers, else until-close), never both. Data in a body that is not chunked is passed on as it
   * is, not copied.
   */
  send(event: SentEvent): Uint8Array {
    try {
      switch (event.type) {
        case 'request': return this.#sendRequest(event);
        case 'informational': return this.#sendInformational(event);
        case 'response': return this.#sendResponse(event);
        case 'data': return this.#sendData(event);
        case 'end': return this.#sendEnd(event);
        case 'closed':
          this.#require('closed');
          this.#move('closed');
          return nothing;
      }
    } catch (error) {
      if (error instanceof LocalProtocolError) this.#misuse(error);
      throw error;
    }
  }

  /** Server: the client sent `Expect: 100-continue`, has sent no body yet, and we have answered nothing. */
  get clientWaitsFor100(): boolean {
    return this.#waitsFor100 && this.#inbox.size === 0;
  }

  /** After our response this connection must be closed (ours or their `close`, HTTP/1.0, an error, a body that ends with the connection). */
  get mustClose(): boolean {
    return !this.#persistent || this.#error !== undefined || this.#closing(this.#client) || this.#closing(this.#server);
  }

  /** Both sides DONE: get ready for the next request on the same connection. LocalProtocolError where that cannot be. */
  startNextCycle(): void {
    if (this.#client !== 'DONE' || this.#server !== 'DONE') {
      throw this.#misuse(misuse('local-cycle', 'RFC9112-9.3-2', `The exchange is not over: client ${this.#client}, server ${this.#server}.`, 'Finish both messages first; if mustClose is true, close the connection instead.'));
    }
    this.#exchange += 1;
    this.#setClient('IDLE', 'next cycle');
    this.#setServer('IDLE', 'next cycle');
    this.#inTrailers = false;
    this.#emptyLines = 0;
    this.#method = '';
    this.#clientVersion = undefined;
    this.#switchOffered = false;
    this.#waitsFor100 = false;
    this.#head.begin(this.#headKind);
  }

  /** Bytes received and not parsed (copied), for the protocol that takes over after an upgrade; and whether the peer has sent EOF. */
  get trailingData(): { readonly bytes: Uint8Array; readonly eof: boolean } {
    return { bytes: this.#inbox.rest(), eof: this.#eof };
  }

  /** Octets received but not yet turned into events: what back-pressure is decided on. */
  get bufferedBytes(): number {
    return this.#inbox.size;
  }

  // ── receiving ─────────────────────────────────────────────────────────────────────────────────────────────────

  get #headKind(): SectionKind {
    return this.role === 'server' ? 'request' : 'response';
  }

  /** The peer is read no further. */
  get #deaf(): boolean {
    return this.#error !== undefined || this.theirState === 'MUST_CLOSE' || this.theirState === 'CLOSED';
  }

  #read(): ReceivedEvent {
    switch (this.theirState) {
      case 'IDLE':
        if (this.role === 'server') return this.#readRequest();
        if (this.#inbox.size > 0) throw refuse('unsolicited-response', this.#waiting());
        return this.#eof ? this.#readClosed() : NEED_DATA;
      case 'SEND_RESPONSE':
        return this.#readResponse();
      case 'SEND_BODY':
        return this.#readBody();
      case 'DONE':
        if (this.#inbox.size > 0) return PAUSED;
        return this.#eof ? this.#readClosed() : NEED_DATA;
      case 'MIGHT_SWITCH':
      case 'SWITCHED':
        return PAUSED;
      case 'MUST_CLOSE':
        this.#ignore();
        return this.#eof ? this.#readClosed() : NEED_DATA;
      case 'CLOSED':
        return CONNECTION_CLOSED;
      case 'ERROR':
        throw this.#error ?? new Error('ERROR without an error');
    }
  }

  #readClosed(): ReceivedEvent {
    this.#moveTheirs('closed');
    return CONNECTION_CLOSED;
  }

  #readRequest(): ReceivedEvent {
    const inbox = this.#inbox;
    const head = this.#head;
    if (!head.started) {
      this.#skipEmptyLines();
      if (inbox.size === 0) return this.#eof ? this.#readClosed() : NEED_DATA;
    }
    if (!head.read(inbox)) return this.#eof ? this.#incomplete('incomplete-head') : NEED_DATA;
    const offset = inbox.position;
    const { size } = head;
    const method = methodOf(inbox.bytes, inbox.start, head.firstEnd);
    this.#checkTarget(method, offset);
    this.#checkHost(offset);
    // RFC9110-10.1.1-12: in an HTTP/1.0 request the expectation is to be ignored.
    if (head.unknownExpectation >= 0 && head.version >= 11) throw refuse('unknown-expectation', this.#valueSpan(head.unknownExpectation, offset));
    const { framing, clause } = this.#decided(requestFraming(head), offset);
    const persistent = this.#persists();
    const section = new Section(inbox.bytes, inbox.start, inbox.start + size, offset, head.ascii);
    const request = new ReceivedRequest(section, head, method, framing, persistent);
    inbox.keep(size);
    this.#method = method;
    this.#clientVersion = head.version;
    this.#persistent = persistent;
    // RFC9110-7.8-12: Upgrade counts only with the option in Connection; RFC9110-7.8-13: and not in HTTP/1.0.
    this.#switchOffered = method === 'CONNECT' || (head.hasUpgrade && (head.connectionOptions & OPTION_UPGRADE) !== 0 && head.version >= 11);
    this.#waitsFor100 = request.expects100 && framing.length !== 0;
    if (this.tracer.enabled) this.#traceHead('http.request', 'request', offset, framing, clause);
    this.#moveTheirs('request');
    this.#beginBody(framing);
    return request;
  }

  #readResponse(): ReceivedEvent {
    const inbox = this.#inbox;
    const head = this.#head;
    if (!head.read(inbox)) return this.#eof ? this.#incomplete('incomplete-head') : NEED_DATA;
    const offset = inbox.position;
    const { size, status } = head;
    if (status === 101 && !this.#switchOffered) throw refuse('unasked-switch', [offset, offset + size]);
    const { framing, clause } = this.#decided(responseFraming(head, status, this.#method), offset);
    const persistent = this.#persists() && framing.kind !== 'until-close';
    const section = new Section(inbox.bytes, inbox.start, inbox.start + size, offset, head.ascii);
    const response = new ReceivedResponse(section, head, framing, persistent);
    inbox.keep(size);
    if (this.tracer.enabled) this.#traceHead(status < 200 ? 'http.informational' : 'http.response', 'response', offset, framing, clause);
    if (status >= 200 && !persistent) this.#persistent = false;
    if (status === 101 || framing.kind === 'tunnel') this.#moveTheirs('switch');
    else if (status < 200) {
      this.#moveTheirs('informational');
      head.begin('response');
    } else {
      this.#moveTheirs('response');
      this.#beginBody(framing);
    }
    return response;
  }

  #beginBody(framing: Framing): void {
    this.#body.begin(framing);
    this.#inTrailers = false;
    this.#bodyStart = this.#inbox.position;
  }

  #readBody(): ReceivedEvent {
    const inbox = this.#inbox;
    if (this.#inTrailers) return this.#readTrailers();
    switch (this.#body.step(inbox)) {
      case 'data': {
        const { size } = this.#body;
        const start = inbox.position;
        const span: Span = [start, start + size];
        const bytes = inbox.bytes.subarray(inbox.start, inbox.start + size);
        inbox.start += size;
        this.#waitsFor100 = false;
        if (this.tracer.enabled) {
          this.#token('body', start, start + size);
          this.#emit({ type: 'http.data', connection: this.#id, exchange: this.#exchange, stream: this.#inStream, span });
        }
        return { type: 'data', bytes, span };
      }
      case 'complete':
        return this.#readEnd(undefined, inbox.position);
      case 'trailers':
        this.#inTrailers = true;
        this.#head.begin('trailers');
        return this.#readTrailers();
      case 'need-data':
        if (!this.#eof) return NEED_DATA;
        return this.#body.endsWithConnection ? this.#readEnd(undefined, inbox.position) : this.#incomplete('incomplete-body');
    }
  }

  #readTrailers(): ReceivedEvent {
    const inbox = this.#inbox;
    const head = this.#head;
    if (!head.read(inbox)) return this.#eof ? this.#incomplete('incomplete-body') : NEED_DATA;
    const offset = inbox.position;
    const section = new Section(inbox.bytes, inbox.start, inbox.start + head.size, offset, head.ascii);
    const all = new ReceivedFields(section, head.spans, head.first, head.count);
    inbox.keep(head.size);
    if (this.tracer.enabled) traceSection(this.#traceTarget, head, 'trailers', offset, head.size);
    return this.#readEnd(head.count === 0 ? undefined : this.#filterTrailers(all, section), offset + head.size);
  }

  /** RFC9110-6.5.1-4: a recipient "MUST NOT merge a trailer field into a header section unless …"; those that must not be there are dropped. */
  #filterTrailers(all: ReceivedFields, section: Section): Fields {
    const head = this.#head;
    let kept = 0;
    for (let i = 0; i < all.length; i += 1) {
      const name = all.lowerName(i);
      const from = head.first + i * SPANS_PER_FIELD;
      if (!mayBeTrailer(name)) {
        if (this.tracer.enabled) this.#emit({ type: 'http.dropped', connection: this.#id, exchange: this.#exchange, stream: this.#inStream, span: [all.nameSpan(i)[0], all.valueSpan(i)[1]], name, clause: 'RFC9110-6.5.1-2' });
        continue;
      }
      head.spans.copyWithin(head.first + kept * SPANS_PER_FIELD, from, from + SPANS_PER_FIELD);
      kept += 1;
    }
    return new ReceivedFields(section, head.spans, head.first, kept);
  }

  #readEnd(trailers: Fields | undefined, position: number): EndOfMessage {
    this.#waitsFor100 = false;
    const span: Span = [this.#bodyStart, position];
    if (this.tracer.enabled) this.#emit({ type: 'http.end', connection: this.#id, exchange: this.#exchange, stream: this.#inStream, span, trailers: trailers?.length ?? 0 });
    this.#moveTheirs('end');
    return trailers === undefined ? { type: 'end', span } : { type: 'end', trailers, span };
  }

  /** RFC9112-2.2-6: "a server … SHOULD ignore at least one empty line (CRLF) received prior to the request-line". */
  #skipEmptyLines(): void {
    const inbox = this.#inbox;
    while (inbox.size > 0) {
      const first = inbox.bytes[inbox.start]!;
      const lenientLf = first === LF && this.leniency.bareLf;
      if (first !== CR && !lenientLf) return;
      const length = lenientLf ? 1 : 2;
      const at = inbox.position;
      if (inbox.size < length) {
        if (this.#eof) inbox.discard();
        return;
      }
      if (inbox.bytes[inbox.start + length - 1] !== LF) throw refuse('bare-cr', [at, at + 1]);
      this.#emptyLines += 1;
      if (this.#emptyLines > maxEmptyLines) throw refuse('empty-lines', [at, at + length]);
      if (this.tracer.enabled) this.#token('ignored', at, at + length);
      inbox.start += length;
    }
  }

  #checkTarget(method: string, offset: number): void {
    const head = this.#head;
    const { bytes, start } = this.#inbox;
    // Almost always origin-form: nothing more to check.
    if (bytes[start + head.targetStart] === 0x2f && method !== 'CONNECT') return;
    const parts = parseTarget(method, decodeLatin1(bytes, start + head.targetStart, start + head.targetEnd));
    const span: Span = [offset + head.targetStart, offset + head.targetEnd];
    if (typeof parts === 'string') throw refuse(parts, span);
    if (method === 'CONNECT' && !this.#acceptConnect) throw refuse('connect-unsupported', [offset, offset + head.targetEnd]);
  }

  #checkHost(offset: number): void {
    const head = this.#head;
    if (head.host < 0) {
      // RFC9112-3.2-6: 400 "to any HTTP/1.1 request message that lacks a Host header field". HTTP/1.0 did not know it.
      if (head.version >= 11) throw refuse('host-missing', [offset + head.size - 2, offset + head.size]);
      return;
    }
    const at = head.first + head.host * SPANS_PER_FIELD;
    const { bytes, start } = this.#inbox;
    const value = decodeLatin1(bytes, start + head.spans[at + 2]!, start + head.spans[at + 3]!);
    const valid = value === '' ? this.leniency.emptyHost : !value.startsWith(':') && validAuthority(value) !== 'invalid';
    if (!valid) throw refuse('bad-host', this.#valueSpan(head.host, offset));
  }

  /** Span of a value, or of its line's name where it is empty. */
  #valueSpan(index: number, offset: number): Span {
    const head = this.#head;
    const at = head.first + index * SPANS_PER_FIELD;
    const empty = head.spans[at + 2] === head.spans[at + 3];
    return [offset + head.spans[empty ? at : at + 2]!, offset + head.spans[empty ? at + 1 : at + 3]!];
  }

  #decided(decision: FramingDecision, offset: number): { readonly framing: Framing; readonly clause: string } {
    const head = this.#head;
    if ('refusal' in decision) throw refuse(decision.refusal, this.#valueSpan(head.transferEncodingLine, offset));
    if (decision.framing.kind === 'content-length' && decision.framing.length > this.limits.maxBodyBytes) throw refuse('body-too-large', this.#valueSpan(head.contentLengthLine, offset));
    return decision;
  }

  /** RFC9112-9.3-3: does this message let the connection persist? */
  #persists(): boolean {
    const { connectionOptions, version } = this.#head;
    if ((connectionOptions & OPTION_CLOSE) !== 0) return false;
    return version >= 11 || (connectionOptions & OPTION_KEEP_ALIVE) !== 0;
  }

  #incomplete(code: RefusalCode): never {
    throw refuse(code, this.#waiting());
  }

  #waiting(): Span {
    return [this.#inbox.position, this.#inbox.position + this.#inbox.size];
  }

  #ignore(): void {
    if (this.#inbox.size === 0) return;
    const [start, end] = this.#waiting();
    if (this.tracer.enabled) this.#token('ignored', start, end);
    this.#inbox.discard();
  }

  /** The peer broke a rule: note it, and read no further. */
  #fail(error: RemoteProtocolError): RemoteProtocolError {
    // Towards a client's caller the peer is a server: what a proxy would answer is 502, whichever rule it was.
    const own = this.role === 'client' && error.status !== 502 ? new RemoteProtocolError({ ...error.facts(), status: 502, span: error.span }) : error;
    this.#error = own;
    this.#persistent = false;
    this.#waitsFor100 = false;
    if (this.tracer.enabled) {
      const head = this.#head;
      const inHead = this.theirState === 'IDLE' || this.theirState === 'SEND_RESPONSE';
      const offset = this.#inbox.position;
      if (inHead || this.#inTrailers) traceSection(this.#traceTarget, head, this.#inTrailers ? 'trailers' : this.#headKind, offset, Math.max(0, own.span[0] - offset));
      this.#token('refused', own.span[0], own.span[1]);
      this.#emit({ type: 'http.error', connection: this.#id, exchange: this.#exchange, by: 'peer', stream: this.#inStream, span: own.span, ...own.facts() });
    }
    this.#moveTheirs('error');
    this.#inbox.discard();
    return own;
  }

  // ── sending ───────────────────────────────────────────────────────────────────────────────────────────────────

  #sendRequest(event: RequestToSend): Uint8Array {
    this.#require('request');
    const version = event.version ?? 11;
    checkRequestLine(event.method, event.target);
    const parts = parseTarget(event.method, event.target);
    if (typeof parts === 'string') throw misuse('local-bad-target', 'RFC9112-3.2-1', `${event.target} is not a target for ${event.method}.`, 'Use /path, http://host/path, * with OPTIONS, or host:port with CONNECT.');
    const plan = planRequest(event.headers);
    const hosts = event.headers.filter(([name]) => name.toLowerCase() === 'host').length;
    // RFC9112-3.2-5: "A client MUST send a Host header field in all HTTP/1.1 request messages."
    if (hosts > 1 || (hosts === 0 && version === 11)) throw misuse('local-host', 'RFC9112-3.2-5', hosts === 0 ? 'The request has no Host field.' : 'The request has several Host fields.', 'Give exactly one.');
    if (version === 10 && plan.framing.kind === 'chunked') throw misuse('local-chunked-http10', 'RFC9112-6.1-11', 'An HTTP/1.0 recipient does not understand chunked.', 'Give Content-Length.');
    const options = event.headers.filter(([name]) => name.toLowerCase() === 'connection').flatMap(([, value]) => value.toLowerCase().split(',').map((option) => option.trim()));
    const upgrade = options.includes('upgrade') && event.headers.some(([name]) => name.toLowerCase() === 'upgrade');
    const bytes = writeHead([event.method, event.target, version === 11 ? 'HTTP/1.1' : 'HTTP/1.0'], ['method', 'target', 'version'], plan.fields, this.#writeSink);
    this.#method = event.method;
    this.#clientVersion = version;
    this.#persistent = this.#persistent && !plan.close && (version === 11 || options.includes('keep-alive'));
    this.#switchOffered = event.method === 'CONNECT' || upgrade;
    this.#traceSentHead('http.request', `${event.method} ${event.target} HTTP/${version === 11 ? '1.1' : '1.0'}`, plan, bytes);
    this.#beginSending(plan.framing);
    this.#move('request');
    return this.#out(bytes);
  }

  #sendInformational(event: ResponseToSend): Uint8Array {
    const { status } = event;
    checkStatusLine(status, event.reason);
    if (status >= 200) throw misuse('local-bad-status', 'RFC9110-15.2-1', `${status} is a final status, not an interim one.`, 'Send it as a response.');
    this.#require(status === 101 ? 'switch' : 'informational');
    // RFC9110-15.2-3: "A server MUST NOT send a 1xx response to an HTTP/1.0 client."
    if (this.#clientVersion !== 11) throw misuse('local-interim-http10', 'RFC9110-15.2-3', 'An HTTP/1.0 client does not understand interim responses.', 'Leave it out.');
    if (status === 101 && !this.#switchOffered) throw misuse('local-unasked-switch', 'RFC9110-7.8-10', 'The client did not offer to switch protocols.', 'Answer 101 only to a request with Upgrade.');
    // Nobody waits for it (any more): sending it again would help nobody.
    if (status === 100 && !this.#waitsFor100) return nothing;
    const plan = planResponse(event.headers, { status, method: this.#method, version: this.#clientVersion, keepAlive: true });
    const bytes = this.#responseHead(event, plan, 'http.informational');
    this.#waitsFor100 = false;
    this.#move(status === 101 ? 'switch' : 'informational');
    return this.#out(bytes);
  }

  #sendResponse(event: ResponseToSend): Uint8Array {
    checkStatusLine(event.status, event.reason);
    if (event.status < 200) throw misuse('local-bad-status', 'RFC9110-15.2-1', `${event.status} is an interim status, not a final one.`, 'Send it as informational.');
    this.#require('response');
    const plan = planResponse(event.headers, { status: event.status, method: this.#method, version: this.#clientVersion, keepAlive: this.#persistent && this.#error === undefined });
    const bytes = this.#responseHead(event, plan, 'http.response');
    this.#waitsFor100 = false;
    if (plan.close) this.#persistent = false;
    this.#beginSending(plan.framing);
    this.#move(plan.framing.kind === 'tunnel' ? 'switch' : 'response');
    return this.#out(bytes);
  }

  #responseHead(event: ResponseToSend, plan: SendPlan, type: 'http.response' | 'http.informational'): Uint8Array {
    const bytes = writeHead(['HTTP/1.1', String(event.status), event.reason], ['version', 'status', 'reason'], plan.fields, this.#writeSink);
    this.#traceSentHead(type, `HTTP/1.1 ${event.status} ${event.reason}`, plan, bytes);
    return bytes;
  }

  #beginSending(framing: Framing): void {
    this.#sendFraming = framing;
    this.#owed = framing.kind === 'content-length' ? framing.length : 0;
  }

  #sendData(event: Data): Uint8Array {
    this.#require('data');
    const { bytes } = event;
    const { kind } = this.#sendFraming;
    if (kind === 'content-length') {
      // RFC9110-8.6-5: what follows must be exactly as long as was said; more would be read as the next message.
      if (bytes.length > this.#owed) throw misuse('local-body-too-long', 'RFC9110-8.6-5', `Content-Length leaves room for ${this.#owed} octets, and ${bytes.length} were given.`, 'Send as many octets as Content-Length says.');
      this.#owed -= bytes.length;
    } else if (kind === 'none') {
      if (this.role === 'client' && bytes.length > 0) throw misuse('local-body-undeclared', 'RFC9112-6.3-2.7', 'The request has no Content-Length and is not chunked, so it has no body.', 'Add one of them to the head.');
      return nothing;
    }
    this.#move('data');
    if (bytes.length === 0) return nothing;
    const out = kind === 'chunked' ? writeChunk(bytes, this.#writeSink) : bytes;
    if (this.tracer.enabled) {
      const start = this.#sentOffset + (kind === 'chunked' ? out.length - bytes.length - 2 : 0);
      const span: Span = [start, start + bytes.length];
      if (kind !== 'chunked') this.#writeSink?.('body', 0, bytes.length);
      this.#emit({ type: 'http.data', connection: this.#id, exchange: this.#exchange, stream: this.#outStream, span });
    }
    return this.#out(out);
  }

  #sendEnd(event: EndOfMessage): Uint8Array {
    this.#require('end');
    const { kind } = this.#sendFraming;
    const trailers: FieldPairs = event.trailers === undefined ? [] : [...event.trailers];
    for (const [name, value] of trailers) {
      checkField(name, value);
      if (!mayBeTrailer(name.toLowerCase())) throw misuse('local-forbidden-trailer', 'RFC9110-6.5.1-2', `${name} may not be a trailer.`, 'Send it in the header section.');
    }
    if (this.#owed > 0) throw misuse('local-body-too-short', 'RFC9110-8.6-5', `Content-Length announced ${this.#owed} octets more than were sent.`, 'Send the rest, or abort the connection.');
    if (trailers.length > 0 && kind === 'content-length') throw misuse('local-trailers-need-chunked', 'RFC9110-6.5-1', 'Only a chunked body can be followed by trailers.', 'Leave Content-Length out.');
    const out = kind === 'chunked' ? writeLastChunk(trailers, this.#writeSink) : nothing;
    if (this.tracer.enabled) {
      // Without chunks there is no place for them: HEAD, or an HTTP/1.0 client.
      if (kind !== 'chunked') for (const [name] of trailers) this.#traceDropped(name, 'RFC9110-6.5.1-1');
      this.#emit({ type: 'http.end', connection: this.#id, exchange: this.#exchange, stream: this.#outStream, span: [this.#sentOffset, this.#sentOffset + out.length], trailers: kind === 'chunked' ? trailers.length : 0 });
    }
    this.#move('end');
    return this.#out(out);
  }

  #out(bytes: Uint8Array): Uint8Array {
    this.#sentOffset += bytes.length;
    return bytes;
  }

  // ── states ────────────────────────────────────────────────────────────────────────────────────────────────────

  #closing(state: State): boolean {
    return state === 'MUST_CLOSE' || state === 'CLOSED' || state === 'ERROR';
  }

  /** Is `cause` allowed for our machine? Throws LocalProtocolError if not. */
  #require(cause: ClientCause | ServerCause): void {
    const row: Partial<Record<string, State>> = this.role === 'server' ? serverTransitions[this.#server] : clientTransitions[this.#client];
    if (row[cause] === undefined) {
      throw misuse('local-wrong-state', 'RFC9112-9.3-2', `"${cause}" cannot be sent by the ${this.role} in state ${this.ourState}.`, 'See the state table in docs/states.md.');
    }
  }

  #move(cause: ClientCause | ServerCause): void {
    if (this.role === 'server') this.#moveServer(cause as ServerCause);
    else this.#moveClient(cause as ClientCause);
  }

  #moveTheirs(cause: ClientCause | ServerCause): void {
    if (this.role === 'server') this.#moveClient(cause as ClientCause);
    else this.#moveServer(cause as ServerCause);
  }

  #moveClient(cause: ClientCause): void {
    const row: Partial<Record<ClientCause, ClientState>> = clientTransitions[this.#client];
    const to = row[cause];
    if (to === undefined) throw new Error(`no move "${cause}" for the client in ${this.#client}`);
    this.#setClient(to, cause);
    // The server's machine hears the request as the client's is moved by it.
    if (cause === 'request') this.#setServer('SEND_RESPONSE', 'open');
    this.#couple();
  }

  #moveServer(cause: ServerCause): void {
    const row: Partial<Record<ServerCause, ServerState>> = serverTransitions[this.#server];
    const to = row[cause];
    if (to === undefined) throw new Error(`no move "${cause}" for the server in ${this.#server}`);
    this.#setServer(to, cause);
    this.#couple();
  }

  #couple(): void {
    for (let i = 0; i < couplings.length; i += 1) {
      const { client, server, when, move, to, cause } = couplings[i]!;
      if ((client !== undefined && client !== this.#client) || (server !== undefined && server !== this.#server) || !this.#holds(when)) continue;
      if (move === 'client') this.#setClient(to as ClientState, cause);
      else this.#setServer(to as ServerState, cause);
      i = -1;
    }
  }

  #holds(condition: Condition): boolean {
    switch (condition) {
      case 'always': return true;
      case 'not persistent': return !this.#persistent;
      case 'switch offered': return this.#switchOffered;
    }
  }

  #setClient(to: ClientState, cause: string): void {
    if (this.tracer.enabled && to !== this.#client) this.#emit({ type: 'http.state', connection: this.#id, exchange: this.#exchange, role: 'client', from: this.#client, to, cause });
    this.#client = to;
  }

  #setServer(to: ServerState, cause: string): void {
    if (this.tracer.enabled && to !== this.#server) this.#emit({ type: 'http.state', connection: this.#id, exchange: this.#exchange, role: 'server', from: this.#server, to, cause });
    this.#server = to;
  }

  // ── trace ─────────────────────────────────────────────────────────────────────────────────────────────────────

  #emit(event: TraceInput): void {
    this.tracer.emit(event);
  }

  #token(token: Parameters<Tracer['token']>[0], start: number, end: number): void {
    this.tracer.token(token, this.#id, this.#exchange, this.#inStream, start, end);
  }

  get #traceTarget() {
    return { tracer: this.tracer, connection: this.#id, exchange: this.#exchange, stream: this.#inStream };
  }

  #traceHead(type: 'http.request' | 'http.response' | 'http.informational', kind: SectionKind, offset: number, framing: Framing, clause: string): void {
    const head = this.#head;
    const { bytes, floor } = this.#inbox;
    traceSection(this.#traceTarget, head, kind, offset, head.size);
    const from = floor - head.size;
    const lineEnd = kind === 'request' ? head.versionEnd : head.reasonEnd;
    const on = { connection: this.#id, exchange: this.#exchange, stream: this.#inStream } as const;
    this.#emit({ ...on, type, span: [offset, offset + head.size], line: decodeLatin1(bytes, from, from + lineEnd), fields: head.count });
    this.#emit({ ...on, type: 'http.framing', framing: framing.kind, length: framing.length, clause });
  }

  get #writeSink(): WriteSink | undefined {
    if (!this.tracer.enabled) return undefined;
    return (token, start, end) => this.tracer.token(token, this.#id, this.#exchange, this.#outStream, this.#sentOffset + start, this.#sentOffset + end);
  }

  #traceSentHead(type: 'http.request' | 'http.response' | 'http.informational', line: string, plan: SendPlan, bytes: Uint8Array): void {
    if (!this.tracer.enabled) return;
    const on = { connection: this.#id, exchange: this.#exchange, stream: this.#outStream } as const;
    for (const [name, clause] of plan.dropped) this.#traceDropped(name, clause);
    this.#emit({ ...on, type, span: [this.#sentOffset, this.#sentOffset + bytes.length], line, fields: plan.fields.length });
    this.#emit({ ...on, type: 'http.framing', framing: plan.framing.kind, length: plan.framing.length, clause: 'RFC9112-6-1' });
  }

  #traceDropped(name: string, clause: string): void {
    this.#emit({ type: 'http.dropped', connection: this.#id, exchange: this.#exchange, stream: this.#outStream, span: [this.#sentOffset, this.#sentOffset], name, clause });
  }

  /** We broke a rule: note it. The state is as it was. */
  #misuse(error: LocalProtocolError): LocalProtocolError {
    if (this.tracer.enabled) this.#emit({ type: 'http.error', connection: this.#id, exchange: this.#exchange, by: 'us', stream: this.#outStream, span: [this.#sentOffset, this.#sentOffset], ...error.facts() });
    return error;
  }
}
