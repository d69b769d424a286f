/**
 * The lab: requests that break one rule each, as attackers and careless programs write them. Each says what it will be
 * refused with; a test sends them all. What is to be learned from each is in the message catalogue, under the same id.
 */
import type { SavedRequest } from '../snippet/schema.ts';

/** Headings of the menu, in its order. */
export type LabGroup = 'smuggling' | 'lines' | 'fields' | 'host' | 'chunks' | 'start' | 'other';

/** Names a request of the lab. */
export type LabId = (typeof lab)[number]['id'];

/** A malformed request, and the refusal that it promises. */
export interface LabRequest {
  readonly id: LabId;
  readonly group: LabGroup;
  /** Latin-1. */
  readonly raw: string;
  readonly status: number;
  /** See `docs/errors.md`. */
  readonly code: string;
  readonly clause: string;
}

const host = 'Host: 127.0.0.1:8000';
const get = (...fields: string[]): string => ['GET / HTTP/1.1', ...fields, '', ''].join('\r\n');
const post = (fields: readonly string[], body: string): string => ['POST / HTTP/1.1', host, ...fields, '', body].join('\r\n');
const start = (line: string): string => [line, host, '', ''].join('\r\n');

/** In the order of the menu. */
export const lab = [
  // Framing that two recipients could read in two ways: request smuggling.
  { id: 'cl-te', group: 'smuggling', raw: post(['Content-Length: 6', 'Transfer-Encoding: chunked'], '0\r\n\r\nG'), status: 400, code: 'te-and-cl', clause: 'RFC9112-6.3-2.3' },
  { id: 'te-cl', group: 'smuggling', raw: post(['Transfer-Encoding: chunked', 'Content-Length: 4'], '5c\r\nGPOST / HTTP/1.1\r\n'), status: 400, code: 'te-and-cl', clause: 'RFC9112-6.3-2.3' },
  { id: 'te-te', group: 'smuggling', raw: post(['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], '0\r\n\r\n'), status: 400, code: 'chunked-not-last', clause: 'RFC9112-6.3-2.4' },
  { id: 'te-hidden', group: 'smuggling', raw: post(['Transfer-Encoding: xchunked'], '0\r\n\r\n'), status: 400, code: 'chunked-not-last', clause: 'RFC9112-6.3-2.4' },
  { id: 'te-gzip', group: 'smuggling', raw: post(['Transfer-Encoding: gzip, chunked'], '0\r\n\r\n'), status: 501, code: 'unknown-coding', clause: 'RFC9112-6.1-11' },
  { id: 'te-space', group: 'smuggling', raw: post(['Content-Length: 5', 'Transfer-Encoding : chunked'], '0\r\n\r\n'), status: 400, code: 'whitespace-before-colon', clause: 'RFC9112-5.1-2' },
  { id: 'te-http10', group: 'smuggling', raw: post(['Transfer-Encoding: chunked'], '0\r\n\r\n').replace('HTTP/1.1', 'HTTP/1.0'), status: 400, code: 'te-in-http10', clause: 'RFC9112-6.1-16' },
  { id: 'cl-cl', group: 'smuggling', raw: post(['Content-Length: 5', 'Content-Length: 0'], 'hello'), status: 400, code: 'content-length-conflict', clause: 'RFC9112-6.3-2.5' },
  { id: 'cl-plus', group: 'smuggling', raw: post(['Content-Length: +5'], 'hello'), status: 400, code: 'bad-content-length', clause: 'RFC9112-6.3-2.5' },

  { id: 'bare-lf', group: 'lines', raw: `GET / HTTP/1.1\n${host}\n\n`, status: 400, code: 'bare-lf', clause: 'RFC9112-2.2-3' },
  { id: 'bare-cr', group: 'lines', raw: get(host, 'X-Note: one\rX-Admin: yes'), status: 400, code: 'bare-cr', clause: 'RFC9112-2.2-4' },
  { id: 'obs-fold', group: 'lines', raw: get(host, 'X-Note: one', '  two'), status: 400, code: 'obs-fold', clause: 'RFC9112-5.2-4' },
  { id: 'space-first', group: 'lines', raw: get(' X-Note: one', host), status: 400, code: 'whitespace-before-fields', clause: 'RFC9112-2.2-8' },

  { id: 'space-colon', group: 'fields', raw: get(host, 'X-Note : one'), status: 400, code: 'whitespace-before-colon', clause: 'RFC9112-5.1-2' },
  { id: 'no-colon', group: 'fields', raw: get(host, 'X-Note'), status: 400, code: 'missing-colon', clause: 'RFC9112-5-2' },
  { id: 'bad-name', group: 'fields', raw: get(host, 'X(Note): one'), status: 400, code: 'bad-field-name', clause: 'RFC9110-5.1-2' },
  { id: 'nul', group: 'fields', raw: get(host, 'X-Note: one\0two'), status: 400, code: 'nul-in-value', clause: 'RFC9110-5.5-5' },
  { id: 'too-many', group: 'fields', raw: get(host, ...Array.from({ length: 200 }, (_, at) => `X-${at}: 1`)), status: 431, code: 'too-many-fields', clause: 'RFC6585-5-2' },

  { id: 'no-host', group: 'host', raw: get('Accept: */*'), status: 400, code: 'host-missing', clause: 'RFC9112-3.2-6' },
  { id: 'two-hosts', group: 'host', raw: get(host, 'Host: admin.internal'), status: 400, code: 'host-repeated', clause: 'RFC9112-3.2-6' },
  { id: 'host-path', group: 'host', raw: get('Host: 127.0.0.1/admin'), status: 400, code: 'bad-host', clause: 'RFC9112-3.2-6' },

  { id: 'chunk-size', group: 'chunks', raw: post(['Transfer-Encoding: chunked'], '0x5\r\nhello\r\n0\r\n\r\n'), status: 400, code: 'bad-chunk-size', clause: 'RFC9112-7.1-2' },
  { id: 'chunk-short', group: 'chunks', raw: post(['Transfer-Encoding: chunked'], '3\r\nhello\r\n0\r\n\r\n'), status: 400, code: 'chunk-data-end', clause: 'RFC9112-7.1-2' },
  { id: 'chunk-huge', group: 'chunks', raw: post(['Transfer-Encoding: chunked'], 'fffffffffffffffff\r\nhello\r\n0\r\n\r\n'), status: 400, code: 'chunk-size-overflow', clause: 'RFC9112-7.1-5' },
  { id: 'chunk-extension', group: 'chunks', raw: post(['Transfer-Encoding: chunked'], '5;=\r\nhello\r\n0\r\n\r\n'), status: 400, code: 'bad-chunk-extension', clause: 'RFC9112-7.1.1-2' },

  { id: 'two-spaces', group: 'start', raw: start('GET  / HTTP/1.1'), status: 400, code: 'extra-space', clause: 'RFC9112-3-3' },
  { id: 'fragment', group: 'start', raw: start('GET /#top HTTP/1.1'), status: 400, code: 'fragment-in-target', clause: 'RFC9110-7.1-2' },
  { id: 'no-version', group: 'start', raw: start('GET /'), status: 400, code: 'missing-version', clause: 'RFC9112-3-2' },
  { id: 'userinfo', group: 'start', raw: start('GET http://bank.example@127.0.0.1:8000/ HTTP/1.1'), status: 400, code: 'userinfo-in-target', clause: 'RFC9110-4.2.4-4' },

  { id: 'http2', group: 'other', raw: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', status: 505, code: 'http2-preface', clause: 'RFC9113-3.4-4' },
  { id: 'tls', group: 'other', raw: '\x16\x03\x01\x00\xf1\x01\x00\x00\xed\x03\x03', status: 400, code: 'tls-handshake', clause: 'RFC9112-2.2-9' },
  { id: 'expect', group: 'other', raw: get(host, 'Expect: 200-ok'), status: 417, code: 'unknown-expectation', clause: 'RFC9110-10.1.1-5' },
] as const satisfies readonly (Omit<LabRequest, 'id'> & { readonly id: string })[];

/** As a saved request with that name. */
export const labRequest = ({ raw }: LabRequest, name: string): SavedRequest => ({ name, raw });
