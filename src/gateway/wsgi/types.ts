/**
 * WSGI for JavaScript: PEP 3333 with its own names. All strings are "bytes as latin-1" (PEP 3333, "A Note On String Types").
 */

/** `wsgi.input`: the request body as a file (PEP 3333, "Input and Error Streams"). */
export interface WsgiInput extends Iterable<Uint8Array> {
  /** Up to `size` octets, all that is left without `size`; an empty array at the end. Copies. */
  read(size?: number): Uint8Array;
  /** Up to and including the next LF, at most `size` octets. */
  readline(size?: number): Uint8Array;
  /** The remaining lines; stops early once `hint` octets are reached. */
  readlines(hint?: number): Uint8Array[];
}

/** `wsgi.errors`: where the app writes its log. Text. */
export interface WsgiErrors {
  write(text: string): void;
  writelines(lines: Iterable<string>): void;
  flush(): void;
}

/** Wraps a file for the platform's fast path; iterable like any result. */
export type FileWrapper = (file: { read(size: number): Uint8Array; close?(): void; readonly fd?: number }, blockSize?: number) => Iterable<Uint8Array>;

/** The environ dictionary: a plain object, the app may change it. */
export interface WsgiEnviron {
  REQUEST_METHOD: string;
  SCRIPT_NAME: string;
  /** Percent-decoded, octets as latin-1. */
  PATH_INFO: string;
  QUERY_STRING: string;
  CONTENT_TYPE?: string;
  CONTENT_LENGTH?: string;
  SERVER_NAME: string;
  SERVER_PORT: string;
  SERVER_PROTOCOL: string;
  SERVER_SOFTWARE: string;
  REMOTE_ADDR: string;
  REMOTE_PORT: string;
  /** The request target as received (gunicorn). */
  RAW_URI: string;
  'wsgi.version': readonly [1, 0];
  'wsgi.url_scheme': 'http' | 'https';
  'wsgi.input': WsgiInput;
  'wsgi.errors': WsgiErrors;
  'wsgi.multithread': boolean;
  'wsgi.multiprocess': boolean;
  'wsgi.run_once': boolean;
  'wsgi.input_terminated': true;
  'wsgi.file_wrapper': FileWrapper;
  /** `HTTP_*`, and whatever middleware adds. */
  [key: string]: unknown;
}

/** `(type, value, traceback)` in Python; here the error itself. */
export type ExcInfo = Error;

/** Field lines in order, a name as often as it is sent. Latin-1. */
export type WsgiHeaders = [name: string, value: string][];

/** `write(bytes)`: the imperative body; kept for PEP 3333, prefer returning an iterable. */
export type WsgiWrite = (data: Uint8Array) => void;

/** `start_response(status, headers, exc_info)`: begins the answer. `status` is code and reason, `"200 OK"`; strings are latin-1. */
export type StartResponse = (status: string, headers: WsgiHeaders, excInfo?: ExcInfo) => WsgiWrite;

/** A WSGI application: synchronous. The iterable's `close()` (a generator's `return()`) is always called. */
export type WsgiApp = (environ: WsgiEnviron, startResponse: StartResponse) => Iterable<Uint8Array> & { close?(): void };
