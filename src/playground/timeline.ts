import type { TraceEvent } from '../trace/events.ts';
import { clientProcess, connectionOf, exchangeOf, type TraceLog } from './trace-log.ts';

/** The parties of the sequence view, left to right. */
export const lanes = ['client', 'socket', 'server', 'gateway', 'app'] as const;
export type Lane = (typeof lanes)[number];

/** Which party tells (or suffers) an event. */
export function laneOf(event: TraceEvent): Lane {
  const { type } = event;
  if (type.startsWith('socket.')) return 'socket';
  if (event.process === clientProcess) return 'client';
  if (type.startsWith('gateway.')) return 'gateway';
  if (type.startsWith('app.')) return 'app';
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
      // Whatever an app writes to `wsgi.errors` is called an error by the server; it is a log.
      return event.level === 'error' && event.source !== 'wsgi.errors';
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

/** One row. Headings stand where another connection or exchange begins to speak. What a row looks like is worked out when it is drawn. */
export type TimelineRow =
  | { readonly kind: 'heading'; readonly connection: number; readonly exchange: number }
  | {
      readonly kind: 'event';
      readonly event: TraceEvent;
      /** An application call of this exchange is open, or its result is being iterated: the bar in the app's lane. */
      readonly inCall: boolean;
      /** ms since the first event that the same process told of the same exchange (or connection). */
      readonly since: number;
    };

/** Does a word occur in what the event says? Type, process and every string and number of the payload; not the bytes. */
function says(event: TraceEvent, word: string): boolean {
  for (const value of Object.values(event)) {
    if (typeof value === 'string' ? value.toLowerCase().includes(word) : typeof value === 'number' && String(value) === word) return true;
  }
  if (event.type === 'app.start' && event.headers.some(([name, value]) => `${name}: ${value}`.toLowerCase().includes(word))) return true;
  return 'site' in event && event.site !== undefined && `${event.site.file}:${event.site.line}`.toLowerCase().includes(word);
}

/** Does the filter let the event through? `words` are those of the search, in lower case. */
export function passes(event: TraceEvent, filter: TimelineFilter, words: readonly string[]): boolean {
  if (event.type === 'http.token') {
    if (!filter.tokens) return false;
  } else if (event.type === 'http.state' || event.type === 'ws.state') {
    if (!filter.states) return false;
  }
  return filter.lanes[laneOf(event)] && words.every((word) => says(event, word));
}

const isClosedLater = (log: TraceLog, connection: number, exchange: number): boolean =>
  log.exchange(connection, exchange)?.events.some((event) => event.type === 'app.close') ?? false;

/** The rows of the timeline. One pass over the log, and nothing in it that costs more than a few numbers: there may be 200,000 events. */
export function timelineRows(log: TraceLog, filter: TimelineFilter, focus: { readonly connection: number; readonly exchange: number } | null): TimelineRow[] {
  const rows: TimelineRow[] = [];
  const words = filter.search.toLowerCase().split(/\s+/).filter((word) => word !== '');
  /** By process and group, the time of the first event. */
  const firstAt = new Map<string, Map<number, number>>();
  const open = new Set<number>();
  let connection = 0;
  let exchange = 0;
  for (const event of log.events) {
    const here = connectionOf(event);
    const number = exchangeOf(event);
    const group = here * 0x10_0000 + number;
    let firsts = firstAt.get(event.process);
    if (!firsts) firstAt.set(event.process, (firsts = new Map()));
    let first = firsts.get(group);
    if (first === undefined) firsts.set(group, (first = event.at));
    if (event.type === 'app.call') open.add(group);
    const inCall = open.size > 0 && open.has(group);
    // What was returned is iterated until it is closed: a generator runs only then.
    if (event.type === 'app.close' || event.type === 'app.error' || (event.type === 'app.return' && !isClosedLater(log, here, number))) open.delete(group);
    if (filter.focusOnly && focus && here !== 0 && (here !== focus.connection || (number !== 0 && number !== focus.exchange))) continue;
    if (!passes(event, filter, words)) continue;
    if (here !== 0 && (here !== connection || (number !== 0 && number !== exchange))) {
      rows.push({ kind: 'heading', connection: here, exchange: number });
      connection = here;
      exchange = number;
    }
    rows.push({ kind: 'event', event, inCall, since: event.at - first });
  }
  return rows;
}
