/** A tracer that keeps everything, for tests. */
import type { HttpToken, TraceInput } from '../../src/trace/events.ts';
import type { Tracer } from '../../src/trace/tracer.ts';

export interface Recording {
  readonly tracer: Tracer;
  /** Tokens, in order. */
  readonly tokens: HttpToken[];
  /** Everything else, in order. */
  readonly events: TraceInput[];
}

export function recordingTracer(): Recording {
  const tokens: HttpToken[] = [];
  const events: TraceInput[] = [];
  return {
    tokens,
    events,
    tracer: {
      enabled: true,
      clock: 0,
      witness: () => {},
      token: (token, connection, exchange, stream, start, end) => { tokens.push({ type: 'http.token', token, connection, exchange, stream, span: [start, end] }); },
      emit: (event) => { events.push(event); },
    },
  };
}
