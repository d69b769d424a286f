/**
 * What stands between a gateway and the connection it serves. The gateway knows neither sockets nor the HTTP core's state;
 * the server (`server/response.ts`) implements {@link ResponseChannel} and calls the handler.
 */
import type { FieldPairs, Request } from '../core/http1/events.ts';
import type { Clock } from '../host/effects.ts';
import type { SourceSite, TraceSubject } from '../trace/events.ts';
import type { Tracer } from '../trace/tracer.ts';
import type { SiteReader } from './site.ts';
import type { GatewayViolation } from './errors.ts';

/** An end of the connection. A Unix socket has its path (or '') as host, and port 0. */
export interface Endpoint { readonly host: string; readonly port: number }

/** What a gateway knows of a connection besides its requests: addresses and settings. */
export interface ConnectionFacts {
  readonly scheme: 'http' | 'https';
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** Mount point, without a trailing slash; '' for the root. Latin-1, not percent-encoded. */
  readonly rootPath: string;
  readonly multiprocess: boolean;
  /** `SERVER_SOFTWARE`. */
  readonly software: string;
  /** Names (in lower case) of the fields in which a proxy told address and scheme of its client; undefined where they are the connection's own. */
  readonly toldIn?: { readonly remote: string | undefined; readonly scheme: string | undefined };
}

/** Which log a line belongs to. */
export type LogSource = 'server' | 'access' | 'wsgi.errors';
/** How grave it is. */
export type LogLevel = 'debug' | 'info' | 'warning' | 'error';
/** Write to the server's logs; the trace gets it too. `subject` says which exchange it is about. */
export type Log = (source: LogSource, level: LogLevel, text: string, subject: TraceSubject, site?: SourceSite) => void;

/** Reads files by their descriptors, where the platform has such a thing. */
export interface FileReader {
  /** Fill `into` from where the file stands; 0 octets: its end. `done` is called later, exactly once. */
  read(fd: number, into: Uint8Array, done: (error: Error | undefined, size: number) => void): void;
}

/** What every handler of an exchange is given. */
export interface ExchangeContext extends TraceSubject {
  readonly request: Request;
  readonly facts: ConnectionFacts;
  readonly tracer: Tracer;
  readonly clock: Clock;
  /** `noSites` unless somebody traces or validates. */
  readonly sites: SiteReader;
  readonly log: Log;
  /** Report what breaks no rule fatally as well. */
  readonly validate: boolean;
  /** Undefined: files are read by whoever opened them. */
  readonly files: FileReader | undefined;
}

/** Why the app's response could not be completed. */
export interface AppFailure {
  /** What was thrown, whatever it is. */
  readonly error: unknown;
  /** One sentence for the page that the client gets (in debug mode) and the log. */
  readonly message: string;
  /** What to do about it; '' where the error speaks for itself. */
  readonly advice: string;
  readonly violation?: GatewayViolation;
}

/**
 * The response of one exchange. Nothing reaches the socket before {@link flush}; what has been written is sent in as few
 * writes as possible. After {@link end}, {@link fail}, {@link cut} or the loss of the client only `flush` may be called.
 */
export interface ResponseChannel {
  /** False once the client is gone (or the connection was cut): everything else is then a no-op. */
  readonly open: boolean;
  /** The response to this request has no content: HEAD. (204 and 304 depend on the status.) */
  readonly isHead: boolean;
  /**
   * Write the head. Throws LocalProtocolError, and nothing has happened. Date, Server and framing fields are added. `headers` may be kept, and must not be changed any
   * more: whoever says the same again does best to give the same list again.
   */
  start(status: number, reason: string, headers: FieldPairs): void;
  /** Write content; the bytes are copied before this returns. Throws LocalProtocolError (more than Content-Length). */
  write(bytes: Uint8Array): void;
  /** The response is complete. Throws LocalProtocolError (less than Content-Length). */
  end(trailers?: FieldPairs): void;
  /** Write an interim response. */
  inform(status: number, reason: string, headers: FieldPairs): void;
  /**
   * Send what was written. False: the socket is full, and the handler's `resume` is called when there is room again. `soon`: the
   * response is complete, and the handler has nothing to do that takes long, so it may leave a moment later, with others.
   */
  flush(soon?: boolean): boolean;
  /** Nothing was started: answer with an error page. */
  fail(failure: AppFailure): void;
  /** The response is under way and cannot be finished: end the connection so that the client sees that it is incomplete. */
  cut(failure: AppFailure): void;
  /** If the client waits for `100 Continue`, send it. */
  continue100(): void;
}

/** What an error page of ours tells. */
export interface RefusalFacts {
  readonly status: number;
  readonly code: string;
  /** One sentence. */
  readonly message: string;
  readonly advice?: string;
  readonly clause?: string;
  /** Absolute offset of the refused octet in the client's stream. */
  readonly offset?: number;
  /** A stack; only in debug mode. */
  readonly detail?: string;
}

/** The response to a request that offered to switch protocols. */
export interface HandshakeResponse extends ResponseChannel {
  /** Nothing was started: answer with a page that says what is wrong. `headers` go with it. */
  refuse(facts: RefusalFacts, headers: FieldPairs): void;
  /** Whatever the answer is, the connection ends with it. */
  closeAfter(): void;
}

/** One exchange in the hands of a gateway, as the server drives it. Calls are never nested. */
export interface ExchangeHandler {
  /** Call the application. */
  run(): void;
  /** There is room in the socket again. */
  resume(): void;
  /** The client is gone (or the connection was cut by the server): stop, release everything. Called at most once, not after the response is complete. */
  abort(reason: string): void;
}

/** A handler that takes the request body as it comes. */
export interface StreamingHandler extends ExchangeHandler {
  /** Content arrived; `bytes` is borrowed. False: no more for now, until `onWantBody`. */
  receive(bytes: Uint8Array): boolean;
  /** The request is complete. */
  receiveEnd(): void;
  /** The client sends no more (FIN), though it may still read. Not called before the request is complete. */
  receiveEof(): void;
}

/** Emit a violation once per exchange and text: the validator and the handler may both see it. */
export function reportViolation(context: ExchangeContext, seen: Set<string>, violation: GatewayViolation): void {
  const key = `${violation.code} ${violation.message}`;
  if (seen.has(key)) return;
  seen.add(key);
  const { code, clause, message, advice, site } = violation;
  const { tracer, connection, exchange } = context;
  if (tracer.enabled) tracer.emit({ type: 'app.violation', connection, exchange, ...violation.facts() });
  const where = site === undefined ? '' : ` (${site.file}:${site.line})`;
  context.log('server', 'warning', `${clause} ${code}: ${message} ${advice}${where}`, context, site);
}
