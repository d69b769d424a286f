import type { Host } from '../host/effects.ts';
import type { FromProcess, GatewayJob, Job, ProcessApi, Problem, StartOutcome, ToProcess, WirePort } from '../rpc/contract.ts';
import type { ServerConfig } from '../server/config.ts';
import { Server } from '../server/server.ts';
import { RemoteListener } from './accept.ts';
import { capturingConsole, LogBudget } from './console.ts';
import { loadApp, type LoadedApp } from './load-app.ts';
import { TraceOutlet } from './outlet.ts';
import type { Platform } from './platform.ts';
import { LoadError } from './problem.ts';
import type { StackReader } from './stacks.ts';

type Post = (message: FromProcess, transfer?: readonly object[]) => void;

/**
 * The life of one process: takes a job, loads the app, serves what the machine accepts for it, answers the heartbeat,
 * and stops. One per worker; a new run is a new worker.
 */
export class Session implements ProcessApi {
  readonly #host: Host;
  readonly #platform: Platform;
  #outlet: TraceOutlet | undefined;
  #listener: RemoteListener | undefined;
  #server: Server | undefined;
  #post: Post = () => {};

  constructor(host: Host, platform: Platform) {
    this.#host = host;
    this.#platform = platform;
  }

  async start(job: Job, wire: WirePort): Promise<StartOutcome> {
    // Taken out of the reach of the snippet's code, which may replace what it finds on the prototype.
    this.#post = wire.postMessage.bind(wire) as Post;
    if (job.kind !== 'gateway') return { ok: false, problem: { name: 'Error', message: 'Scripts cannot be run yet.', advice: '' } };
    const outlet = new TraceOutlet({
      process: job.name, host: this.#host, send: (batch) => this.#post({ type: 'trace', batch }, [batch.tokens]),
    });
    outlet.witness(job.clock);
    this.#outlet = outlet;
    this.#listener = new RemoteListener(job.address, job.backlog, outlet, (message) => this.#post(message));
    wire.onmessage = (event) => this.#receive(event.data as ToProcess);
    wire.start?.();
    try {
      const loaded = await this.#load(job, outlet);
      await this.#serve(loaded, job, outlet, this.#listener);
      return { ok: true, interface: loaded.app.interface };
    } catch (error) {
      const problem = problemOf(error);
      outlet.emit({
        type: 'app.error', connection: 0, exchange: 0, stage: 'load', name: problem.name, message: problem.message,
        stack: error instanceof Error && !(error instanceof LoadError) ? (error.stack ?? '') : '', ...(problem.site && { site: problem.site }),
      });
      return { ok: false, problem };
    } finally {
      outlet.flush();
    }
  }

  async stop(graceMs: number): Promise<void> {
    this.#listener?.close();
    await this.#server?.shutdown(graceMs);
    this.#outlet?.flush();
  }

  async #load(job: GatewayJob, outlet: TraceOutlet): Promise<LoadedApp> {
    const budget = new LogBudget(outlet, this.#host);
    let stacks: StackReader | undefined;
    const readable = (error: { readonly name: string; readonly message: string; readonly stack?: string | undefined }): string => stacks?.readable(error) ?? `${error.name}: ${error.message}`;
    this.#platform.onUncaught((thrown, origin) => {
      const error = thrown instanceof Error ? thrown : undefined;
      const text = error ? readable(error) : String(thrown);
      budget.write('stderr', 'error', `Uncaught ${origin === 'rejection' ? '(in promise) ' : ''}${text}`, () => error && stacks?.site(error.stack));
    });
    this.#platform.onClose((reason) => {
      outlet.flush();
      this.#post({ type: 'exit', reason });
    });
    Object.assign(this.#platform.console, capturingConsole({ clock: this.#host.clock, here: () => stacks?.here(), readable }, budget));
    return loadApp(job, this.#platform, (linked) => {
      stacks = linked;
      linked.install();
      outlet.readStacksWith((error) => linked.readable(error));
    });
  }

  async #serve(loaded: LoadedApp, job: GatewayJob, outlet: TraceOutlet, listener: RemoteListener): Promise<void> {
    const server = new Server({ app: loaded.app, config: configOf(job), host: this.#host, tracer: outlet, sites: loaded.stacks });
    this.#server = server;
    await server.startup();
    // Settles when the listener is closed; what goes wrong on one connection is that connection's affair.
    void server.serve(listener).catch((error: unknown) => {
      this.#post({ type: 'exit', reason: `the server stopped: ${String(error)}` });
    });
  }

  #receive(message: ToProcess): void {
    switch (message.type) {
      case 'ping':
        this.#outlet!.witness(message.clock);
        this.#post({ type: 'pong', id: message.id, clock: this.#outlet!.clock, now: this.#host.clock.now() });
        break;
      case 'connection':
        this.#listener!.take(message);
        break;
      case 'credit':
        this.#outlet!.addCredit(message.batches);
        break;
      case 'return':
      case 'stdin':
        break;
      case 'flush':
        this.#outlet!.flush();
        this.#post({ type: 'flushed', id: message.id });
        break;
      default:
        message satisfies never;
    }
  }
}

/** The snippet's settings by the server's names. */
function configOf(job: GatewayJob): Partial<ServerConfig> {
  const { workerClass, rootPath, keepAlive, validate } = job.server;
  return {
    // Adapted already: see `loadApp`.
    interface: 'auto',
    multiprocess: job.multiprocess,
    // Whoever looks at this wants to see what went wrong.
    debug: true,
    ...(workerClass !== undefined && { workerClass }),
    ...(rootPath !== undefined && { rootPath }),
    ...(keepAlive !== undefined && { keepAliveMs: keepAlive * 1000 }),
    // Whoever looks at this wants to know which rules were broken, too.
    validate: validate ?? true,
  };
}

function problemOf(error: unknown): Problem {
  if (error instanceof LoadError) return error.problem();
  const name = error instanceof Error ? error.name : 'Error';
  const message = error instanceof Error ? error.message : String(error);
  return { name, message, advice: '' };
}
