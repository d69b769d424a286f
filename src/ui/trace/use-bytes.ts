import { overlaps } from '../../playground/select.ts';
import type { Span } from '../../trace/events.ts';
import { useModel } from '../model.ts';

/** Something on the screen that stands for octets of the answer. */
export interface Bytes {
  /** Classes: `linked` where the selection touches them, `hovered` where the pointer does. */
  readonly lit: string;
  /** They are what is selected. */
  readonly chosen: boolean;
  readonly hover: () => void;
  readonly leave: () => void;
  readonly pick: () => void;
}

/** Point at octets of the server's stream on the connection in focus. Without a span nothing happens. */
export function useBytes(span: Span | undefined): Bytes {
  const { focus, selection, selected, hovered, dispatch } = useModel();
  const connection = focus.value?.connection ?? 0;
  const bytes = span && ({ kind: 'bytes', connection, stream: 's2c', span } as const);
  const touches = (linked: typeof selected.value): boolean => span !== undefined && linked?.connection === connection && overlaps(linked.s2c, [span]);
  const chosen = span !== undefined && selection.value?.kind === 'bytes' && selection.value.stream === 's2c' && selection.value.span[0] === span[0] && selection.value.span[1] === span[1];
  return {
    lit: [touches(selected.value) ? 'linked' : '', touches(hovered.value) ? 'hovered' : ''].filter(Boolean).join(' '),
    chosen,
    hover: () => { if (bytes) dispatch({ type: 'hover', selection: bytes }); },
    leave: () => { if (bytes) dispatch({ type: 'hover', selection: null }); },
    pick: () => { if (bytes) dispatch({ type: 'select', selection: bytes }); },
  };
}
