import type { Clock, Host } from '../host/effects.ts';
import type { MemoryKernel } from '../net/bsd/memory-kernel.ts';
import type { MemoryListener } from '../net/network.ts';
import { PortSocket } from '../net/port.ts';
import type { DuplexSocket } from '../net/socket.ts';
import { Channels } from '../rpc/channels.ts';
import { remoteCalls } from '../rpc/calls.ts';
import { readMessage } from '../rpc/check.ts';
import type { FromProcess, Job, ProcessApi, Problem, StartOutcome, ToProcess, WirePort } from '../rpc/contract.ts';
import { batchBytes, traceCredit } from '../rpc/limits.ts';
import type { WireConnection } from '../rpc/system-calls.ts';
import type { TraceEvent } from '../trace/events.ts';
import { estimateBytes } from '../trace/payload.ts';
import { materialise } from '../trace/recorder.ts';
import type { Tracer } from '../trace/tracer.ts';
import { bridge } from './bridge.ts';
import { Bucket } from './bucket.ts';
import type { Conductor, Player } from './conductor.ts';
import { GuardedPort } from './guard.ts';
import { SystemCalls } from './system-calls.ts';
import type { MessagePortLike, SpawnedProcess } from './types.ts';

/** Time between two heartbeats. ms. */
export const beatMs = 250;
/** Heartbeats without an answer after which a process counts as silent. */
const silentBeats = 4;
/** The same while a Python starts and a script in it imports, most of which is one piece of work. */
const silentBeatsOfSlowStart = 60;
/** So many answers in a row, once it has its job, and it has started. */
const calmBeats = 4;

/** Trace that one process may give to the page at once, and per second after that. What is more waits in its recorder, which drops the oldest. */
const traceBurst = { events: 40_000, bytes: 32 * 1024 * 1024 };
const tracePerSecond = { events: 20_000, bytes: 8 * 1024 * 1024 };

export type ProcessState = 'starting' | 'running' | 'silent' | 'exited';

/** Messages that a process may send in one turn of a replay. */
const maxHeld = 10_000;

/** How long the connections of a process that has ended may take to send what is queued, as a kernel's do. ms. */
const lingerMs = 1000;

/** How a process ended. */
export interface Ending {
  readonly reason: string;
  /** Exit code, where it ended by itself and in order. */
  readonly code?: number;
  /** The error that nobody caught. */
  readonly problem?: Problem;
}

/** What a process tells the arbiter. */
export interface ProcessOwner {
  /** Its state changed (not by `kill`), or where it listens. */
  changed(process: Process): void;
  /** It has not answered a heartbeat in time. */
  missed(process: Process): void;
  /** It ended, or was ended because it broke the rules of the channel. Called at most once, and not after `kill`. */
  exited(process: Process, ending: Ending): void;
  /** A connection is now its. */
  accepted(process: Process, connection: number): void;
  traced(events: readonly TraceEvent[]): void;
}

export interface ProcessOptions {
  readonly spawned: SpawnedProcess;
  readonly host: Host;
  readonly owner: ProcessOwner;
  /** For its system calls. */
  readonly kernel: MemoryKernel;
  /** The listening socket that it inherits; a script has none. */
  readonly listener?: MemoryListener | undefined;
  /** Lamport time of this thread's end of its connections. */
  readonly tracer: Tracer;
  /** A replay: it takes turns. */
  readonly turns?: Conductor | undefined;
  /** Real time, for limits. */
  readonly clock: Clock;
  /** It starts a Python first, and may be at it for long. */
  readonly slowStart?: boolean;
  /** Called with the memory of the Python that it starts, if that is wanted. */
  readonly onSnapshot?: ((octets: ArrayBuffer) => void) | undefined;
}

/**
 * One process as the arbiter sees it: calls into it, its heartbeat, the connections handed to it, the trace that comes
 * out of it. Whatever it says is checked; when it says what it must not, it is killed.
 */
export class Process implements Player {
  readonly name: string;
  readonly #spawned: SpawnedProcess;
  readonly #host: Host;
  readonly #owner: ProcessOwner;
  readonly #listener: MemoryListener | undefined;
  readonly #system: SystemCalls;
  readonly #tracer: Tracer;
  readonly #calls: ProcessApi;
  readonly #wire: GuardedPort;
  readonly #farWire: MessagePortLike;
  /** Its ends of connections, to be cut when it dies. */
  readonly #sockets = new Set<PortSocket>();
  readonly #turns: Conductor | undefined;
  readonly #clock: Clock;
  /** What it has said in a turn that is not over. */
  readonly #held: unknown[] = [];
  readonly #channels = new Channels((frame) => this.#post(frame), { opensLater: false });
  #nextChannel = 0;
  #started: ((outcome: StartOutcome) => void) | undefined;
  readonly #events: Bucket;
  readonly #bytes: Bucket;
  #slowStart: boolean;
  /** Heartbeats that it has answered in a row since it has its job. */
  #calm = 0;
  #onSnapshot: ((octets: ArrayBuffer) => void) | undefined;
  #state: ProcessState = 'starting';
  /** It has ended, and its connections have not. */
  #lingers = false;
  /** It was told to end: it gets no more connections. */
  #stopping = false;
  /** Before it went silent. */
  #lively: 'starting' | 'running' = 'starting';

  /** `accept()`s that wait in it; each has a place in the listener's queue, except while it is silent. */
  #accepting = 0;
  readonly #places = new Set<{ leave: () => void }>();

  /** Heartbeats asked for; those up to the last answer; and how many had gone unanswered when the next one was due. */
  #beat = 0;
  #answered = 0;
  #missed = 0;
  #beatAt = 0;
  /** To be added to its clock to get ours, from the quickest answer so far. ms. */
  #offset = 0;
  #quickest = Infinity;

  #batchesOwed = 0;
  readonly #flushes = new Map<number, () => void>();
  #nextFlush = 1;

  constructor(options: ProcessOptions) {
    this.name = options.spawned.name;
    this.#spawned = options.spawned;
    this.#host = options.host;
    this.#owner = options.owner;
    this.#listener = options.listener;
    this.#tracer = options.tracer;
    this.#turns = options.turns;
    this.#clock = options.clock;
    this.#events = new Bucket(options.clock, traceBurst.events, tracePerSecond.events);
    this.#bytes = new Bucket(options.clock, traceBurst.bytes, tracePerSecond.bytes);
    this.#slowStart = options.slowStart === true;
    this.#onSnapshot = options.onSnapshot;
    const onFlood = (): void => this.#fail('it flooded the channel to the page');
    this.#calls = remoteCalls(new GuardedPort(this.#spawned.port, options.clock, onFlood));
    const { port1, port2 } = new MessageChannel();
    this.#wire = new GuardedPort(port1, options.clock, onFlood);
    this.#farWire = port2;
    this.#wire.onmessage = (event) => this.#arrived(event.data);
    this.#wire.start();
    this.#turns?.join(this);
    this.#system = new SystemCalls({
      kernel: options.kernel, tracer: this.#tracer,
      hand: (socket) => this.#passage(socket),
      post: (message, transfer) => this.#post(message, transfer),
      misbehaves: (how) => this.#fail(how),
      listens: () => this.#owner.changed(this),
    });
    this.#spawned.onExit((reason) => this.#fail(reason));
  }

  /** Where it listens by calls of its own. */
  get listening(): readonly string[] {
    return this.#system.listening;
  }

  /** More of its standard input. */
  input(text: string, end: boolean): void {
    this.#post({ type: 'stdin', text, end, clock: this.#tracer.clock });
  }

  /** SIGINT. */
  interrupt(): void {
    this.#post({ type: 'interrupt', clock: this.#tracer.clock });
  }

  get state(): ProcessState {
    return this.#state;
  }

  /** It has its job, and was seen waiting for something to happen. */
  get calm(): boolean {
    return this.#calm >= calmBeats;
  }

  /** How long it has not answered, in whole heartbeats. ms. */
  get silentMs(): number {
    return this.#missed * beatMs;
  }

  /** Hand it its job. Stays pending where it dies or is killed meanwhile. */
  async start(job: Job): Promise<StartOutcome> {
    if (this.#turns) return this.#startInTurns(job, this.#turns);
    const started = this.#calls.start(job, this.#farWire);
    // The first answer puts its clock on ours, before it traces anything.
    this.beat();
    const outcome = await started;
    if (outcome.ok) this.#live('running');
    return outcome;
  }

  async #startInTurns(job: Job, turns: Conductor): Promise<StartOutcome> {
    const started = new Promise<StartOutcome>((resolve) => (this.#started = resolve));
    // The answer to the call comes by another port, and so at any time: what counts is what is said on the wire.
    this.#calls.start(job, this.#farWire).catch(() => {});
    turns.post(this, { type: 'flush', id: 0 });
    const outcome = await started;
    if (outcome.ok) this.#live('running');
    return outcome;
  }

  /** Let it finish what it is doing. Resolves when it has, or stays pending: see {@link start}. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    this.#withdraw();
    // A connection that was given to it goes by the wire, and the call by another port: it takes the one before it hears of the other.
    await Promise.resolve();
    await this.sync(graceMs);
    await this.#calls.stop(graceMs);
  }

  /** End it at once. */
  kill(): void {
    if (this.#state === 'exited' && !this.#lingers) return;
    this.#lingers = false;
    this.#end();
    this.#spawned.terminate();
  }

  /** Ask for a sign of life. To be called every {@link beatMs}. */
  beat(): void {
    if (this.#state === 'exited') return;
    const patience = this.#slowStart ? silentBeatsOfSlowStart : silentBeats;
    if (this.#turns) {
      // Nobody asks: a turn that is not over is sign enough. That it takes long is not told before it is too long.
      this.#missed = this.#turns.waitsFor(this) ? this.#missed + 1 : 0;
    } else {
      this.#missed = this.#beat - this.#answered;
      this.#ping();
      if (this.#missed > 0 && this.#missed <= patience) this.#owner.missed(this);
    }
    if (this.#lively === 'running') this.#calm = this.#missed === 0 ? this.#calm + 1 : 0;
    if (this.calm) this.#slowStart = false;
    if (this.#missed < patience || this.#state === 'silent') return;
    this.#state = 'silent';
    // The kernel gives no connection to a process that does not call accept.
    this.#withdraw();
    this.#owner.changed(this);
  }

  /** Resolves when everything that it has traced so far has arrived, or after `patienceMs`. */
  async sync(patienceMs: number): Promise<void> {
    if (this.#state === 'silent' || this.#state === 'exited' || this.#turns) return;
    const id = this.#nextFlush;
    this.#nextFlush += 1;
    await new Promise<void>((resolve) => {
      const timer = this.#host.timers.after(patienceMs, () => done());
      const done = (): void => {
        this.#host.timers.cancel(timer);
        this.#flushes.delete(id);
        resolve();
      };
      this.#flushes.set(id, done);
      this.#post({ type: 'flush', id });
    });
  }

  // ── what it says ───────────────────────────────────────────────────────────────────────────────────────────────

  #post(message: ToProcess, transfer: readonly object[] = []): void {
    if (this.#turns) this.#turns.post(this, message);
    else this.#wire.postMessage(message, transfer);
  }

  // ── as a player of a replay ────────────────────────────────────────────────────────────────────────────────────

  send(message: ToProcess): void {
    this.#wire.postMessage(message);
  }

  hear(): void {
    for (const data of this.#held.splice(0)) this.#receive(data);
  }

  #arrived(data: unknown): void {
    const turns = this.#turns;
    if (!turns) {
      this.#receive(data);
      return;
    }
    const turned = readMessage(data);
    if (turned?.type !== 'turned') {
      this.#held.push(data);
      if (this.#held.length > maxHeld) this.#fail('it says more in one turn than can be kept');
      return;
    }
    if (this.#state === 'silent') this.#live(this.#lively);
    turns.turned(this, turned.now, turned.nextDue);
  }

  #receive(data: unknown): void {
    if (this.#state === 'exited') return;
    const message = readMessage(data);
    if (!message) {
      this.#fail('it said something on the channel to the page that means nothing');
      return;
    }
    switch (message.type) {
      case 'pong': this.#pong(message); break;
      case 'accept':
        this.#tracer.witness(message.clock);
        this.#accepting += 1;
        if (!this.#listener || this.#accepting > this.#listener.backlog + 1) this.#fail('it accepts more connections than can wait');
        else if (this.#state !== 'silent') this.#wait();
        break;
      case 'trace': this.#takeTrace(message); break;
      case 'flushed': this.#flushes.get(message.id)?.(); break;
      case 'exit': this.#leave(message); break;
      case 'snapshot': {
        // The first is sent before any code of the snippet has run. That code may say what it likes, too late.
        const keep = this.#onSnapshot;
        this.#onSnapshot = undefined;
        if (keep) keep(message.octets);
        else this.#fail('it sent the memory of a Python that nobody asked for');
        break;
      }
      case 'call': this.#system.take(message); break;
      case 'started': this.#started?.(message.outcome); break;
      case 'frame': this.#channels.receive(message); break;
      case 'turned': break;
      default: message satisfies never;
    }
  }

  #ping(): void {
    this.#beat += 1;
    this.#beatAt = this.#host.clock.now();
    this.#post({ type: 'ping', id: this.#beat, clock: this.#tracer.clock });
  }

  #pong({ id, clock, now }: Extract<FromProcess, { type: 'pong' }>): void {
    // Late answers count, too: it is alive.
    if (id > this.#beat) return;
    this.#tracer.witness(clock);
    const roundTrip = this.#host.clock.now() - this.#beatAt;
    if (id === this.#beat && roundTrip < this.#quickest) {
      this.#quickest = roundTrip;
      this.#offset = this.#beatAt + roundTrip / 2 - now;
    }
    this.#answer();
    // The first answer says when it had loaded, which is far from the middle.
    if (id === 1) this.#ping();
    if (this.#state === 'silent') this.#live(this.#lively);
  }

  #answer(): void {
    this.#answered = this.#beat;
    this.#missed = 0;
  }

  #live(state: 'starting' | 'running'): void {
    this.#lively = state;
    if (this.#state === 'exited' || this.#state === state) return;
    const wasSilent = this.#state === 'silent';
    // An answer to a call is a sign of life as well.
    this.#answer();
    this.#state = state;
    if (wasSilent) for (let waiting = this.#accepting - this.#places.size; waiting > 0; waiting -= 1) this.#wait();
    this.#owner.changed(this);
  }

  #takeTrace({ batch }: Extract<FromProcess, { type: 'trace' }>): void {
    this.#batchesOwed += 1;
    if (this.#batchesOwed > traceCredit && !this.#turns) {
      this.#fail('it sent more trace than it was allowed to');
      return;
    }
    let events: TraceEvent[];
    try {
      // A batch is what a recorder of that budget can hold, and one row for its gap. What is told late takes more room than what it is made from, but not so much.
      const size = batch.tokens.byteLength + batch.payloads.byteLength;
      if (!(size <= 4 * batchBytes)) throw new TypeError(`trace batch: ${size} bytes are too many`);
      events = materialise(batch, this.name);
      // They are nobody else's, and a copy of each would cost more than reading it did.
      if (!this.#turns) for (const event of events as { at: number }[]) event.at = Math.min(event.at + this.#offset, this.#host.clock.now());
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : 'it sent a malformed trace');
      return;
    }
    const size = events.reduce((sum, event) => sum + (event.type === 'http.token' ? 64 : estimateBytes(event)), 0);
    const waitMs = Math.max(this.#events.take(events.length), this.#bytes.take(size));
    if (waitMs === 0) this.#giveCredit();
    else this.#host.timers.after(waitMs, () => this.#giveCredit());
    const last = events.at(-1);
    if (!last) return;
    this.#tracer.witness(last.clock);
    this.#owner.traced(events);
  }

  #giveCredit(): void {
    if (this.#state === 'exited') return;
    this.#batchesOwed -= 1;
    // In a replay it has all it wants: what it says is heard before it goes on.
    if (!this.#turns) this.#post({ type: 'credit', batches: 1 });
  }

  // ── connections ────────────────────────────────────────────────────────────────────────────────────────────────

  /** One more place in the listener's queue. */
  #wait(): void {
    // Its last `accept` may still have been on its way.
    if (this.#stopping) return;
    const place = { leave: () => {} };
    this.#places.add(place);
    place.leave = this.#listener!.acceptWith({
      take: (socket) => {
        this.#places.delete(place);
        this.#accepting -= 1;
        this.#hand(socket);
      },
      fail: () => this.#places.delete(place),
    });
  }

  #withdraw(): void {
    for (const place of this.#places) place.leave();
    this.#places.clear();
  }

  /** Pass an accepted connection on. */
  #hand(socket: DuplexSocket): void {
    const { port, ...facts } = this.#passage(socket);
    // In a job of its own: whoever connected is still in the middle of it, and accept comes after connect.
    void Promise.resolve().then(() => this.#post({ type: 'connection', ...facts, clock: this.#tracer.clock, port }, typeof port === 'number' ? [] : [port]));
  }

  /** Join one of our ends of a connection to a port, whose other end is the process's socket. */
  #passage(socket: DuplexSocket): WireConnection {
    const { near, far } = this.#line(() => passage.lose());
    // Seen from here the process is the peer, so this end plays the other role.
    const role = socket.role === 'server' ? 'client' : 'server';
    const passage: PortSocket = new PortSocket(near, { id: socket.id, role, local: socket.remote, remote: socket.local, tracer: this.#tracer });
    near.start?.();
    this.#sockets.add(passage);
    bridge(socket, passage, () => {
      this.#sockets.delete(passage);
      if (this.#lingers && this.#sockets.size === 0) this.kill();
    });
    if (socket.role === 'server') this.#owner.accepted(this, socket.id);
    return { id: socket.id, local: socket.local, remote: socket.remote, port: far };
  }

  /** Both ends of a line into the process. */
  #line(onFlood: () => void): { readonly near: WirePort; readonly far: WireConnection['port'] } {
    if (this.#turns) {
      this.#nextChannel += 1;
      return { near: this.#channels.open(this.#nextChannel), far: this.#nextChannel };
    }
    const { port1, port2 } = new MessageChannel();
    return { near: new GuardedPort(port1, this.#clock, onFlood), far: port2 };
  }

  // ── the end ────────────────────────────────────────────────────────────────────────────────────────────────────

  #fail(reason: string): void {
    if (this.#state === 'exited') return;
    this.kill();
    this.#owner.exited(this, { reason });
  }

  /** The program has ended by itself. What it has sent is still on its way, for a while. */
  #leave({ reason, code, problem }: Extract<FromProcess, { type: 'exit' }>): void {
    if (code === undefined) {
      this.#fail(reason);
      return;
    }
    this.#lingers = true;
    this.#depart();
    if (this.#sockets.size === 0) this.kill();
    else this.#host.timers.after(lingerMs, () => this.kill());
    this.#owner.exited(this, { reason, code, ...(problem && { problem }) });
  }

  #end(): void {
    this.#depart();
    this.#wire.close();
    for (const socket of this.#sockets) socket.lose();
    this.#sockets.clear();
  }

  /** It does nothing any more. */
  #depart(): void {
    this.#state = 'exited';
    if (!this.#lingers) this.#turns?.leave(this);
    this.#withdraw();
    this.#system.close();
    for (const done of [...this.#flushes.values()]) done();
  }
}
