import type { Host, TimerHandle } from '../host/effects.ts';
import { formatAddress, type DuplexSocket, type SocketError } from '../net/socket.ts';
import type { ErrorFacts } from '../trace/events.ts';
import { noTrace, type Tracer } from '../trace/tracer.ts';
import { ByteLog } from './byte-log.ts';
import { ResponseReader } from './response-reader.ts';
import { RequestScanner } from './scan.ts';

/** A response as the client parsed it. */
export interface ClientResponse {
  readonly version: string;
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
  readonly trailers: readonly (readonly [string, string])[];
  readonly keepAlive: boolean;
  /** Interim (1xx) responses that came before. */
  readonly informational: readonly { readonly status: number; readonly reason: string; readonly headers: readonly (readonly [string, string])[] }[];
}

/** What came of sending bytes. One entry in `responses` per request that the bytes held (pipelining). */
export interface ClientResult {
  /** Number on this connection of the first exchange, from 1. */
  readonly exchange: number;
  /** In order. With a `failure`, the last one may be what had arrived of a response whose head was complete. */
  readonly responses: readonly ClientResponse[];
  /** Every octet received for these exchanges, framing included. */
  readonly raw: Uint8Array;
  readonly failure?: { readonly kind: 'closed' | 'reset' | 'not-http' | 'timeout'; readonly message: string; readonly error?: ErrorFacts };
  readonly ms: number;
}

/** How a client is set up. */
export interface HttpClientOptions {
  readonly host: Host;
  /** Told as the client sees it: what it sends and receives, and what its own parser makes of the responses. */
  readonly tracer?: Tracer;
  /** How long the server may be silent while an answer is due. ms. Default 60 000; Infinity: for ever. */
  readonly timeoutMs?: number;
  /** Octets of content in one response. Default 64 MiB. */
  readonly maxBodyBytes?: number;
}

/** How bytes are sent. */
export interface SendOptions {
  /** Offsets at which to cut them into separate writes. Out of range or out of order: ignored. */
  readonly cuts?: readonly number[];
  /** ms to wait at each of the `cuts`, by index; missing or 0: not at all. Sends of this connection that follow wait for their turn. */
  readonly pauses?: readonly number[];
  /** Close our half afterwards. */
  readonly endAfter?: boolean;
  /** Cut the connection afterwards (RST): as soon as the server has had the time to read. */
  readonly resetAfter?: boolean;
}

/** After bytes that are not HTTP, wait this long for more of them: whoever debugs a server wants to see what it said. ms. */
const lingerMs = 100;

/** How long after the last octet a connection is cut that is to be cut: with a reset, what the server has not read yet is lost. ms. */
const resetMs = 100;

/** Somebody waits for the answers to the exchanges `first` to `last`. */
interface Waiter {
  readonly first: number;
  /** Infinity while not everything has been sent: until then nobody knows. */
  last: number;
  readonly since: number;
  readonly resolve: (result: ClientResult) => void;
}

/** A complete answer, and where it is in what was received. */
interface Answer {
  readonly exchange: number;
  readonly response: ClientResponse;
  readonly start: number;
  readonly end: number;
}

type Failure = NonNullable<ClientResult['failure']>;

/**
 * Sends raw request bytes, well formed or not, over any DuplexSocket and reads the response(s) with the client role of
 * the core. How many responses to expect is read off the bytes by our own parser; bytes that it refuses still get one
 * response (a 4xx) or a close.
 */
export class HttpClient {
  readonly #socket: DuplexSocket;
  readonly #host: Host;
  readonly #tracer: Tracer;
  readonly #timeoutMs: number;
  readonly #sent = new RequestScanner();
  readonly #reader: ResponseReader;
  readonly #received = new ByteLog();
  #sentBytes = 0;
  #waiters: Waiter[] = [];
  /** Answers that somebody who waits has a part in. */
  #answers: Answer[] = [];
  /** End of the last complete answer. */
  #settledOffset = 0;
  #timer: TimerHandle | undefined;
  /** Why nothing more can come. */
  #failure: Failure | undefined;
  #full = false;
  /** The end of the send that takes its time, if one is under way. */
  #turn: Promise<void> | undefined;
  #ended = false;
  #closed = false;

  constructor(socket: DuplexSocket, options: HttpClientOptions) {
    this.#socket = socket;
    this.#host = options.host;
    this.#tracer = options.tracer ?? noTrace;
    this.#timeoutMs = options.timeoutMs ?? 60_000;
    this.#reader = new ResponseReader(socket.id, this.#tracer, options.maxBodyBytes ?? 64 * 1024 * 1024, this.#sent);
    if (this.#tracer.enabled) {
      this.#tracer.emit({ type: 'socket.connect', connection: socket.id, exchange: 0, local: formatAddress(socket.local), remote: formatAddress(socket.remote) });
    }
    socket.open({
      onData: (bytes) => this.#receive(bytes),
      onEof: () => this.#receiveEof(),
      onDrain: () => this.#drained(),
      onClose: (error) => this.#close(error),
    });
  }

  /** No further request can be sent: closed, half-closed, or the last response said so. */
  get closed(): boolean {
    return this.#closed || this.#ended || this.#failure !== undefined;
  }

  /** Send; calls may overlap (pipelining). Never rejects. The bytes are copied. */
  async send(bytes: Uint8Array, options: SendOptions = {}): Promise<ClientResult> {
    while (this.#turn) await this.#turn;
    const first = this.#sent.exchange;
    if (this.closed) return { ...nothing(first), failure: this.#failure ?? { kind: 'closed', message: 'The connection is closed.' } };
    const pieces = segments(bytes, options);
    // The answer may come, and the connection close, before all is sent.
    return new Promise((resolve) => {
      const waiter: Waiter = { first, last: Infinity, since: this.#host.clock.now(), resolve };
      this.#waiters.push(waiter);
      if (pieces.every(({ pauseMs }) => pauseMs === 0)) {
        for (const { bytes: segment } of pieces) this.#write(segment);
        this.#sentAll(waiter, options);
        return;
      }
      this.#turn = this.#writeSlowly(pieces).then(() => {
        this.#turn = undefined;
        this.#sentAll(waiter, options);
      });
    });
  }

  /** Close our half, in order (FIN). What is due may still arrive. */
  close(): void {
    this.#end();
  }

  /** Cut the connection (RST). Whoever waits is told. */
  reset(): void {
    this.#abort({ kind: 'reset', message: 'The connection was reset from this side.' });
  }

  // ── sending ────────────────────────────────────────────────────────────────────────────────────────────────────

  async #writeSlowly(pieces: readonly Piece[]): Promise<void> {
    for (const { bytes, pauseMs } of pieces) {
      if (pauseMs > 0) await new Promise<void>((resume) => void this.#host.timers.after(pauseMs, resume));
      if (this.closed) return;
      this.#write(bytes);
    }
  }

  #write(segment: Uint8Array): void {
    const exchange = this.#sent.exchange;
    const from = this.#sentBytes;
    this.#sentBytes += segment.length;
    if (this.#tracer.enabled) {
      this.#tracer.emit({ type: 'socket.data', connection: this.#socket.id, exchange, flow: 'send', stream: 'c2s', span: [from, this.#sentBytes], bytes: segment });
    }
    this.#sent.push(segment);
    if (!this.#socket.write(segment) && !this.#full) {
      this.#full = true;
      this.#tellPressure('full');
    }
  }

  /** From here on it is known how many answers are due to `waiter`. */
  #sentAll(waiter: Waiter, options: SendOptions): void {
    if (options.endAfter) this.#end();
    // What is complete, and what is begun or refused: each has one answer due.
    const open = this.#sent.midway || this.#sent.failure !== undefined || this.#sent.last;
    waiter.last = Math.max(waiter.first, open ? this.#sent.exchange : this.#sent.exchange - 1);
    if (options.resetAfter) this.#host.timers.after(resetMs, () => this.reset());
    // Whoever is not among them any more has been told, when the connection ended.
    if (!this.#waiters.includes(waiter)) return;
    if (this.#reader.switched || waiter.last < this.#reader.exchange) {
      this.#waiters = this.#waiters.filter((other) => other !== waiter);
      const answered = this.#answers.some(({ exchange }) => exchange >= waiter.first);
      // The rest of a request that was answered early, or another protocol's bytes: nothing is due.
      if (answered) this.#resolve(waiter, this.#settledOffset, undefined);
      else waiter.resolve(nothing(waiter.first));
      this.#forget();
    }
    this.#rearm();
  }

  #drained(): void {
    this.#full = false;
    this.#tellPressure('drained');
  }

  #tellPressure(state: 'full' | 'drained'): void {
    if (!this.#tracer.enabled) return;
    this.#tracer.emit({ type: 'socket.pressure', connection: this.#socket.id, exchange: this.#reader.exchange, state, buffered: this.#socket.bufferedAmount });
  }

  #end(): void {
    if (this.#ended || this.#closed) return;
    this.#ended = true;
    if (this.#tracer.enabled) {
      this.#tracer.emit({ type: 'socket.eof', connection: this.#socket.id, exchange: this.#sent.exchange, flow: 'send', stream: 'c2s', span: [this.#sentBytes, this.#sentBytes] });
    }
    this.#socket.end();
  }

  // ── receiving ──────────────────────────────────────────────────────────────────────────────────────────────────

  #receive(bytes: Uint8Array): void {
    const from = this.#received.end;
    this.#received.append(bytes);
    if (this.#tracer.enabled) {
      this.#tracer.emit({ type: 'socket.data', connection: this.#socket.id, exchange: this.#reader.exchange, flow: 'recv', stream: 's2c', span: [from, this.#received.end], bytes: bytes.slice() });
    }
    // Not HTTP: nothing is parsed any more, but what comes is kept for whoever waits.
    if (this.#failure) return this.#linger();
    this.#reader.push(bytes);
    this.#collect();
    const { error } = this.#reader;
    if (error) {
      this.#failure = { kind: 'not-http', message: error.message, error };
      return this.#linger();
    }
    if (!this.#failure) this.#rearm();
  }

  #receiveEof(): void {
    if (this.#tracer.enabled) {
      this.#tracer.emit({ type: 'socket.eof', connection: this.#socket.id, exchange: this.#reader.exchange, flow: 'recv', stream: 's2c', span: [this.#received.end, this.#received.end] });
    }
    if (!this.#failure) {
      this.#reader.end();
      this.#collect();
    }
    this.#failure ??= this.#closedByServer();
    this.#finish();
    // A client has no use for half a connection.
    this.#end();
  }

  /** Take over what the reader has finished. */
  #collect(): void {
    for (const answer of this.#reader.takeComplete()) {
      this.#answers.push({ ...answer, start: this.#settledOffset });
      this.#settledOffset = answer.end;
      this.#settle(answer.exchange);
      // RFC9112-9.6-8: a client that receives "close" closes the connection after reading that response.
      if (!answer.response.keepAlive && !this.#reader.switched) {
        this.#failure ??= { kind: 'closed', message: 'The server closed the connection after the last response.' };
        this.#end();
        this.#finish();
      }
    }
    if (this.#reader.switched) {
      // Whatever else was sent is the other protocol's: nobody will answer it here.
      this.#settledOffset = this.#received.end;
      this.#settle(Infinity);
    }
    this.#forget();
  }

  /** The answer to `exchange` is complete: tell those who waited for nothing after it. */
  #settle(exchange: number): void {
    const over = this.#waiters.filter((waiter) => waiter.last <= exchange);
    this.#waiters = this.#waiters.filter((waiter) => waiter.last > exchange);
    for (const waiter of over) this.#resolve(waiter, this.#settledOffset, undefined);
  }

  /** Nothing more will come: tell everybody who still waits. */
  #finish(): void {
    this.#host.timers.cancel(this.#timer);
    this.#timer = undefined;
    const failure = this.#failure ?? { kind: 'closed', message: 'The connection is closed.' };
    for (const waiter of this.#waiters.splice(0)) {
      this.#resolve(waiter, waiter.last < this.#reader.exchange ? this.#settledOffset : this.#received.end, failure);
    }
    this.#forget();
  }

  #resolve(waiter: Waiter, rawEnd: number, failure: Failure | undefined): void {
    const own = this.#answers.filter(({ exchange }) => exchange >= waiter.first && exchange <= waiter.last);
    const responses = own.map(({ response }) => response);
    const current = this.#reader.exchange;
    const concerned = waiter.first <= current && waiter.last >= current;
    if (failure && concerned && this.#reader.partial) responses.push(this.#reader.partial);
    const rawStart = own[0]?.start ?? (concerned ? this.#settledOffset : rawEnd);
    const ms = this.#host.clock.now() - waiter.since;
    waiter.resolve({ exchange: waiter.first, responses, raw: this.#received.slice(rawStart, rawEnd), ...(failure ? { failure } : {}), ms });
  }

  /** Let go of what nobody waits for. */
  #forget(): void {
    const oldest = Math.min(...this.#waiters.map((waiter) => waiter.first));
    this.#answers = this.#answers.filter((answer) => answer.exchange >= oldest);
    this.#received.forget(this.#answers[0]?.start ?? this.#settledOffset);
  }

  // ── the end ────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Why there is no (whole) answer, now that the server has closed its half. */
  #closedByServer(): Failure {
    const { error } = this.#reader;
    const begun = this.#received.end > this.#settledOffset;
    if (!begun) return { kind: 'closed', message: 'The server closed the connection without an answer.' };
    if (error && !error.code.startsWith('incomplete-')) return { kind: 'not-http', message: error.message, error };
    return { kind: 'closed', message: 'The server closed the connection in the middle of its answer.', ...(error ? { error } : {}) };
  }

  #close(error: SocketError | undefined): void {
    this.#closed = true;
    if (this.#tracer.enabled) {
      this.#tracer.emit({ type: 'socket.close', connection: this.#socket.id, exchange: this.#reader.exchange, reason: error ? error.code : 'in order' });
    }
    if (error) this.#failure ??= { kind: 'reset', message: `The server cut the connection (${error.code}).` };
    else this.#failure ??= this.#closedByServer();
    this.#finish();
  }

  #abort(failure: Failure): void {
    if (this.#closed) return;
    this.#failure ??= failure;
    this.#finish();
    this.#ended = true;
    this.#socket.reset();
  }

  /** Start to wait for the server's next word, if one is due. */
  #rearm(): void {
    this.#host.timers.cancel(this.#timer);
    this.#timer = undefined;
    if (this.#waiters.length === 0 || this.#timeoutMs === Infinity) return;
    this.#timer = this.#host.timers.after(this.#timeoutMs, () => {
      // A late answer would be taken for that of the next request: the connection is of no use any more.
      this.#abort({ kind: 'timeout', message: `No answer for ${this.#timeoutMs} ms.` });
    });
  }

  #linger(): void {
    this.#host.timers.cancel(this.#timer);
    this.#timer = this.#host.timers.after(lingerMs, () => this.#abort(this.#failure!));
  }
}

const nothing = (exchange: number): ClientResult => ({ exchange, responses: [], raw: new Uint8Array(0), ms: 0 });

/** Bytes of a segment, ours, and how long to wait before they go. */
interface Piece { readonly bytes: Uint8Array; readonly pauseMs: number }

/** Copies: the socket keeps what it is given, and so does the trace; a copy of our own, both may. */
function segments(bytes: Uint8Array, { cuts = [], pauses = [] }: SendOptions): Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  let pauseMs = 0;
  for (const [index, cut] of [...cuts, bytes.length].entries()) {
    if (!(cut > start && cut <= bytes.length)) continue;
    pieces.push({ bytes: bytes.slice(start, cut), pauseMs });
    start = cut;
    pauseMs = pauses[index] ?? 0;
  }
  return pieces;
}
