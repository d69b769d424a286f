/** What the two kinds of program text (JavaScript, Python) have in common. */
import { contentOf } from '../../client/request-content.ts';
import { scanRequests, type ScannedRequest } from '../../client/scan.ts';

/** Where a program sends its request: the address that `porthole` listens at by default. */
export interface ProgramServer {
  readonly host: string;
  readonly port: number;
}

/** A program that sends a request. */
export interface Program {
  /** The library that is used, or `socket`, which sends any octets. */
  readonly tool: 'fetch' | 'requests' | 'socket';
  readonly code: string;
  /** Why the library could not be used. */
  readonly obstacle?: Obstacle;
  /** Names of fields that the library writes by itself or joins, so that they may differ. */
  readonly differing: readonly string[];
}

/** Why a library cannot send a request. */
export type Obstacle =
  | 'refused' // not a well formed request
  | 'several' // not exactly one request
  | 'version' // HTTP/1.0
  | 'method' // one that the library refuses
  | 'body' // a body where the library sends none
  | 'target' // a target that the library would change
  | 'field' // a field that the library refuses
  | 'trailers';

/** The English sentences. */
export const obstacleText: Readonly<Record<Obstacle, string>> = {
  refused: 'It is not a well-formed request.',
  several: 'It is not exactly one request.',
  version: 'It is an HTTP/1.0 request.',
  method: 'The library refuses its method.',
  body: 'The library sends no body with its method.',
  target: 'The library would change its target.',
  field: 'The library refuses one of its fields.',
  trailers: 'It has trailers.',
};

/** One well formed request, or why it is none that a library can send. */
export type Sendable =
  | { readonly ok: true; readonly request: ScannedRequest; readonly content: Uint8Array; readonly hasBody: boolean }
  | { readonly ok: false; readonly obstacle: Obstacle };

/** What every library asks of a request. */
export function sendable(bytes: Uint8Array): Sendable {
  const scan = scanRequests(bytes);
  const [request, ...more] = scan.requests;
  if (scan.failure) return { ok: false, obstacle: 'refused' };
  if (request === undefined || more.length > 0 || scan.ignored > 0) return { ok: false, obstacle: 'several' };
  if (request.version === '1.0') return { ok: false, obstacle: 'version' };
  if (request.method === 'CONNECT') return { ok: false, obstacle: 'method' };
  // URL libraries take out dot segments, and encode what is not plain.
  if (!/^\/(?!\/)[\w.~!$&()*+,;=:@%/?-]*$/.test(request.target) || /\/(?:\.|%2e){1,2}(?=[/?]|$)/i.test(request.target)) return { ok: false, obstacle: 'target' };
  const names = request.fields.map(([name]) => name.toLowerCase());
  if (names.includes('trailer')) return { ok: false, obstacle: 'trailers' };
  return { ok: true, request, content: contentOf(bytes, request), hasBody: request.framing.kind === 'chunked' || names.includes('content-length') };
}

/** `127.0.0.1:8000`, `[::1]:8000`. */
export const authorityOf = ({ host, port }: ProgramServer): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;
