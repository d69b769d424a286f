import { noTrace, type Tracer } from '../../trace/tracer.ts';
import { LocalProtocolError } from './errors.ts';
import type { ReceivedEvent, ResponseToSend, SentEvent } from './events.ts';
import { Exchange } from './exchange.ts';
import { type Leniency, strict } from './leniency.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { Receiver } from './receiver.ts';
import { Sender } from './sender.ts';
import type { State } from './states.ts';
import { misuse, type OctetSink } from './writers.ts';

/** How a connection is set up. */
export interface ConnectionOptions {
  readonly role: 'server' | 'client';
  /** Id for the trace. Default 0. */
  readonly id?: number;
  readonly limits?: Partial<Limits>;
  /** Deviations from the strict reading. Default none. */
  readonly leniency?: Partial<Leniency>;
  /** Server: hand CONNECT requests out instead of refusing them with 501. Default false. */
  readonly acceptConnect?: boolean;
  readonly tracer?: Tracer;
}

/**
 * One end of an HTTP/1.1 connection without any I/O: bytes in, events out; events in, bytes out. Pure: no clock, no
 * randomness, no promise. Names follow h11.
 *
 * A server's loop, in short: `receiveData`, then `nextEvent` until it says `need-data` or `paused`; `send` the response;
 * when both sides are DONE, `startNextCycle` and `nextEvent` again.
 */
export class Connection {
  readonly role: 'server' | 'client';
  readonly limits: Limits;
  readonly leniency: Leniency;
  readonly tracer: Tracer;
  readonly #exchange: Exchange;
  readonly #receiver: Receiver;
  readonly #sender: Sender;

  constructor(options: ConnectionOptions) {
    this.role = options.role;
    this.limits = { ...defaultLimits, ...options.limits };
    this.leniency = { ...strict, ...options.leniency };
    this.tracer = options.tracer ?? noTrace;
    this.#exchange = new Exchange(options.role, this.tracer, options.id ?? 0);
    this.#receiver = new Receiver(this.#exchange, this.limits, this.leniency, options.acceptConnect ?? false);
    this.#sender = new Sender(this.#exchange);
  }

  /** State of our side and the peer's: see `states.ts`. */
  get ourState(): State {
    return this.#exchange.ours;
  }

  get theirState(): State {
    return this.#exchange.theirs;
  }

  /** Number of the current exchange, from 1. */
  get exchange(): number {
    return this.#exchange.number;
  }

  /** Absolute offset of the next octet that `send` will produce. */
  get sentOffset(): number {
    return this.#sender.offset;
  }

  /** Absolute offset of the next octet not yet turned into an event: where `trailingData` begins. */
  get receivedOffset(): number {
    return this.#receiver.inbox.position;
  }

  /** Bytes arrived. `bytes` is borrowed for this call: what is kept is copied. Throws only LocalProtocolError (after EOF). */
  receiveData(bytes: Uint8Array): void {
    if (this.#receiver.eof) throw this.#misused(misuse('local-data-after-eof', 'RFC9112-9.6-10', 'Data was received after the end of the connection.', 'Call receiveEof last.'));
    this.#receiver.take(bytes);
  }

  /**
   * Instead of `receiveData`, where `bytes` begins with content of the message under way and nothing else is waiting: so many of
   * them count as received, and the caller has them already; no event follows for them. 0: use `receiveData`. The rest of
   * `bytes`, if any, has to go there in any case. A long body is spared a copy.
   */
  receiveContent(bytes: Uint8Array): number {
    return this.#receiver.takeContent(bytes);
  }

  /** The peer closed its half (FIN). */
  receiveEof(): void {
    this.#receiver.eof = true;
  }

  /** The next event, or NEED_DATA, or PAUSED. Throws RemoteProtocolError where the peer broke the protocol (again at every further call). */
  nextEvent(): ReceivedEvent {
    return this.#receiver.next();
  }

  /**
   * Bytes for an event, or an empty array where the event has none (HEAD response data). Throws LocalProtocolError and
   * leaves the state as it was. Framing fields are chosen here (Content-Length given by the caller is kept and enforced;
   * else chunked for HTTP/1.1 peers, else until-close), never both. Data of a body that is not chunked is passed on as it
   * is, not copied. `sameMoment`: the tracer has just been told of what leads to this, so that it need not look at the clock again.
   */
  send(event: SentEvent, sameMoment = false): Uint8Array {
    try {
      return this.#sender.send(event, this.#receiver.error !== undefined, sameMoment);
    } catch (error) {
      throw error instanceof LocalProtocolError ? this.#misused(error) : error;
    }
  }

  /** As {@link send}, for the head of a response, and a caller who has memory of his own to copy it to: `sink` is given the octets in pieces. */
  sendHead(event: ResponseToSend, sink: OctetSink, sameMoment = false): void {
    try {
      this.#sender.head(event, this.#receiver.error !== undefined, sameMoment)?.writeTo(sink);
    } catch (error) {
      throw error instanceof LocalProtocolError ? this.#misused(error) : error;
    }
  }

  /** Server: the client sent `Expect: 100-continue`, has sent no body yet, and we have answered nothing. */
  get clientWaitsFor100(): boolean {
    return this.#exchange.waitsFor100 && this.#receiver.inbox.size === 0;
  }

  /** After our response this connection must be closed (ours or their `close`, HTTP/1.0, an error, a body that ends with the connection). */
  get mustClose(): boolean {
    return !this.#exchange.persistent || this.#exchange.closing;
  }

  /** Both sides DONE: get ready for the next request on the same connection. LocalProtocolError where that cannot be. `sameMoment`: as in {@link send}. */
  startNextCycle(sameMoment = false): void {
    const { client, server } = this.#exchange;
    if (client !== 'DONE' || server !== 'DONE') {
      // RFC9112-9.3-7: a server must read the whole request body or close; "otherwise, the remaining data … would be misinterpreted as the next request".
      throw this.#misused(misuse('local-cycle', 'RFC9112-9.3-7', `The exchange is not over: client ${client}, server ${server}.`, 'Finish both messages first; if mustClose is true, close the connection instead.'));
    }
    this.#exchange.next(sameMoment);
    this.#receiver.nextCycle();
  }

  /** Bytes received and not parsed (copied), for the protocol that takes over after an upgrade; and whether the peer has sent EOF. */
  get trailingData(): { readonly bytes: Uint8Array; readonly eof: boolean } {
    return { bytes: this.#receiver.inbox.rest(), eof: this.#receiver.eof };
  }

  /** Octets received but not yet turned into events: what back-pressure is decided on. */
  get bufferedBytes(): number {
    return this.#receiver.inbox.size;
  }

  /** We (the caller) broke a rule: note it. */
  #misused(error: LocalProtocolError): LocalProtocolError {
    const exchange = this.#exchange;
    const at = this.#sender.offset;
    if (this.tracer.enabled) exchange.tracer.emit({ type: 'http.error', connection: exchange.id, exchange: exchange.number, by: 'us', stream: exchange.outStream, span: [at, at], ...error.facts() });
    return error;
  }
}
