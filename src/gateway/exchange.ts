import type { Data, EndOfMessage, Request, ResponseToSend } from '../core/http1/events.ts';
import type { Tracer } from '../trace/tracer.ts';
import type { IsAppFile } from './site.ts';

/** One end of the transport, as `environ` and `scope` tell it. */
export interface Endpoint { readonly host: string; readonly port: number }

/** The settings that reach an application through `environ` or `scope`. */
export interface GatewaySettings {
  /** SCRIPT_NAME / `root_path`; no trailing slash. */
  readonly rootPath: string;
  readonly scheme: 'http' | 'https';
  readonly multithread: boolean;
  readonly multiprocess: boolean;
  /** SERVER_SOFTWARE. */
  readonly software: string;
  /** Tells the application's files from ours on a stack. */
  readonly isAppFile: IsAppFile;
}

/** One request and its response, as a gateway sees them. The server's connection implements it. */
export interface Exchange {
  readonly request: Request;
  readonly settings: GatewaySettings;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** Ids for the trace. */
  readonly connection: number;
  readonly exchange: number;
  readonly tracer: Tracer;
  /** ms, monotonic. */
  now(): number;
  /**
   * Hand a part of the response to the core; `last` bytes are flushed with it. Returns false when the transport wants a pause:
   * wait for {@link onceWritable}. Throws LocalProtocolError where it would break HTTP.
   */
  send(event: ResponseToSend | Data | EndOfMessage): boolean;
  /** Called once when the transport can take more, or when the client is gone. */
  onceWritable(callback: () => void): void;
  /** The client is gone: nothing that is sent arrives. */
  readonly gone: boolean;
  /** Called once when the client goes, or at once if it has. */
  onceGone(callback: () => void): void;
  /** The client sent `Expect: 100-continue` and waits: the body is wanted now. Does nothing otherwise. */
  wantBody(): void;
  /** The app has failed. Before the head went out an error page is sent; afterwards the connection is cut visibly. */
  fail(error: unknown): void;
  /** The application is done with this exchange (after the end of the message, or after `fail`). */
  finish(): void;
  /** A line for the error log (`wsgi.errors`). */
  log(source: 'wsgi.errors' | 'server', level: 'info' | 'warning' | 'error', text: string): void;
}

/** The body of a request as it arrives, for ASGI. */
export interface BodySource {
  /** The next piece; `more` false with the last (which may be empty). Undefined: the client is gone. The bytes are the caller's. */
  next(): Promise<{ readonly bytes: Uint8Array; readonly more: boolean } | undefined>;
}
