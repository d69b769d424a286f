/**
 * Where somebody stands in a trace, as a link says it. A trace is not in the link: it is made again when the snippet is run. So
 * the names here mean the same in the next run: positions within the connection instead of ids, and no times.
 */
import type { SnippetView } from '../snippet/schema.ts';
import type { Selection } from './select.ts';
import type { Focus, PlaygroundState } from './state.ts';
import { eventId, type ConnectionIndex, type TraceLog } from './trace-log.ts';

/** The members of a snippet's view that say it. */
export type Place = Pick<SnippetView, 'exchange' | 'step' | 'selection'>;

/** Is there anything to go back to? */
export const isPlace = (view: SnippetView): boolean => view.step !== undefined || view.selection !== undefined;

/** Where the visitor stands. Members that are not set are absent, also from the view that this is put into. */
export function placeOf(state: PlaygroundState): Place {
  const { focus, trace, selection, step } = state;
  const written = focus && selection ? writeSelection(trace, selection, focus) : undefined;
  if (!focus || (step === null && written === undefined)) return {};
  return {
    ...(focus.exchange > 1 ? { exchange: focus.exchange } : {}),
    ...(step === null ? {} : { step }),
    ...(written === undefined ? {} : { selection: written }),
  };
}

/** The place in a view, and nothing else of it. */
export function placeFrom({ exchange, step, selection }: SnippetView): Place {
  return { ...(exchange === undefined ? {} : { exchange }), ...(step === undefined ? {} : { step }), ...(selection === undefined ? {} : { selection }) };
}

/** `view` with the visitor's place in it, instead of any that it held. */
export function viewWithPlace(view: SnippetView, place: Place): SnippetView {
  const { exchange: _e, step: _s, selection: _c, ...rest } = view;
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
