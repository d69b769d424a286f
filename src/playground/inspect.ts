import { Connection } from '../core/http1/connection.ts';
import { ProtocolError } from '../core/http1/errors.ts';
import type { ErrorFacts, Span, Stream, Token, TraceInput } from '../trace/events.ts';
import type { Tracer } from '../trace/tracer.ts';
import { octets } from './response.ts';
import { StreamIndex } from './stream-index.ts';

/** What our parser makes of request bytes before they are sent. `tokens` holds what it recognised up to where it stopped. */
export type Inspection = { readonly tokens: StreamIndex } & (
  | { readonly kind: 'ok'; readonly requests: number }
  | { readonly kind: 'incomplete'; readonly requests: number }
  | { readonly kind: 'refused'; readonly error: ErrorFacts; readonly span: Span }
);

let last: { readonly raw: string; readonly result: Inspection } | undefined;

/** Inspect `raw` (latin-1). The last answer is kept: several views ask about the same bytes. */
export function inspect(raw: string): Inspection {
  if (last?.raw !== raw) last = { raw, result: parse(octets(raw)) };
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

/** The bytes as a server would read them that answers every request at once with an empty 200. */
function parse(bytes: Uint8Array): Inspection {
  const tokens = new StreamIndex();
  tokens.addBytes(0, bytes);
  const connection = new Connection({ role: 'server', id: 1, tracer: new TokenTracer(tokens) });
  let requests = 0;
  let within = false;
  try {
    connection.receiveData(bytes);
    for (;;) {
      const event = connection.nextEvent();
      if (event.type === 'request') {
        requests++;
        within = true;
      } else if (event.type === 'end') {
        within = false;
        connection.send({ type: 'response', status: 200, reason: 'OK', headers: [['Content-Length', '0']] });
        connection.send({ type: 'end' });
        if (connection.mustClose) break;
        connection.startNextCycle();
      } else if (event.type === 'need-data' || event.type === 'paused' || event.type === 'closed') {
        break;
      }
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    const [start, end] = error.span;
    tokens.addToken('refused', start, Math.max(end, start + 1), connection.exchange);
    return { kind: 'refused', tokens, error: error.facts(), span: error.span };
  }
  const incomplete = within || requests === 0 || connection.bufferedBytes > 0;
  return incomplete && !connection.mustClose ? { kind: 'incomplete', requests, tokens } : { kind: within ? 'incomplete' : 'ok', requests, tokens };
}
