import type { Snippet, SnippetView } from '../snippet/schema.ts';
import type { TraceEvent } from '../trace/events.ts';
import type { Action } from './actions.ts';
import { addFile, deleteFile, editFile, nameProblem, openFile, renameFile } from './files.ts';
import { readSelection, type Place } from './place.ts';
import { addRequests, deleteRequest, deliverRequest, editRequest, insertRequest, moveRequest, plainRequest, renameRequest, requestsOf, showRequest, shownRequest } from './requests.ts';
import { sameSelection, type Selection } from './select.ts';
import type { PlaygroundState, Undo } from './state.ts';
import { TraceLog, connectionOf, eventId, exchangeOf } from './trace-log.ts';
import { withNews } from './web-socket.ts';

/** Sends that are remembered. Older ones are still in the trace. */
const maxSends = 200;
/** Bursts that are kept to be compared. */
const maxBursts = 4;

const withSnippet = (state: PlaygroundState, snippet: Snippet): PlaygroundState =>
  snippet === state.work.snippet ? state : { ...state, work: { ...state.work, snippet } };

const withView = (state: PlaygroundState, view: SnippetView): PlaygroundState =>
  withSnippet(state, { ...state.work.snippet, view: { ...state.work.snippet.view, ...view } });

/** A fresh trace: nothing of the last run is pointed at any more. */
function withoutTrace(state: PlaygroundState): PlaygroundState {
  const trace = new TraceLog();
  return { ...state, trace, traceVersion: trace.version, playback: null, comparison: null, focus: null, step: null, selection: null, hover: null };
}

function undo(state: PlaygroundState, step: Undo): PlaygroundState {
  const { snippet } = state.work;
  switch (step.what) {
    case 'work':
      return { ...withoutTrace(state), work: step.work, undo: null, notice: null, sends: [], webSocket: null };
    case 'file': {
      // Somebody may have made a file of that name since; then both are kept.
      const path = nameProblem(snippet.files, step.path) ? `restored-${step.path.replaceAll('/', '-')}` : step.path;
      return { ...withSnippet(state, { ...addFile(snippet, path, step.text), entry: step.entry }), undo: null };
    }
    case 'request':
      return { ...withSnippet(state, insertRequest(snippet, Math.min(step.index, requestsOf(snippet).length), step.request)), undo: null };
  }
}

/** Which exchange a selection is about, so that the panels can follow it. */
function focusOf(state: PlaygroundState, selection: Selection): PlaygroundState['focus'] {
  if (selection.kind === 'key') return { connection: selection.connection, exchange: selection.exchange };
  if (selection.kind === 'event') {
    const event = state.trace.get(selection.id);
    const connection = event ? connectionOf(event) : 0;
    if (event && connection !== 0) {
      const number = exchangeOf(event);
      if (number !== 0) return { connection, exchange: number };
      if (state.focus?.connection !== connection) return { connection, exchange: 1 };
    }
  }
  if (selection.kind === 'bytes') {
    const token = state.trace.stream(selection.connection, selection.stream)?.tokenAt(selection.span[0]);
    if (token && token.exchange > 0) return { connection: selection.connection, exchange: token.exchange };
    if (state.focus?.connection !== selection.connection) return { connection: selection.connection, exchange: 1 };
  }
  return state.focus;
}

/** Stand at event `step` of the connection in focus: it is the one that is selected. */
function stepTo(state: PlaygroundState, step: number): PlaygroundState {
  const { focus, trace } = state;
  const events = focus ? trace.connections.get(focus.connection)?.events : undefined;
  if (!focus || !events || events.length === 0) return state;
  const at = Math.max(0, Math.min(step, events.length - 1));
  const event = events[at] as TraceEvent;
  return { ...state, step: at, selection: { kind: 'event', id: eventId(event) }, focus: { ...focus, exchange: exchangeOf(event) || focus.exchange } };
}

/** While stepping, an event that is selected is where one stands. On another connection there is no step. */
function follow(state: PlaygroundState, selection: Selection | null): PlaygroundState {
  const next = { ...state, selection, focus: selection ? focusOf(state, selection) : state.focus };
  if (state.step === null) return next;
  if (next.focus?.connection !== state.focus?.connection) return { ...next, step: null };
  const step = selection?.kind === 'event' ? state.trace.stepOf(selection.id) : -1;
  return step < 0 ? next : { ...next, step };
}

/** Go where a link says, as far as this run came to it. */
function goTo(state: PlaygroundState, id: number, place: Place): PlaygroundState {
  const connection = state.trace.connections.get(id);
  if (!connection) return state;
  const exchange = connection.exchanges.has(place.exchange ?? 1) ? (place.exchange ?? 1) : 1;
  const there: PlaygroundState = { ...state, focus: { connection: id, exchange }, step: null, selection: null, hover: null };
  const stepped = place.step === undefined ? there : stepTo(there, place.step);
  const selection = place.selection === undefined ? undefined : readSelection(place.selection, connection, exchange);
  return selection && selection.kind !== 'event' ? { ...stepped, selection } : selection ? follow(stepped, selection) : stepped;
}

/** The state after `action`. Pure, but for the trace log that a state shares with its successors. */
export function reduce(state: PlaygroundState, action: Action): PlaygroundState {
  const { snippet } = state.work;
  switch (action.type) {
    case 'work/replace': {
      const step: Undo | null = action.undoable ? { what: 'work', work: state.work } : null;
      return { ...withoutTrace(state), work: action.work, undo: step, notice: null, sends: [], webSocket: null };
    }
    case 'work/trust':
      return state.work.trusted ? state : { ...state, work: { ...state.work, trusted: true } };
    case 'undo':
      return state.undo ? undo(state, state.undo) : state;
    case 'undo/dismiss':
      return state.undo ? { ...state, undo: null } : state;

    case 'file/open':
      return withSnippet(state, openFile(snippet, action.path));
    case 'file/edit':
      return withSnippet(state, editFile(snippet, action.path, action.text));
    case 'file/add': {
      const problem = nameProblem(snippet.files, action.path);
      return problem ? { ...state, notice: { kind: 'file-name', path: action.path, problem } } : withSnippet(state, addFile(snippet, action.path));
    }
    case 'file/rename': {
      const problem = nameProblem(snippet.files, action.to, action.from);
      return problem ? { ...state, notice: { kind: 'file-name', path: action.to, problem } } : withSnippet(state, renameFile(snippet, action.from, action.to));
    }
    case 'file/delete': {
      const next = deleteFile(snippet, action.path);
      if (next === snippet) return state;
      return { ...withSnippet(state, next), undo: { what: 'file', path: action.path, text: snippet.files[action.path] ?? '', entry: snippet.entry } };
    }
    case 'snippet/set': {
      const { type: _, ...members } = action;
      return withSnippet(state, { ...snippet, ...members });
    }
    case 'server/set':
      return withSnippet(state, { ...snippet, server: action.server });
    case 'network/set':
      return withSnippet(state, { ...snippet, network: action.network });
    case 'packages/set': {
      const { packages, ...rest } = snippet;
      if (JSON.stringify(packages ?? []) === JSON.stringify(action.packages)) return state;
      return withSnippet(state, action.packages.length > 0 ? { ...rest, packages: action.packages } : rest);
    }
    case 'replay/set': {
      const { replay: _, ...rest } = snippet;
      return withSnippet(state, action.replay ? { ...rest, replay: true } : rest);
    }

    case 'request/show':
      return withSnippet(state, showRequest(snippet, action.index));
    case 'request/edit':
      return withSnippet(state, editRequest(snippet, action.raw));
    case 'request/add':
      return withSnippet(state, addRequests(snippet, action.requests ?? [plainRequest]));
    case 'request/duplicate':
      return withSnippet(state, addRequests(snippet, [shownRequest(snippet)]));
    case 'request/deliver':
      return withSnippet(state, deliverRequest(snippet, action.delivery));
    case 'request/move':
      return withSnippet(state, moveRequest(snippet, action.index, action.by));
    case 'request/rename':
      return withSnippet(state, renameRequest(snippet, action.index, action.name));
    case 'request/delete': {
      const request = requestsOf(snippet)[action.index];
      const next = deleteRequest(snippet, action.index);
      if (!request || next === snippet) return state;
      return { ...withSnippet(state, next), undo: { what: 'request', index: action.index, request } };
    }

    case 'view/request-tab':
      return snippet.view.requestTab === action.tab ? state : withView(state, { requestTab: action.tab });
    case 'view/trace-tab':
      return snippet.view.traceTab === action.tab ? state : withView(state, { traceTab: action.tab });
    case 'view/compared': {
      const { compared: _, ...view } = snippet.view;
      return withSnippet(state, { ...snippet, view: action.programs ? { ...view, compared: action.programs } : view });
    }
    case 'focus':
      return { ...state, focus: action.focus, step: null, selection: null };
    case 'step':
      return action.step === null ? { ...state, step: null } : stepTo(state, action.step);
    case 'place':
      return goTo(state, action.connection, action.place);
    case 'select': {
      if (sameSelection(state.selection, action.selection)) return state;
      return follow(state, action.selection);
    }
    case 'hover':
      return sameSelection(state.hover, action.selection) ? state : { ...state, hover: action.selection };
    case 'filter':
      return { ...state, filter: { ...state.filter, ...action.filter } };

    case 'run/begin': {
      // What was said about a link or about storage is still true.
      const over = state.notice?.kind === 'wait-for-run' || state.notice?.kind === 'machine-failed';
      return { ...withoutTrace(state), ran: action.snippet, sends: [], webSocket: null, notice: over ? null : state.notice };
    }
    case 'run/reloaded':
      return { ...state, ran: action.snippet };
    case 'machine/status':
      return { ...state, machine: action.status };
    case 'trace/append': {
      state.trace.append(action.events);
      // While an answer is awaited, look at the connection that was opened for it: it may never come.
      const opened = state.sends.at(-1)?.result ? undefined : action.events.find((event) => event.type === 'socket.connect');
      return { ...state, traceVersion: state.trace.version, ...(opened ? { focus: { connection: connectionOf(opened), exchange: 1 }, step: null } : {}) };
    }
    case 'trace/clear':
      return { ...withoutTrace(state), sends: [] };
    case 'send/begin':
      return { ...state, sends: [...state.sends, { id: action.id, press: action.press, raw: action.raw }].slice(-maxSends) };
    case 'send/end': {
      const sends = state.sends.map((send) => (send.id === action.id ? { ...send, result: action.result } : send));
      const newest = sends.at(-1)?.id === action.id;
      const { connection, exchange } = action.result;
      const answered = newest && connection !== 0 && sends.length > 0;
      return { ...state, sends, ...(answered ? { focus: { connection, exchange }, step: null, selection: null, hover: null } : {}) };
    }

    case 'playback': {
      const { recorded, place } = action;
      const played = withoutTrace(state);
      played.trace.append(recorded.events);
      const sends = recorded.sends.map(({ raw, result }, index) => ({ id: index - recorded.sends.length, raw, result }));
      const first = [...played.trace.connections.keys()][(place?.connection ?? 1) - 1] ?? sends[0]?.result.connection ?? 0;
      const shown: PlaygroundState = {
        ...played, sends, traceVersion: played.trace.version, playback: recorded.interface ? { interface: recorded.interface } : {}, focus: first === 0 ? null : { connection: first, exchange: 1 },
      };
      return place && first !== 0 ? goTo(shown, first, place) : shown;
    }

    case 'compare/begin':
      return { ...state, comparison: action.comparison };
    case 'compare/news': {
      const { comparison } = state;
      if (comparison?.id !== action.id) return state;
      const { type: _, id: __, at, ...news } = action;
      return { ...state, comparison: { ...comparison, asked: comparison.asked.map((one, index) => (index === at ? { ...one, ...news } : one)) } };
    }
    case 'ws/begin':
      return { ...state, webSocket: { phase: 'connecting', connection: action.connection, log: [] }, focus: action.connection === 0 ? state.focus : { connection: action.connection, exchange: 1 }, step: null, selection: null };
    case 'ws/news':
      return state.webSocket ? { ...state, webSocket: action.news.reduce(withNews, state.webSocket) } : state;
    case 'burst/begin':
      return { ...state, bursts: [...state.bursts, { id: action.id, ...(action.server && { server: action.server }), asked: action.asked, answered: 0 }].slice(-maxBursts) };
    case 'burst/progress':
      return { ...state, bursts: state.bursts.map((burst) => (burst.id === action.id && !burst.report ? { ...burst, answered: action.answered } : burst)) };
    case 'burst/end':
      return { ...state, bursts: state.bursts.map((burst) => (burst.id === action.id ? { ...burst, answered: action.report.requests.length, report: action.report } : burst)) };

    case 'notice':
      return { ...state, notice: action.notice };
  }
}
