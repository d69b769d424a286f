/**
 * An application called as a server calls it, without a socket: the request goes as bytes through the same parser,
 * gateway and writer as over TCP, so what a test sees is what a client would.
 */
import { HttpClient } from '../client/http-client.ts';
import { toGatewayApp } from '../gateway/detect.ts';
import type { Host } from '../host/effects.ts';
import { systemHost } from '../host/system.ts';
import { socketPair } from '../net/memory.ts';
import type { ServerConfig } from '../server/config.ts';
import { Server } from '../server/server.ts';
import type { TraceEvent } from '../trace/events.ts';
import { Recorder, materialise } from '../trace/recorder.ts';

/** Field lines: an object, or pairs where order or repetition matters. Latin-1. */
export type InjectHeaders = Readonly<Record<string, string>> | Iterable<readonly [name: string, value: string]>;

/** A request. */
export interface InjectRequest {
  /** Default `GET`, with a body `POST`. */
  readonly method?: string;
  /** Request target: path and query, percent-encoded as a browser does it (other characters than ASCII are encoded for you). Default `/`. */
  readonly target?: string;
  /** `Host: localhost` and `Content-Length` are added where they are missing. */
  readonly headers?: InjectHeaders;
  /** Content; a string is sent as UTF-8. */
  readonly body?: string | Uint8Array;
  /** Instead of all that: the octets as they are, well formed or not. A string is latin-1: each character is one octet. */
  readonly raw?: string | Uint8Array;
}

/** How to serve the application. */
export interface InjectOptions {
  /** Default 'auto'. */
  readonly interface?: ServerConfig['interface'];
  /** Settings of the server. Both sides are validated (`validate: true`) unless said otherwise. */
  readonly config?: Partial<ServerConfig>;
  /** Name of the application in the trace. Default `app`. */
  readonly name?: string;
  /** Clock, timers and randomness. Default: the real ones. */
  readonly host?: Host;
  /** How long to wait for the response. ms, default 5000. */
  readonly timeoutMs?: number;
}

/** A response, and how it came about. */
export interface InjectedResponse {
  readonly status: number;
  readonly reason: string;
  /** Field lines in order, names as sent. Latin-1. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Value of a field by name, in any case; several lines are joined with ", ". Undefined where there is none. */
  header(name: string): string | undefined;
  /** Content, without framing. */
  readonly body: Uint8Array;
  /** Content as UTF-8. */
  text(): string;
  /** Content parsed as JSON. Throws SyntaxError. */
  json(): unknown;
  /** Trailer fields. */
  readonly trailers: readonly (readonly [name: string, value: string])[];
  /** Every octet that was received, framing included. */
  readonly raw: Uint8Array;
  /** What the server did, event by event. */
  readonly trace: readonly TraceEvent[];
}

/** No response came: the connection was closed or cut, or the time was up. `trace` tells how far it got. */
export class InjectError extends Error {
  override readonly name = 'InjectError';
  readonly kind: 'closed' | 'reset' | 'not-http' | 'timeout';
  readonly trace: readonly TraceEvent[];
  constructor(kind: InjectError['kind'], message: string, trace: readonly TraceEvent[]) {
    super(message);
    this.kind = kind;
    this.trace = trace;
  }
}

/**
 * Send one request to `app` (WSGI, ASGI or fetch) and return its response. A string is the target of a GET.
 * Lifespan startup and shutdown are run around it. Rejects with InterfaceError (no application), {@link InjectError},
 * or what the application's startup failed with.
 */
export async function inject(app: unknown, request: InjectRequest | string = '/', options: InjectOptions = {}): Promise<InjectedResponse> {
  const host = options.host ?? systemHost;
  const recorder = new Recorder({ process: 'server', clock: host.clock });
  const server = new Server({
    app: toGatewayApp(app, options.interface ?? 'auto', options.name ?? 'app'),
    config: { validate: true, ...options.config },
    host,
    tracer: recorder,
  });
  await server.startup();
  const [near, far] = socketPair();
  server.handle(far);
  const client = new HttpClient(near, { host, timeoutMs: options.timeoutMs ?? 5000 });
  const result = await client.send(toBytes(typeof request === 'string' ? { target: request } : request));
  client.close();
  await server.shutdown(0);
  const trace = materialise(recorder.drain());
  const response = result.responses[0];
  if (response === undefined) {
    const { kind, message } = result.failure ?? { kind: 'closed' as const, message: 'The server closed the connection without a response.' };
    throw new InjectError(kind, message, trace);
  }
  const { status, reason, headers, body, trailers } = response;
  return {
    status, reason, headers, body, trailers, trace,
    raw: result.raw,
    header(name) {
      const values = headers.filter(([each]) => each.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
      return values.length === 0 ? undefined : values.join(', ');
    },
    text: () => new TextDecoder().decode(body),
    json: () => JSON.parse(new TextDecoder().decode(body)) as unknown,
  };
}

function toBytes(request: InjectRequest): Uint8Array {
  const { raw } = request;
  if (raw !== undefined) return typeof raw === 'string' ? latin1(raw) : raw;
  const body = typeof request.body === 'string' ? new TextEncoder().encode(request.body) : (request.body ?? new Uint8Array());
  const method = request.method ?? (request.body === undefined ? 'GET' : 'POST');
  const target = (request.target ?? '/').replace(/[^\x21-\x7e]+/gu, encodeURIComponent);
  const given = request.headers ?? {};
  const headers = Symbol.iterator in given ? [...given] : Object.entries(given);
  const has = (name: string): boolean => headers.some(([each]) => each.toLowerCase() === name);
  const lines = [`${method} ${target} HTTP/1.1`];
  if (!has('host')) lines.push('Host: localhost');
  for (const [name, value] of headers) lines.push(`${name}: ${value}`);
  if (request.body !== undefined && !has('content-length') && !has('transfer-encoding')) lines.push(`Content-Length: ${body.length}`);
  const head = latin1(`${lines.join('\r\n')}\r\n\r\n`);
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return bytes;
}

/** One octet per character. Throws TypeError where a character is none: a field cannot carry it. */
function latin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 0xff) throw new TypeError(`'${text[at]}' is not one octet: a raw request and its fields are latin-1.`);
    bytes[at] = code;
  }
  return bytes;
}
