import type { JSX } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import { moveCut, toggleCut } from '../../playground/delivery.ts';
import type { SnippetCut } from '../../snippet/schema.ts';
import { later } from '../messages-later.ts';
import { parser } from './parser.ts';

const m = later.delivery;

/** More octets than this are not drawn: the page would only scroll. */
export const drawnOctets = 4096;

const named: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r', 92: '\\\\' };
const shownAs = (octet: number): string => named[octet] ?? (octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : `\\x${octet.toString(16).padStart(2, '0')}`);

/**
 * The bytes, each for itself, with a handle at every cut. A press between two bytes cuts there or mends the cut; a handle is
 * dragged, or moved by arrow keys (with Shift by ten), and Delete mends it.
 */
export function CutStrip(props: {
  readonly raw: string;
  /** In force. */
  readonly cuts: readonly SnippetCut[];
  /** Those that can be changed. */
  readonly own: readonly SnippetCut[];
  readonly end: number;
  readonly editable: boolean;
  readonly onChange: (cuts: readonly SnippetCut[]) => void;
}): JSX.Element {
  const { raw, cuts, own, end, editable, onChange } = props;
  const strip = useRef<HTMLDivElement>(null);
  const inspect = parser.value.value;
  const tokens = useMemo(() => inspect?.(raw).tokens, [raw, inspect]);
  const at = new Set(cuts.map((cut) => cut.at));

  /** The border between two octets that is nearest to a place on the screen. */
  const borderAt = (x: number, y: number): number | undefined => {
    const octet = document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-o]');
    if (!octet || !strip.current?.contains(octet)) return undefined;
    const { left, width } = octet.getBoundingClientRect();
    return Number(octet.dataset['o']) + (x > left + width / 2 ? 1 : 0);
  };
  const focusCut = (place: number): void => void requestAnimationFrame(() => strip.current?.querySelector<HTMLElement>(`[data-cut="${place}"]`)?.focus());
  const move = (from: number, to: number): number => {
    const next = moveCut(own, from, to, raw.length);
    if (next === own) return from;
    onChange(next);
    return Math.min(Math.max(to, 1), raw.length - 1);
  };
  const drag = (event: PointerEvent, from: number): void => {
    if (!editable) return;
    event.preventDefault();
    event.stopPropagation();
    // Not captured by the handle: it is drawn anew at each step.
    let place = from;
    let list = own;
    const onMove = (moved: PointerEvent): void => {
      const to = borderAt(moved.clientX, moved.clientY);
      if (to === undefined) return;
      const next = moveCut(list, place, to, raw.length);
      if (next === list) return;
      place = Math.min(Math.max(to, 1), raw.length - 1);
      list = next;
      onChange(next);
    };
    const onUp = (): void => {
      window.removeEventListener('pointermove', onMove);
      focusCut(place);
    };
    window.addEventListener('pointermove', onMove);
    window.addEventListener('pointerup', onUp, { once: true });
    window.addEventListener('pointercancel', onUp, { once: true });
  };
  const onKeyDown = (event: KeyboardEvent, from: number): void => {
    const step = event.shiftKey ? 10 : 1;
    const to = { ArrowLeft: from - step, ArrowDown: from - step, ArrowRight: from + step, ArrowUp: from + step, Home: 1, End: raw.length - 1 }[event.key];
    if (to !== undefined) focusCut(move(from, to));
    else if (event.key === 'Delete' || event.key === 'Backspace') onChange(toggleCut(own, from, raw.length));
    else return;
    event.preventDefault();
  };

  const parts: JSX.Element[] = [];
  let segment = 0;
  for (let offset = 0; offset < raw.length; offset++) {
    if (at.has(offset)) {
      segment++;
      parts.push(editable
        ? <span key={`cut-${offset}`} class="cut" data-cut={offset} role="slider" tabIndex={0} aria-label={m.cut(offset)} aria-valuemin={1} aria-valuemax={raw.length - 1} aria-valuenow={offset}
            onPointerDown={(event) => drag(event, offset)} onKeyDown={(event) => onKeyDown(event, offset)} />
        : <span key={`cut-${offset}`} class="cut fixed" />);
    }
    const octet = raw.charCodeAt(offset);
    parts.push(<span key={offset} data-o={offset} data-token={tokens?.tokenAt(offset)?.token} data-refused={tokens?.isRefused(offset) ? '' : undefined} data-odd={segment % 2 === 1 ? '' : undefined}
      data-unsent={offset >= end ? '' : undefined}>{shownAs(octet)}</span>);
    if (octet === 10) parts.push(<br key={`br-${offset}`} />);
  }
  return (
    <>
      <div class="cut-strip mono" ref={strip} role="group" aria-label={m.bytes} data-editable={editable ? '' : undefined}
        onClick={(event) => {
          if (!editable || (event.target as HTMLElement).closest('.cut')) return;
          const place = borderAt(event.clientX, event.clientY);
          if (place !== undefined) onChange(toggleCut(own, place, raw.length));
        }}>{parts}</div>
      {editable && <p class="note">{m.help}</p>}
    </>
  );
}
