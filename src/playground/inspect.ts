import { latin1Bytes } from '../client/latin1.ts';
import { lintRequest } from '../client/lint.ts';
import { Connection } from '../core/http1/connection.ts';
import { ProtocolError } from '../core/http1/errors.ts';
import type { ErrorFacts, Span, Stream, Token, TraceInput } from '../trace/events.ts';
import type { Tracer } from '../trace/tracer.ts';
import { StreamIndex } from './stream-index.ts';

/** What our parser makes of request bytes before they are sent. `tokens` holds what it recognised up to where it stopped. */
export type Inspection = { readonly tokens: StreamIndex } & (
  | { readonly kind: 'ok'; readonly requests: number }
  | { readonly kind: 'empty' }
  /** All right so far; the rest of the head or of the body is missing. */
  | { readonly kind: 'incomplete'; readonly missing: 'head' | 'body' }
  | { readonly kind: 'refused'; readonly error: ErrorFacts; readonly span: Span }
);

let last: { readonly raw: string; readonly result: Inspection } | undefined;

/** Inspect `raw` (latin-1). The last answer is kept: several views ask about the same bytes. */
export function inspect(raw: string): Inspection {
  if (last?.raw !== raw) last = { raw, result: parse(latin1Bytes(raw)) };
  return last.result;
}

/** Keeps the tokens and nothing else. */
class TokenTracer implements Tracer {
  readonly enabled = true;
  readonly clock = 0;
  readonly tokens: StreamIndex;
  constructor(tokens: StreamIndex) {
    this.tokens = tokens;
  }
  emit(_event: TraceInput): void {}
  witness(_clock: number): void {}
  token(token: Token, _connection: number, exchange: number, stream: Stream, start: number, end: number): void {
    if (stream === 'c2s') this.tokens.addToken(token, start, end, exchange);
  }
}

function parse(bytes: Uint8Array): Inspection {
  const { verdict, requests, problem } = lintRequest(bytes);
  const tokens = tokenize(bytes);
  switch (verdict) {
    case 'ok':
      return { kind: 'ok', requests: requests.length, tokens };
    case 'empty':
      return { kind: 'empty', tokens };
    case 'incomplete':
      return { kind: 'incomplete', missing: requests.at(-1)?.end === -1 ? 'body' : 'head', tokens };
    case 'refused': {
      if (!problem) return { kind: 'empty', tokens };
      const [start, end] = problem.span;
      tokens.addToken('refused', start, Math.max(end, start + 1), Math.max(1, requests.length));
      return { kind: 'refused', error: problem.facts, span: problem.span, tokens };
    }
  }
}

/** What the parser recognises, request by request, as far as it gets. */
function tokenize(bytes: Uint8Array): StreamIndex {
  const tokens = new StreamIndex();
  tokens.addBytes(0, bytes);
  const connection = new Connection({ role: 'server', id: 1, tracer: new TokenTracer(tokens) });
  try {
    connection.receiveData(bytes);
    for (let event = connection.nextEvent(); event.type === 'request' || event.type === 'data' || event.type === 'end'; event = connection.nextEvent()) {
      if (event.type !== 'end') continue;
      // Answer, so that it goes on to the next request.
      connection.send({ type: 'response', status: 501, reason: '', headers: [['Content-Length', '0']] });
      connection.send({ type: 'end' });
      if (connection.mustClose) break;
      connection.startNextCycle();
    }
  } catch (error) {
    // What is wrong is said by the lint; here it is where reading stops.
    if (!(error instanceof ProtocolError)) throw error;
  }
  return tokens;
}
