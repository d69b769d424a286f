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
  /** Check both sides against PEP 3333 or ASGI. Default true: the page wants to know. */
  readonly validate?: boolean;
}

/** The simulated network, per connection. */
export interface SnippetNetwork {
  /** Octets per segment; 0 or missing: as written. */
  readonly segmentBytes?: number;
  /** One way. */
  readonly latencyMs?: number;
  /** 0 or missing: unlimited. */
  readonly bytesPerSecond?: number;
  /** Of the random numbers, so that a run can be repeated. */
  readonly seed?: number;
}

/** What was being looked at. Hints: a reader drops what it cannot show. */
export interface SnippetView {
  /** Which saved request, from 0. */
  readonly request?: number;
  readonly file?: string;
  readonly requestTab?: 'form' | 'raw';
  readonly traceTab?: 'response' | 'wire' | 'timeline' | 'environ' | 'console';
  /** Selected trace event (its seq in the merged trace) or step. */
  readonly step?: number;
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
  readonly requests: readonly SavedRequest[];
  readonly server: SnippetServer;
  readonly network: SnippetNetwork;
  readonly view: SnippetView;
  /** Version of Porthole that made it. */
  readonly engine?: string;
  readonly [unknown: string]: unknown;
}
