/** The sending half of a connection: events in, octets out. Nothing is written, and no state moves, unless the whole event is valid. */
import type { Span, Token } from '../../trace/events.ts';
import { requestSection, responseSection, sectionColumns } from '../../trace/section.ts';
import { dataFact, endFact, framingFact, framingNumber, tokenFact } from '../../trace/facts.ts';
import type { Data, EndOfMessage, FieldPairs, Framing, RequestToSend, ResponseToSend, SentEvent } from './events.ts';
import type { Exchange } from './exchange.ts';
import { encodeLatin1, trimBlanks } from './latin1.ts';
import { causeName, CLOSED, DATA, END, INFORMATIONAL, REQUEST, RESPONSE, SWITCH } from './machine.ts';
import { planRequest, planResponse, type SendPlan } from './send-framing.ts';
import { parseTarget } from './target.ts';
import { mayBeTrailer } from './trailers.ts';
import { checkRequestLine, fieldLine, headSection, HeadToSend, misuse, statusLine, writeChunk, writeLastChunk, type WriteSink } from './writers.ts';

const nothing = new Uint8Array(0);
const noTrailers: FieldPairs = [];

export class Sender {
  /** Absolute offset of the next octet. */
  offset = 0;
  readonly #exchange: Exchange;
  readonly #sink: WriteSink | undefined;
  #framing: Framing = { kind: 'none', length: 0 };
  /** Octets still owed to Content-Length. */
  #owed = 0;
  /** For the trace: where the fields of heads lie, one head behind the other. */
  #spans = new Int32Array(0);
  #spansUsed = 0;
  /** What is sent now has just been told of. */
  #sameMoment = false;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
    const { facts, id, outStream } = exchange;
    // What is written in one go is of one moment.
    this.#sink = exchange.traced ? (token: Token, start: number, end: number) => facts.fact(tokenFact(token, outStream), id, exchange.number, this.offset + start, this.offset + end, this.#sameMoment || start > 0) : undefined;
  }

  /** Octets for an event. Throws LocalProtocolError. `peerFailed`: what the peer sent could not be read, so the connection ends here. `sameMoment`: see {@link Connection.send}. */
  send(event: SentEvent, peerFailed: boolean, sameMoment: boolean): Uint8Array {
    this.#sameMoment = sameMoment;
    switch (event.type) {
      case 'request': return this.#request(event).octets;
      case 'informational': return this.#informational(event)?.octets ?? nothing;
      case 'response': return this.#response(event, peerFailed).octets;
      case 'data': return this.#data(event);
      case 'end': return this.#end(event);
      case 'closed':
        this.#require(CLOSED);
        this.#exchange.moveOurs(CLOSED);
        return nothing;
    }
  }

  /** As {@link send}, for a head: in pieces. Undefined: nothing is to be sent. */
  head(event: ResponseToSend, peerFailed: boolean, sameMoment: boolean): HeadToSend | undefined {
    this.#sameMoment = sameMoment;
    return event.type === 'response' ? this.#response(event, peerFailed) : this.#informational(event);
  }

  #request(event: RequestToSend): HeadToSend {
    this.#require(REQUEST);
    const exchange = this.#exchange;
    const { method, target, version = 11 } = event;
    checkRequestLine(method, target);
    const form = parseTarget(method, target);
    if (typeof form === 'string') throw misuse('local-bad-target', 'RFC9112-3.2-2', `${target} is not a target for ${method}.`, 'Use /path, http://host/path, * with OPTIONS, or host:port with CONNECT.');
    const plan = planRequest(event.headers);
    const hosts = event.headers.filter(([name]) => name.toLowerCase() === 'host').length;
    // RFC9112-3.2-5: "A client MUST send a Host header field … in all HTTP/1.1 request messages."
    if (hosts > 1 || (hosts === 0 && version === 11)) throw misuse('local-host', 'RFC9112-3.2-5', hosts === 0 ? 'The request has no Host field.' : 'The request has several Host fields.', 'Give exactly one.');
    if (version === 10 && plan.framing.kind === 'chunked') throw misuse('local-chunked-http10', 'RFC9112-6.1-13', 'An HTTP/1.0 recipient does not understand chunked.', 'Give Content-Length.');
    const name = version === 11 ? 'HTTP/1.1' : 'HTTP/1.0';
    const head = new HeadToSend(encodeLatin1(`${method} ${target} ${name}\r\n`), plan.lines);
    const options = connectionOptions(event.headers);
    exchange.method = method;
    exchange.clientVersion = version;
    // RFC9112-9.6-5: after "close" no further requests.
    exchange.persistent &&= !plan.close && (version === 11 || options.includes('keep-alive'));
    exchange.switchOffered = method === 'CONNECT' || (version === 11 && options.includes('upgrade') && event.headers.some(([own]) => own.toLowerCase() === 'upgrade'));
    if (exchange.traced) this.#traceHead('http.request', [method, target, name], plan, head);
    this.#begin(plan.framing);
    exchange.moveOurs(REQUEST);
    this.offset += head.size;
    return head;
  }

  #informational(event: ResponseToSend): HeadToSend | undefined {
    const { status } = event;
    const exchange = this.#exchange;
    const start = statusLine(status, event.reason);
    if (status >= 200) throw misuse('local-final-status', 'RFC9110-15.2-1', `${status} is a final status, not an interim one.`, 'Send it as a response.');
    this.#require(status === 101 ? SWITCH : INFORMATIONAL);
    // RFC9110-15.2-1: "a server MUST NOT send a 1xx response to an HTTP/1.0 client".
    if (exchange.clientVersion !== 11) throw misuse('local-interim-http10', 'RFC9110-15.2-1', 'An HTTP/1.0 client does not understand interim responses.', 'Leave it out.');
    if (status === 101) this.#checkSwitch();
    // RFC9110-10.1.1-13: it may be left out once content has come; and nobody is helped by a second one.
    if (status === 100 && !exchange.waitsFor100) return undefined;
    const plan = planResponse(event.headers, { status, method: exchange.method, version: exchange.clientVersion, keepAlive: true });
    const head = this.#responseHead(event, start, plan, 'http.informational');
    exchange.waitsFor100 = false;
    exchange.moveOurs(status === 101 ? SWITCH : INFORMATIONAL);
    this.offset += head.size;
    return head;
  }

  #checkSwitch(): void {
    const { switchOffered, method, waitsFor100 } = this.#exchange;
    // RFC9110-7.8-5: a server must not switch to a protocol that the client did not offer.
    if (!switchOffered || method === 'CONNECT') throw misuse('local-unasked-switch', 'RFC9110-7.8-5', 'The client did not offer to switch protocols.', 'Answer 101 only to a request with Upgrade.');
    // RFC9110-7.8-15: with both Upgrade and Expect, "the server MUST send a 100 (Continue) response before sending a 101".
    if (waitsFor100) throw misuse('local-switch-before-100', 'RFC9110-7.8-15', 'The client waits for 100 Continue, which must come before 101.', 'Send 100 first.');
  }

  #response(event: ResponseToSend, peerFailed: boolean): HeadToSend {
    const exchange = this.#exchange;
    const { status } = event;
    const start = statusLine(status, event.reason);
    if (status < 200) throw misuse('local-interim-status', 'RFC9110-15.2-1', `${status} is an interim status, not a final one.`, 'Send it as informational.');
    this.#require(RESPONSE);
    const plan = planResponse(event.headers, { status, method: exchange.method, version: exchange.clientVersion, keepAlive: exchange.persistent && !peerFailed });
    const head = this.#responseHead(event, start, plan, 'http.response');
    exchange.waitsFor100 = false;
    // RFC9112-9.6-7: after "close" the server "MUST NOT process any further requests".
    if (plan.close) exchange.persistent = false;
    this.#begin(plan.framing);
    exchange.moveOurs(plan.framing.kind === 'tunnel' ? SWITCH : RESPONSE);
    this.offset += head.size;
    return head;
  }

  #responseHead(event: ResponseToSend, start: Uint8Array, plan: SendPlan, type: 'http.response' | 'http.informational'): HeadToSend {
    const head = new HeadToSend(start, plan.lines);
    if (this.#exchange.traced) this.#traceHead(type, ['HTTP/1.1', String(event.status), event.reason], plan, head);
    return head;
  }

  #begin(framing: Framing): void {
    this.#framing = framing;
    this.#owed = framing.kind === 'content-length' ? framing.length : 0;
  }

  #data(event: Data): Uint8Array {
    this.#require(DATA);
    const exchange = this.#exchange;
    const { bytes } = event;
    const { kind } = this.#framing;
    if (kind === 'content-length') {
      // RFC9110-8.6-12: a Content-Length that is known to be incorrect must not be sent: what is too much would be read as the next message.
      if (bytes.length > this.#owed) throw misuse('local-body-too-long', 'RFC9110-8.6-12', `Content-Length leaves room for ${this.#owed} octets, and ${bytes.length} were given.`, 'Send as many octets as Content-Length says.');
      this.#owed -= bytes.length;
    } else if (kind === 'none') {
      if (exchange.role === 'client' && bytes.length > 0) throw misuse('local-body-undeclared', 'RFC9112-6.3-2.7', 'The request has no Content-Length and is not chunked, so it has no body.', 'Add one of them to the head.');
      // RFC9112-6.3-2.1: HEAD, 204 and 304 have none, whatever the application gives.
      return nothing;
    }
    exchange.moveOurs(DATA);
    // RFC9112-7.1-3: an empty chunk would end the body.
    if (bytes.length === 0) return nothing;
    const out = kind === 'chunked' ? writeChunk(bytes, this.#sink) : bytes;
    if (exchange.traced) {
      if (kind !== 'chunked') this.#sink?.('body', 0, bytes.length);
      const start = this.offset + (kind === 'chunked' ? out.length - bytes.length - 2 : 0);
      exchange.facts.fact(dataFact(exchange.outStream), exchange.id, exchange.number, start, start + bytes.length, true);
    }
    return this.#out(out);
  }

  #end(event: EndOfMessage): Uint8Array {
    this.#require(END);
    const exchange = this.#exchange;
    const { kind } = this.#framing;
    const trailers: FieldPairs = event.trailers === undefined ? noTrailers : [...event.trailers];
    for (const [name, value] of trailers) {
      fieldLine(name, value);
      if (!mayBeTrailer(name.toLowerCase())) throw misuse('local-forbidden-trailer', 'RFC9110-6.5.1-2', `${name} may not be a trailer.`, 'Send it in the header section.');
    }
    if (this.#owed > 0) throw misuse('local-body-too-short', 'RFC9110-8.6-12', `Content-Length announced ${this.#owed} octets more than were sent.`, 'Send the rest, or abort the connection.');
    if (trailers.length > 0 && kind === 'content-length') throw misuse('local-trailers-need-chunked', 'RFC9110-6.5.1-1', 'Only a chunked body can be followed by trailers.', 'Leave Content-Length out.');
    const chunked = kind === 'chunked';
    const out = chunked ? writeLastChunk(trailers, this.#sink) : nothing;
    if (exchange.traced) {
      // Without chunks there is no place for them: an answer to HEAD, or to an HTTP/1.0 client.
      if (!chunked) for (const [name] of trailers) this.#traceDropped(name, 'RFC9110-6.5.1-1');
      const [start, end] = this.#span(out.length);
      if (!chunked || trailers.length === 0) exchange.facts.fact(endFact(exchange.outStream), exchange.id, exchange.number, start, end, !chunked);
      else exchange.tracer.emit({ type: 'http.end', connection: exchange.id, exchange: exchange.number, stream: exchange.outStream, span: [start, end], trailers: trailers.length });
    }
    exchange.moveOurs(END);
    return this.#out(out);
  }

  #require(cause: number): void {
    const exchange = this.#exchange;
    if (!exchange.mayMove(cause)) throw misuse('local-wrong-state', 'RFC9112-9.2-1', `"${causeName(cause)}" cannot be sent by the ${exchange.role} in state ${exchange.ours}.`, 'See the tables in docs/states.md.');
  }

  #out(out: Uint8Array): Uint8Array {
    this.offset += out.length;
    return out;
  }

  #span(size: number): Span {
    return [this.offset, this.offset + size];
  }

  #traceHead(type: 'http.request' | 'http.response' | 'http.informational', parts: readonly [string, string, string], plan: SendPlan, head: HeadToSend): void {
    const exchange = this.#exchange;
    const room = plan.fields.length * sectionColumns;
    if (this.#spansUsed + room > this.#spans.length) {
      // What the trace was given stays as it is.
      this.#spans = new Int32Array(Math.max(1024, room));
      this.#spansUsed = 0;
    }
    const code = (type === 'http.request' ? requestSection : responseSection) + (exchange.outStream === 's2c' ? 1 : 0);
    exchange.tellSection(headSection(parts, plan.fields, code, this.offset, this.#spans, this.#spansUsed), this.#sameMoment);
    this.#spansUsed += room;
    for (const [name, clause] of plan.dropped) this.#traceDropped(name, clause);
    exchange.tracer.emit({ type, connection: exchange.id, exchange: exchange.number, stream: exchange.outStream, span: this.#span(head.size), line: parts.join(' '), fields: plan.fields.length }, true);
    exchange.facts.fact(framingFact(exchange.outStream), exchange.id, exchange.number, framingNumber(plan.framing.kind, plan.clause), plan.framing.length, true);
  }

  #traceDropped(name: string, clause: string): void {
    const exchange = this.#exchange;
    exchange.tracer.emit({ type: 'http.dropped', connection: exchange.id, exchange: exchange.number, stream: exchange.outStream, span: [this.offset, this.offset], name, clause });
  }
}

const connectionOptions = (fields: FieldPairs): string[] =>
  fields.filter(([name]) => name.toLowerCase() === 'connection').flatMap(([, value]) => value.split(',').map((option) => trimBlanks(option).toLowerCase()));
