import type { LoadReport } from '../machine/load-types.ts';
import type { MachineStatus, SendResult } from '../machine/types.ts';
import type { LinkErrorCode } from '../snippet/errors.ts';
import type { SavedRequest, Snippet, SnippetServer } from '../snippet/schema.ts';
import type { Comparison } from './compare.ts';
import type { NameProblem } from './files.ts';
import type { Selection } from './select.ts';
import { defaultFilter, type TimelineFilter } from './timeline-filter.ts';
import { TraceLog } from './trace-log.ts';
import type { WsState } from './web-socket.ts';

/** Where the snippet in the editor came from. */
export type Origin =
  | { readonly kind: 'example'; readonly name: string }
  | { readonly kind: 'link' }
  | { readonly kind: 'draft' };

/** The snippet together with what decides whether its code may run without being asked for. */
export interface Work {
  readonly snippet: Snippet;
  readonly origin: Origin;
  /**
   * The code is the visitor's own or ours, or the visitor has pressed Run on it. Foreign code is shown and waits.
   */
  readonly trusted: boolean;
}

/** What one step of undo brings back. */
export type Undo =
  | { readonly what: 'work'; readonly work: Work }
  | { readonly what: 'file'; readonly path: string; readonly text: string; readonly entry: string }
  | { readonly what: 'request'; readonly index: number; readonly request: SavedRequest };

/** Something that the visitor should know; shown in a banner until dismissed or overtaken. */
export type Notice =
  | { readonly kind: 'bad-link'; readonly code: LinkErrorCode | 'unknown-example'; readonly message: string; readonly advice: string }
  | { readonly kind: 'wait-for-run' }
  | { readonly kind: 'machine-failed'; readonly detail: string }
  | { readonly kind: 'storage-full' }
  | { readonly kind: 'bad-recording'; readonly detail: string }
  | { readonly kind: 'file-name'; readonly path: string; readonly problem: NameProblem };

/** A request that was sent in this run. */
export interface SendRecord {
  /** Number of the send, from 1. */
  readonly id: number;
  /** Which press of Send it belongs to: one may send several requests. Missing where it was recorded. */
  readonly press?: number;
  /** The bytes as sent, latin-1. */
  readonly raw: string;
  /** Missing while the answer is awaited. */
  readonly result?: SendResult;
}

/** A burst and what is known of it. */
export interface BurstRecord {
  /** Number of the burst, from 1. */
  readonly id: number;
  /** Settings of the gateway that it was sent to. Missing: a script by hand. */
  readonly server?: SnippetServer;
  readonly asked: number;
  readonly answered: number;
  /** Missing while it is under way. */
  readonly report?: LoadReport;
}

/** The exchange that Response, Wire and Environ show. */
export interface Focus { readonly connection: number; readonly exchange: number }

export interface PlaygroundState {
  readonly work: Work;
  readonly undo: Undo | null;
  readonly notice: Notice | null;

  readonly machine: MachineStatus;
  /** The snippet as it was when it was last started; null before the first run. */
  readonly ran: Snippet | null;

  readonly sends: readonly SendRecord[];
  /** The WebSocket that was opened last in this run. */
  readonly webSocket: WsState | null;
  /** The request that was sent to several servers last in this run. */
  readonly comparison: Comparison | null;
  /** Bursts, oldest first: those of earlier runs too, so that they can be compared. */
  readonly bursts: readonly BurstRecord[];
  readonly focus: Focus | null;
  /** The trace of this run. Mutable, see {@link TraceLog}; `traceVersion` tells that it grew. */
  readonly trace: TraceLog;
  readonly traceVersion: number;
  /** The trace is that of a recorded run, and nothing runs. `interface`: what the app spoke then. */
  readonly playback: { readonly interface?: 'wsgi' | 'asgi' } | null;

  /** The last event of the connection in focus that has happened in what the views show; null: all that is known. */
  readonly step: number | null;
  readonly selection: Selection | null;
  readonly hover: Selection | null;
  readonly filter: TimelineFilter;
}

const stopped: MachineStatus = { state: 'stopped', text: '', processes: [] };

/** The state in which the page begins with `work`. */
export function initialState(work: Work): PlaygroundState {
  const trace = new TraceLog();
  return {
    work,
    undo: null,
    notice: null,
    machine: stopped,
    ran: null,
    sends: [],
    webSocket: null,
    comparison: null,
    bursts: [],
    focus: null,
    trace,
    traceVersion: trace.version,
    playback: null,
    step: null,
    selection: null,
    hover: null,
    filter: defaultFilter,
  };
}

/** The snippet in the editor. */
export const snippetOf = (state: PlaygroundState): Snippet => state.work.snippet;

/** Has what runs been changed in the editor since it was started? Requests and what is being looked at do not count. */
export function isStale(state: PlaygroundState): boolean {
  const { ran } = state;
  if (!ran) return true;
  const { snippet } = state.work;
  if (ran.entry !== snippet.entry || ran.interface !== snippet.interface || ran.lang !== snippet.lang) return true;
  if (!sameRecord(ran.server, snippet.server) || !sameRecord(ran.network, snippet.network)) return true;
  if (ran.replay !== snippet.replay || JSON.stringify(ran.programs) !== JSON.stringify(snippet.programs)) return true;
  return !sameRecord(ran.files, snippet.files);
}

function sameRecord(a: object, b: object): boolean {
  if (a === b) return true;
  const left = Object.entries(a);
  const right = new Map(Object.entries(b));
  return left.length === right.size && left.every(([key, value]) => right.get(key) === value);
}

/** Is a process there that could answer? */
export const isUp = (state: PlaygroundState): boolean => state.machine.state === 'running' || state.machine.state === 'silent';

/** The send whose exchange is in focus; the newest where several requests shared it. */
export function focusedSend(state: PlaygroundState): SendRecord | undefined {
  const { focus, sends } = state;
  const last = sends.at(-1);
  if (!focus) return last;
  return sends.findLast((send) => send.result?.connection === focus.connection && send.result.exchange === focus.exchange) ?? (last?.result ? undefined : last);
}

/** Requests under way. */
export const pendingSends = (state: PlaygroundState): number => state.sends.filter((send) => !send.result).length;
