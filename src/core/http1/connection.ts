import { noTrace, type Tracer } from '../../trace/tracer.ts';
import type { ReceivedEvent, SentEvent } from './events.ts';
import { defaultLimits, type Limits } from './limits.ts';

/** How a connection is set up. */
export interface ConnectionOptions {
  readonly role: 'server' | 'client';
  /** Id for the trace. Default 0. */
  readonly id?: number;
  readonly limits?: Partial<Limits>;
  readonly tracer?: Tracer;
}

/**
 * One end of an HTTP/1.1 connection without any I/O: bytes in, events out; events in, bytes out. Pure: no clock, no
 * randomness, no promise.
 *
 * CONTRACT (being implemented): names follow h11.
 */
export class Connection {
  readonly role: 'server' | 'client';
  readonly limits: Limits;
  readonly tracer: Tracer;

  constructor(options: ConnectionOptions) {
    this.role = options.role;
    this.limits = { ...defaultLimits, ...options.limits };
    this.tracer = options.tracer ?? noTrace;
  }

  /** State of our side and the peer's: see `states.ts`. */
  get ourState(): string { throw new Error('being built'); }
  get theirState(): string { throw new Error('being built'); }

  /** Number of the current exchange, from 1. */
  get exchange(): number { throw new Error('being built'); }

  /** Bytes arrived. `bytes` is borrowed: anything kept is copied. Throws only LocalProtocolError (after EOF). */
  receiveData(_bytes: Uint8Array): void { throw new Error('being built'); }

  /** The peer closed its half (FIN). */
  receiveEof(): void { throw new Error('being built'); }

  /** The next event, or NEED_DATA, or PAUSED. Throws RemoteProtocolError where the peer broke the protocol (again at every further call). */
  nextEvent(): ReceivedEvent { throw new Error('being built'); }

  /**
   * Bytes for an event, or an empty array where the event has none (HEAD response data). Throws LocalProtocolError and
   * leaves the state as it was. Framing fields are chosen here (Content-Length given by the caller is kept and enforced;
   * else chunked for HTTP/1.1 peers, else until-close), never both.
   */
  send(_event: SentEvent): Uint8Array { throw new Error('being built'); }

  /** Server: the client sent `Expect: 100-continue`, has sent no body yet, and we have answered nothing. */
  get clientWaitsFor100(): boolean { throw new Error('being built'); }

  /** After our response this connection must be closed (ours or their `close`, HTTP/1.0, an error, unread body). */
  get mustClose(): boolean { throw new Error('being built'); }

  /** Both sides DONE: get ready for the next request on the same connection. LocalProtocolError where that cannot be. */
  startNextCycle(): void { throw new Error('being built'); }

  /** Bytes received and not parsed, for the protocol that takes over after an upgrade; and whether the peer has sent EOF. */
  get trailingData(): { readonly bytes: Uint8Array; readonly eof: boolean } { throw new Error('being built'); }

  /** Octets received but not yet turned into events: what back-pressure is decided on. */
  get bufferedBytes(): number { throw new Error('being built'); }
}
