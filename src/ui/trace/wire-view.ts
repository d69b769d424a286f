import type { Linked, Selection } from '../../playground/select.ts';
import { inSpans } from '../../playground/select.ts';
import type { ConnectionIndex } from '../../playground/trace-log.ts';
import { rowOf, segmentStarts, wireRows, type WireRow } from '../../playground/wire.ts';
import type { Span, Stream } from '../../trace/events.ts';
import { traceTexts } from '../messages-trace.ts';
import { VirtualList } from '../parts/virtual-list.ts';

/** Height of a row in CSS pixels; `trace.css` uses the same. */
const rowHeight = 20;

/** A place in the conversation. */
interface Cursor { readonly stream: Stream; readonly offset: number }

export interface WireViewOptions {
  readonly container: HTMLElement;
  /** What the pointer means at a byte: see `unitAt` in `playground/select.ts`. */
  readonly unitAt: (connection: number, stream: Stream, offset: number) => Span;
  readonly onHover: (selection: Selection | null) => void;
  readonly onSelect: (selection: Selection | null) => void;
}

/**
 * The bytes of one connection, both directions, in the order in which they passed. A virtualised grid: one cell per byte,
 * in hex and as text, coloured by token. The pointer lights tokens, a click selects one, dragging selects bytes; with the
 * keyboard, arrows walk byte by byte (with Control from token to token) and Shift extends.
 */
export class WireView {
  readonly #options: WireViewOptions;
  readonly #list: VirtualList;
  #connection: ConnectionIndex | undefined;
  #rows: readonly WireRow[] = [];
  #starts: Readonly<Record<Stream, ReadonlySet<number>>> = { c2s: new Set(), s2c: new Set() };
  #layout: 'hex' | 'text' = 'hex';
  #perRow = 16;
  #selected: Linked | undefined;
  #hovered: Linked | undefined;
  #cursor: Cursor | undefined;
  #anchor: Cursor | undefined;
  #dragged = false;

  constructor(options: WireViewOptions) {
    this.#options = options;
    const { container } = options;
    this.#list = new VirtualList({ container, rowHeight, create: () => document.createElement('div'), draw: (element, index) => this.#draw(element, index) });
    container.addEventListener('pointermove', this.#onPointerMove);
    container.addEventListener('pointerleave', this.#onPointerLeave);
    container.addEventListener('pointerdown', this.#onPointerDown);
    container.addEventListener('keydown', this.#onKeyDown);
  }

  /** Show a connection (its indexes may have grown since the last call). */
  show(connection: ConnectionIndex | undefined, layout: 'hex' | 'text', width: number): void {
    const other = connection?.id !== this.#connection?.id;
    this.#connection = connection;
    this.#layout = layout;
    this.#perRow = layout === 'hex' ? bytesPerRow(width) : Math.max(24, Math.min(120, Math.floor((width - 110) / 7.6)));
    this.#rows = connection ? wireRows(connection, this.#perRow, layout === 'text') : [];
    this.#starts = connection ? { c2s: segmentStarts(connection, 'c2s'), s2c: segmentStarts(connection, 's2c') } : { c2s: new Set(), s2c: new Set() };
    if (other) this.#cursor = this.#anchor = undefined;
    this.#options.container.dataset['layout'] = layout;
    this.#options.container.style.setProperty('--per-row', String(this.#perRow));
    this.#options.container.setAttribute('aria-rowcount', String(this.#rows.length));
    this.#list.setCount(this.#rows.length);
  }

  /** Light what is selected and what is pointed at. */
  light(selected: Linked | undefined, hovered: Linked | undefined): void {
    this.#selected = selected;
    this.#hovered = hovered;
    this.#list.forEachVisible((element, index) => this.#light(element, index));
  }

  /** Bring a byte into view. */
  reveal(stream: Stream, offset: number): void {
    this.#list.reveal(rowOf(this.#rows, stream, offset));
  }

  dispose(): void {
    const { container } = this.#options;
    container.removeEventListener('pointermove', this.#onPointerMove);
    container.removeEventListener('pointerleave', this.#onPointerLeave);
    container.removeEventListener('pointerdown', this.#onPointerDown);
    container.removeEventListener('keydown', this.#onKeyDown);
    this.#list.dispose();
  }

  #draw(element: HTMLElement, index: number): void {
    const row = this.#rows[index];
    if (!row || !this.#connection) return;
    element.role = 'row';
    element.ariaRowIndex = String(index + 1);
    element.dataset['stream'] = row.stream;
    if (row.kind === 'heading') {
      element.dataset['kind'] = 'heading';
      const title = document.createElement('span');
      title.role = 'gridcell';
      title.className = 'turn';
      title.textContent = row.stream === 'c2s' ? traceTexts.wire.c2s : traceTexts.wire.s2c;
      const size = document.createElement('span');
      size.className = 'turn-size';
      size.textContent = traceTexts.wire.turn(row.end - row.start, row.segments);
      title.append(size);
      element.replaceChildren(title);
      return;
    }
    element.dataset['kind'] = 'bytes';
    const offset = document.createElement('span');
    offset.className = 'offset';
    offset.textContent = String(row.start).padStart(5, ' ');
    const hexCells = document.createElement('span');
    hexCells.className = 'hex';
    const textCells = document.createElement('span');
    textCells.className = 'text';
    hexCells.role = textCells.role = 'presentation';
    const stream = this.#connection[row.stream];
    for (let at = row.start; at < row.end; at++) {
      const octet = stream.at(at);
      const token = stream.isRefused(at) ? 'refused' : (stream.tokenAt(at)?.token ?? '');
      const border = at > row.start && this.#starts[row.stream].has(at);
      if (this.#layout === 'hex') hexCells.append(cell(octet < 0 ? '??' : octet.toString(16).padStart(2, '0'), at, token, border, 'h'));
      textCells.append(cell(glyph(octet), at, token, border, 't'));
    }
    if (this.#layout === 'hex') {
      // The hex cells are what is read out; the text beside them says the same.
      hexCells.ariaLabel = null;
      textCells.ariaHidden = 'true';
      for (const one of hexCells.children) (one as HTMLElement).role = 'gridcell';
      element.replaceChildren(offset, hexCells, textCells);
    } else {
      textCells.ariaHidden = null;
      for (const one of textCells.children) (one as HTMLElement).role = 'gridcell';
      element.replaceChildren(offset, textCells);
    }
    this.#light(element, index);
  }

  #light(element: HTMLElement, index: number): void {
    const row = this.#rows[index];
    if (row?.kind !== 'bytes' || !this.#connection) return;
    const mine = (linked: Linked | undefined): readonly Span[] => (linked && linked.connection === this.#connection?.id ? linked[row.stream] : []);
    const selected = mine(this.#selected);
    const hovered = mine(this.#hovered);
    for (const one of element.querySelectorAll<HTMLElement>('[data-o]')) {
      const at = Number(one.dataset['o']);
      one.classList.toggle('selected', inSpans(selected, at));
      one.classList.toggle('hovered', inSpans(hovered, at));
      const isCursor = this.#cursor?.stream === row.stream && this.#cursor.offset === at;
      one.classList.toggle('cursor', isCursor);
    }
  }

  #place(target: EventTarget | null): Cursor | undefined {
    const one = target instanceof HTMLElement ? target.closest<HTMLElement>('[data-o]') : null;
    const stream = one?.closest<HTMLElement>('[data-stream]')?.dataset['stream'] as Stream | undefined;
    return one && stream ? { stream, offset: Number(one.dataset['o']) } : undefined;
  }

  #unit(place: Cursor): Span {
    return this.#connection ? this.#options.unitAt(this.#connection.id, place.stream, place.offset) : [place.offset, place.offset + 1];
  }

  #selection(place: Cursor, span: Span = this.#unit(place)): Selection | null {
    return this.#connection ? { kind: 'bytes', connection: this.#connection.id, stream: place.stream, span } : null;
  }

  #between(a: Cursor, b: Cursor): Selection | null {
    return this.#selection(b, [Math.min(a.offset, b.offset), Math.max(a.offset, b.offset) + 1]);
  }

  readonly #onPointerMove = (event: PointerEvent): void => {
    const place = this.#place(event.target);
    if (event.buttons === 1 && this.#anchor && place?.stream === this.#anchor.stream) {
      if (place.offset !== this.#anchor.offset || this.#dragged) {
        this.#dragged = true;
        this.#options.onSelect(this.#between(this.#anchor, place));
      }
      return;
    }
    this.#options.onHover(place ? this.#selection(place) : null);
  };

  readonly #onPointerLeave = (): void => this.#options.onHover(null);

  readonly #onPointerDown = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const place = this.#place(event.target);
    if (!place) return;
    // Text selection of the browser would fight with ours; focus is what a click would have given.
    event.preventDefault();
    this.#options.container.focus({ preventScroll: true });
    this.#dragged = false;
    if (event.shiftKey && this.#anchor?.stream === place.stream) {
      this.#options.onSelect(this.#between(this.#anchor, place));
      return;
    }
    this.#anchor = place;
    this.#setCursor(place);
    this.#options.onSelect(this.#selection(place));
  };

  #setCursor(place: Cursor): void {
    this.#cursor = place;
    const index = rowOf(this.#rows, place.stream, place.offset);
    this.#list.reveal(index);
    this.#list.forEachVisible((element, at) => this.#light(element, at));
    const row = this.#list.elementAt(index);
    const one = row?.querySelector<HTMLElement>(`[data-o="${place.offset}"]`);
    for (const old of this.#options.container.querySelectorAll('#wire-cursor')) old.removeAttribute('id');
    if (one) one.id = 'wire-cursor';
    if (one) this.#options.container.setAttribute('aria-activedescendant', 'wire-cursor');
  }

  readonly #onKeyDown = (event: KeyboardEvent): void => {
    const bytes = this.#rows.filter((row) => row.kind === 'bytes');
    const first = bytes[0];
    if (!first) return;
    if (event.key === 'Escape') {
      this.#options.onSelect(null);
      return;
    }
    const from = this.#cursor ?? { stream: first.stream, offset: first.start };
    const next = this.#cursor ? this.#step(from, event.key, event.ctrlKey || event.altKey) : /^(Arrow|Home|End|Page)/.test(event.key) ? from : undefined;
    if (!next) return;
    event.preventDefault();
    const extend = event.shiftKey && this.#anchor?.stream === next.stream;
    if (!extend) this.#anchor = next;
    this.#setCursor(next);
    this.#options.onSelect(extend && this.#anchor ? this.#between(this.#anchor, next) : this.#selection(next));
  };

  #step(from: Cursor, key: string, byUnit: boolean): Cursor | undefined {
    const rows = this.#rows;
    const index = rowOf(rows, from.stream, from.offset);
    const row = rows[index];
    if (row?.kind !== 'bytes') return undefined;
    const nearRow = (at: number, direction: 1 | -1): Cursor | undefined => {
      for (let i = at; i >= 0 && i < rows.length; i += direction) {
        const candidate = rows[i];
        if (candidate?.kind === 'bytes') return { stream: candidate.stream, offset: Math.min(candidate.start + (from.offset - row.start), candidate.end - 1) };
      }
      return undefined;
    };
    const span = this.#unit(from);
    switch (key) {
      case 'ArrowRight': {
        const offset = byUnit ? span[1] : from.offset + 1;
        if (offset < row.end || rowOf(rows, from.stream, offset) >= 0) return { stream: from.stream, offset };
        const next = rows.slice(index + 1).find((candidate) => candidate.kind === 'bytes');
        return next && { stream: next.stream, offset: next.start };
      }
      case 'ArrowLeft': {
        const offset = byUnit ? span[0] - 1 : from.offset - 1;
        if (offset >= 0 && rowOf(rows, from.stream, offset) >= 0) return { stream: from.stream, offset: byUnit ? this.#unit({ stream: from.stream, offset })[0] : offset };
        const before = rows.slice(0, index).findLast((candidate) => candidate.kind === 'bytes');
        return before && { stream: before.stream, offset: before.end - 1 };
      }
      case 'ArrowDown': return nearRow(index + 1, 1);
      case 'ArrowUp': return nearRow(index - 1, -1);
      case 'PageDown': return nearRow(Math.min(index + this.#list.pageRows, rows.length - 1), -1);
      case 'PageUp': return nearRow(Math.max(index - this.#list.pageRows, 0), 1);
      case 'Home': return { stream: from.stream, offset: row.start };
      case 'End': return { stream: from.stream, offset: row.end - 1 };
      default: return undefined;
    }
  }
}

/** How many bytes fit beside each other as hex and as text: 16 where there is room, fewer on narrow screens. */
function bytesPerRow(width: number): number {
  const fits = Math.floor((width - 130) / 31);
  return fits >= 24 ? 24 : fits >= 16 ? 16 : fits >= 12 ? 12 : 8;
}

/** How a byte is drawn as text. CR, LF and TAB are written as in source code. */
function glyph(octet: number): string {
  if (octet === 0x0d) return '\\r';
  if (octet === 0x0a) return '\\n';
  if (octet === 0x09) return '\\t';
  if (octet === 0x20) return ' ';
  return octet > 0x20 && octet < 0x7f ? String.fromCharCode(octet) : '·';
}

function cell(text: string, offset: number, token: string, border: boolean, kind: 'h' | 't'): HTMLElement {
  const element = document.createElement('span');
  element.textContent = text;
  element.className = kind;
  element.dataset['o'] = String(offset);
  if (token !== '') element.dataset['token'] = token;
  if (border) element.dataset['border'] = '';
  if (kind === 't' && text.length === 2) element.dataset['wide'] = '';
  return element;
}
