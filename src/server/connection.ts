/**
 * One accepted connection: the only file that knows sockets, core and gateway together.
 *
 *   socket ──octets──▶ core ──events──▶ gateway ──▶ app
 *   socket ◀──octets── core ◀──events── gateway ◀── app
 *
 * One exchange at a time. The core does not read behind a request before its response is complete, which is what keeps
 * pipelined responses in order, and a refusal behind the response to the good request before it (RFC9112-9.3.2).
 */
import { Connection } from '../core/http1/connection.ts';
import { RemoteProtocolError } from '../core/http1/errors.ts';
import type { FieldPairs, ReceivedEvent, Request } from '../core/http1/events.ts';
import { AsgiHandler, wholeBodyBytes } from '../gateway/asgi/http.ts';
import type { ConnectionFacts, ExchangeContext } from '../gateway/channel.ts';
import { WsgiHandler } from '../gateway/wsgi/handler.ts';
import { BodyBuffer } from '../gateway/wsgi/input.ts';
import type { TimerHandle } from '../host/effects.ts';
import { type DuplexSocket, formatAddress } from '../net/socket.ts';
import type { ErrorFacts } from '../trace/events.ts';
import type { Worker } from './batch.ts';
import type { ServerConfig } from './config.ts';
import type { ServerContext } from './context.ts';
import type { Patient } from './deadlines.ts';
import { accessFacts, type Exchange } from './exchange.ts';
import type { Outflow } from './flow.ts';
import { Line, type LineOwner } from './line.ts';
import { connectionClose, ServerResponse, type ResponseHost } from './response.ts';
import { overloaded, timeout } from './refusals.ts';
import type { Tunnel, UpgradeHandler } from './upgrade.ts';

/**
 * Answers to pipelined requests are gathered up to this size. It saves a system call for each; the price is that an answer waits
 * for the applications of the next few requests, which is why it is not more. Octets.
 */
const gatherBytes = 16_384;

/** Requests up to this size wait until everything has been read, and answers until all of them can leave together. Octets. */
const batchBytes = 4096;

/** An answer that another may join waits for so many turns of the promise queue: `await send(start)`, `await send(body)`, and a few for a framework. */
const gatherTurns = 16;
const soon = Promise.resolve();

/** Of a long segment so much goes through the core first, which copies it: a head mostly fits. Octets. */
const headBytes = 4096;

/** Pipelined requests that wait in memory before the socket is paused. Octets. */
const pipelineHighWaterBytes = 65_536;

/** What the deadline is for. */
type Patience = 'idle' | 'head' | 'body' | 'tunnel';

/** Drives one socket from accept to close. */
export class HttpConnection implements LineOwner, Patient, ResponseHost, Worker {
  readonly core: Connection;
  /** For {@link Deadlines}. */
  deadline = Infinity;
  readonly #context: ServerContext;
  readonly #line: Line;
  readonly #facts: ConnectionFacts;
  /** What the peer says of the clients behind it is believed. */
  readonly #believed: boolean;

  #exchange: Exchange | undefined;
  #patience: Patience = 'head';
  #tunnel: UpgradeHandler | undefined;
  /** Octets for the tunnel, until it is asked to take them. */
  #held: Uint8Array[] | undefined;

  /** Within `#pump`: what is written is gathered until its end. */
  #pumping = false;
  /** A handler is on the stack. */
  #handling = false;
  /** The rest of the segment follows within this call. */
  #moreAtHand = false;
  /** Why reading is paused: the application does not keep up, or it is not our turn. */
  #bodyBlocked = false;
  #waitsForTurn = false;
  /** Octets of the present request's body that nobody wanted. */
  #drained = 0;
  #yieldTimer: TimerHandle | undefined;
  #turnsToFlush = 0;
  /** Made once, not for every request. */
  readonly #yieldTurn = (): void => this.#yield();
  readonly #wantBodyCall = (): void => this.#wantBody();
  readonly #runCall = (): void => this.#handle(run);

  constructor(socket: DuplexSocket, context: ServerContext) {
    this.#context = context;
    const { config, tracer, deadlines } = context;
    this.core = new Connection({ role: 'server', id: socket.id, limits: config.limits, tracer });
    this.#line = new Line(socket, this, { tracer, deadlines, sendTimeoutMs: config.sendTimeoutMs });
    this.#facts = {
      scheme: config.scheme, local: socket.local, remote: socket.remote, rootPath: config.rootPath, multiprocess: config.multiprocess,
      software: config.serverHeader || 'porthole',
    };
    this.#believed = context.forwarding?.trusts(socket.remote.host) ?? false;
    deadlines.add(this);
    this.#wait('head', config.headTimeoutMs);
    this.#line.open();
  }

  /** Between requests, or before the first: may be closed without loss. */
  get idle(): boolean {
    return this.#exchange === undefined && this.#tunnel === undefined && this.core.bufferedBytes === 0;
  }

  // ── ResponseHost ──────────────────────────────────────────────────────────────────────────────────────────────

  get config(): ServerConfig {
    return this.#context.config;
  }

  get draining(): boolean {
    return this.#context.draining;
  }

  get out(): Outflow {
    return this.#line.out;
  }

  get writable(): boolean {
    return this.#line.writable;
  }

  dateField(): readonly [name: string, value: string] {
    return this.#context.dateField();
  }

  get serverField(): readonly [name: string, value: string] {
    return this.#context.serverField;
  }

  flush(soon: boolean): boolean {
    // `#pump` sends it.
    if (soon && this.#pumping && this.#context.batch !== undefined && this.out.size < gatherBytes) return !this.out.full;
    // A complete response with requests waiting behind it: their answers may leave in the same write (`#pump` sends what there is).
    if (this.#pumping && this.#exchange?.response.over === true && this.core.bufferedBytes > 0 && this.out.size < gatherBytes) return !this.out.full;
    // An application that works on its own time (ASGI) has just completed its response: go on with what waits behind it.
    const next = !this.#pumping && !this.#handling && !this.#waitsForTurn && this.#exchange?.response.over === true;
    if (next && (soon || this.core.bufferedBytes > 0) && this.out.size < gatherBytes) {
      this.#pump(this.core.bufferedBytes > 0);
      return !this.out.full;
    }
    const flowing = this.#line.flush();
    if (next) this.#pump();
    return flowing;
  }

  abandon(_reason: string): void {
    this.#line.flush();
    // RFC9112-8-2: a message whose end is the end of the connection would look complete after a FIN; only a RST tells.
    if (this.#endsWithConnection) this.#line.reset('the response could not be completed');
    else this.#line.end();
  }

  /** The response under way is delimited by the end of the connection. */
  get #endsWithConnection(): boolean {
    const exchange = this.#exchange;
    if (exchange === undefined || exchange.request.version === 11) return false;
    return !exchange.response.fields.some(([name]) => name.toLowerCase() === 'content-length');
  }

  // ── the line tells ────────────────────────────────────────────────────────────────────────────────────────────

  get exchangeNumber(): number {
    return this.core.exchange;
  }

  onOctets(bytes: Uint8Array): void {
    const long = bytes.length > headBytes && this.idle && this.#context.turn === undefined;
    if (!long) return this.#takeOctets(bytes);
    // Most of a long segment is the body of the request that it begins with: once the core knows the head, that need not pass through it.
    this.core.receiveData(bytes.subarray(0, headBytes));
    this.#moreAtHand = true;
    this.#pump();
    this.#moreAtHand = false;
    if (this.#line.writable) this.#takeOctets(bytes.subarray(headBytes));
  }

  #takeOctets(bytes: Uint8Array): void {
    if (this.#held !== undefined) return void this.#held.push(bytes.slice());
    if (this.#tunnel !== undefined) return this.#guard((tunnel) => tunnel.tunnelled(bytes));
    if (this.#patience === 'body' && this.deadline !== Infinity) this.#wait('body', this.config.bodyTimeoutMs);
    // The rest of a long body goes where it belongs without passing through the core.
    const content = this.#exchange === undefined || this.#bodyBlocked || this.#waitsForTurn || this.#pumping || this.#handling ? 0 : this.core.receiveContent(bytes);
    if (content > 0) this.#takeBody(content === bytes.length ? bytes : bytes.subarray(0, content));
    if (content < bytes.length) this.core.receiveData(content === 0 ? bytes : bytes.subarray(content));
    const { batch } = this.#context;
    if (batch !== undefined && (this.#exchange === undefined ? bytes.length <= batchBytes : isGathering(this.#exchange))) return batch.later(this);
    if (this.#takeTurn()) this.#pump();
  }

  /** For {@link Batch}: go on with a new request. */
  work(): void {
    if (this.#line.writable) this.#pump();
  }

  onPeerEnd(): void {
    if (this.#held !== undefined) return;
    if (this.#tunnel !== undefined) return this.#guard((tunnel) => tunnel.tunnelEof());
    this.core.receiveEof();
    if (this.#takeTurn()) this.#pump();
    // The core does not say so while it does not know what protocol follows.
    if (this.core.theirState === 'MIGHT_SWITCH') this.#handle((exchange) => exchange.upgrade?.tunnelEof());
  }

  onRoom(): void {
    if (this.#tunnel !== undefined) return this.#guard((tunnel) => tunnel.resume());
    this.#handle(resume);
    this.#pump();
  }

  /** Let go of exchange, tunnel, turn and timers. */
  onLeave(reason: string): void {
    const { deadlines, host, turn } = this.#context;
    deadlines.remove(this);
    if (this.#yieldTimer !== undefined) host.timers.cancel(this.#yieldTimer);
    this.#yieldTimer = undefined;
    const exchange = this.#exchange;
    const tunnel = this.#tunnel;
    this.#exchange = undefined;
    this.#tunnel = undefined;
    this.#held = undefined;
    if (exchange !== undefined || tunnel !== undefined) this.#countOut();
    if (exchange !== undefined) {
      this.#logAccess(exchange);
      // Its own doing (`cut`) it knows of; a handler that is on the stack hears of it through `open`.
      if (exchange.running && !exchange.response.over) exchange.handler?.abort(reason);
    }
    tunnel?.abort(reason);
    turn?.release(this);
  }

  onOver(): void {
    this.#context.onClosed(this);
  }

  onDeadline(): void {
    switch (this.#patience) {
      case 'tunnel': return this.#guard((tunnel) => tunnel.deadline());
      // Nobody waits for an answer: no bytes of a request have come.
      case 'idle': return this.#line.end();
      case 'head': return this.core.bufferedBytes > 0 ? this.#refuse(timeout('head', this.#line.received)) : this.#line.end();
      case 'body': return this.#refuse(timeout('body', this.#line.received));
    }
  }

  // ── the server tells ──────────────────────────────────────────────────────────────────────────────────────────

  /** Take the turn of a sync worker before the first octet has come: the connection was just accepted. */
  claimTurn(): void {
    this.#takeTurn();
  }

  /**
   * The server takes no more requests. What is in flight finishes. An idle connection is kept for `patienceMs`: a request may be
   * on its way, and its client could not know whether it was served (RFC9112-9.3.1-2). It gets its answer, with `Connection: close`.
   */
  drain(patienceMs: number): void {
    // What came before counts before: see `#switch`.
    if (this.#held === undefined) this.#guard((tunnel) => tunnel.drain());
    if (!this.idle) return;
    if (patienceMs > 0) this.#wait('idle', patienceMs);
    else this.#line.end();
  }

  /** Cut the connection. */
  abort(reason: string): void {
    this.#line.reset(reason);
  }

  // ── requests ──────────────────────────────────────────────────────────────────────────────────────────────────

  /** Go on for as long as there is something to do. `gather`: what waits to be sent may wait a little longer, for an answer that is about to come. */
  #pump(gather = false): void {
    if (this.#pumping || this.#handling || this.#waitsForTurn) return;
    this.#pumping = true;
    try {
      while (this.#line.writable && this.#tunnel === undefined && this.#step());
    } finally {
      this.#pumping = false;
    }
    if (gather && this.#exchange?.response.started === false) this.#flushSoon();
    else this.#flushLater();
    this.#balance();
    // The first octets of a head have come, and not all of it. (Mostly it comes whole, and no clock needs to be read.)
    if (this.#patience === 'idle' && this.core.bufferedBytes > 0) this.#wait('head', this.config.headTimeoutMs);
    else if (this.#patience === 'idle' && this.deadline === Infinity) this.#wait('idle', this.config.keepAliveMs);
  }

  /** Send what there is: together with what other connections have, if it is all that is to be sent for now. */
  #flushLater(): boolean {
    const { batch } = this.#context;
    const { out } = this;
    if (batch === undefined || this.#exchange !== undefined || out.size === 0 || out.size > batchBytes) return this.#line.flush();
    batch.add(this.#line);
    return !out.full;
  }

  /** Flush at the end of the poll, or in a few turns of the promise queue: that is when an application that does not really wait for anything has answered. */
  #flushSoon(): void {
    const { batch } = this.#context;
    if (batch !== undefined) return batch.add(this.#line);
    const waiting = this.#turnsToFlush > 0;
    this.#turnsToFlush = gatherTurns;
    if (!waiting) void soon.then(this.#turn);
  }

  readonly #turn = (): void => {
    this.#turnsToFlush -= 1;
    if (this.#turnsToFlush > 0 && this.out.size > 0) return void soon.then(this.#turn);
    this.#turnsToFlush = 0;
    this.#line.flush();
  };

  /** One thing. False: there is nothing that could be done now. */
  #step(): boolean {
    const exchange = this.#exchange;
    // RFC9112-9.6: "A server that sends a "close" connection option MUST initiate closure … after it sends the final response": what is
    // left of the request is not waited for. A client that waits for 100 Continue would wait for ever (RFC9110-10.1.1).
    if (exchange?.response.over === true && (this.core.theirState !== 'SEND_BODY' || this.core.mustClose)) return this.#conclude(exchange);
    // The application has enough; and a sync worker's next request waits until this response is in the socket.
    if (this.#bodyBlocked && exchange?.response.over !== true) return false;
    let event: ReceivedEvent;
    try {
      event = this.core.nextEvent();
    } catch (error) {
      if (!(error instanceof RemoteProtocolError)) throw error;
      this.#refuse(error.facts());
      return false;
    }
    switch (event.type) {
      case 'request':
        this.#begin(event);
        return true;
      case 'data':
        this.#takeBody(event.bytes);
        return true;
      case 'end':
        this.#requestComplete();
        return true;
      case 'need-data':
        if (this.#moreAtHand) return false;
        return this.#startStreaming();
      case 'paused':
        // Everything that has come is known now, so a small body reaches the application in one message.
        return this.#startStreaming();
      case 'closed':
        if (exchange === undefined) this.#line.end();
        else if (!this.#startStreaming()) exchange.streaming?.receiveEof();
        else return true;
        return false;
      case 'response':
      case 'informational':
        throw new Error(`a server received ${event.type}`);
    }
  }

  #begin(request: Request): void {
    const { tracer, host, sites, config, app, upgrades, files, state } = this.#context;
    const context: ExchangeContext = {
      connection: this.#line.socket.id, exchange: this.core.exchange, request, facts: this.#believed ? this.#context.forwarding!.apply(request, this.#facts) : this.#facts, tracer, clock: host.clock, sites, log: this.#context.log, validate: config.validate, files,
    };
    const response = new ServerResponse(this, request);
    const logged = this.#context.access !== undefined;
    const exchange: Exchange = {
      request, response, context, startedAt: logged ? (tracer.now ?? host.clock.now()) : 0, wallMs: logged ? host.clock.wallMs() : 0,
      handler: undefined, streaming: undefined, upgrade: undefined, body: undefined, running: false, logged: false,
    };
    this.#exchange = exchange;
    this.#drained = 0;
    this.#context.underWay += 1;
    if (config.limitConcurrency > 0 && this.#context.underWay > config.limitConcurrency) return this.#refuse(overloaded(this.#line.received));
    if (upgrades.length > 0 && this.core.theirState !== 'ERROR' && this.#beginUpgrade(exchange)) {
      // A protocol of its own.
    } else if (app.interface === 'asgi') {
      exchange.handler = exchange.streaming = new AsgiHandler({
        app: app.app, name: app.name, context, channel: response, state,
        wantBody: this.#wantBodyCall, finished: this.#context.taskEnded,
      });
    } else {
      exchange.body = request.framing.length === 0 ? BodyBuffer.none : new BodyBuffer(request.framing.length);
      // PEP3333-expect-1, the first way: the body is complete before the application is called, so it is asked for at once.
      response.continue100();
    }
    if (request.framing.length === 0) this.#wait('body', Infinity);
    else this.#wait('body', config.bodyTimeoutMs);
  }

  /** Does a protocol claim the request? (Apart from `#begin`, whose every call would pay for the functions made here.) */
  #beginUpgrade(exchange: Exchange): boolean {
    const { upgrades, state } = this.#context;
    const protocol = upgrades.find((each) => each.claims(exchange.request));
    if (protocol === undefined) return false;
    exchange.handler = exchange.upgrade = protocol.begin({
      context: exchange.context, channel: exchange.response, state, switchProtocols: (headers) => this.#switch(headers), setDeadline: (ms) => this.#wait('tunnel', ms),
      soon: (call) => void Promise.resolve().then(() => this.#guard(call)), finished: () => this.#context.taskEnded(),
    });
    return true;
  }

  /** A request is over, or the tunnel that it became. */
  #countOut(): void {
    this.#context.underWay -= 1;
    this.#context.served();
  }

  #takeBody(bytes: Uint8Array): void {
    const exchange = this.#exchange!;
    this.#context.bodyMemory?.(bytes.length);
    if (exchange.response.over) {
      this.#drained += bytes.length;
      // RFC9112-9.3-7: read it, or close. Up to a point reading is cheaper than a new connection.
      if (this.#drained > this.config.drainBytes) this.#line.end();
      return;
    }
    if (exchange.body !== undefined) return exchange.body.append(bytes);
    if (exchange.streaming?.receive(bytes) === false) {
      this.#bodyBlocked = true;
      // It waits for us now, not we for it.
      this.#wait('body', Infinity);
      this.#startStreaming();
    }
  }

  #requestComplete(): void {
    this.#wait('body', Infinity);
    const exchange = this.#exchange!;
    if (exchange.response.over) return;
    if (exchange.body !== undefined && this.#context.app.interface === 'wsgi') {
      const { app, name } = this.#context.app;
      exchange.handler = new WsgiHandler({ app, name, body: exchange.body.bytes, context: exchange.context, channel: exchange.response, yieldTurn: this.#yieldTurn });
      exchange.running = true;
      return this.#run();
    }
    exchange.streaming?.receiveEnd();
  }

  /** Call the ASGI application, if that is still to be done. */
  #startStreaming(): boolean {
    const exchange = this.#exchange;
    if (exchange?.handler === undefined || exchange.running) return false;
    exchange.running = true;
    this.#context.taskBegan();
    this.#run();
    return true;
  }

  /** The response is over and the request has been read: the next one, or the end. */
  #conclude(exchange: Exchange): boolean {
    this.#logAccess(exchange);
    // A sync worker's `send` would block here: its turn is over when the socket has taken the response.
    if (this.#context.turn !== undefined && !this.#line.flush()) return false;
    if (this.out.size >= gatherBytes) this.#line.flush();
    this.#exchange = undefined;
    this.#countOut();
    this.#bodyBlocked = false;
    if (this.core.mustClose || this.#context.draining) {
      this.#line.end();
      return false;
    }
    this.core.startNextCycle(true);
    // Where the next request is here already nobody is idle: see `#pump`.
    if (this.core.bufferedBytes > 0) this.#patience = 'idle';
    else this.#wait('idle', this.config.keepAliveMs);
    if (this.#context.turn !== undefined) {
      this.#context.turn.release(this);
      if (this.core.bufferedBytes > 0 && !this.#takeTurn()) return false;
    }
    return true;
  }

  /** The peer broke a rule, or was too slow: say so if that is still possible, and close. */
  #refuse(facts: ErrorFacts): void {
    const exchange = this.#exchange;
    const { log } = this.#context;
    log('server', 'info', `${formatAddress(this.#line.socket.remote)}: ${facts.status} ${facts.code} at byte ${facts.offset} (${facts.clause}): ${facts.message}`, { connection: this.#line.socket.id, exchange: this.core.exchange });
    if (exchange === undefined) {
      const response = new ServerResponse(this, undefined);
      response.sendPage(facts, [connectionClose]);
      this.#logRefusal(response);
      return this.#line.end();
    }
    const { response } = exchange;
    // The body is broken, so the response is complete or can't be trusted to make sense; whatever it is, nothing follows it.
    if (response.over) return this.#line.end();
    this.#handle(() => {
      if (exchange.running) exchange.handler?.abort(facts.message);
    });
    if (response.started) {
      // Told already: `#leave` must not tell it again.
      response.over = true;
      return this.abandon(facts.message);
    }
    response.sendPage(facts, [connectionClose]);
    this.#logAccess(exchange);
    this.#line.end();
  }

  // ── handlers ──────────────────────────────────────────────────────────────────────────────────────────────────

  /** Call the application, apart from whatever has led here: that may be the answer to another request. */
  #run(): void {
    const { apart } = this.#context;
    if (apart === undefined) this.#runCall();
    else apart(this.#runCall);
  }

  /** Call a handler. What it throws is our mistake, not the application's. */
  #handle(call: (exchange: Exchange) => void): void {
    const exchange = this.#exchange;
    if (exchange === undefined || this.#handling) return;
    this.#handling = true;
    try {
      call(exchange);
    } catch (error) {
      this.#context.log('server', 'error', `Internal error: ${error instanceof Error ? error.stack : String(error)}`, exchange.context);
      this.#line.reset('internal error');
    } finally {
      this.#handling = false;
      this.out.own();
    }
  }

  /** As `#handle`, once the connection belongs to another protocol. */
  #guard(call: (tunnel: UpgradeHandler) => void): void {
    const tunnel = this.#tunnel;
    if (tunnel === undefined) return;
    try {
      call(tunnel);
    } catch (error) {
      this.#context.log('server', 'error', `Internal error: ${error instanceof Error ? error.stack : String(error)}`, { connection: this.#line.socket.id, exchange: this.core.exchange });
      this.#line.reset('internal error');
    }
  }

  /** The application asked for more of the body. */
  #wantBody(): void {
    const exchange = this.#exchange;
    if (exchange === undefined || !this.#bodyBlocked) return;
    this.#bodyBlocked = false;
    if (this.core.theirState === 'SEND_BODY') this.#wait('body', this.config.bodyTimeoutMs);
    // From within `receive()`: what waits in the core is taken when the stack is clean again.
    this.#yield();
  }

  /** Go on soon, after others. */
  #yield(): void {
    this.#yieldTimer ??= this.#context.host.timers.after(0, () => {
      this.#yieldTimer = undefined;
      if (!this.#line.out.full) this.#handle(resume);
      this.#pump();
    });
  }

  #switch(headers: FieldPairs): Tunnel {
    const exchange = this.#exchange!;
    this.out.push(this.core.send({ type: 'informational', status: 101, reason: 'Switching Protocols', headers }), false);
    exchange.response.status = 101;
    exchange.response.fields = headers;
    exchange.response.over = true;
    this.#logAccess(exchange);
    const handler = exchange.upgrade!;
    const { bytes } = this.core.trailingData;
    const offset = this.core.receivedOffset;
    this.#tunnel = handler;
    this.#exchange = undefined;
    this.#wait('tunnel', Infinity);
    // A sync worker has answered this request; it does not wait for what becomes of the connection.
    this.#context.turn?.release(this);
    this.#held = bytes.length > 0 ? [bytes] : [];
    const line = this.#line;
    line.flush();
    // What came behind the request may have been too much for HTTP.
    line.pause(false);
    // Not within the handler's own call.
    this.#context.host.timers.after(0, () => {
      const held = this.#held ?? [];
      this.#held = undefined;
      for (const piece of held) this.#guard((tunnel) => tunnel.tunnelled(piece));
      if (line.peerEnded) this.#guard((tunnel) => tunnel.tunnelEof());
      if (this.#context.draining) this.#guard((tunnel) => tunnel.drain());
    });
    return {
      write(data) {
        line.out.push(data, false);
        return line.flush();
      },
      end: () => line.end(),
      reset: () => line.reset('the tunnel was cut'),
      pause: () => line.pause(true),
      resume: () => line.pause(false),
      receivedOffset: offset,
      get sentOffset() { return line.sent; },
      get peerEnded() { return line.peerEnded; },
    };
  }

  // ── flow ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Pause or resume reading as the state asks for. */
  #balance(): void {
    if (this.#tunnel !== undefined) return;
    const { core } = this;
    // What waits may also be a section that is not complete yet. It has a limit of its own, and only more octets can bring it there.
    const reading = core.theirState === 'IDLE' || core.theirState === 'SEND_BODY';
    this.#line.pause(this.#waitsForTurn || this.#bodyBlocked || (!reading && core.bufferedBytes >= pipelineHighWaterBytes));
  }

  /** Sync worker: true if this connection may go on. */
  #takeTurn(): boolean {
    const { turn } = this.#context;
    if (turn === undefined) return true;
    this.#waitsForTurn = !turn.take(this, () => {
      this.#waitsForTurn = false;
      this.#balance();
      this.#pump();
    });
    if (this.#waitsForTurn) this.#balance();
    return !this.#waitsForTurn;
  }

  #wait(patience: Patience, ms: number): void {
    this.#patience = patience;
    this.#context.deadlines.set(this, ms);
  }

  #logAccess(exchange: Exchange): void {
    const { access, host, tracer } = this.#context;
    if (exchange.logged || !exchange.response.started) return;
    exchange.logged = true;
    access?.(accessFacts(exchange, tracer.now ?? host.clock.now()), this.#line.socket.id, exchange.context.exchange);
  }

  #logRefusal(response: ServerResponse): void {
    const { access, host } = this.#context;
    access?.({ remote: this.#line.socket.remote.host, wallMs: host.clock.wallMs(), request: undefined, status: response.status, length: response.length, fields: response.fields, ms: 0 }, this.#line.socket.id, this.core.exchange);
  }
}

/** The application has not been called, and its request's body is short enough to wait for more of it, until everything has been read. */
const isGathering = ({ running, request: { framing } }: Exchange): boolean => !running && framing.length >= 0 && framing.length <= wholeBodyBytes;

// Calls for `#handle`, made once.
const run = (exchange: Exchange): void => exchange.handler!.run();
const resume = (exchange: Exchange): void => { if (exchange.running) exchange.handler?.resume(); };
