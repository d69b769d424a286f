import { joinOctets } from '../basics/join.ts';
import { Connection } from '../core/http1/connection.ts';
import { RemoteProtocolError } from '../core/http1/errors.ts';
import type { FieldPairs, RequestToSend, Response } from '../core/http1/events.ts';
import type { ErrorFacts, TraceInput } from '../trace/events.ts';
import type { Tracer } from '../trace/tracer.ts';
import type { ClientResponse } from './http-client.ts';
import type { RequestScanner, ScannedRequest } from './scan.ts';

/** A response and where it ends in the stream. */
export interface CompleteResponse {
  readonly exchange: number;
  readonly response: ClientResponse;
  /** Absolute offset after its last octet. */
  readonly end: number;
}

/**
 * The client role of the core, fed with requests that it did not write: the bytes that were really sent may be anything,
 * so for each exchange it is told of a stand-in that has what matters for reading the answer (method, persistence,
 * an offer to switch protocols).
 */
export class ResponseReader {
  readonly #connection: Connection;
  readonly #sent: RequestScanner;
  #informational: ClientResponse['informational'][number][] = [];
  #head: Response | undefined;
  #body: Uint8Array[] = [];
  #complete: CompleteResponse[] = [];
  #error: ErrorFacts | undefined;

  /** `sent` tells what requests were sent, at the time when the first octet of an answer arrives. */
  constructor(id: number, tracer: Tracer, maxBodyBytes: number, sent: RequestScanner) {
    this.#connection = new Connection({ role: 'client', id, tracer: onlyResponses(tracer), limits: { maxBodyBytes } });
    this.#sent = sent;
  }

  /** Number of the exchange whose answer is being read, from 1. */
  get exchange(): number {
    return this.#connection.exchange;
  }

  /** What came is not HTTP, or breaks a rule of it. */
  get error(): ErrorFacts | undefined {
    return this.#error;
  }

  /** The connection has been handed over to another protocol (101, or a tunnel). */
  get switched(): boolean {
    return this.#connection.theirState === 'SWITCHED';
  }

  /** A response whose head is complete and whose body is not, as far as it has come. */
  get partial(): ClientResponse | undefined {
    return this.#head && this.#make(this.#head, []);
  }

  /** Responses completed since the last call. */
  takeComplete(): CompleteResponse[] {
    return this.#complete.splice(0);
  }

  push(bytes: Uint8Array): void {
    if (this.#error || this.switched) return;
    this.#standIn();
    this.#connection.receiveData(bytes);
    this.#read();
  }

  end(): void {
    if (this.#error || this.switched) return;
    this.#connection.receiveEof();
    // An answer that has not begun is missing, not malformed.
    if (this.#connection.bufferedBytes > 0 || this.#head) this.#read();
  }

  /** Before the first octet of an answer: tell the core which request it answers. */
  #standIn(): void {
    if (this.#connection.ourState !== 'IDLE') return;
    const { exchange } = this.#connection;
    const request = this.#sent.requests.find((candidate) => candidate.exchange === exchange);
    const due = request !== undefined || (exchange === this.#sent.exchange && (this.#sent.midway || this.#sent.failure !== undefined));
    // Nothing was asked: whatever comes is unsolicited, and the core says so.
    if (!due) return;
    this.#connection.send(standInFor(request));
    this.#connection.send({ type: 'end' });
  }

  #read(): void {
    try {
      while (this.#step());
    } catch (error) {
      if (!(error instanceof RemoteProtocolError)) throw error;
      this.#error = error.facts();
    }
  }

  #step(): boolean {
    const event = this.#connection.nextEvent();
    switch (event.type) {
      case 'informational':
        this.#informational.push({ status: event.status, reason: event.reason, headers: [...event.headers] });
        if (this.switched) this.#finish(event, []);
        return !this.switched;
      case 'response':
        this.#head = event;
        if (this.switched) this.#finish(event, []);
        return !this.switched;
      case 'data':
        this.#body.push(event.bytes.slice());
        return true;
      case 'end':
        this.#finish(this.#head!, event.trailers ? [...event.trailers] : []);
        if (this.#connection.mustClose) return false;
        this.#connection.startNextCycle();
        if (this.#connection.bufferedBytes > 0) this.#standIn();
        return true;
      default:
        return false;
    }
  }

  #finish(head: Response, trailers: FieldPairs): void {
    this.#complete.push({ exchange: this.exchange, response: this.#make(head, trailers), end: this.#connection.receivedOffset });
    this.#head = undefined;
    this.#body = [];
    this.#informational = [];
  }

  #make(head: Response, trailers: FieldPairs): ClientResponse {
    return {
      version: head.version === 10 ? 'HTTP/1.0' : 'HTTP/1.1',
      status: head.status,
      reason: head.reason,
      headers: [...head.headers],
      body: joinOctets(this.#body),
      trailers,
      keepAlive: !this.#connection.mustClose && !this.switched,
      informational: [...this.#informational],
    };
  }
}

/** What the client's core is told in place of bytes that somebody else wrote: what bears on the answer. `request`: as far as the bytes were one. */
export const standInFor = (request: ScannedRequest | undefined): RequestToSend => ({
  type: 'request',
  method: request?.method ?? 'GET',
  target: request?.method === 'CONNECT' ? 'host:80' : '/',
  headers: standInFields(request),
});

/** The fields of a request that bear on its answer. */
function standInFields(request: ScannedRequest | undefined): FieldPairs {
  const kept = (request?.fields ?? []).filter(([name]) => ['connection', 'upgrade'].includes(name.toLowerCase()));
  // An HTTP/1.0 request that wants to be closed after says nothing; the stand-in speaks HTTP/1.1 and has to.
  const closing = request && !request.keepAlive && !kept.some(([, value]) => /\bclose\b/i.test(value));
  return [['Host', 'stand-in'], ...kept, ...(closing ? [['Connection', 'close'] as const] : [])];
}

/** Leaves out what the core says of the stand-in: those bytes were never sent. */
export function onlyResponses(tracer: Tracer): Tracer {
  if (!tracer.enabled) return tracer;
  const isOurs = (event: TraceInput): boolean => 'stream' in event && event.stream === 'c2s';
  return {
    enabled: true,
    emit(event) {
      if (!isOurs(event)) tracer.emit(event);
    },
    token(token, connection, exchange, stream, start, end) {
      if (stream === 's2c') tracer.token(token, connection, exchange, stream, start, end);
    },
    get clock() {
      return tracer.clock;
    },
    witness: (clock) => tracer.witness(clock),
  };
}
