/**
 * The response of one exchange, on its way from a gateway through the core to the socket: the server's
 * {@link HandshakeResponse}. Adds what the server owes (Date, Server, Connection), makes error pages, and sees to it that a
 * response that cannot be finished looks unfinished.
 */
import type { Connection } from '../core/http1/connection.ts';
import type { FieldPairs, Request } from '../core/http1/events.ts';
import type { AppFailure, HandshakeResponse, RefusalFacts } from '../gateway/channel.ts';
import { reasonPhrase } from '../gateway/reason.ts';
import { errorText } from '../gateway/thrown.ts';
import type { ServerConfig } from './config.ts';
import { errorPage } from './error-page.ts';
import type { Outflow } from './flow.ts';

/** What a response needs of its connection. */
export interface ResponseHost {
  readonly core: Connection;
  readonly out: Outflow;
  readonly config: ServerConfig;
  /** Date, made once a second. */
  dateField(): readonly [name: string, value: string];
  readonly serverField: readonly [name: string, value: string];
  /** The server takes no more requests: this response is the connection's last. */
  readonly draining: boolean;
  /** The connection can be written to. */
  readonly writable: boolean;
  /** Send what was gathered, unless the connection gathers several responses. `soon`: see {@link ResponseChannel.flush}. False: full. */
  flush(soon: boolean): boolean;
  /** The response ends here, incomplete. */
  abandon(reason: string): void;
}

/** One response. After `over` nothing more is written. */
export class ServerResponse implements HandshakeResponse {
  readonly isHead: boolean;
  /** Status sent; 0 before. */
  status = 0;
  /** Fields as given, and what the server added. */
  fields: FieldPairs = [];
  /** Octets of content. */
  length = 0;
  /** Complete, or abandoned: the gateway has nothing more to do with this connection. */
  over = false;
  /** The connection was left in the lurch: it must be closed. */
  abandoned = false;
  /** The connection ends with this response. */
  #last = false;
  readonly #host: ResponseHost;
  readonly #request: Request | undefined;

  /** `request`: undefined where the bytes were none. */
  constructor(host: ResponseHost, request: Request | undefined) {
    this.#host = host;
    this.#request = request;
    this.isHead = request?.method === 'HEAD';
  }

  get open(): boolean {
    return this.#host.writable && !this.abandoned;
  }

  get started(): boolean {
    return this.status !== 0;
  }

  start(status: number, reason: string, given: FieldPairs): void {
    if (!this.#host.writable) return;
    const headers = this.#completed(given);
    // Whoever writes has just told the trace why, here and below.
    this.#host.core.sendHead({ type: 'response', status, reason, headers }, this.#host.out, true);
    this.status = status;
    this.fields = headers;
  }

  write(bytes: Uint8Array): void {
    if (!this.#host.writable) return;
    const out = this.#host.core.send({ type: 'data', bytes }, true);
    // The core passes content on as it is unless it is chunked.
    this.#host.out.push(out, out === bytes);
    this.length += bytes.length;
  }

  end(trailers?: FieldPairs): void {
    if (!this.#host.writable) return;
    this.#host.out.push(this.#host.core.send(trailers === undefined ? { type: 'end' } : { type: 'end', trailers }, true), false);
    this.over = true;
  }

  inform(status: number, reason: string, headers: FieldPairs): void {
    if (!this.#host.writable) return;
    this.#host.core.sendHead({ type: 'informational', status, reason, headers }, this.#host.out);
  }

  continue100(): void {
    if (this.#host.writable && this.#host.core.clientWaitsFor100) this.inform(100, 'Continue', []);
  }

  flush(soon = false): boolean {
    return this.#host.flush(soon);
  }

  fail(failure: AppFailure): void {
    const { violation } = failure;
    const { debug } = this.#host.config;
    this.sendPage({
      status: 500,
      code: debug && violation !== undefined ? violation.code : 'app-error',
      message: debug ? failure.message : 'The application failed to answer this request.',
      // What went wrong inside is nobody's business outside, unless somebody is debugging.
      ...(debug ? { advice: failure.advice, detail: errorText(failure.error).stack, ...(violation === undefined ? {} : { clause: violation.clause }) } : {}),
    });
  }

  cut(failure: AppFailure): void {
    this.abandoned = true;
    this.over = true;
    this.#host.abandon(failure.message);
  }

  /** Answer with an error page of ours. Nothing must have been started. */
  sendPage(facts: RefusalFacts, headers: FieldPairs = []): void {
    if (!this.#host.writable) return;
    const page = errorPage(facts, this.#request?.headers.get('accept'));
    this.start(facts.status, reasonPhrase(facts.status), [...page.headers, ['Content-Length', String(page.body.length)], ...headers]);
    if (!this.isHead) this.write(page.body);
    this.end();
  }

  refuse(facts: RefusalFacts, headers: FieldPairs): void {
    this.sendPage(facts, headers);
    this.flush();
  }

  closeAfter(): void {
    this.#last = true;
  }

  /** `given`, and what the application does not know. */
  #completed(given: FieldPairs): FieldPairs {
    const { config, core, draining, serverField } = this.#host;
    const dateField = config.dateHeader ? this.#host.dateField() : undefined;
    const closing = this.#last || draining || config.keepAliveMs === 0 || core.clientWaitsFor100;
    if (given === latest.given && dateField === latest.dateField && serverField === latest.serverField && !closing) return latest.fields;
    let hasDate = false;
    let hasServer = false;
    let hasConnection = false;
    const fields: FieldPairs[number][] = [];
    for (let i = 0; i < given.length; i += 1) {
      const field = given[i]!;
      fields.push(field);
      const name = field[0];
      switch (name.length) {
        case 4: if (name.toLowerCase() === 'date') hasDate = true; break;
        case 6: if (name.toLowerCase() === 'server') hasServer = true; break;
        case 10: if (name.toLowerCase() === 'connection') hasConnection = true; break;
      }
    }
    // RFC9110-6.6.1-7: an origin server with a clock must generate Date.
    if (dateField !== undefined && !hasDate) fields.push(dateField);
    if (config.serverHeader !== '' && !hasServer) fields.push(serverField);
    // A client that still waits for 100 may or may not send its content now: the next octets could be either (RFC9110-10.1.1).
    if (closing && !hasConnection) fields.push(connectionClose);
    if (!closing) latest = { given, dateField, serverField, fields };
    return fields;
  }
}

/** What was completed last: an application mostly says the same as before. */
interface Completed { readonly given: FieldPairs; readonly dateField: FieldPairs[number] | undefined; readonly serverField: FieldPairs[number]; readonly fields: FieldPairs }
let latest: Completed = { given: [], dateField: undefined, serverField: ['', ''], fields: [] };

/** The connection ends with this response. */
export const connectionClose = ['Connection', 'close'] as const;
