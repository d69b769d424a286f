import type { Host } from '../host/effects.ts';
import type { SocketSurroundings } from '../net/bsd/kernel.ts';
import { createSocketModule } from '../net/bsd/module.ts';
import type { FromProcess, GatewayJob, Job, ProcessApi, Problem, ScriptJob, StartOutcome, ToProcess, WirePort } from '../rpc/contract.ts';
import { Channels } from '../rpc/channels.ts';
import type { ServerConfig } from '../server/config.ts';
import { Server } from '../server/server.ts';
import { RemoteListener } from './accept.ts';
import { Activity } from './activity.ts';
import { builtinsOf } from './builtins.ts';
import { capturingConsole, LogBudget } from './console.ts';
import type { Builtins } from './link.ts';
import { loadApp, type LoadedApp } from './load-app.ts';
import { TraceOutlet } from './outlet.ts';
import type { PythonOutlet } from './load-python.ts';
import { buffersOf } from '../trace/recorder.ts';
import type { Platform } from './platform.ts';
import { LoadError } from './problem.ts';
import { RemoteKernel } from './remote-kernel.ts';
import { isPython } from './open-python.ts';
import { interruptedCode, PythonScript } from './python-script.ts';
import { replayGlobals, Turns } from './replay.ts';
import { Script } from './script.ts';
import type { StackReader } from './stacks.ts';
import { programTimers } from './timers.ts';
import { programProcess, StandardInput } from './standard-streams.ts';

type Post = (message: FromProcess, transfer?: readonly object[]) => void;

/** What a process has from its job on. */
interface Surroundings {
  readonly outlet: TraceOutlet;
  readonly kernel: RemoteKernel;
  readonly channels: Channels;
  readonly input: StandardInput;
  readonly budget: LogBudget;
  readonly builtins: Builtins;
  readonly activity: Activity;
  readonly sockets: SocketSurroundings;
  readonly closeSockets: () => void;
  stacks: StackReader | undefined;
}

/**
 * The life of one process: takes a job, loads an app and serves what the machine accepts for it, or runs a script; answers
 * the heartbeat, and stops. One per worker; a new run is a new worker.
 */
export class Session implements ProcessApi {
  /** Time and chance of this thread; in a replay, what its turns say they are. */
  #host: Host;
  readonly #real: Host;
  #turns: Turns | undefined;
  #platform: Platform;
  #uncaught: (thrown: unknown, text: string) => void = () => {};
  #around: Surroundings | undefined;
  #listener: RemoteListener | undefined;
  #server: Server | undefined;
  #script: Script | undefined;
  #pythonScript: PythonScript | undefined;
  #post: Post = () => {};

  constructor(host: Host, platform: Platform) {
    this.#host = host;
    this.#real = host;
    this.#platform = platform;
  }

  async start(job: Job, wire: WirePort): Promise<StartOutcome> {
    // Taken out of the reach of the snippet's code, which may replace what it finds on the prototype.
    this.#post = wire.postMessage.bind(wire) as Post;
    if (job.seed !== undefined) this.#takeTurns(job.seed);
    const outcome = await this.#begin(job, wire);
    if (this.#turns) this.#post({ type: 'started', outcome });
    return outcome;
  }

  #takeTurns(seed: number): void {
    const turns = new Turns(seed, this.#real.timers, (message) => this.#post(message));
    const platform = this.#platform;
    this.#turns = turns;
    this.#host = turns.host;
    this.#platform = { ...platform, evaluate: (code) => turns.during(platform.evaluate(code)) };
  }

  async #begin(job: Job, wire: WirePort): Promise<StartOutcome> {
    const around = this.#surround(job);
    const { outlet } = around;
    this.#around = around;
    if (job.kind === 'gateway') this.#listener = new RemoteListener(job.address, job.backlog, outlet, around.channels, (message) => this.#post(message));
    wire.onmessage = (event) => this.#receive(event.data as ToProcess);
    wire.start?.();
    if (this.#turns) await this.#turns.begun;
    try {
      if (job.kind === 'script') {
        await this.#runScript(job, around);
        return { ok: true };
      }
      const loaded = await this.#load(job, around);
      await this.#serve(loaded, job, outlet, this.#listener!);
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
    this.#around?.outlet.flush();
  }

  /** Trace, console, sockets and standard streams of the program. */
  #surround(job: Job): Surroundings {
    const outlet = new TraceOutlet({
      process: job.name, host: { ...this.#host, timers: this.#real.timers }, ...(this.#turns && { credit: Infinity }), send: (batch) => this.#post({ type: 'trace', batch }, buffersOf(batch)),
    });
    outlet.witness(job.clock);
    const channels = new Channels((frame) => this.#post(frame), { opensLater: true });
    const kernel = new RemoteKernel(outlet, channels, (message) => this.#post(message));
    const activity = new Activity(() => this.#script?.rested());
    const input = new StandardInput();
    const budget = new LogBudget(outlet, this.#host);
    const surroundings: SocketSurroundings = { kernel, host: this.#host, tracer: outlet, here: () => around.stacks?.here(), onWaiting: activity.change };
    const sockets = createSocketModule(surroundings);
    const args = job.kind === 'script' ? job.args : [];
    const program = programProcess(args, input, budget, activity, (code) => this.#exit(code, `exit(${code})`));
    const around: Surroundings = {
      outlet, kernel, channels, input, budget, activity, sockets: surroundings, closeSockets: sockets.closeAll, builtins: builtinsOf(sockets.module, program), stacks: undefined,
    };
    if (job.kind === 'gateway') input.feed('', true);
    else input.feed(job.stdin, false);
    return around;
  }

  /** What the program says, by whatever way, is told with its places. */
  #listenTo(around: Surroundings, onUncaught: (thrown: unknown, text: string) => void): (stacks: StackReader) => void {
    const { outlet, budget } = around;
    const readable = (error: { readonly name: string; readonly message: string; readonly stack?: string | undefined }): string => around.stacks?.readable(error) ?? `${error.name}: ${error.message}`;
    this.#uncaught = onUncaught;
    this.#platform.onUncaught((thrown, origin) => {
      const text = thrown instanceof Error ? readable(thrown) : String(thrown);
      onUncaught(thrown, `Uncaught ${origin === 'rejection' ? '(in promise) ' : ''}${text}`);
    });
    this.#platform.onClose((reason) => {
      outlet.flush();
      this.#post({ type: 'exit', reason });
    });
    Object.assign(this.#platform.console, capturingConsole({ clock: this.#host.clock, here: () => around.stacks?.here(), readable }, budget));
    return (linked) => {
      around.stacks = linked;
      if (this.#turns) Object.assign(globalThis, programTimers(this.#host.timers, around.activity), replayGlobals(this.#host));
      linked.install();
      outlet.readStacksWith((error) => linked.readable(error));
      linked.paceBy(this.#host.clock);
    };
  }

  #load(job: GatewayJob, around: Surroundings): Promise<LoadedApp> {
    const onLinked = this.#listenTo(around, (thrown, text) => {
      around.budget.write('stderr', 'error', text, () => (thrown instanceof Error ? around.stacks?.site(thrown.stack) : undefined));
    });
    return loadApp(job, this.#platform, around.builtins, onLinked, this.#pythonOutlet(around));
  }

  #pythonOutlet({ budget }: Surroundings): PythonOutlet {
    const turns = this.#turns;
    return {
      ...(turns && {
        replay: {
          begin: () => void Object.assign(globalThis, replayGlobals(this.#host)),
          after: this.#host.timers.after,
          during: (what) => turns.during(what),
        },
      }),
      written: (source, text, site, partial) => budget.write(source, source === 'stderr' ? 'warning' : 'info', text, () => site, partial),
      keep: ({ buffer }) => this.#post({ type: 'snapshot', octets: buffer }, [buffer]),
    };
  }

  async #serve(loaded: LoadedApp, job: GatewayJob, outlet: TraceOutlet, listener: RemoteListener): Promise<void> {
    const server = new Server({ app: loaded.app, config: configOf(job), host: this.#host, tracer: outlet, sites: loaded.sites });
    this.#server = server;
    await server.startup();
    // Settles when the listener is closed; what goes wrong on one connection is that connection's affair.
    void server.serve(listener).catch((error: unknown) => {
      this.#post({ type: 'exit', reason: `the server stopped: ${String(error)}` });
    });
  }

  async #runScript(job: ScriptJob, around: Surroundings): Promise<void> {
    if (isPython(job.entry)) return this.#runPythonScript(job, around);
    const script = new Script({
      job, host: this.#host, platform: this.#platform, activity: around.activity, builtins: around.builtins,
      stacks: () => around.stacks,
      stderr: (text, site) => around.budget.write('stderr', 'error', text, () => site),
      onEnd: (code, reason, problem) => this.#exit(code, reason, problem),
    });
    this.#script = script;
    await script.link(this.#listenTo(around, (thrown, text) => script.failed(thrown, text)));
    // After the answer to `start`: it may never come to rest.
    this.#host.timers.after(0, () => void script.run());
  }

  async #runPythonScript(job: ScriptJob, around: Surroundings): Promise<void> {
    const { sockets, input } = around;
    // What goes wrong outside of its Python is ours, and is shown all the same.
    this.#listenTo(around, (_thrown, text) => around.budget.write('stderr', 'error', text, () => undefined));
    const script = new PythonScript({
      job, host: this.#host, platform: this.#platform, sockets, input, outlet: this.#pythonOutlet(around),
      onEnd: (code, reason, problem) => this.#exit(code, reason, problem),
    });
    await (this.#turns ? this.#turns.during(script.load()) : script.load());
    this.#pythonScript = script;
    this.#host.timers.after(0, () => void script.run());
  }

  /** Somebody pressed Ctrl-C. */
  #interrupt(): void {
    if (this.#pythonScript) this.#pythonScript.interrupt();
    else this.#exit(interruptedCode, 'interrupted');
  }

  /** The program is over: what the system does then. */
  #exit(code: number, reason: string, problem?: Problem): void {
    const around = this.#around!;
    if (around.outlet.muted) return;
    around.closeSockets();
    around.outlet.flush();
    around.outlet.mute();
    this.#post({ type: 'exit', reason, code, ...(problem && { problem }) });
  }

  #receive(message: ToProcess): void {
    const { outlet, kernel, channels, input } = this.#around!;
    switch (message.type) {
      case 'ping':
        outlet.witness(message.clock);
        this.#post({ type: 'pong', id: message.id, clock: outlet.clock, now: this.#host.clock.now() });
        break;
      case 'connection':
        this.#listener!.take(message);
        break;
      case 'turn':
        this.#turns?.begin(message.now);
        break;
      case 'rest':
        void this.#turns?.rest((error) => this.#uncaught(error, `Uncaught ${error instanceof Error ? (this.#around!.stacks?.readable(error) ?? String(error)) : String(error)}`), () => outlet.flush());
        break;
      case 'frame':
        channels.receive(message);
        break;
      case 'return':
        kernel.returned(message);
        break;
      case 'stdin':
        outlet.witness(message.clock);
        input.feed(message.text, message.end);
        break;
      case 'interrupt':
        outlet.witness(message.clock);
        this.#interrupt();
        break;
      case 'credit':
        outlet.addCredit(message.batches);
        break;
      case 'flush':
        outlet.flush();
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
