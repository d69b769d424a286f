import { brokenRule, WebSocketClient, type WebSocketClientEvent } from '../client/websocket.ts';
import type { WebSocketOpening } from '../client/websocket-opening.ts';
import type { Host } from '../host/effects.ts';
import type { DuplexSocket } from '../net/socket.ts';
import type { ErrorFacts } from '../trace/events.ts';
import type { Tracer } from '../trace/tracer.ts';
import type { WebSocketEvent, WebSocketRequest, WebSocketSend, WebSocketSession } from './types.ts';

/** The page's end of one WebSocket: whatever goes wrong becomes an event or a return value. */
export class ClientWebSocket implements WebSocketSession {
  readonly #host: Host;
  readonly #tracer: Tracer;
  readonly #onEvent: (event: WebSocketEvent) => void;
  #client: WebSocketClient | undefined;
  #connection = 0;
  /** Why it ended, where that is better known here than to the client. */
  #reason: string | undefined;

  constructor(host: Host, tracer: Tracer, onEvent: (event: WebSocketEvent) => void) {
    this.#host = host;
    this.#tracer = tracer;
    this.#onEvent = onEvent;
  }

  get connection(): number {
    return this.#connection;
  }

  get state(): WebSocketSession['state'] {
    return this.#client?.state ?? 'CLOSED';
  }

  /** Connect, and send the handshake. Called once. */
  open(dial: () => DuplexSocket, authority: string, request: WebSocketRequest): void {
    let socket: DuplexSocket | undefined;
    try {
      socket = dial();
      const opening: WebSocketOpening = 'bytes' in request ? { request: request.bytes } : { authority, ...request };
      this.#client = new WebSocketClient(socket, { ...opening, host: this.#host, tracer: this.#tracer }, (event) => this.#take(event));
      this.#connection = socket.id;
    } catch (error) {
      // Nobody listens, or the handshake cannot be written as asked for.
      socket?.reset();
      tellLater(this.#onEvent, brokenRule(error) ?? (error instanceof Error ? error.message : String(error)));
    }
  }

  send(what: WebSocketSend): ErrorFacts | undefined {
    try {
      if (what.type !== 'raw') this.#client?.send(what.type === 'binary' ? { ...what, bytes: what.bytes.slice() } : what);
      if (this.#client === undefined || (what.type === 'raw' && this.state === 'CLOSED')) return over;
      if (what.type === 'raw') this.#client.sendRaw(what.bytes);
      return undefined;
    } catch (error) {
      const facts = brokenRule(error);
      if (facts === undefined) throw error;
      return facts;
    }
  }

  /** The closing handshake, or where there is no WebSocket yet, the end of our half. */
  close(): void {
    this.#client?.close();
  }

  reset(reason?: string): void {
    this.#reason = reason;
    this.#client?.reset();
  }

  #take(event: WebSocketClientEvent): void {
    if (event.type === 'open') {
      const { subprotocol, ...rest } = event;
      this.#onEvent({ ...rest, ...(subprotocol === undefined ? {} : { subprotocol }) });
    } else if (event.type === 'closed' && this.#reason !== undefined) {
      this.#onEvent({ ...event, message: this.#reason });
    } else {
      this.#onEvent(event);
    }
  }
}

/** A WebSocket that could not be opened because nothing runs. */
export function closedWebSocket(onEvent: (event: WebSocketEvent) => void): WebSocketSession {
  tellLater(onEvent, 'Nothing is running.');
  return { connection: 0, state: 'CLOSED', send: () => over, reset: () => {} };
}

const over: ErrorFacts = Object.freeze({ code: 'ws-not-open', status: 1002, clause: 'RFC6455-6.1-1', message: 'The WebSocket is closed.', advice: 'Open another one.', offset: 0 });

/** Not before whoever opened it has it. */
function tellLater(onEvent: (event: WebSocketEvent) => void, why: ErrorFacts | string): void {
  void Promise.resolve().then(() => onEvent({ type: 'closed', code: 1006, reason: '', clean: false, ...(typeof why === 'string' ? { message: why } : { error: why }) }));
}
