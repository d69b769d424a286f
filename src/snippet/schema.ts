/**
 * A snippet: everything that a link carries. Plain JSON.
 *
 * `parse.ts` makes one out of a stranger's JSON, `defaults.ts` says what a missing member means, `link.ts` writes it as a link.
 * Members that this version does not know are kept at every level and written back, so that an older page does not take
 * away what a newer one put in.
 */

/** One saved request: its bytes as a latin-1 string (every char is one octet, U+0000 to U+00FF). The form in the page is a view of it. */
export interface SavedRequest {
  readonly name: string;
  readonly raw: string;
  /** How it goes out; missing: in one piece, once, on a connection of its own. */
  readonly delivery?: SnippetDelivery;
}

/** How the bytes of a saved request go out. Every member may be missing, and then means what most clients do. */
export interface SnippetDelivery {
  /** Where the bytes are cut into segments, ascending. A cut at or past the end cuts nothing. */
  readonly cuts?: readonly SnippetCut[];
  /** A segment for every so many octets, whatever `cuts` say; 1: byte by byte. */
  readonly everyBytes?: number;
  /** Pause before each segment but the first, where its cut names none. ms. */
  readonly pauseMs?: number;
  /** So many of it. */
  readonly copies?: number;
  /** Other saved requests that are sent with it, after it, in this order: their places in the list, from 0. One that is not there is not sent. */
  readonly with?: readonly number[];
  /** Where the copies, and the requests that are sent with it, go: one after the other on one connection (default), all at once on one, or at once on one connection each. */
  readonly copiesHow?: 'in-turn' | 'pipelined' | 'parallel';
  /** On the connection of the request before, while that is open. */
  readonly reuse?: boolean;
  /** Send no more octets than this. */
  readonly stopAfter?: number;
  /** When all is sent: keep the connection (default), close our half (FIN), or cut it (RST). */
  readonly ending?: 'close' | 'reset';
}

/** A cut between two segments. */
export interface SnippetCut {
  /** Octets before it. */
  readonly at: number;
  /** Pause before what follows. ms. */
  readonly pauseMs?: number;
}

/** Settings of the gateway, only those that differ from the default. Names as on the command line. */
export interface SnippetServer {
  /** Processes, 1 to 16. */
  readonly workers?: number;
  readonly workerClass?: 'sync' | 'async';
  /** Where the app is mounted: SCRIPT_NAME, root_path. */
  readonly rootPath?: string;
  /** Seconds; a process silent for longer is killed. */
  readonly timeout?: number;
  /** Seconds that an idle connection stays open; 0: not at all. */
  readonly keepAlive?: number;
  /** Python: tell what the local variables hold wherever an application calls the server, or a script a socket. Default false: it costs. */
  readonly locals?: boolean;
  /** Check both sides against PEP 3333 or ASGI. Default true: the page wants to know. */
  readonly validate?: boolean;
}

/** The simulated network: what each connection made by `connect` goes through, the page's own as well. */
export interface SnippetNetwork {
  /** Octets per segment; 0 or missing: as written. */
  readonly segmentBytes?: number;
  /** Segments of random lengths up to `segmentBytes`. */
  readonly ragged?: boolean;
  /** One way. */
  readonly latencyMs?: number;
  /** At most so much more, by chance, for each segment. */
  readonly jitterMs?: number;
  /** Each way; 0 or missing: unlimited. */
  readonly bytesPerSecond?: number;
  /** How fast whoever connected takes what it is sent: a slow reader; 0 or missing: as it comes. */
  readonly readBytesPerSecond?: number;
  /** A connection breaks when so many octets have passed one way; 0 or missing: none does. */
  readonly cutAfterBytes?: number;
  /** How it breaks: both ends are told, or nothing passes any more. */
  readonly cut?: 'reset' | 'silence';
  /** Of the random numbers, so that a run can be repeated. */
  readonly seed?: number;
}

/**
 * One program of a snippet, as links carry it; `programsOf` says what of it can be run.
 *
 * - `gateway` serves the app that `entry` names (`path:name`). Without `port`, the first one listens at 8000, the next at 8001, ….
 * - `script` runs the module that `entry` names from top to bottom.
 */
export interface SnippetProgram {
  /** In the trace and on its terminal: 1 to 32 letters, digits, `-`, `_` and `.`, unlike that of any other program. */
  readonly name: string;
  /** `gateway` or `script`; other kinds are kept and not run. */
  readonly kind?: string;
  readonly entry?: string;
  /** Of a gateway. Missing: the snippet's. */
  readonly interface?: 'auto' | 'wsgi' | 'asgi' | 'fetch';
  /** Of a gateway. Missing: the snippet's. */
  readonly server?: SnippetServer;
  /** Of a gateway: where it listens. */
  readonly port?: number;
  /** Of a script: its arguments. */
  readonly args?: readonly string[];
  /** Of a script: what is on its standard input from the start; lines that are typed come after it. */
  readonly stdin?: string;
}

/** The very file of a Python package that was taken in the last run. */
export interface SnippetPackage {
  /** Normalised (PEP 503). */
  readonly name: string;
  readonly version: string;
  /** Of the wheel; hexadecimal, lower case. */
  readonly sha256: string;
}

/** What was being looked at. Hints: a reader drops what it cannot show. */
export interface SnippetView {
  /** Which saved request, from 0. */
  readonly request?: number;
  readonly file?: string;
  readonly requestTab?: 'form' | 'raw' | 'delivery' | 'websocket';
  readonly traceTab?: 'response' | 'wire' | 'timeline' | 'environ' | 'states' | 'console' | 'terminals' | 'compare' | 'machine';
  /** Names of the programs whose answers are compared. Missing: all that listen. */
  readonly compared?: readonly string[];
  /** Which of the connections that the request was sent on was looked at, from 1; beside a recording, which of its connections. Missing: the first. */
  readonly connection?: number;
  /** Which request of the connection was looked at, from 1. Missing: the first. */
  readonly exchange?: number;
  /** The trace was looked at as it was after this event of the connection, from 0 in causal order. Missing: all of it. */
  readonly step?: number;
  /** What was selected, as `playground/place.ts` writes it: `c2s:5-11`, `key:PATH_INFO`, `line:10:app.ts`, `event:12`. */
  readonly selection?: string;
}

/**
 * A recorded run. Here it is any JSON: what it holds is for whoever plays it to read (`playground/recording.ts`), and one that
 * cannot be played takes nothing else away.
 */
export interface SnippetRecording {
  /** Version of its form. */
  readonly v: number;
  readonly [member: string]: unknown;
}

/** Everything that a link carries. */
export interface Snippet {
  readonly v: 1;
  readonly title?: string;
  readonly lang: 'ts' | 'js' | 'py';
  readonly interface: 'auto' | 'wsgi' | 'asgi' | 'fetch';
  /** Path (no leading slash, `/` between folders) to text. */
  readonly files: Readonly<Record<string, string>>;
  /** `path:name`, as on the command line; see `splitEntry`. Need not name a file that exists: running it then says so. */
  readonly entry: string;
  /**
   * What runs, in the order in which it is started. Missing: one gateway, of `entry`, `interface` and `server`; see `programsOf`.
   * Where it is there, `entry` is not run by itself.
   */
  readonly programs?: readonly SnippetProgram[];
  readonly requests: readonly SavedRequest[];
  readonly server: SnippetServer;
  readonly network: SnippetNetwork;
  /** Python packages as they were resolved last: they are taken again, where the program still wants them. See `packages/resolve.ts`. */
  readonly packages?: readonly SnippetPackage[];
  /** Time and chance come from `network.seed`, and the processes take turns: two runs give the same trace. */
  readonly replay?: boolean;
  readonly view: SnippetView;
  /** A run that can be looked at without running anything. */
  readonly recording?: SnippetRecording;
  /** Version of Porthole that made it. */
  readonly engine?: string;
  readonly [unknown: string]: unknown;
}
