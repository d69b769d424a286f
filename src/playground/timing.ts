import { clientProcess, type ExchangeIndex, type ConnectionIndex } from './trace-log.ts';

/** What an exchange spent its time on, in this order. */
export const phases = ['request', 'gateway', 'app', 'answer'] as const;
export type Phase = (typeof phases)[number];

/** ms by phase: until the request was read; until the application was called; until its first word; until the answer had arrived. */
export type Timing = Readonly<Partial<Record<Phase, number>>>;

/** Read off the trace. Phases that it does not tell the end of are missing. All times are on one clock. */
export function timingOf(connection: ConnectionIndex, exchange: ExchangeIndex): Timing {
  const { events } = exchange;
  const server = events.filter((event) => event.process !== clientProcess);
  const marks = [
    connection.clientSegments.find((segment) => segment.stream === 'c2s' && segment.at <= (server[0]?.at ?? 0) && segment.span[1] > (exchange.request?.span[0] ?? 0))?.at ?? server[0]?.at,
    server.find((event) => event.type === 'http.end' && event.stream === 'c2s')?.at ?? server.find((event) => event.type === 'http.request')?.at,
    server.find((event) => event.type === 'app.call')?.at,
    server.find((event) => event.type === 'http.response')?.at,
    events.findLast((event) => event.process === clientProcess && event.type === 'http.end' && event.stream === 's2c')?.at,
  ];
  const timing: Partial<Record<Phase, number>> = {};
  let from = marks[0];
  phases.forEach((phase, index) => {
    const to = marks[index + 1];
    if (from === undefined || to === undefined) return;
    // An ASGI application is called before the body is complete: then the wait for it is the application's.
    timing[phase] = Math.max(0, to - from);
    from = Math.max(from, to);
  });
  return timing;
}
