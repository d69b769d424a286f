/**
 * What the machine (in the page) and the runtime of a process (in a worker) say to each other. Types only.
 *
 * Two channels per process, both message ports:
 *
 * - Calls, page → process, over comlink: {@link ProcessApi}. The machine `wrap`s and exposes nothing: the process runs
 *   somebody else's code, and comlink lets whoever holds the other end walk every property of what is exposed.
 * - The *wire*: plain messages in both directions, for everything that is no call. What comes from the process is
 *   checked with `rpc/check.ts` before anybody believes it.
 */
import type { Snippet, SnippetServer } from '../snippet/schema.ts';
import type { SourceSite } from '../trace/events.ts';
import type { Packed } from '../trace/pack.ts';
import type { Library } from './libraries.ts';
import type { ChannelFrame } from './channels.ts';
import type { PythonAssets } from './python-assets.ts';
import type { SystemCall, SystemReturn, WireConnection } from './system-calls.ts';

/** What is needed of a message port; DOM's and Node's have it. */
export interface WirePort {
  postMessage(message: unknown, transfer?: readonly object[]): void;
  onmessage: ((event: { readonly data: any }) => void) | null;
  close(): void;
  start?(): void;
}

/** Where an end of a connection is. */
export interface WireAddress {
  readonly host: string;
  readonly port: number;
}

/** Why an app could not be loaded or a process could not go on. */
export interface Problem {
  /** `SyntaxError`, `ImportError`, `TypeError`, … */
  readonly name: string;
  readonly message: string;
  /** What to do. */
  readonly advice: string;
  readonly site?: SourceSite;
}

/** What every process is told. */
interface AnyJob {
  /** Name of the process in the trace: `worker-1`. */
  readonly name: string;
  readonly files: Snippet['files'];
  readonly entry: string;
  /** Text of an ES module without imports, for each library that the files speak of (`rpc/libraries.ts`). */
  readonly libraries: Readonly<Partial<Record<Library, string>>>;
  /** A replay: the process takes turns, with clock and chance from this seed. */
  readonly seed?: number;
  /** Where the entry is a Python file: what to start a Python from. */
  readonly python?: PythonAssets;
  /** Lamport time of the machine: what the process traces comes after it. */
  readonly clock: number;
}

/** A process that serves an app. */
export interface GatewayJob extends AnyJob {
  readonly kind: 'gateway';
  readonly interface: Snippet['interface'];
  readonly server: SnippetServer;
  /** Where the machine listens for it. */
  readonly address: WireAddress;
  /** Connections that may wait for accept. */
  readonly backlog: number;
  /** It is one of several that accept from the same socket. */
  readonly multiprocess: boolean;
}

/** A process that runs a module from top to bottom and ends. */
export interface ScriptJob extends AnyJob {
  readonly kind: 'script';
  readonly args: readonly string[];
  /** What is on its standard input from the start. */
  readonly stdin: string;
  /** Python: tell what the local variables hold at each call. */
  readonly locals?: boolean;
}

/** What a process is started for. */
export type Job = GatewayJob | ScriptJob;

/** How starting went. A script has been linked then and is about to run; its end is an `exit` on the wire. */
export type StartOutcome =
  /** `interface`: of a gateway. */
  | { readonly ok: true; readonly interface?: 'wsgi' | 'asgi' }
  | { readonly ok: false; readonly problem: Problem };

/** What the machine may ask of a process. Each is called at most once. */
export interface ProcessApi {
  /** Take the job. `wire` is transferred. Resolves once the app is loaded and connections are accepted (a script: before it runs), or with the reason why not. */
  start(job: Job, wire: WirePort): Promise<StartOutcome>;
  /** Accept no more, finish what is in flight within `graceMs`, then let the app clean up. What it still traces is on the wire before this resolves. */
  stop(graceMs: number): Promise<void>;
}

/** The trace since the last batch, as `trace/recorder.ts` packs it. */
export interface WireTraceBatch extends Packed {
  readonly process: string;
  readonly tokens: ArrayBuffer;
}

/** Machine → process, on the wire. `clock`: the sender's Lamport time. */
export type ToProcess =
  /** Are you there? */
  | { readonly type: 'ping'; readonly id: number; readonly clock: number }
  /** A connection that was accepted for you. */
  | ({ readonly type: 'connection'; readonly clock: number } & WireConnection)
  /** In a replay: it is your turn, and so late; what you get from here to `rest` is for this turn. */
  | { readonly type: 'turn'; readonly now: number }
  | { readonly type: 'rest' }
  | ChannelFrame
  /** What a system call came to. */
  | SystemReturn
  /** More of the standard input; `end`: there will be no more. */
  | { readonly type: 'stdin'; readonly text: string; readonly end: boolean; readonly clock: number }
  /** SIGINT: somebody pressed Ctrl-C. */
  | { readonly type: 'interrupt'; readonly clock: number }
  /** So many more batches may be sent. */
  | { readonly type: 'credit'; readonly batches: number }
  /** Send what has been traced so far. */
  | { readonly type: 'flush'; readonly id: number };

/** Process → machine, on the wire. */
export type FromProcess =
  /** `now`: the process's monotonic clock, so that its stamps can be put on the machine's. ms. */
  | { readonly type: 'pong'; readonly id: number; readonly clock: number; readonly now: number }
  /** One more `accept()` waits. */
  | { readonly type: 'accept'; readonly clock: number }
  | { readonly type: 'trace'; readonly batch: WireTraceBatch }
  /** Answer to `flush`, after the batch. */
  | { readonly type: 'flushed'; readonly id: number }
  /** Memory of the Python that it has started, before any code of the snippet has run: at most once, and only where it got none. */
  | { readonly type: 'snapshot'; readonly octets: ArrayBuffer }
  /** It wants of the machine what it cannot do by itself. */
  | SystemCall
  /** In a replay: how starting went, told here so that it is in order with everything else. */
  | { readonly type: 'started'; readonly outcome: StartOutcome }
  /** In a replay: the turn is over, so late, and the next timer is due then. */
  | { readonly type: 'turned'; readonly now: number; readonly nextDue?: number }
  | ChannelFrame
  /** The program ended itself, by reaching its end, by `exit`, by an error that nobody caught (`problem`), or by `self.close()`. `code`: its exit code, 0 to 255; missing where it has none. */
  | { readonly type: 'exit'; readonly reason: string; readonly code?: number; readonly problem?: Problem };
