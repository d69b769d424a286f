import { HttpClient, type ClientResponse, type ClientResult } from '../client/http-client.ts';
import type { Host } from '../host/effects.ts';
import type { MemoryNetwork } from '../net/network.ts';
import { formatAddress, parseAddress, SocketError, type Address } from '../net/socket.ts';
import type { Tracer } from '../trace/tracer.ts';
import type { Outgoing, SendResult, WebSocketEvent, WebSocketRequest, WebSocketSession } from './types.ts';
import { ClientWebSocket } from './websocket.ts';

/** Idle connections kept for another request; the oldest makes room. */
const maxOpen = 64;

/** The page's side of its connections: an HTTP client or a WebSocket per connection, by connection id. */
export class Clients {
  readonly #network: MemoryNetwork;
  readonly #address: Address;
  readonly #host: Host;
  readonly #tracer: Tracer;
  readonly #open = new Map<number, HttpClient>();
  readonly #webSockets = new Map<number, ClientWebSocket>();

  constructor(network: MemoryNetwork, address: Address, host: Host, tracer: Tracer) {
    this.#network = network;
    this.#address = address;
    this.#host = host;
    this.#tracer = tracer;
  }

  /** Send and wait for the answer. Never rejects. */
  async send(outgoing: Outgoing): Promise<SendResult> {
    let connection = outgoing.connection ?? 0;
    let client = this.#open.get(connection);
    if (outgoing.connection !== undefined && (!client || client.closed)) {
      this.#open.delete(connection);
      return failed(connection, 'closed', `Connection ${connection} is not open any more.`);
    }
    if (!client) {
      try {
        const to = outgoing.to === undefined ? this.#address : parseAddress(outgoing.to);
        if (!to) return failed(0, 'refused', `${outgoing.to} is not an address.`);
        const socket = this.#network.dial(to);
        connection = socket.id;
        client = new HttpClient(socket, { host: this.#host, tracer: this.#tracer });
        outgoing.onConnection?.(connection);
      } catch (error) {
        if (!(error instanceof SocketError)) throw error;
        return failed(0, 'refused', error.message);
      }
      this.#keep(connection, client);
    }
    const result = await client.send(outgoing.bytes, { cuts: outgoing.cuts ?? [], pauses: outgoing.pauses ?? [], endAfter: outgoing.endAfter ?? false, resetAfter: outgoing.resetAfter ?? false });
    if (client.closed) this.#open.delete(connection);
    return sendResult(connection, result);
  }

  /** Open a WebSocket. Never throws. */
  openWebSocket(request: WebSocketRequest, onEvent: (event: WebSocketEvent) => void): WebSocketSession {
    const session = new ClientWebSocket(this.#host, this.#tracer, (event) => {
      if (event.type === 'closed' || event.type === 'rejected') this.#webSockets.delete(session.connection);
      onEvent(event);
    });
    session.open(() => this.#network.dial(this.#address), formatAddress(this.#address), request);
    if (session.state !== 'CLOSED') this.#webSockets.set(session.connection, session);
    return session;
  }

  /** Close (FIN; a WebSocket: the closing handshake) or cut (RST) a connection. False where it is none of these. */
  disconnect(connection: number, how: 'close' | 'reset'): boolean {
    const webSocket = this.#webSockets.get(connection);
    if (how === 'close') webSocket?.close();
    else webSocket?.reset();
    const client = this.#open.get(connection);
    if (how === 'close') client?.close();
    else client?.reset();
    return this.#open.delete(connection) || webSocket !== undefined;
  }

  /** Cut them all. `reason`: one sentence for whoever has a WebSocket open. */
  reset(reason: string): void {
    for (const client of this.#open.values()) client.reset();
    this.#open.clear();
    for (const webSocket of this.#webSockets.values()) webSocket.reset(reason);
    this.#webSockets.clear();
  }

  #keep(connection: number, client: HttpClient): void {
    this.#open.set(connection, client);
    if (this.#open.size <= maxOpen) return;
    const [oldest, first] = this.#open.entries().next().value!;
    this.#open.delete(oldest);
    first.close();
  }
}

/** A result without a response. */
export function failed(connection: number, kind: NonNullable<SendResult['failure']>['kind'], message: string): SendResult {
  return { connection, exchange: 0, raw: new Uint8Array(0), failure: { kind, message }, ms: 0 };
}

function sendResult(connection: number, result: ClientResult): SendResult {
  const responses = result.responses.map(plainResponse);
  return {
    connection,
    exchange: result.exchange,
    ...(responses[0] && { response: responses[0], responses }),
    raw: result.raw,
    ...(result.failure && { failure: result.failure }),
    ms: result.ms,
  };
}

function plainResponse({ version, status, reason, headers, body, trailers, keepAlive }: ClientResponse): NonNullable<SendResult['response']> {
  return { version, status, reason, headers, body, trailers, keepAlive };
}
