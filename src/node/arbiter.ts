/**
 * The arbiter: holds the sockets, keeps the wanted number of workers alive, and does what signals ask. It runs no code
 * of the application, so nothing that the application does can stop it from replacing a worker.
 *
 * Workers come in generations: HUP and `--reload` start a new one beside the old, and only when every worker of the new
 * one accepts is the old one asked to finish. A generation that does not start leaves the old one in place.
 */
import type { ChildProcess } from 'node:child_process';
import type { BoundSocket } from './bound.ts';
import { exitCodes } from './boot.ts';
import { firstFd, startChild } from './children.ts';
import { toleratePipes, type Log } from './log.ts';
import type { Settings } from './settings.ts';
import type { ToArbiter, ToWorker } from './worker-messages.ts';

/** How often the arbiter looks after its workers. Unit: ms. */
const tickMs = 250;
/** INT and QUIT leave this much for requests in flight; gunicorn's "quick shutdown". Unit: ms. */
export const quickMs = 1000;
/** A worker that is being stopped has this much beyond its grace before it is killed. Unit: ms. */
const marginMs = 2000;
/** A worker that lived for less than this counts as a crash in a loop. Unit: ms. */
const shortLifeMs = 5000;
/** Longest wait before a worker that keeps crashing is started once more. Unit: ms. */
const longestBackOffMs = 30_000;

interface Worker {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly generation: number;
  readonly bornAt: number;
  state: 'booting' | 'ready' | 'stopping';
  lastAlive: number;
  /** When a worker that is being stopped loses our patience. */
  killAt: number;
  failure: { readonly code: number; readonly text: string } | undefined;
  /** It has served its share and stays only until another is ready. */
  tired: boolean;
  /** Why we killed it, for the log. */
  killed: string | undefined;
}

export interface ArbiterOptions {
  readonly target: string;
  readonly settings: Settings;
  readonly sockets: readonly BoundSocket[];
  /** As shown to people, in the order of `sockets`. */
  readonly urls: readonly string[];
  readonly log: Log;
  /** Read the settings again, for HUP. Rejects where they are wrong. */
  reread(): Promise<Settings>;
  /** A worker has imported these files (`--reload`). */
  onImported?(files: readonly string[]): void;
}

export class Arbiter {
  readonly #options: ArbiterOptions;
  readonly #log: Log;
  readonly #workers = new Set<Worker>();
  #settings: Settings;
  /** Workers that there should be. */
  #wanted: number;
  /** Generation that is being kept alive. */
  #generation = 1;
  #lastGeneration = 1;
  /** Generation that is to take over once it is ready. */
  #next: number | undefined;
  /** Another reload was asked for while one was under way. */
  #reloadAgain = false;
  #everReady = false;
  #crashes = 0;
  #nextSpawnAt = 0;
  #tickedAt = performance.now();
  #ending: { readonly code: number } | undefined;
  #finish: (code: number) => void = () => {};

  constructor(options: ArbiterOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#wanted = Math.max(1, options.settings.workers);
    this.#log = options.log;
  }

  /** Serve until a signal or a failure ends it. Resolves with the exit code, when no worker is left. */
  run(): Promise<number> {
    return new Promise((resolve) => {
      const ticking = setInterval(() => this.#tick(), tickMs);
      this.#finish = (code) => {
        clearInterval(ticking);
        resolve(code);
      };
      toleratePipes();
      this.#listenToSignals();
      this.#keepUp();
    });
  }

  /** Start a new generation of workers and retire the old one: HUP. */
  async reload(why: string): Promise<void> {
    if (this.#ending !== undefined) return;
    if (this.#next !== undefined) {
      this.#reloadAgain = true;
      return;
    }
    this.#log.info(`${why}: starting new workers`);
    this.#next = this.#lastGeneration += 1;
    try {
      const settings = await this.#options.reread();
      if (settings.workers !== this.#settings.workers) this.#wanted = Math.max(1, settings.workers);
      if (settings.bind.join() !== this.#settings.bind.join()) this.#log.warning('bind has changed; that takes a restart');
      this.#settings = settings;
    } catch (error) {
      this.#log.error(`The settings are wrong, the old ones stay: ${(error as Error).message}`);
    }
    // Whatever was tried in vain before, the files may be mended now.
    this.#crashes = 0;
    this.#nextSpawnAt = 0;
    this.#keepUp();
  }

  #listenToSignals(): void {
    process.on('SIGTERM', () => this.#stop('SIGTERM', this.#settings.gracefulTimeout * 1000));
    process.on('SIGINT', () => this.#stop('SIGINT', quickMs));
    process.on('SIGQUIT', () => this.#stop('SIGQUIT', quickMs));
    process.on('SIGHUP', () => void this.reload('SIGHUP'));
    process.on('SIGTTIN', () => this.#resize(this.#wanted + 1, 'SIGTTIN'));
    process.on('SIGTTOU', () => this.#resize(this.#wanted - 1, 'SIGTTOU'));
    // Node would open its debugger; for servers it means "open your log files again".
    process.on('SIGUSR1', () => {
      this.#log.info('SIGUSR1: the workers open their log files anew');
      for (const worker of this.#workers) this.#say(worker, { type: 'reopen' });
    });
    process.on('SIGUSR2', () => this.#log.warning('SIGUSR2: replacing the arbiter itself is not supported; HUP replaces the workers'));
  }

  #resize(wanted: number, why: string): void {
    if (wanted < 1 || this.#ending !== undefined) return;
    this.#wanted = wanted;
    this.#log.info(`${why}: ${wanted} worker${wanted === 1 ? '' : 's'}`);
    this.#keepUp();
  }

  /** End everything. A second call only shortens the time that is left. */
  #stop(why: string, graceMs: number, code: number = exitCodes.ok): void {
    const patience = this.#ending === undefined ? graceMs : 0;
    this.#log.info(this.#ending === undefined ? `${why}: stopping` : `${why} again: cutting what is left`);
    this.#ending ??= { code };
    // Whoever connects from now on is refused, rather than left waiting.
    for (const socket of this.#options.sockets) socket.close();
    for (const worker of this.#workers) this.#retire(worker, patience);
    this.#endIfAlone();
  }

  #endIfAlone(): void {
    if (this.#ending === undefined || this.#workers.size > 0) return;
    this.#log.info('Shut down');
    this.#finish(this.#ending.code);
  }

  /** Bring the number of workers of the newest generation to what is wanted. */
  #keepUp(): void {
    if (this.#ending !== undefined) return;
    const generation = this.#next ?? this.#generation;
    const living = this.#living(generation);
    if (performance.now() >= this.#nextSpawnAt) {
      for (let i = living.length; i < this.#wanted; i += 1) this.#spawn(generation);
    }
    // The oldest go first, as in gunicorn.
    for (const worker of living.slice(0, Math.max(0, living.length - this.#wanted))) this.#retire(worker, this.#settings.gracefulTimeout * 1000);
    this.#takeOverIfReady();
  }

  #living(generation: number): Worker[] {
    return [...this.#workers].filter((worker) => worker.generation === generation && worker.state !== 'stopping' && !worker.tired);
  }

  #spawn(generation: number): void {
    const { sockets, target, urls } = this.#options;
    const child = startChild('worker', [], sockets.map(({ fd }) => fd), { stdout: 'inherit', serialization: 'advanced' });
    const now = performance.now();
    const worker: Worker = { child, pid: child.pid ?? 0, generation, bornAt: now, state: 'booting', lastAlive: now, killAt: Infinity, failure: undefined, tired: false, killed: undefined };
    this.#workers.add(worker);
    child.on('message', (message: ToArbiter) => this.#hear(worker, message));
    child.on('error', (error) => this.#log.error(`Worker ${worker.pid}: ${error.message}`));
    child.on('exit', (code, signal) => this.#bury(worker, code, signal));
    this.#say(worker, { type: 'start', target, settings: this.#settings, fds: sockets.map((_, i) => firstFd + i), urls });
    this.#log.debug(`Worker ${worker.pid} started`);
  }

  #say(worker: Worker, message: ToWorker): void {
    // It may be dying; its exit says all there is to say.
    if (worker.child.connected) worker.child.send(message, () => {});
  }

  #hear(worker: Worker, message: ToArbiter): void {
    worker.lastAlive = performance.now();
    if (message.type === 'imported') this.#options.onImported?.(message.files);
    if (message.type === 'failed') worker.failure = message;
    if (message.type === 'tired' && worker.state === 'ready') {
      this.#log.info(`Worker ${worker.pid} has served ${message.requests} requests (--max-requests): starting another in its place`);
      worker.tired = true;
      this.#keepUp();
    }
    if (message.type !== 'ready' || worker.state !== 'booting') return;
    worker.state = 'ready';
    this.#log.info(`Worker ${worker.pid} is ready`);
    if (!this.#everReady) {
      this.#everReady = true;
      for (const url of this.#options.urls) this.#log.plain(`Listening at: ${url}`);
    }
    this.#takeOverIfReady();
  }

  /** Workers that have served their share go when others are there for what comes. */
  #retireTired(): void {
    if (this.#living(this.#generation).filter(({ state }) => state === 'ready').length < this.#wanted) return;
    for (const worker of this.#workers) if (worker.tired && worker.state === 'ready') this.#retire(worker, this.#settings.gracefulTimeout * 1000);
  }

  /** Once every worker of the new generation accepts, the old one may go. */
  #takeOverIfReady(): void {
    this.#retireTired();
    const generation = this.#next;
    if (generation === undefined || this.#living(generation).filter(({ state }) => state === 'ready').length < this.#wanted) return;
    this.#generation = generation;
    this.#next = undefined;
    for (const worker of this.#workers) if (worker.generation < generation && worker.state !== 'stopping') this.#retire(worker, this.#settings.gracefulTimeout * 1000);
    this.#reloadOnceMore();
  }

  #giveUp(generation: number, text: string): void {
    this.#next = undefined;
    const kept = this.#living(this.#generation).length > 0;
    this.#log.error(`${text}\n${kept ? 'The new workers did not start; the old ones stay.' : 'Waiting for a change.'}`);
    if (!kept) this.#nextSpawnAt = Infinity;
    for (const worker of this.#living(generation)) this.#retire(worker, 0);
    this.#reloadOnceMore();
  }

  #reloadOnceMore(): void {
    if (!this.#reloadAgain) return;
    this.#reloadAgain = false;
    void this.reload('Another change');
  }

  #retire(worker: Worker, graceMs: number): void {
    worker.state = 'stopping';
    worker.killAt = Math.min(worker.killAt, performance.now() + graceMs + marginMs);
    this.#say(worker, { type: 'stop', graceMs });
  }

  #bury(worker: Worker, code: number | null, signal: NodeJS.Signals | null): void {
    this.#workers.delete(worker);
    const { pid, state, generation } = worker;
    const how = worker.killed ?? (signal === null ? `exited with ${code}` : `was killed by ${signal}`);
    if (this.#ending !== undefined || state === 'stopping') {
      this.#log.info(`Worker ${pid} ${worker.killed === undefined && code === 0 ? 'has finished' : how}`);
      return this.#endIfAlone();
    }
    if (state === 'booting') return this.#bootFailed(worker, worker.failure ?? { code: exitCodes.workerBoot, text: `Worker ${pid} ${how} before it was ready.` });
    const lived = performance.now() - worker.bornAt;
    this.#crashes = lived < shortLifeMs ? this.#crashes + 1 : 0;
    const wait = this.#backOff();
    this.#log.error(`Worker ${pid} ${how}; ${wait === 0 ? 'starting another' : `starting another in ${(wait / 1000).toFixed(1)} s`}`);
    if (generation === this.#generation) this.#keepUp();
  }

  #bootFailed(worker: Worker, failure: { readonly code: number; readonly text: string }): void {
    if (worker.generation === this.#next) return this.#giveUp(this.#next, failure.text);
    const others = [...this.#workers].some(({ state }) => state === 'ready');
    if (this.#settings.reload && worker.generation === this.#generation) {
      // Whoever edits will mend it: wait for the next change.
      this.#log.error(`${failure.text}\nWaiting for a change.`);
      this.#nextSpawnAt = Infinity;
      return;
    }
    if (!others) {
      this.#log.plain(`porthole: ${failure.text}`);
      return this.#stop('A worker did not start', 0, failure.code);
    }
    this.#crashes += 1;
    this.#log.error(`${failure.text}\nThe other workers go on; trying again in ${(this.#backOff() / 1000).toFixed(1)} s`);
  }

  /** Decide when the next worker may be started. 0: at once. ms. */
  #backOff(): number {
    const wait = this.#crashes <= 1 ? 0 : Math.min(longestBackOffMs, 100 * 2 ** (this.#crashes - 2));
    this.#nextSpawnAt = performance.now() + wait;
    return wait;
  }

  #tick(): void {
    const now = performance.now();
    // After a pause of our own (a suspended machine, SIGSTOP) everybody looks silent.
    const paused = now - this.#tickedAt > 8 * tickMs;
    this.#tickedAt = now;
    for (const worker of this.#workers) {
      if (paused) worker.lastAlive = now;
      if (worker.state === 'stopping' && now > worker.killAt) this.#kill(worker, 'did not finish in time and was killed');
      else if (this.#settings.timeout > 0 && now - worker.lastAlive > this.#settings.timeout * 1000) {
        this.#kill(worker, `was silent for ${this.#settings.timeout} s (--timeout) and was killed: an endless loop, or a request that blocks the event loop`);
      }
    }
    this.#keepUp();
  }

  #kill(worker: Worker, why: string): void {
    worker.killed = why;
    worker.child.kill('SIGKILL');
  }
}
