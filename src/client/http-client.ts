import type { Host } from '../host/effects.ts';
import type { DuplexSocket } from '../net/socket.ts';
import type { Tracer } from '../trace/tracer.ts';
import type { ErrorFacts } from '../trace/events.ts';

/** A response as the client parsed it. */
export interface ClientResponse {
  readonly version: string;
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
  readonly trailers: readonly (readonly [string, string])[];
  readonly keepAlive: boolean;
  /** Interim (1xx) responses that came before. */
  readonly informational: readonly { readonly status: number; readonly reason: string; readonly headers: readonly (readonly [string, string])[] }[];
}

/** What came of sending bytes. One entry in `responses` per request that the bytes held (pipelining). */
export interface ClientResult {
  /** Number on this connection of the first exchange, from 1. */
  readonly exchange: number;
  readonly responses: readonly ClientResponse[];
  readonly raw: Uint8Array;
  readonly failure?: { readonly kind: 'closed' | 'reset' | 'not-http' | 'timeout'; readonly message: string; readonly error?: ErrorFacts };
  readonly ms: number;
}

/**
 * Sends raw request bytes, well formed or not, over any DuplexSocket and reads the response(s) with the client role of the core.
 * How many responses to expect is read off the bytes by our own parser; bytes that it refuses still get one response (a 4xx) or a close.
 * CONTRACT, being implemented.
 */
export class HttpClient {
  constructor(_socket: DuplexSocket, _options: { readonly host: Host; readonly tracer?: Tracer; readonly timeoutMs?: number }) {}
  get closed(): boolean { throw new Error('being built'); }
  /** Send now, cut at `cuts`; one call at a time per connection is not required (pipelining). Never rejects. */
  send(_bytes: Uint8Array, _options?: { readonly cuts?: readonly number[]; readonly endAfter?: boolean }): Promise<ClientResult> { throw new Error('being built'); }
  close(): void { throw new Error('being built'); }
  reset(): void { throw new Error('being built'); }
}
