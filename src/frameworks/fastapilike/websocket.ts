/** A WebSocket as an application wants it: Starlette's `WebSocket`. */
import type { AsgiReceive, AsgiSend, WebSocketScope } from '../../gateway/asgi/types.ts';

/** The client closed (or vanished: code 1006). Thrown by `receive…`, so that a loop ends by itself. */
export class WebSocketDisconnect extends Error {
  override readonly name = 'WebSocketDisconnect';
  readonly code: number;
  constructor(code: number) {
    super(`the client closed the WebSocket (${code})`);
    this.code = code;
  }
}

/** One connection, from handshake to close. */
export class WebSocket {
  readonly scope: WebSocketScope;
  readonly #receive: AsgiReceive;
  readonly #send: AsgiSend;

  constructor(scope: WebSocketScope, receive: AsgiReceive, send: AsgiSend) {
    this.scope = scope;
    this.#receive = receive;
    this.#send = send;
  }

  /** Answer the handshake. The first event is `websocket.connect`; until it is answered, nothing flows. */
  async accept(subprotocol?: string): Promise<void> {
    await this.#receive();
    await this.#send({ type: 'websocket.accept', subprotocol: subprotocol ?? null });
  }

  /** The next message, text or bytes. Throws {@link WebSocketDisconnect}. */
  async receive(): Promise<string | Uint8Array> {
    const event = await this.#receive();
    if (event.type === 'websocket.disconnect') throw new WebSocketDisconnect(event.code);
    if (event.type !== 'websocket.receive') throw new TypeError(`unexpected ${event.type}: call accept() first`);
    return event.text ?? event.bytes ?? '';
  }
  async receiveJson(): Promise<unknown> {
    const message = await this.receive();
    return JSON.parse(typeof message === 'string' ? message : new TextDecoder().decode(message)) as unknown;
  }
  /** Messages until the client closes. */
  async *[Symbol.asyncIterator](): AsyncGenerator<string | Uint8Array> {
    try {
      for (;;) yield await this.receive();
    } catch (error) {
      if (!(error instanceof WebSocketDisconnect)) throw error;
    }
  }

  send(message: string | Uint8Array): Promise<void> {
    return this.#send(typeof message === 'string' ? { type: 'websocket.send', text: message } : { type: 'websocket.send', bytes: message });
  }
  sendJson(value: unknown): Promise<void> {
    return this.send(JSON.stringify(value));
  }
  close(code = 1000, reason = ''): Promise<void> {
    return this.#send({ type: 'websocket.close', code, reason });
  }
}
