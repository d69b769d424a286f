/** What a client sends to open a WebSocket: made from a target and what is wanted, or octets that somebody wrote. */
import { Connection } from '../core/http1/connection.ts';
import type { FieldPairs } from '../core/http1/events.ts';
import { parseExtensions } from '../core/ws/extensions.ts';
import { openHandshake } from '../core/ws/handshake.ts';
import type { Random } from '../host/effects.ts';
import type { Tracer } from '../trace/tracer.ts';
import { onlyResponses, standInFor } from './response-reader.ts';
import { RequestScanner } from './scan.ts';

/** A handshake to be made for you. */
export interface WebSocketTarget {
  /** As in the Host field: `127.0.0.1:8000`. */
  readonly authority: string;
  /** Path and query. */
  readonly target: string;
  /** In order of preference. */
  readonly subprotocols?: readonly string[];
  /** Offer permessage-deflate. Default false. */
  readonly compress?: boolean;
  readonly headers?: FieldPairs;
}

/** A handshake that you wrote, well formed or not: it is sent as it is, and the answer is checked against what it offers. */
export interface RawHandshake {
  readonly request: Uint8Array;
}

/** How a WebSocket is asked for. */
export type WebSocketOpening = WebSocketTarget | RawHandshake;

/** A handshake on its way. */
export interface OpenedHandshake {
  /** What is to be sent. */
  readonly bytes: Uint8Array;
  /** Reads the answer: it knows what was asked. */
  readonly http: Connection;
  /** What the answer must fit. */
  readonly offer: { readonly key: string; readonly subprotocols: readonly string[]; readonly compress: boolean };
}

/** Begin. Throws LocalProtocolError where target or headers cannot be sent. */
export function beginHandshake(opening: WebSocketOpening, random: Random, connection: number, tracer: Tracer): OpenedHandshake {
  if ('request' in opening) return rawHandshake(opening.request, connection, tracer);
  const { authority, target, subprotocols = [], compress = false, headers = [] } = opening;
  const http = new Connection({ role: 'client', id: connection, tracer });
  const { request, key } = openHandshake({ host: authority, target, nonce: random.fill(new Uint8Array(16)), subprotocols, compress, headers });
  const bytes = http.send(request);
  http.send({ type: 'end' });
  return { bytes, http, offer: { key, subprotocols, compress } };
}

function rawHandshake(bytes: Uint8Array, connection: number, tracer: Tracer): OpenedHandshake {
  const scanner = new RequestScanner();
  scanner.push(bytes);
  const request = scanner.requests[0];
  const values = (wanted: string): string => (request?.fields ?? []).filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value).join(', ');
  // Those bytes were written elsewhere: of what the core would say of its own request, nothing is true.
  const http = new Connection({ role: 'client', id: connection, tracer: onlyResponses(tracer) });
  http.send(standInFor(request));
  http.send({ type: 'end' });
  const subprotocols = values('sec-websocket-protocol').split(',').map((name) => name.trim()).filter((name) => name !== '');
  const compress = parseExtensions(values('sec-websocket-extensions'))?.some(({ name }) => name === 'permessage-deflate') ?? false;
  return { bytes: bytes.slice(), http, offer: { key: values('sec-websocket-key'), subprotocols, compress } };
}
