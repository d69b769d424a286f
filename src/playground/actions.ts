import type { LoadReport } from '../machine/load-types.ts';
import type { MachineStatus, SendResult } from '../machine/types.ts';
import type { SavedRequest, Snippet, SnippetDelivery, SnippetNetwork, SnippetPackage, SnippetServer, SnippetView } from '../snippet/schema.ts';
import type { TraceEvent } from '../trace/events.ts';
import type { Comparison } from './compare.ts';
import type { Place } from './place.ts';
import type { Recorded } from './recording.ts';
import type { Selection } from './select.ts';
import type { Focus, Notice, Work } from './state.ts';
import type { TimelineFilter } from './timeline-filter.ts';
import type { WsNews } from './web-socket.ts';

/** Everything that can happen to the state. */
export type Action =
  // ── what is being edited
  | { readonly type: 'work/replace'; readonly work: Work; /** Offer to bring back what was there. */ readonly undoable: boolean }
  | { readonly type: 'work/trust' }
  | { readonly type: 'undo' }
  | { readonly type: 'undo/dismiss' }
  | { readonly type: 'file/open'; readonly path: string }
  | { readonly type: 'file/edit'; readonly path: string; readonly text: string }
  | { readonly type: 'file/add'; readonly path: string }
  | { readonly type: 'file/rename'; readonly from: string; readonly to: string }
  | { readonly type: 'file/delete'; readonly path: string }
  | { readonly type: 'snippet/set'; readonly entry?: string; readonly title?: string; readonly interface?: Snippet['interface'] }
  | { readonly type: 'server/set'; readonly server: SnippetServer }
  | { readonly type: 'network/set'; readonly network: SnippetNetwork }
  /** What is pinned from now on; empty: nothing. */
  | { readonly type: 'packages/set'; readonly packages: readonly SnippetPackage[] }
  | { readonly type: 'replay/set'; readonly replay: boolean }
  | { readonly type: 'request/show'; readonly index: number }
  | { readonly type: 'request/edit'; readonly raw: string }
  | { readonly type: 'request/add'; /** Default: a plain one. */ readonly requests?: readonly SavedRequest[] }
  | { readonly type: 'request/deliver'; readonly delivery: SnippetDelivery }
  | { readonly type: 'request/move'; readonly index: number; readonly by: -1 | 1 }
  | { readonly type: 'request/duplicate' }
  | { readonly type: 'request/rename'; readonly index: number; readonly name: string }
  | { readonly type: 'request/delete'; readonly index: number }
  // ── what is being looked at
  | { readonly type: 'view/request-tab'; readonly tab: NonNullable<SnippetView['requestTab']> }
  | { readonly type: 'view/trace-tab'; readonly tab: NonNullable<SnippetView['traceTab']> }
  /** Whose answers are compared; undefined: all of them. */
  | { readonly type: 'view/compared'; readonly programs: readonly string[] | undefined }
  | { readonly type: 'focus'; readonly focus: Focus }
  /** Show the world as it was after this event of the connection in focus, and select the event; null: as it is. */
  | { readonly type: 'step'; readonly step: number | null }
  /** Go where a link says, on a connection of this run. */
  | { readonly type: 'place'; readonly connection: number; readonly place: Place }
  | { readonly type: 'select'; readonly selection: Selection | null }
  | { readonly type: 'hover'; readonly selection: Selection | null }
  | { readonly type: 'filter'; readonly filter: Partial<TimelineFilter> }
  // ── what runs
  | { readonly type: 'run/begin'; readonly snippet: Snippet }
  /** What runs now is this. */
  | { readonly type: 'run/reloaded'; readonly snippet: Snippet }
  | { readonly type: 'machine/status'; readonly status: MachineStatus }
  | { readonly type: 'trace/append'; readonly events: readonly TraceEvent[] }
  | { readonly type: 'trace/clear' }
  | { readonly type: 'send/begin'; readonly id: number; readonly press: number; readonly raw: string }
  | { readonly type: 'send/end'; readonly id: number; readonly result: SendResult }
  | { readonly type: 'compare/begin'; readonly comparison: Comparison }
  /** What became of the server at this place of the comparison. */
  | { readonly type: 'compare/news'; readonly id: number; readonly at: number; readonly connection?: number; readonly result?: SendResult }
  | { readonly type: 'ws/begin'; readonly connection: number }
  | { readonly type: 'ws/news'; readonly news: readonly WsNews[] }
  | { readonly type: 'playback'; readonly recorded: Recorded; readonly place: Place | undefined }
  | { readonly type: 'burst/begin'; readonly id: number; readonly server: SnippetServer | undefined; readonly asked: number }
  | { readonly type: 'burst/progress'; readonly id: number; readonly answered: number }
  | { readonly type: 'burst/end'; readonly id: number; readonly report: LoadReport }
  // ── what is said
  | { readonly type: 'notice'; readonly notice: Notice | null };
