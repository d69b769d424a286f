import { Connection } from '../core/http1/connection.ts';
import { RemoteProtocolError } from '../core/http1/errors.ts';
import type { FieldPairs, Framing, Request } from '../core/http1/events.ts';
import type { Limits } from '../core/http1/limits.ts';
import type { Span, ErrorFacts } from '../trace/events.ts';

/** A request as our own server role reads it. Offsets count from the first byte given to the scanner. */
export interface ScannedRequest {
  /** Number on the connection, from 1. */
  readonly exchange: number;
  readonly method: string;
  readonly target: string;
  readonly version: '1.0' | '1.1';
  /** Field lines, latin-1, in order. */
  readonly fields: FieldPairs;
  readonly framing: Framing;
  /** Another request may follow on this connection, as far as the client has said. */
  readonly keepAlive: boolean;
  /** The head, from the request line to the empty line. */
  readonly head: Span;
  /** Octets of content read so far, chunk framing not counted. */
  readonly contentLength: number;
  /** Where the message ends; -1 while it is not complete. */
  readonly end: number;
}

/** Why reading stopped. */
export interface ScanFailure {
  readonly facts: ErrorFacts;
  readonly span: Span;
}

/** Reads what a client sends, as a server of ours would, but answers nothing. Bytes may come in pieces. */
export class RequestScanner {
  readonly #connection: Connection;
  readonly #requests: { -readonly [K in keyof ScannedRequest]: ScannedRequest[K] }[] = [];
  #failure: ScanFailure | undefined;
  #fed = 0;
  #last = false;

  constructor(limits?: Partial<Limits>) {
    this.#connection = new Connection({ role: 'server', acceptConnect: true, ...(limits ? { limits } : {}) });
  }

  /** Requests whose head is complete. */
  get requests(): readonly ScannedRequest[] {
    return this.#requests;
  }

  /** Set once something was refused; nothing after it is read. */
  get failure(): ScanFailure | undefined {
    return this.#failure;
  }

  /** Number of the exchange that the next byte would belong to, from 1. */
  get exchange(): number {
    return this.#connection.exchange;
  }

  /** Something of an exchange is there, but not all of it: part of a head or of a body. */
  get midway(): boolean {
    return this.#connection.theirState === 'SEND_BODY' || (this.#connection.bufferedBytes > 0 && !this.#last);
  }

  /** After the last request the connection closes (`Connection: close`, HTTP/1.0): what follows is not read. */
  get last(): boolean {
    return this.#last;
  }

  /** Octets after the last request that will be read; 0 unless {@link last}. */
  get ignored(): number {
    return this.#last ? this.#fed - (this.#requests.at(-1)?.end ?? this.#fed) : 0;
  }

  /** Read more. The bytes are borrowed. */
  push(bytes: Uint8Array): void {
    this.#fed += bytes.length;
    if (this.#failure || this.#last) return;
    this.#connection.receiveData(bytes);
    this.#read();
  }

  /** No more will come: whatever is incomplete is now a failure. */
  end(): void {
    if (this.#failure || this.#last) return;
    this.#connection.receiveEof();
    this.#read();
  }

  #read(): void {
    try {
      while (this.#step());
    } catch (error) {
      if (!(error instanceof RemoteProtocolError)) throw error;
      this.#failure = { facts: error.facts(), span: error.span };
    }
  }

  /** False: nothing more to read for now. */
  #step(): boolean {
    const event = this.#connection.nextEvent();
    switch (event.type) {
      case 'request':
        this.#requests.push(describe(event, this.#connection.exchange));
        return true;
      case 'data':
        this.#requests.at(-1)!.contentLength += event.bytes.length;
        return true;
      case 'end':
        this.#requests.at(-1)!.end = this.#connection.receivedOffset;
        return this.#nextCycle();
      default:
        return false;
    }
  }

  /** Pretend to answer, so that the connection goes on to the next request. 501 also declines CONNECT and Upgrade. */
  #nextCycle(): boolean {
    this.#connection.send({ type: 'response', status: 501, reason: '', headers: [['Content-Length', '0']] });
    this.#connection.send({ type: 'end' });
    this.#last = this.#connection.mustClose;
    if (!this.#last) this.#connection.startNextCycle();
    return !this.#last;
  }
}

function describe(request: Request, exchange: number): ScannedRequest {
  return {
    exchange,
    method: request.method,
    target: request.target,
    version: request.version === 10 ? '1.0' : '1.1',
    fields: [...request.headers],
    framing: request.framing,
    keepAlive: request.keepAlive,
    head: request.span,
    contentLength: 0,
    end: -1,
  };
}

/** Read all of `bytes` as what a client sends before it closes its half. */
export function scanRequests(bytes: Uint8Array, limits?: Partial<Limits>): RequestScanner {
  const scanner = new RequestScanner(limits);
  scanner.push(bytes);
  scanner.end();
  return scanner;
}
