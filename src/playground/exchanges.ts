import type { ErrorFacts } from '../trace/events.ts';
import { clientProcess, type ExchangeIndex, type TraceLog } from './trace-log.ts';

/** One line of the exchange picker. */
export interface ExchangeSummary {
  readonly connection: number;
  readonly exchange: number;
  /** `GET / HTTP/1.1`, or '' where the request was not understood. */
  readonly request: string;
  /** Status code, or 0 where there is no response (yet). */
  readonly status: number;
  readonly failed: boolean;
}

/** Status code of a status line (`HTTP/1.1 200 OK`); 0 where it has none. */
export const statusOf = (line: string): number => Number(/^\S+ (\d{3})/.exec(line)?.[1] ?? 0);

/**
 * Is it more than the beginning of a cycle? A connection that is kept is ready for another request, and says so; that is not a request yet.
 */
const hasBegun = ({ events }: ExchangeIndex): boolean => events.some(({ type }) => type !== 'http.state' && type !== 'socket.eof' && type !== 'socket.close');

/** The newest exchanges that the trace knows, at most so many, oldest first. */
export function exchangeSummaries(log: TraceLog, most = Infinity): ExchangeSummary[] {
  const found: ExchangeSummary[] = [];
  for (const connection of [...log.connections.values()].reverse()) {
    for (const exchange of [...connection.exchanges.values()].reverse()) {
      if (found.length === most) return found.reverse();
      if (!hasBegun(exchange)) continue;
      found.push({
        connection: connection.id,
        exchange: exchange.number,
        request: exchange.request?.line ?? '',
        status: exchange.response ? statusOf(exchange.response.line) : 0,
        failed: exchange.failed ?? false,
      });
    }
  }
  return found.reverse();
}

/** What was wrong with the request, as the server found it. */
export function requestError(exchange: ExchangeIndex | undefined): ErrorFacts | undefined {
  const event = exchange?.events.find((candidate) => candidate.type === 'http.error' && candidate.by === 'peer' && candidate.process !== clientProcess);
  return event?.type === 'http.error' ? event : undefined;
}
