/**
 * WebSocket on a server (RFC 6455): the handshake, and the connection afterwards. Frames and messages are `core/ws`'s, the application
 * is the gateway's; here are the things in between: keep-alive by Ping, back-pressure both ways, and who closes when.
 */
import { RemoteProtocolError } from '../core/http1/errors.ts';
import type { FieldPairs, Request } from '../core/http1/events.ts';
import { mentionsAny } from '../core/http1/mentions.ts';
import { abnormal } from '../core/ws/close-codes.ts';
import { WsConnection } from '../core/ws/connection.ts';
import type { WsReceivedEvent } from '../core/ws/events.ts';
import { answerHandshake, type HandshakeRefusal, type HandshakeRequest, isRefusal, readHandshake, wantsWebSocket } from '../core/ws/handshake.ts';
import type { AsgiApp } from '../gateway/asgi/types.ts';
import { AsgiWebSocketHandler, type WebSocketChannel } from '../gateway/asgi/websocket.ts';
import type { Random } from '../host/effects.ts';
import { formatAddress } from '../net/socket.ts';
import type { ErrorFacts } from '../trace/events.ts';
import type { ServerConfig } from './config.ts';
import type { Tunnel, UpgradeExchange, UpgradeHandler, UpgradeProtocol } from './upgrade.ts';

/** What every WebSocket of a server shares. */
export interface WebSocketOptions {
  readonly app: AsgiApp;
  readonly name: string;
  readonly config: ServerConfig;
  readonly random: Random;
}

/** How long the client may take to answer our Close frame. ms; websockets' and uvicorn's default. */
const closeTimeoutMs = 10_000;

/**
 * How long the application may take to answer what came before the end: RFC6455-5.5.1 wants the Close frame answered "as soon as
 * practical", and lets "its current message" be sent first. ms.
 */
const answerMs = 1000;

/** What is given to the core at a time: a little of what is compressed may become much, and reading stops when it is enough. Octets. */
const sliceBytes = 16_384;

/** RFC6455-5.5-CONTROL-FRAME: 125 octets, two of them for the code. */
const maxReasonBytes = 123;

/** Without either of them a request asks for none. */
const mayWantWebSocket = mentionsAny('upgrade', 'sec-websocket-key');

/** Takes the requests that ask for a WebSocket. */
export class WebSocketProtocol implements UpgradeProtocol {
  readonly #options: WebSocketOptions;

  constructor(options: WebSocketOptions) {
    this.#options = options;
  }

  claims(request: Request): boolean {
    return mayWantWebSocket(request.headers) && wantsWebSocket(request);
  }

  begin(exchange: UpgradeExchange): UpgradeHandler {
    return new WebSocketExchange(exchange, this.#options);
  }
}

/** What the next deadline is for. The later ones end the earlier ones. */
type Patience = 'ping' | 'pong' | 'answer' | 'close';

/** One request for a WebSocket, and the WebSocket that comes of it. */
class WebSocketExchange implements UpgradeHandler, WebSocketChannel {
  readonly #exchange: UpgradeExchange;
  readonly #options: WebSocketOptions;
  #handshake: HandshakeRequest | undefined;
  #app: AsgiWebSocketHandler | undefined;
  #tunnel: Tunnel | undefined;
  #ws: WsConnection | undefined;
  /** The client has said its last; this answers it, once the application has answered what came before. */
  #ending: (() => void) | undefined;
  /** The server shuts down: likewise, but what the client sends until then still counts. */
  #leaving = false;
  /** Nothing goes in or out any more. */
  #over = false;

  #patience: Patience = 'ping';

  /** The application has enough messages: no octets are taken. */
  #full = false;
  /** Octets that came all the same. */
  #pending: Uint8Array[] = [];
  /** A Ping that is to be answered when there is room. */
  #owedPong: Uint8Array | undefined;
  #flowing = true;

  constructor(exchange: UpgradeExchange, options: WebSocketOptions) {
    this.#exchange = exchange;
    this.#options = options;
  }

  // ── the handshake ─────────────────────────────────────────────────────────────────────────────────────────────

  run(): void {
    const { channel, context, state, finished } = this.#exchange;
    const { app, name } = this.#options;
    // Behind a handshake the client may have sent frames already, which must not be taken for requests.
    channel.closeAfter();
    const handshake = readHandshake(context.request);
    if (isRefusal(handshake)) {
      this.#refuse(handshake);
      return finished();
    }
    this.#handshake = handshake;
    this.#app = new AsgiWebSocketHandler({ app, name, context, state, subprotocols: handshake.subprotocols, response: channel, channel: this, finished });
    this.#app.run();
  }

  #refuse({ error, headers }: HandshakeRefusal): void {
    const { channel, context } = this.#exchange;
    const facts = error.facts();
    const { tracer, connection, exchange } = context;
    if (tracer.enabled) tracer.emit({ type: 'ws.error', connection, exchange, by: 'peer', stream: 'c2s', span: error.span, ...facts });
    this.#log(facts);
    // RFC9110-7.8-9: a sender of Upgrade must also send it as a connection option; that one closes the connection, too.
    channel.refuse(facts, headers.some(([name]) => name === 'Upgrade') ? [...headers, ['Connection', 'Upgrade, close']] : headers);
  }

  // ── the application tells ─────────────────────────────────────────────────────────────────────────────────────

  accept(subprotocol: string | undefined, headers: FieldPairs): void {
    const { channel, context, switchProtocols } = this.#exchange;
    const { config } = this.#options;
    const answer = answerHandshake(this.#handshake!, { subprotocol, headers, compress: config.wsPerMessageDeflate });
    channel.continue100();
    const tunnel = switchProtocols(answer.headers);
    this.#tunnel = tunnel;
    this.#ending = undefined;
    this.#ws = new WsConnection({
      role: 'server', id: context.connection, exchange: context.exchange, tracer: context.tracer, maxMessageBytes: config.wsMaxMessageBytes,
      receivedOffset: tunnel.receivedOffset, sentOffset: tunnel.sentOffset, ...(answer.deflate && { deflate: answer.deflate }),
    });
    this.#wait('ping', config.wsPingIntervalMs);
  }

  send(message: string | Uint8Array): boolean {
    return this.#write(this.#ws!.send(typeof message === 'string' ? { type: 'text', text: message } : { type: 'binary', bytes: message }));
  }

  close(code: number, reason: string): void {
    if (this.#ending !== undefined) return this.#finish();
    if (this.#over || this.#closeSent) return;
    // The client has said its last already, behind what the application did not take.
    if (this.#ws!.state !== 'OPEN') return this.#takeMore();
    this.#write(this.#ws!.send({ type: 'close', code, reason }));
    this.#wait('close', closeTimeoutMs);
    // What still comes interests nobody but for the Close frame in it.
    this.#takeMore();
  }

  wantMessages(): void {
    // From within `receive()`: what waits is taken when the stack is clean again.
    this.#exchange.soon(() => this.#takeMore());
  }

  caughtUp(): void {
    if (this.#ending !== undefined) this.#finish();
    else if (this.#leaving) this.#goAway();
  }

  // ── the connection tells ──────────────────────────────────────────────────────────────────────────────────────

  tunnelled(bytes: Uint8Array): void {
    // A client that sends is there, whatever it sends: in the middle of a long frame it could not answer a Ping.
    if (this.#patience === 'pong') this.#wait('ping', this.#options.config.wsPingIntervalMs);
    // RFC6455-5.5.1, RFC6455-7.1.7: behind a Close frame, or an error, there is nothing.
    if (this.#ending !== undefined) return;
    for (let at = 0; at < bytes.length && !this.#over; at += sliceBytes) {
      const slice = bytes.subarray(at, at + sliceBytes);
      if (this.#full) this.#pending.push(slice.slice());
      else this.#take(slice);
    }
  }

  tunnelEof(): void {
    if (this.#ws === undefined) {
      // The handshake is not complete. Whatever the answer is, the client may still read it; but there must be one to come.
      this.#ending = () => this.#leave();
      if (this.#app?.busy === false) this.#finish();
      return;
    }
    // What waits for the application comes before the end.
    if (this.#full || this.#ending !== undefined) return;
    this.#endWith(() => {
      this.#ws!.receiveEof();
      this.#drainEvents();
    });
  }

  resume(): void {
    this.#flowing = true;
    if (this.#owedPong !== undefined) this.#pong(this.#owedPong);
    if (this.#flowing) this.#app?.resume();
  }

  deadline(): void {
    switch (this.#patience) {
      // RFC6455-7.1.1: the closing handshake did not come to its end: the connection does.
      case 'close': return this.#end();
      case 'answer': return this.caughtUp();
      case 'ping': return this.#ping();
      case 'pong':
        // A client that we do not listen to cannot answer.
        if (this.#full) return this.#wait('ping', this.#options.config.wsPingIntervalMs);
        return this.#fail({ code: 'ws-ping-timeout', status: 1011, clause: 'RFC6455-5.5.2-PONG', message: 'keepalive ping timeout', advice: 'Answer a Ping with a Pong.', offset: this.#tunnel!.receivedOffset });
    }
  }

  drain(): void {
    if (this.#ws === undefined || this.#over || this.#closeSent || this.#ending !== undefined) return;
    if (!this.#app!.busy) return this.#goAway();
    this.#leaving = true;
    this.#wait('answer', answerMs);
  }

  abort(reason: string): void {
    this.#over = true;
    if (this.#ws === undefined) this.#app?.abort(reason);
    else this.#app!.disconnect(abnormal, '');
  }

  // ── receiving ─────────────────────────────────────────────────────────────────────────────────────────────────

  #take(bytes: Uint8Array): void {
    this.#ws!.receiveData(bytes);
    this.#drainEvents();
  }

  #drainEvents(): void {
    const ws = this.#ws!;
    while (!this.#full && !this.#over && this.#ending === undefined) {
      let event: WsReceivedEvent;
      try {
        event = ws.nextEvent();
      } catch (error) {
        if (!(error instanceof RemoteProtocolError)) throw error;
        return this.#endWith(() => this.#fail(error.facts()));
      }
      if (event.type === 'need-data') return;
      this.#handle(ws, event);
    }
  }

  #handle(ws: WsConnection, event: Exclude<WsReceivedEvent, { type: 'need-data' }>): void {
    const app = this.#app!;
    switch (event.type) {
      case 'text':
        return this.#give(app.receive(event.text));
      case 'binary':
        return this.#give(app.receive(event.bytes));
      case 'ping':
        // RFC6455-5.5.2-PONG: "an endpoint MUST send a Pong frame in response, unless it already received a Close frame".
        return this.#pong(event.payload);
      case 'pong':
        return;
      case 'close':
        return this.#endWith(() => {
          // RFC6455-5.5.1-REPLY: with the code that was received. ASGI-ws.disconnect-2: without one it is 1005 here.
          if (ws.state === 'CLOSE_RECEIVED') this.#write(ws.send({ type: 'close', code: event.code, reason: '' }));
          app.disconnect(event.code, event.reason);
          // RFC6455-7.1.1: "the server MUST close the connection immediately", before the client does.
          this.#end();
        });
      case 'ended':
        app.disconnect(abnormal, '');
        return this.#end();
    }
  }

  #give(wantsMore: boolean): void {
    if (wantsMore) return;
    this.#full = true;
    this.#tunnel!.pause();
  }

  /** Go on where the application had enough. */
  #takeMore(): void {
    if (!this.#full || this.#over) return;
    this.#full = false;
    this.#drainEvents();
    while (!this.#full && !this.#over && this.#ending === undefined) {
      const slice = this.#pending.shift();
      if (slice === undefined) break;
      this.#take(slice);
    }
    if (this.#full || this.#over) return;
    this.#tunnel!.resume();
    if (this.#tunnel!.peerEnded) this.tunnelEof();
  }

  // ── sending ───────────────────────────────────────────────────────────────────────────────────────────────────

  #write(bytes: Uint8Array): boolean {
    this.#flowing = this.#tunnel!.write(bytes);
    return this.#flowing;
  }

  /** RFC6455-5.5.3: of several Pings the last one may be answered for all: a client that sends many and reads nothing makes us hold one. */
  #pong(payload: Uint8Array): void {
    if (this.#over || this.#closeSent) return;
    this.#owedPong = this.#flowing ? undefined : payload;
    if (this.#flowing) this.#write(this.#ws!.send({ type: 'pong', payload }));
  }

  #ping(): void {
    const { config, random } = this.#options;
    // A client that we do not listen to need not answer, and one that does not read is found by another deadline.
    if (this.#full || !this.#flowing) return this.#wait('ping', config.wsPingIntervalMs);
    this.#write(this.#ws!.send({ type: 'ping', payload: random.fill(new Uint8Array(4)) }));
    if (config.wsPingTimeoutMs === 0 || config.wsPingTimeoutMs === Infinity) this.#wait('ping', config.wsPingIntervalMs);
    else this.#wait('pong', config.wsPingTimeoutMs);
  }

  // ── the end ───────────────────────────────────────────────────────────────────────────────────────────────────

  /** Close frames, errors and FIN take effect in the order of arrival: behind what the application still has to answer. */
  #endWith(finish: () => void): void {
    this.#ending = finish;
    if (this.#app!.busy && !this.#closeSent) this.#wait('answer', answerMs);
    else this.#finish();
  }

  /** RFC6455-7.4.1, and the registry: 1012, "Service Restart". */
  #goAway(): void {
    this.#leaving = false;
    this.close(1012, '');
    this.#app!.disconnect(1012, '');
  }

  #finish(): void {
    const finish = this.#ending;
    this.#ending = undefined;
    finish?.();
  }

  get #closeSent(): boolean {
    return this.#ws?.state === 'CLOSE_SENT' || this.#ws?.state === 'CLOSED';
  }

  /** RFC6455-7.1.7: the client broke a rule (or is silent): say so in a Close frame, if one may still be sent, and end. */
  #fail(facts: ErrorFacts): void {
    this.#log(facts);
    const ws = this.#ws!;
    const reason = new TextEncoder().encode(facts.message).length <= maxReasonBytes ? facts.message : facts.code;
    if (!this.#closeSent) this.#write(ws.send({ type: 'close', code: facts.status, reason }));
    this.#app!.disconnect(facts.status, reason);
    this.#end();
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#tunnel!.end();
  }

  /** The client closed its half, and the application, instead of answering, waits for more. */
  #leave(): void {
    this.abort('the client closed the connection');
    this.#exchange.channel.cut({ error: undefined, message: 'The client closed the connection before the handshake was complete.', advice: '' });
  }

  #wait(patience: Patience, ms: number): void {
    if (this.#patience === 'close' || (this.#patience === 'answer' && patience !== 'close')) return;
    this.#patience = patience;
    this.#exchange.setDeadline(ms);
  }

  #log({ status, code, offset, clause, message }: ErrorFacts): void {
    const { context } = this.#exchange;
    context.log('server', 'info', `${formatAddress(context.facts.remote)}: ${status} ${code} at byte ${offset} (${clause}): ${message}`, context);
  }
}
