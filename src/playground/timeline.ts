import type { TraceEvent } from '../trace/events.ts';
import { clientProcess, connectionOf, eventId, exchangeOf, type EventId, type TraceLog } from './trace-log.ts';

/** The parties of the sequence view, left to right. */
export const lanes = ['client', 'socket', 'server', 'gateway', 'app'] as const;
export type Lane = (typeof lanes)[number];

/** Which party tells (or suffers) an event. */
export function laneOf(event: TraceEvent): Lane {
  const [layer] = event.type.split('.', 1);
  if (layer === 'socket') return 'socket';
  if (event.process === clientProcess) return 'client';
  if (layer === 'gateway') return 'gateway';
  if (layer === 'app') return 'app';
  if (event.type === 'log') return event.source === 'access' || event.source === 'server' ? 'server' : 'app';
  return 'server';
}

/** Where an arrow of a row begins and ends; a row without one is a point in its lane. */
export interface Arrow { readonly from: Lane; readonly to: Lane }

/** Which way an event passes something on. */
export function arrowOf(event: TraceEvent): Arrow | undefined {
  switch (event.type) {
    case 'socket.data':
    case 'socket.eof': {
      const end: Lane = event.process === clientProcess ? 'client' : 'server';
      return event.flow === 'send' ? { from: end, to: 'socket' } : { from: 'socket', to: end };
    }
    case 'gateway.environ':
    case 'gateway.scope':
      return { from: 'server', to: 'gateway' };
    case 'app.call':
      return { from: 'gateway', to: 'app' };
    case 'app.return':
    case 'app.start':
    case 'app.body':
    case 'app.error':
    case 'app.violation':
      return { from: 'app', to: 'gateway' };
    case 'app.read':
      return { from: 'gateway', to: 'app' };
    case 'app.message':
      return event.direction === 'send' ? { from: 'app', to: 'gateway' } : { from: 'gateway', to: 'app' };
    default:
      return undefined;
  }
}

/** Does the event say that something went wrong? Such rows stand out and open their explanation. */
export function isProblem(event: TraceEvent): boolean {
  switch (event.type) {
    case 'http.error':
    case 'ws.error':
    case 'app.error':
    case 'app.violation':
    case 'process.silent':
    case 'process.kill':
    case 'trace.gap':
      return true;
    case 'log':
      return event.level === 'error';
    default:
      return false;
  }
}

/** What the timeline shows. */
export interface TimelineFilter {
  /** Lanes that are shown. */
  readonly lanes: Readonly<Record<Lane, boolean>>;
  /** Show every token of the parser. Off: heads, framing and data only. */
  readonly tokens: boolean;
  /** Show moves of the state machines. */
  readonly states: boolean;
  /** Only rows of the focused exchange. */
  readonly focusOnly: boolean;
  /** Words that a row must contain, all of them; case does not matter. */
  readonly search: string;
}

export const defaultFilter: TimelineFilter = {
  lanes: { client: true, socket: true, server: true, gateway: true, app: true },
  tokens: false,
  states: false,
  focusOnly: false,
  search: '',
};

/** One row. Headings stand where another connection or exchange begins to speak. */
export type TimelineRow =
  | { readonly kind: 'heading'; readonly connection: number; readonly exchange: number }
  | {
      readonly kind: 'event';
      readonly id: EventId;
      readonly event: TraceEvent;
      readonly lane: Lane;
      readonly arrow: Arrow | undefined;
      readonly problem: boolean;
      /** An application call of this exchange is open: the bar in the app's lane. */
      readonly inCall: boolean;
      /** ms since the first event that the same process told of the same exchange (or connection). */
      readonly since: number;
    };

/** Text that the search looks through: type, and every string of the payload. Not the bytes. */
function searchable(event: TraceEvent): string {
  const words: string[] = [];
  for (const value of Object.values(event)) {
    if (typeof value === 'string') words.push(value);
    else if (typeof value === 'number') words.push(String(value));
  }
  if (event.type === 'app.start') words.push(...event.headers.flat());
  if ('site' in event && event.site) words.push(`${event.site.file}:${event.site.line}`);
  return words.join(' ').toLowerCase();
}

/** Does the filter let the event through? */
export function passes(event: TraceEvent, filter: TimelineFilter, words: readonly string[]): boolean {
  if (event.type === 'http.token' && !filter.tokens) return false;
  if ((event.type === 'http.state' || event.type === 'ws.state') && !filter.states) return false;
  if (!filter.lanes[laneOf(event)]) return false;
  if (words.length === 0) return true;
  const text = searchable(event);
  return words.every((word) => text.includes(word));
}

/** The rows of the timeline. One pass over the log. */
export function timelineRows(log: TraceLog, filter: TimelineFilter, focus: { readonly connection: number; readonly exchange: number } | null): TimelineRow[] {
  const rows: TimelineRow[] = [];
  const words = filter.search.toLowerCase().split(/\s+/).filter((word) => word !== '');
  const firstAt = new Map<string, number>();
  const open = new Set<string>();
  let connection = 0;
  let exchange = 0;
  for (const event of log.events) {
    const here = connectionOf(event);
    const number = exchangeOf(event);
    const group = `${here}/${number}`;
    const clockOf = `${event.process}/${group}`;
    const first = firstAt.get(clockOf);
    if (first === undefined) firstAt.set(clockOf, event.at);
    if (event.type === 'app.call') open.add(group);
    const inCall = open.has(group);
    if (event.type === 'app.return' || event.type === 'app.error') open.delete(group);
    if (filter.focusOnly && focus && here !== 0 && (here !== focus.connection || (number !== 0 && number !== focus.exchange))) continue;
    if (!passes(event, filter, words)) continue;
    if (here !== 0 && (here !== connection || (number !== 0 && number !== exchange))) {
      rows.push({ kind: 'heading', connection: here, exchange: number });
      connection = here;
      exchange = number;
    }
    rows.push({ kind: 'event', id: eventId(event), event, lane: laneOf(event), arrow: arrowOf(event), problem: isProblem(event), inCall, since: event.at - (first ?? event.at) });
  }
  return rows;
}
