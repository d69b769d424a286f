/** Exchanges as whole messages again, read off the bytes in the trace by the same parsers as when they were sent. */
import type { ClientResponse } from '../../client/http-client.ts';
import { ResponseReader } from '../../client/response-reader.ts';
import { scanRequests, type ScannedRequest } from '../../client/scan.ts';
import type { ErrorFacts, SocketData, Span, TraceEvent } from '../../trace/events.ts';
import { noTrace } from '../../trace/tracer.ts';
import type { ConnectionIndex, TraceLog } from '../trace-log.ts';

/** One request and its answer. */
export interface RecordedExchange {
  readonly connection: number;
  /** Number on its connection, from 1. */
  readonly exchange: number;
  /** `host:port` that the client connected to; '' where the trace does not tell. */
  readonly server: string;
  /** Every octet of the request, framing included; of one that was refused, what was sent from its beginning on. */
  readonly requestBytes: Uint8Array;
  /** Missing where the request was refused before its head was complete. */
  readonly request?: ScannedRequest;
  /** Why the request is not whole. */
  readonly problem?: ErrorFacts;
  /** Every octet of the response, interim ones and framing included. */
  readonly responseBytes: Uint8Array;
  /** Missing where there was none. */
  readonly response?: ClientResponse;
  /** The response was cut off, or is not HTTP. */
  readonly incomplete: boolean;
  readonly times: ExchangeTimes;
}

/** Moments, in ms of the trace. Missing: it has not happened, or the trace does not tell. */
export interface ExchangeTimes {
  /** The connection was made for this exchange. */
  readonly connected?: number;
  readonly firstSent?: number;
  readonly lastSent?: number;
  readonly firstReceived?: number;
  readonly lastReceived?: number;
}

/** A response may be as large as what the client takes. */
const maxBodyBytes = 64 * 1024 * 1024;

/** Every exchange that the trace holds, by connection; or those of one connection. */
export function recordedExchanges(log: TraceLog, connection?: number): RecordedExchange[] {
  const connected = new Map<number, number>();
  const ended = new Set<number>();
  for (const event of log.events) {
    if (event.type === 'socket.connect') connected.set(event.connection, event.at);
    else if (endsResponse(event)) ended.add(event.connection);
  }
  return [...log.connections.values()]
    .filter(({ id }) => connection === undefined || id === connection)
    .flatMap((one) => ofConnection(one, connected.get(one.id), ended.has(one.id)));
}

/** Nothing more comes from the server. */
const endsResponse = (event: TraceEvent): event is TraceEvent & { readonly connection: number } =>
  (event.type === 'socket.eof' && event.stream === 's2c') || event.type === 'socket.close';

function ofConnection(connection: ConnectionIndex, connected: number | undefined, ended: boolean): RecordedExchange[] {
  const sent = connection.c2s.slice(0, connection.c2s.length);
  const scan = scanRequests(sent);
  const reader = new ResponseReader(connection.id, noTrace, maxBodyBytes, scan);
  reader.push(connection.s2c.slice(0, connection.s2c.length));
  if (ended) reader.end();
  const answers = new Map(reader.takeComplete().map((answer) => [answer.exchange, answer]));
  const { partial } = reader;
  // What follows a switch is another protocol, whatever the scanner made of it.
  const last = reader.switched ? reader.exchange : scan.exchange;

  const found: RecordedExchange[] = [];
  let responseStart = 0;
  for (let exchange = 1; exchange <= last; exchange += 1) {
    const request = scan.requests.find((candidate) => candidate.exchange === exchange);
    const failed = scan.failure && exchange === scan.exchange && !reader.switched ? scan.failure : undefined;
    if (!request && !failed) break;
    const requestStart = request?.head[0] ?? lastEnd(scan.requests);
    const requestSpan: Span = [requestStart, request && request.end >= 0 ? request.end : sent.length];
    if (requestSpan[1] <= requestSpan[0]) break;
    const answer = answers.get(exchange);
    const cut = answer === undefined && exchange === reader.exchange;
    const responseSpan: Span = [responseStart, answer?.end ?? (cut ? connection.s2c.length : responseStart)];
    responseStart = responseSpan[1];
    const response = answer?.response ?? (cut ? partial : undefined);
    const [firstSent, lastSent] = timesOf(connection, 'c2s', requestSpan);
    const [firstReceived, lastReceived] = timesOf(connection, 's2c', responseSpan);
    found.push({
      connection: connection.id,
      exchange,
      server: connection.local,
      requestBytes: connection.c2s.slice(...requestSpan),
      ...(request && { request }),
      ...(failed && { problem: failed.facts }),
      responseBytes: connection.s2c.slice(...responseSpan),
      ...(response && { response }),
      incomplete: answer === undefined && responseSpan[1] > responseSpan[0],
      times: {
        ...(exchange === 1 && connected !== undefined && { connected }),
        ...(firstSent !== undefined && { firstSent, lastSent: lastSent! }),
        ...(firstReceived !== undefined && { firstReceived, lastReceived: lastReceived! }),
      },
    });
  }
  return found;
}

const lastEnd = (requests: readonly ScannedRequest[]): number => Math.max(0, requests.at(-1)?.end ?? 0);

/** When the first and the last segment passed that hold some of the span. At the client's end, where it tells. */
function timesOf(connection: ConnectionIndex, stream: SocketData['stream'], [start, end]: Span): readonly [first?: number, last?: number] {
  const told = connection.clientSegments.length > 0 ? connection.clientSegments : connection.segments;
  const own = told.filter((segment) => segment.stream === stream && segment.span[0] < end && segment.span[1] > start);
  return own.length === 0 ? [] : [own[0]!.at, own.at(-1)!.at];
}
