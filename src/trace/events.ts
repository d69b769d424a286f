/**
 * The trace: every fact that a gateway can tell about its work, as data.
 *
 * One union, switched on `type`. An emitter writes the payload (a {@link TraceInput}); the tracer stamps the
 * {@link TraceStamp}. Events are facts in the past tense: nobody reads the trace back to decide anything.
 *
 * Every event that speaks of bytes carries `stream` and `span`, so that a reader can go from a byte to the fact
 * and back. Text of tokens is *not* repeated in the trace: it is the bytes of the `socket.data` events at that span.
 */

/** Which half of a connection bytes belong to, whoever tells it: client-to-server or server-to-client. */
export type Stream = 'c2s' | 's2c';

/** Absolute byte offsets into one stream of one connection: `[start, end)`, counted from the first byte after accept. */
export type Span = readonly [start: number, end: number];

/** What the tracer adds to every event. */
export interface TraceStamp {
  /** Position in this process's trace, from 0, without gaps (a dropped stretch is a `trace.gap`). */
  readonly seq: number;
  /** Milliseconds on the process's monotonic clock, fractional. */
  readonly at: number;
  /** Lamport time. Orders events of different processes so that a cause never comes after its effect. */
  readonly clock: number;
  /** Which process tells it: `worker-1`, `arbiter`, `client`, a program's name. */
  readonly process: string;
}

/** Whom an event is about. 0 means "no connection" / "no exchange". */
export interface TraceSubject {
  /** Connection id: unique within one run of the machine or server, from 1. Both ends use the same id. */
  readonly connection: number;
  /** Number of the request on its connection, from 1. */
  readonly exchange: number;
}

/** A place in the app's source, read off the stack at a boundary call. 1-based; `column` may be missing. */
export interface SourceSite {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
  /** Name of the function at that place, where there is one. */
  readonly name?: string;
  /** What the local variables held there; only where it was asked for. */
  readonly locals?: readonly SourceLocal[];
}

/** A local variable at a place. */
export interface SourceLocal {
  readonly name: string;
  readonly type: string;
  /** As in source, shortened. */
  readonly value: string;
}

/** What the parser made of a stretch of bytes. The Wire view colours by this. */
export type Token =
  | 'method' | 'target' | 'version' // request line
  | 'status' | 'reason' // status line (with 'version')
  | 'field-name' | 'field-value'
  | 'chunk-size' | 'chunk-extension'
  | 'body' // content octets: Content-Length body, chunk data or close-delimited data
  | 'trailer-name' | 'trailer-value'
  | 'line-end' // CRLF (or a tolerated LF), the blank line, the CRLF after chunk data
  | 'separator' // SP between parts, ':' and OWS around field values
  | 'ignored' // empty lines before a request line; bytes drained unread
  | 'refused' // the byte(s) at which an error was raised
  | 'ws-header' | 'ws-mask' | 'ws-payload'; // RFC 6455 §5.2

/** Where the value of an `environ` or `scope` entry came from. */
export type Provenance =
  | { readonly from: 'bytes'; readonly stream: Stream; readonly spans: readonly Span[] }
  | { readonly from: 'setting'; readonly name: string } // server configuration or socket address: 'bind', 'root-path', 'peer address', …
  | { readonly from: 'gateway' }; // fixed by the specification or made by the gateway (`wsgi.version`, `wsgi.input`)

/** One key of `environ` or `scope` as the app received it. */
export interface ContextEntry {
  readonly key: string;
  /** Printable rendering, at most 4 KiB; strings as JSON without quotes is wrong: strings are given raw, others in source notation. */
  readonly value: string;
  /** 'str' | 'int' | 'bool' | 'tuple' | 'object' | 'bytes' | 'list' | 'dict' | 'none' */
  readonly kind: string;
  readonly origin: Provenance;
}

/** Why a message was refused; the fields of a protocol error as data (see `core/http1/errors.ts`). */
export interface ErrorFacts {
  readonly code: string;
  readonly status: number;
  readonly clause: string;
  /** One sentence for a learner: what is wrong. */
  readonly message: string;
  /** One sentence: what to do about it. */
  readonly advice: string;
  readonly offset: number;
}

type On = TraceSubject;

// ── socket ───────────────────────────────────────────────────────────────────────────────────────────────────────
export interface SocketListen { readonly type: 'socket.listen'; readonly address: string; readonly backlog: number }
export interface SocketConnect extends On { readonly type: 'socket.connect'; readonly local: string; readonly remote: string }
export interface SocketAccept extends On { readonly type: 'socket.accept'; readonly local: string; readonly remote: string }
/** A segment passed this end. `flow` tells which way as this process sees it; `stream` is absolute. */
export interface SocketData extends On { readonly type: 'socket.data'; readonly flow: 'recv' | 'send'; readonly stream: Stream; readonly span: Span; readonly bytes: Uint8Array }
/** End of one direction (FIN). */
export interface SocketEof extends On { readonly type: 'socket.eof'; readonly flow: 'recv' | 'send'; readonly stream: Stream; readonly span: Span }
export interface SocketClose extends On { readonly type: 'socket.close'; readonly reason: string }
export interface SocketPressure extends On { readonly type: 'socket.pressure'; readonly state: 'full' | 'drained'; readonly buffered: number }
/**
 * A program made a socket call and it has returned. `args` and `result` are printed as in source; `error`: the errno it
 * failed with. `ms`: how long it took, which for a call that waits is how long it waited. `fd`: the socket it was made on.
 */
export interface SocketCall extends On {
  readonly type: 'socket.call';
  readonly call: 'socket' | 'setsockopt' | 'bind' | 'listen' | 'accept' | 'connect' | 'send' | 'sendall' | 'recv' | 'shutdown' | 'close' | 'getsockname' | 'getpeername' | 'settimeout';
  readonly fd: number; readonly args: string; readonly result: string; readonly ms: number; readonly error?: string; readonly site?: SourceSite;
}

// ── HTTP core ────────────────────────────────────────────────────────────────────────────────────────────────────
/** One token recognised (or written) at `span`. Numeric on the hot path; see `Tracer.token`. */
export interface HttpToken extends On { readonly type: 'http.token'; readonly token: Token; readonly stream: Stream; readonly span: Span }
/** A message head is complete. `span` covers it from the first octet of the start line to the blank line. */
export interface HttpHead extends On {
  readonly type: 'http.request' | 'http.response' | 'http.informational';
  readonly stream: Stream; readonly span: Span;
  /** The start line, without CRLF: `GET / HTTP/1.1` or `HTTP/1.1 200 OK`. */
  readonly line: string;
  readonly fields: number;
}
/** How the length of a body was decided (RFC 9112 §6.3). */
export interface HttpFraming extends On {
  readonly type: 'http.framing'; readonly stream: Stream;
  readonly framing: 'none' | 'content-length' | 'chunked' | 'until-close' | 'tunnel';
  /** Octets; -1 where not known in advance. */
  readonly length: number;
  readonly clause: string;
}
/** A stretch of content was delivered. Spans cover content only, not chunk framing. */
export interface HttpData extends On { readonly type: 'http.data'; readonly stream: Stream; readonly span: Span }
export interface HttpEnd extends On { readonly type: 'http.end'; readonly stream: Stream; readonly span: Span; readonly trailers: number }
/** A move in the state table. */
export interface HttpState extends On { readonly type: 'http.state'; readonly role: 'client' | 'server'; readonly from: string; readonly to: string; readonly cause: string }
/** A field was set aside: `Foo_Bar` next to `HTTP_*`, a forbidden trailer. `clause` says why. */
export interface HttpDropped extends On { readonly type: 'http.dropped'; readonly stream: Stream; readonly span: Span; readonly name: string; readonly clause: string }
/** A rule was broken: `by` tells who. For the peer the bytes are at `span`; for us it is a refused `send`. */
export interface HttpError extends On, ErrorFacts { readonly type: 'http.error'; readonly by: 'peer' | 'us'; readonly stream: Stream; readonly span: Span }

// ── WebSocket core (RFC 6455) ────────────────────────────────────────────────────────────────────────────────────
/** A frame's header is complete (received) or the frame was written (sent). `span` covers header and payload as announced. */
export interface WsFrame extends On {
  readonly type: 'ws.frame'; readonly stream: Stream; readonly span: Span;
  readonly opcode: 'continuation' | 'text' | 'binary' | 'close' | 'ping' | 'pong';
  readonly fin: boolean; readonly compressed: boolean; readonly masked: boolean;
  /** Payload octets. */
  readonly length: number;
}
/** A whole message or control frame was understood. `detail`: the text's beginning, the close code and reason, or ''. */
export interface WsMessage extends On {
  readonly type: 'ws.message'; readonly stream: Stream; readonly span: Span;
  readonly kind: 'text' | 'binary' | 'ping' | 'pong' | 'close';
  /** Octets after reassembly and inflation. */
  readonly size: number; readonly frames: number; readonly detail: string;
}
export interface WsState extends On { readonly type: 'ws.state'; readonly role: 'client' | 'server'; readonly from: string; readonly to: string; readonly cause: string }
/** A rule was broken. `status` in the facts is the close code sent (1002, 1007, 1009, …); for a handshake that was refused, the status of the response. */
export interface WsError extends On, ErrorFacts { readonly type: 'ws.error'; readonly by: 'peer' | 'us'; readonly stream: Stream; readonly span: Span }

// ── gateway ──────────────────────────────────────────────────────────────────────────────────────────────────────
export interface GatewayContext extends On { readonly type: 'gateway.environ' | 'gateway.scope'; readonly entries: readonly ContextEntry[] }
/** The application is called with (environ, startResponse) or (scope, receive, send). */
export interface AppCall extends On { readonly type: 'app.call'; readonly interface: 'wsgi' | 'asgi'; readonly name: string }
/** The callable returned (WSGI: the iterable; ASGI: the coroutine finished). `ms` since `app.call`. */
export interface AppReturn extends On { readonly type: 'app.return'; readonly kind: string; readonly ms: number }
/** `startResponse(status, headers, excInfo?)`, or ASGI `http.response.start` sent. */
export interface AppStart extends On { readonly type: 'app.start'; readonly status: string; readonly headers: readonly (readonly [string, string])[]; readonly site?: SourceSite }
/** Body bytes from the app: `write`, `yield` (one item of the iterable), or `send` of `http.response.body`. */
export interface AppBody extends On { readonly type: 'app.body'; readonly via: 'write' | 'yield' | 'send'; readonly size: number; readonly more: boolean; readonly site?: SourceSite }
/** The app read from `wsgi.input`, or awaited `receive()`. `size` octets were given. */
export interface AppRead extends On { readonly type: 'app.read'; readonly call: string; readonly size: number; readonly site?: SourceSite }
/** An ASGI message that is neither body nor start: `http.disconnect`, `websocket.*`, `lifespan.*`. */
export interface AppMessage extends On { readonly type: 'app.message'; readonly direction: 'receive' | 'send'; readonly message: string; readonly detail: string; readonly site?: SourceSite }
/** `close()` of the iterable was called (a generator: `return()`). */
export interface AppClose extends On { readonly type: 'app.close' }
/** The app threw. `stage` says what the client could still be told. */
export interface AppError extends On { readonly type: 'app.error'; readonly name: string; readonly message: string; readonly stack: string; readonly stage: 'before start' | 'before body' | 'after body' | 'close' | 'lifespan' | 'load'; readonly site?: SourceSite }
/** The app (or, in validating mode, the gateway) broke PEP 3333 or ASGI. `given`: what it gave, in source notation; `expected`: what it should have given. */
export interface AppViolation extends On { readonly type: 'app.violation'; readonly code: string; readonly clause: string; readonly message: string; readonly advice: string; readonly given?: string; readonly expected?: string; readonly site?: SourceSite }

// ── process ──────────────────────────────────────────────────────────────────────────────────────────────────────
/** `process.beat`: a heartbeat was not answered in time; the answered ones are not told. `process.reload`: the arbiter replaces its workers. */
export interface ProcessEvent { readonly type: 'process.start' | 'process.ready' | 'process.exit' | 'process.beat' | 'process.silent' | 'process.kill' | 'process.reload'; readonly detail: string }
/** A line (or lines) written: by the app to console or `wsgi.errors`, by the server to its log. `partial`: what follows from the same source goes on in the same line. */
export interface LogEvent extends On { readonly type: 'log'; readonly partial?: true; readonly source: 'stdout' | 'stderr' | 'wsgi.errors' | 'access' | 'server'; readonly level: 'debug' | 'info' | 'warning' | 'error'; readonly text: string; readonly site?: SourceSite }
/** `count` events were dropped here because a budget was used up. Never silent. */
export interface TraceGap { readonly type: 'trace.gap'; readonly count: number }

/** An event as its emitter writes it. */
export type TraceInput =
  | SocketListen | SocketConnect | SocketAccept | SocketData | SocketEof | SocketClose | SocketPressure | SocketCall
  | HttpToken | HttpHead | HttpFraming | HttpData | HttpEnd | HttpState | HttpDropped | HttpError
  | WsFrame | WsMessage | WsState | WsError
  | GatewayContext | AppCall | AppReturn | AppStart | AppBody | AppRead | AppMessage | AppClose | AppError | AppViolation
  | ProcessEvent | LogEvent | TraceGap;

/** An event as it is kept and shown. */
export type TraceEvent = TraceInput & TraceStamp;

/** The discriminants. */
export type TraceType = TraceInput['type'];
