import { useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { fromWire, onWire, type Piece, type TextMap } from '../../playground/body-map.ts';
import { unitAt, type Linked } from '../../playground/select.ts';
import { useModel } from '../model.ts';

/** Names in `::highlight()` of `trace.css`. */
const names = { selected: 'octets-selected', hovered: 'octets-hovered' } as const;

/** The character under the pointer: its index in the one text node of `box`. */
function indexAt(box: HTMLElement, x: number, y: number): number | undefined {
  const text = box.firstChild;
  if (!(text instanceof Text)) return undefined;
  // Firefox has one, older Chromium the other.
  const caret = document.caretPositionFromPoint?.(x, y);
  const range = caret ? undefined : document.caretRangeFromPoint(x, y);
  const [node, offset] = caret ? [caret.offsetNode, caret.offset] : [range?.startContainer, range?.startOffset ?? 0];
  if (node !== text) return undefined;
  // A caret stands between two characters; which of them the pointer is on, their boxes say.
  const found = [offset, offset - 1].find((index) => {
    if (index < 0 || index >= text.length) return false;
    const one = document.createRange();
    one.setStart(text, index);
    one.setEnd(text, index + 1);
    return [...one.getClientRects()].some((rect) => x >= rect.left && x < rect.right && y >= rect.top && y < rect.bottom);
  });
  return found;
}

/**
 * Text that shows octets of the answer: the pointer lights what the octets under it are part of, a click selects that, and what is selected
 * elsewhere is lit here. Marked by ranges and not by elements, so that the text stays one text to be read, selected and copied.
 */
export function LinkedText(props: { readonly map: TextMap; readonly pieces: readonly Piece[] }): JSX.Element {
  const { state, focus, selected, hovered, dispatch } = useModel();
  const box = useRef<HTMLPreElement>(null);
  const { map, pieces } = props;

  const selectionAt = (event: MouseEvent) => {
    const index = box.current && indexAt(box.current, event.clientX, event.clientY);
    const octet = index == null ? undefined : map.octetAt(index);
    const at = octet === undefined ? undefined : onWire(pieces, octet);
    const connection = focus.peek()?.connection;
    if (at === undefined || connection === undefined) return null;
    return { kind: 'bytes', connection, stream: 's2c', span: unitAt(state.peek().trace, connection, 's2c', at) } as const;
  };

  const light = (name: string, linked: Linked | undefined): void => {
    const text = box.current?.firstChild;
    if (!('highlights' in CSS) || !(text instanceof Text)) return;
    const mine = linked && linked.connection === focus.peek()?.connection ? linked.s2c : [];
    const ranges = mine.flatMap(([start, end]) => fromWire(pieces, start, end)).flatMap(([from, to]) => map.rangesOf(from, to)).map(([start, end]) => {
      const range = document.createRange();
      range.setStart(text, Math.min(start, text.length));
      range.setEnd(text, Math.min(end, text.length));
      return range;
    });
    if (ranges.length > 0) CSS.highlights.set(name, new Highlight(...ranges));
    else CSS.highlights.delete(name);
  };
  const lightBoth = (): void => {
    light(names.selected, selected.value);
    light(names.hovered, hovered.value);
  };
  useSignalEffect(lightBoth);
  useEffect(() => {
    lightBoth();
    return () => { if ('highlights' in CSS) for (const name of Object.values(names)) CSS.highlights.delete(name); };
  }, [map, pieces]);

  return (
    <pre class="body-text" tabIndex={0} ref={box}
      onPointerMove={(event) => { if (event.buttons === 0) dispatch({ type: 'hover', selection: selectionAt(event) }); }}
      onPointerLeave={() => dispatch({ type: 'hover', selection: null })}
      onClick={(event) => {
        // Text was selected, to be copied.
        if (getSelection()?.isCollapsed === false) return;
        const selection = selectionAt(event);
        if (selection) dispatch({ type: 'select', selection });
      }}>{map.text}</pre>
  );
}
