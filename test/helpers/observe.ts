/**
 * Feeds octets to a connection and holds it to what must be true of every input, valid or not:
 *
 * 1. Totality: each call returns an event or throws RemoteProtocolError, nothing else.
 * 2. Bounded memory: what waits inside is never more than one section.
 * 3. Every octet is accounted for: the tokens of the received stream follow each other without gap or overlap, up to the refused octet.
 * 4. Framing: content is as long as was announced, and its spans hold the very octets.
 * 5. Whether somebody watches changes nothing. (A connection that is watched remembers nothing of earlier requests: see `line-memory.ts`.)
 */
import { Connection } from '../../src/core/http1/connection.ts';
import { RemoteProtocolError } from '../../src/core/http1/errors.ts';
import type { ReceivedEvent } from '../../src/core/http1/events.ts';
import type { Fields } from '../../src/core/http1/headers.ts';
import type { Leniency } from '../../src/core/http1/leniency.ts';
import type { Limits } from '../../src/core/http1/limits.ts';
import { noTrace, type Tracer } from '../../src/trace/tracer.ts';
import { type Cuts, pieces } from './cuts.ts';
import { recordingTracer } from './trace.ts';

export interface ObserveOptions {
  readonly role: 'server' | 'client';
  readonly limits?: Partial<Limits>;
  readonly leniency?: Partial<Leniency>;
  /** Client: method of each request, which the responses answer. Default GET. */
  readonly method?: string;
}

/** What was seen: one line per event, adjacent content joined. Throws where an invariant does not hold. */
export function observe(input: Uint8Array, cuts: Cuts, options: ObserveOptions): string[] {
  const trace = recordingTracer();
  const lines = watch(input, cuts, options, trace.tracer);
  checkTokens(trace.tokens.filter(({ stream }) => stream === (options.role === 'server' ? 'c2s' : 's2c')).map(({ token, span }) => ({ token, start: span[0], end: span[1] })));
  const unwatched = watch(input, cuts, options, noTrace);
  if (unwatched.join('\n') !== lines.join('\n')) throw new Error(`another outcome where nobody watches:\n${lines.join('\n')}\n--\n${unwatched.join('\n')}`);
  return lines;
}

/** Names, values and where they are. */
const fieldsOf = (headers: Fields): string => JSON.stringify(Array.from({ length: headers.length }, (_, i) => [headers.name(i), headers.nameSpan(i), headers.value(i), headers.valueSpan(i)]));

function watch(input: Uint8Array, cuts: Cuts, options: ObserveOptions, tracer: Tracer): string[] {
  const connection = new Connection({ ...options, tracer });
  const lines: string[] = [];
  const most = connection.limits.maxHeadBytes + 4;
  let content: { start: number; end: number } | undefined;
  let announced = -1;
  let contentSize = 0;
  let over = false;

  const flush = (): void => {
    if (content !== undefined) lines.push(`data ${content.start}-${content.end}`);
    content = undefined;
  };
  const ask = (): void => {
    connection.send({ type: 'request', method: options.method ?? 'GET', target: '/', headers: [['Host', 'a']] });
    connection.send({ type: 'end' });
  };
  const take = (event: ReceivedEvent): void => {
    if (event.type === 'data') {
      const [start, end] = event.span!;
      if (end - start !== event.bytes.length || end === start) throw new Error(`data of ${event.bytes.length} octets at ${start}-${end}`);
      if (event.bytes.some((octet, i) => octet !== input[start + i])) throw new Error(`the octets at ${start}-${end} are others`);
      contentSize += end - start;
      if (content?.end === start) content.end = end;
      else {
        flush();
        content = { start, end };
      }
      return;
    }
    flush();
    switch (event.type) {
      case 'request': {
        lines.push(`request ${event.method} ${event.target} ${event.version} ${fieldsOf(event.headers)} ${event.framing.kind} ${event.keepAlive} ${event.expects100} ${event.targetSpan.join('-')} ${event.span.join('-')}`);
        announced = event.framing.kind === 'content-length' ? event.framing.length : event.framing.kind === 'none' ? 0 : -1;
        contentSize = 0;
        break;
      }
      case 'response':
      case 'informational':
        lines.push(`${event.type} ${event.status} ${event.reason} ${event.version} ${JSON.stringify([...event.headers])} ${event.framing.kind} ${event.keepAlive} ${event.span.join('-')}`);
        announced = event.framing.kind === 'content-length' ? event.framing.length : event.framing.kind === 'none' ? 0 : -1;
        contentSize = 0;
        break;
      case 'end':
        if (announced >= 0 && contentSize !== announced) throw new Error(`${contentSize} octets of content, and ${announced} were announced`);
        lines.push(`end ${event.span!.join('-')} ${JSON.stringify([...(event.trailers ?? [])])}`);
        break;
      default:
        lines.push(event.type);
    }
  };
  const drain = (): void => {
    while (!over) {
      let event: ReceivedEvent;
      try {
        event = connection.nextEvent();
      } catch (error) {
        if (!(error instanceof RemoteProtocolError)) throw error;
        flush();
        lines.push(`error ${error.code} ${error.status} ${error.clause} ${error.span.join('-')}`);
        over = true;
        return;
      }
      if (event.type === 'need-data') return;
      if (event.type === 'paused') {
        // Another protocol may follow; or, for a client, a response that nobody asked for.
        over = true;
        flush();
        lines.push(`paused, ${connection.theirState}`);
        return;
      }
      take(event);
      if (event.type === 'closed') over = true;
      else if (event.type === 'end') {
        if (options.role === 'server') {
          if (connection.theirState === 'MIGHT_SWITCH') continue;
          connection.send({ type: 'response', status: 204, reason: '', headers: [] });
          connection.send({ type: 'end' });
        }
        if (!connection.mustClose) {
          connection.startNextCycle();
          if (options.role === 'client') ask();
        }
      }
    }
  };

  if (options.role === 'client') ask();
  for (const piece of pieces(input, cuts)) {
    connection.receiveData(piece);
    drain();
    if (!over && connection.bufferedBytes > most) throw new Error(`${connection.bufferedBytes} octets wait`);
    if (over && lines.at(-1)?.startsWith('paused') === true) break;
  }
  if (!over) {
    connection.receiveEof();
    drain();
  }
  flush();
  return lines;
}

function checkTokens(tokens: readonly { readonly token: string; readonly start: number; readonly end: number }[]): void {
  let at = 0;
  for (const { token, start, end } of tokens) {
    // A refusal may point back into what was recognised, or ahead over what was not.
    if (token === 'refused') break;
    if (start !== at || end <= start) throw new Error(`token ${token} at ${start}-${end} follows ${at}`);
    at = end;
  }
}
