import type { TraceEvent } from '../trace/events.ts';
import { statusOf } from './exchanges.ts';
import { isProblem } from './problems.ts';
import type { Lane, TimelineFilter } from './timeline-filter.ts';
import { clientProcess, exchangeOf, type ConnectionIndex, type ExchangeIndex, type TraceLog } from './trace-log.ts';

/** Which party tells (or suffers) an event. */
export function laneOf(event: TraceEvent): Lane {
  const { type } = event;
  // The program calls, and from there the arrow leads to the socket.
  if (type === 'socket.call') return 'app';
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
    case 'socket.call':
      return { from: 'app', to: 'socket' };
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

/** Names a group: a connection (exchange 0), or a request on it. Connection 0 is what happened to no connection. */
export const groupKey = (connection: number, exchange: number): string => `${connection}.${exchange}`;

/** A heading: a connection, or a request on it. */
export interface GroupRow {
  readonly kind: 'group';
  readonly key: string;
  readonly connection: number;
  /** 0: the connection itself. */
  readonly exchange: number;
  readonly folded: boolean;
  /** Rows of this group that pass the filter, folded or not; without those of the requests in it. */
  readonly count: number;
  /** The start line of the request, '' where there is none; of a connection, who is connected to whom. */
  readonly title: string;
  /** Status code of the answer; 0 where there is none (yet). */
  readonly status: number;
  /** From the first to the last event, ms. */
  readonly ms: number;
  /** Something in it went wrong: the first such event. */
  readonly problem?: TraceEvent;
}

/** A fact. What it looks like is worked out when it is drawn. */
export interface EventRow {
  readonly kind: 'event';
  readonly event: TraceEvent;
  /** Position among the events of the connection: the step at which it happened. */
  readonly step: number;
  /** An application call of this exchange is open, or its result is being iterated: the bar in the app's lane. */
  readonly inCall: boolean;
  /** ms since the first event of the group. */
  readonly since: number;
}

export type TimelineRow = GroupRow | EventRow;

/** Texts of this length and less are mostly names that come again and again: whether a word is in one is worked out once. */
const shortText = 40;
const maxShortTexts = 10_000;

/** A word that is searched for, in lower case, and what is known of the texts that hold it. */
class Word {
  readonly text: string;
  readonly #number: number;
  readonly #short = new Map<string, boolean>();

  constructor(text: string) {
    this.text = text;
    this.#number = Number(text);
  }

  isIn(text: string): boolean {
    if (text.length > shortText) return text.toLowerCase().includes(this.text);
    let found = this.#short.get(text);
    if (found === undefined) {
      found = text.toLowerCase().includes(this.text);
      if (this.#short.size < maxShortTexts) this.#short.set(text, found);
    }
    return found;
  }

  is(number: number): boolean {
    return number === this.#number && String(number) === this.text;
  }
}

/** The words of a search. */
const wordsOf = (search: string): readonly Word[] => search.toLowerCase().split(/\s+/).filter((word) => word !== '').map((word) => new Word(word));

/** Does a word occur in what the event says? Type, process and every string and number of the payload; not the bytes. */
function says(event: TraceEvent, word: Word): boolean {
  for (const name in event) {
    const value: unknown = event[name as keyof TraceEvent];
    if (typeof value === 'string' ? word.isIn(value) : typeof value === 'number' && word.is(value)) return true;
  }
  if (event.type === 'app.start' && event.headers.some(([name, value]) => word.isIn(`${name}: ${value}`))) return true;
  return 'site' in event && event.site !== undefined && word.isIn(`${event.site.file}:${event.site.line}`);
}

/** Does the filter let the event through? `words` are those of its search. */
function passes(event: TraceEvent, filter: TimelineFilter, words: readonly Word[]): boolean {
  if (filter.type !== '') {
    if (event.type !== filter.type) return false;
  } else if (event.type === 'http.token') {
    if (!filter.tokens) return false;
  } else if (event.type === 'http.state' || event.type === 'ws.state') {
    if (!filter.states) return false;
  }
  return filter.lanes[laneOf(event)] && words.every((word) => says(event, word));
}

/** Where the call of an exchange's application is over: what was returned is iterated until it is closed, and a generator runs only then. */
function lastOfCall(exchange: ExchangeIndex | undefined): TraceEvent | undefined {
  return exchange?.events.findLast((event) => event.type === 'app.close' || event.type === 'app.error' || event.type === 'app.return');
}

interface Group { readonly exchange: number; readonly rows: EventRow[]; first: number; last: number; inCall: boolean; end: TraceEvent | undefined; problem?: TraceEvent }

/** The rows of one connection, or (without one) of `events` that are about none. One pass. */
function connectionRows(connection: ConnectionIndex | undefined, events: readonly TraceEvent[], filter: TimelineFilter, words: readonly Word[], only: number): TimelineRow[] {
  const id = connection?.id ?? 0;
  const groups = new Map<number, Group>();
  const groupOf = (exchange: number): Group => {
    let group = groups.get(exchange);
    if (!group) groups.set(exchange, (group = { exchange, rows: [], first: NaN, last: NaN, inCall: false, end: lastOfCall(connection?.exchanges.get(exchange)) }));
    return group;
  };
  // What belongs to the connection as a whole stands where it happened: in the request that was under way.
  let underWay = 0;
  for (let step = 0; step < events.length; step++) {
    const event = events[step] as TraceEvent;
    underWay = exchangeOf(event) || underWay;
    const group = groupOf(connection ? underWay : 0);
    if (Number.isNaN(group.first)) group.first = event.at;
    group.last = event.at;
    if (event.type === 'app.call') group.inCall = true;
    const { inCall } = group;
    if (event === group.end) group.inCall = false;
    if (isProblem(event)) group.problem ??= event;
    if (only !== 0 && group.exchange !== 0 && group.exchange !== only) continue;
    if (passes(event, filter, words)) group.rows.push({ kind: 'event', event, step, inCall, since: Math.max(0, event.at - group.first) });
  }
  const all = [...groups.values()].filter(({ rows }) => rows.length > 0);
  if (all.length === 0) return [];
  const own = groups.get(0);
  const key = groupKey(id, 0);
  const folded = filter.folded.has(key);
  const problem = all.find((group) => group.problem)?.problem;
  const times = [...groups.values()];
  const rows: TimelineRow[] = [{
    kind: 'group', key, connection: id, exchange: 0, folded, count: own?.rows.length ?? 0, title: connection && connection.local !== '' ? `${connection.remote} → ${connection.local}` : '', status: 0,
    ms: Math.max(0, Math.max(...times.map(({ last }) => last)) - Math.min(...times.map(({ first }) => first))), ...(problem ? { problem } : {}),
  }];
  if (folded) return rows;
  for (const row of own?.rows ?? []) rows.push(row);
  for (const group of all) {
    if (group.exchange === 0) continue;
    const exchange = connection?.exchanges.get(group.exchange);
    const groupFolded = filter.folded.has(groupKey(id, group.exchange));
    rows.push({
      kind: 'group', key: groupKey(id, group.exchange), connection: id, exchange: group.exchange, folded: groupFolded, count: group.rows.length,
      title: exchange?.request?.line ?? '', status: exchange?.response ? statusOf(exchange.response.line) : 0, ms: Math.max(0, group.last - group.first), ...(group.problem ? { problem: group.problem } : {}),
    });
    if (!groupFolded) for (const row of group.rows) rows.push(row);
  }
  return rows;
}

interface Cached { readonly version: number; readonly filter: TimelineFilter; readonly rows: readonly TimelineRow[] }

/**
 * The rows of the timeline, by connection and request. Those of a connection that has told nothing new are kept: in a burst only
 * the newest connections speak, and there may be 200,000 events.
 */
export class Timeline {
  readonly #cache = new Map<number, Cached>();
  #log: TraceLog | undefined;

  rows(log: TraceLog, filter: TimelineFilter, focus: { readonly connection: number; readonly exchange: number } | null): TimelineRow[] {
    if (log !== this.#log) this.#cache.clear();
    this.#log = log;
    const words = wordsOf(filter.search);
    const rows: TimelineRow[] = [];
    const add = (list: readonly TimelineRow[]): void => { for (const row of list) rows.push(row); };
    const narrowed = filter.scope !== 'all' && focus;
    if (!narrowed) add(connectionRows(undefined, log.unconnected, filter, words, 0));
    for (const connection of log.connections.values()) {
      if (narrowed && connection.id !== focus.connection) continue;
      if (narrowed && filter.scope === 'request') {
        add(connectionRows(connection, connection.events, filter, words, focus.exchange));
        continue;
      }
      let cached = this.#cache.get(connection.id);
      if (!cached || cached.version !== connection.version || cached.filter !== filter) {
        cached = { version: connection.version, filter, rows: connectionRows(connection, connection.events, filter, words, 0) };
        this.#cache.set(connection.id, cached);
      }
      add(cached.rows);
    }
    return rows;
  }
}
