/**
 * A snippet: everything that a link carries. Plain JSON. Unknown members are kept and written back.
 */

/** One saved request: its bytes as a latin-1 string (every char is one octet). The form in the page is a view of it. */
export interface SavedRequest {
  readonly name: string;
  readonly raw: string;
}

/** Settings of the gateway, only those that differ from the default. Names as on the command line. */
export interface SnippetServer {
  readonly workers?: number;
  readonly workerClass?: 'sync' | 'async';
  readonly rootPath?: string;
  /** Seconds; a process silent for longer is killed. */
  readonly timeout?: number;
  readonly keepAlive?: number;
  readonly validate?: boolean;
}

/** The simulated network, per connection. */
export interface SnippetNetwork {
  /** Octets per segment; 0 or missing: as written. */
  readonly segmentBytes?: number;
  readonly latencyMs?: number;
  readonly bytesPerSecond?: number;
  readonly seed?: number;
}

/** What was being looked at. */
export interface SnippetView {
  /** Which saved request, from 0. */
  readonly request?: number;
  readonly file?: string;
  readonly requestTab?: 'form' | 'raw';
  readonly traceTab?: 'response' | 'wire' | 'timeline' | 'environ' | 'console';
  /** Selected trace event (its seq in the merged trace) or step. */
  readonly step?: number;
}

export interface Snippet {
  readonly v: 1;
  readonly title?: string;
  readonly lang: 'ts' | 'js' | 'py';
  readonly interface: 'auto' | 'wsgi' | 'asgi' | 'fetch';
  /** Path (no leading slash, `/` between folders) to text. */
  readonly files: Readonly<Record<string, string>>;
  /** `path:name`, as on the command line. */
  readonly entry: string;
  readonly requests: readonly SavedRequest[];
  readonly server: SnippetServer;
  readonly network: SnippetNetwork;
  readonly view: SnippetView;
  /** Version of Porthole that made it. */
  readonly engine?: string;
  readonly [unknown: string]: unknown;
}
