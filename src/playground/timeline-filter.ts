import type { TraceType } from '../trace/events.ts';

/** The parties of the sequence view, left to right. */
export const lanes = ['client', 'socket', 'server', 'gateway', 'app'] as const;
export type Lane = (typeof lanes)[number];

/** What the timeline shows. */
export interface TimelineFilter {
  /** Lanes that are shown. */
  readonly lanes: Readonly<Record<Lane, boolean>>;
  /** Show every token of the parser. Off: heads, framing and data only. */
  readonly tokens: boolean;
  /** Show moves of the state machines. */
  readonly states: boolean;
  /** Everything, or only the connection or the request in focus. */
  readonly scope: 'all' | 'connection' | 'request';
  /** Only events of this type, tokens and states too; '': of any. */
  readonly type: TraceType | '';
  /** Words that a row must contain, all of them; case does not matter. */
  readonly search: string;
  /** Groups that are folded: see `groupKey`. */
  readonly folded: ReadonlySet<string>;
}

/** What is shown at first. */
export const defaultFilter: TimelineFilter = {
  lanes: { client: true, socket: true, server: true, gateway: true, app: true },
  tokens: false,
  states: false,
  scope: 'all',
  type: '',
  search: '',
  folded: new Set(),
};
