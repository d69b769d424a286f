/**
 * How long is this body? RFC 9112 §6.3, and nothing else.
 *
 * Requests are judged strictly: whatever leaves a doubt about the length is refused, because a doubt is where a second request
 * can be hidden. Responses that we receive are judged by the same rules where these exist to protect, and as the RFC says
 * elsewhere.
 */
import { framingNumber } from '../../trace/facts.ts';
import type { Framing, HttpVersion } from './events.ts';
import type { RefusalCode } from './refusals.ts';

/** What the header section says about the body, as the reader found it. */
export interface FramingFacts {
  readonly version: HttpVersion;
  /** The number in Content-Length; -1: absent. Validated by the reader. */
  readonly contentLength: number;
  readonly transferEncoding: TransferEncoding;
}

/** What Transfer-Encoding came to, over all its lines. */
export type TransferEncoding =
  | 'absent'
  | 'chunked' // exactly that
  | 'malformed' // not a list of coding names
  | 'parameters' // chunked;q=1
  | 'repeated' // chunked more than once
  | 'chunked-not-last'
  | 'unknown-then-chunked'; // gzip, chunked

/** The decision, with the clause that made it and both as a number for the trace; or the reason to refuse. */
export type FramingDecision =
  | { readonly framing: Framing; readonly clause: string; readonly number: number; readonly refusal: undefined }
  | { readonly framing: undefined; readonly clause: undefined; readonly number: 0; readonly refusal: RefusalCode };

const none: Framing = Object.freeze({ kind: 'none', length: 0 });
const chunked: Framing = Object.freeze({ kind: 'chunked', length: -1 });
const untilClose: Framing = Object.freeze({ kind: 'until-close', length: -1 });
const tunnel: Framing = Object.freeze({ kind: 'tunnel', length: -1 });

const decide = (framing: Framing, clause: string): FramingDecision & { readonly refusal: undefined } => ({ framing, clause, number: framingNumber(framing.kind, clause), refusal: undefined });
const decided = {
  noBodyStatus: decide(none, 'RFC9112-6.3-2.1'),
  tunnel: decide(tunnel, 'RFC9112-6.3-2.2'),
  chunked: decide(chunked, 'RFC9112-6.3-2.4'),
  emptyLength: decide(none, 'RFC9112-6.3-2.6'),
  noLength: decide(none, 'RFC9112-6.3-2.7'),
  untilClose: decide(untilClose, 'RFC9112-6.3-2.8'),
} as const;
const lengthNumber = framingNumber('content-length', 'RFC9112-6.3-2.6');
const ofLength = (length: number): FramingDecision => ({ framing: { kind: 'content-length', length }, clause: 'RFC9112-6.3-2.6', number: lengthNumber, refusal: undefined });
const refused = (refusal: RefusalCode): FramingDecision => ({ framing: undefined, clause: undefined, number: 0, refusal });

const refusedTransferEncoding = (facts: FramingFacts): RefusalCode | undefined => {
  // RFC9112-6.1-16: such a message is to be treated "as if the framing is faulty, even if a Content-Length is present".
  if (facts.version < 11) return 'te-in-http10';
  // RFC9112-6.3-2.3: both "ought to be handled as an error"; RFC9112-6.1-15 lets a server reject it.
  if (facts.contentLength >= 0) return 'te-and-cl';
  switch (facts.transferEncoding) {
    case 'malformed': return 'bad-transfer-encoding';
    case 'parameters': return 'coding-parameters';
    case 'repeated': return 'chunked-repeated';
    case 'chunked-not-last': return 'chunked-not-last';
    case 'unknown-then-chunked': return 'unknown-coding';
    case 'absent':
    case 'chunked': return undefined;
  }
};

/** The body of a request. RFC9112-6-4: "Request message framing is independent of method semantics." */
export function requestFraming(facts: FramingFacts): FramingDecision {
  if (facts.transferEncoding !== 'absent') {
    const refusal = refusedTransferEncoding(facts);
    return refusal === undefined ? decided.chunked : refused(refusal);
  }
  if (facts.contentLength > 0) return ofLength(facts.contentLength);
  return facts.contentLength === 0 ? decided.emptyLength : decided.noLength;
}

/** The body of a response to a request with `method`. */
export function responseFraming(facts: FramingFacts, status: number, method: string): FramingDecision {
  // Interim responses, 204 and 304, and whatever answers HEAD, have none, whatever their fields say.
  if (status < 200 || status === 204 || status === 304 || method === 'HEAD') return decided.noBodyStatus;
  if (method === 'CONNECT' && status < 300) return decided.tunnel;
  if (facts.transferEncoding !== 'absent') {
    const refusal = refusedTransferEncoding(facts);
    return refusal === undefined ? decided.chunked : refused(refusal);
  }
  if (facts.contentLength > 0) return ofLength(facts.contentLength);
  return facts.contentLength === 0 ? decided.emptyLength : decided.untilClose;
}
