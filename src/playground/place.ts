/**
 * Where somebody stands in a trace, as a link says it. A trace is not in the link: it is made again when the snippet is run. So
 * the names here mean the same in the next run: positions within the connection instead of ids, and no times.
 */
import type { SnippetView } from '../snippet/schema.ts';
import type { Selection } from './select.ts';
import type { Focus, PlaygroundState } from './state.ts';
import { eventId, type ConnectionIndex, type TraceLog } from './trace-log.ts';

/** The members of a snippet's view that say it. */
export type Place = Pick<SnippetView, 'connection' | 'exchange' | 'step' | 'selection'>;

/** Is there anything to go back to? */
export const isPlace = (view: SnippetView): boolean => view.step !== undefined || view.selection !== undefined;

/**
 * Which connection the visitor looks at, from 1: of those that were opened by the same press of Send, so that it means the same in another run; `recorded`: of
 * all in the trace. 1 where it is none of them.
 */
function connectionPlace(state: PlaygroundState, id: number, recorded: boolean): number {
  const press = state.sends.find((send) => send.result?.connection === id)?.press;
  const opened = state.sends.flatMap((send) => (send.press === press && press !== undefined && send.result ? [send.result.connection] : []));
  const beside = recorded ? [...state.trace.connections.keys()] : [...new Set(opened)];
  return Math.max(1, beside.indexOf(id) + 1);
}

/** Where the visitor stands; `recorded`: in the trace as it is. Members that are not set are absent, also from the view that this is put into. */
export function placeOf(state: PlaygroundState, recorded = false): Place {
  const { focus, trace, selection, step } = state;
  const written = focus && selection ? writeSelection(trace, selection, focus) : undefined;
  if (!focus || (step === null && written === undefined)) return {};
  const connection = connectionPlace(state, focus.connection, recorded);
  return {
    ...(connection > 1 ? { connection } : {}),
    ...(focus.exchange > 1 ? { exchange: focus.exchange } : {}),
    ...(step === null ? {} : { step }),
    ...(written === undefined ? {} : { selection: written }),
  };
}

/** The place in a view, and nothing else of it. */
export function placeFrom({ connection, exchange, step, selection }: SnippetView): Place {
  return { ...(connection === undefined ? {} : { connection }), ...(exchange === undefined ? {} : { exchange }), ...(step === undefined ? {} : { step }), ...(selection === undefined ? {} : { selection }) };
}

/** `view` with the visitor's place in it, instead of any that it held. */
export function viewWithPlace(view: SnippetView, place: Place): SnippetView {
  const { connection: _n, exchange: _e, step: _s, selection: _c, ...rest } = view;
  return { ...rest, ...place };
}

function writeSelection(log: TraceLog, selection: Selection, focus: Focus): string | undefined {
  switch (selection.kind) {
    case 'bytes': return selection.connection === focus.connection ? `${selection.stream}:${selection.span[0]}-${selection.span[1]}` : undefined;
    case 'key': return `key:${selection.key}`;
    case 'line': return `line:${selection.line}:${selection.file}`;
    case 'event': {
      const step = log.stepOf(selection.id);
      return step < 0 ? undefined : `event:${step}`;
    }
  }
}

/** The selection that {@link placeOf} wrote, on a connection of this run. Undefined where it says nothing that could be shown. */
export function readSelection(written: string, connection: ConnectionIndex, exchange: number): Selection | undefined {
  const bytes = /^(c2s|s2c):(\d{1,10})-(\d{1,10})$/.exec(written);
  if (bytes) {
    const stream = bytes[1] as 'c2s' | 's2c';
    const span = [Number(bytes[2]), Number(bytes[3])] as const;
    return span[0] < span[1] && span[1] <= connection[stream].length ? { kind: 'bytes', connection: connection.id, stream, span } : undefined;
  }
  const line = /^line:(\d{1,7}):(.+)$/.exec(written);
  if (line) return { kind: 'line', line: Number(line[1]), file: line[2] as string };
  if (written.startsWith('key:')) return { kind: 'key', connection: connection.id, exchange, key: written.slice('key:'.length) };
  const event = /^event:(\d{1,7})$/.exec(written);
  const found = event && connection.events[Number(event[1])];
  return found ? { kind: 'event', id: eventId(found) } : undefined;
}
