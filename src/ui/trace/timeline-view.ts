import type { Linked, Selection } from '../../playground/select.ts';
import { lanes, type TimelineRow } from '../../playground/timeline.ts';
import { describe } from '../describe.ts';
import { t } from '../messages.ts';
import { VirtualList } from '../parts/virtual-list.ts';

/** Height of a row in CSS pixels; `trace.css` uses the same. */
const rowHeight = 24;

export interface TimelineViewOptions {
  readonly container: HTMLElement;
  readonly onHover: (selection: Selection | null) => void;
  readonly onSelect: (selection: Selection | null) => void;
  readonly onSite: (file: string, line: number) => void;
}

/**
 * The sequence view: five lanes on the left, in which each fact is a point or an arrow and an open application call a
 * bar, and what happened in words on the right. Virtualised; the arrow keys walk from event to event.
 */
export class TimelineView {
  readonly #options: TimelineViewOptions;
  readonly #list: VirtualList;
  #rows: readonly TimelineRow[] = [];
  #selected: Linked | undefined;
  #hovered: Linked | undefined;
  #current = '';

  constructor(options: TimelineViewOptions) {
    this.#options = options;
    const { container } = options;
    this.#list = new VirtualList({ container, rowHeight, create: createRow, draw: (element, index) => this.#draw(element, index) });
    container.addEventListener('pointerover', this.#onPointerOver);
    container.addEventListener('pointerleave', this.#onPointerLeave);
    container.addEventListener('click', this.#onClick);
    container.addEventListener('keydown', this.#onKeyDown);
  }

  /** Show these rows; stays at the end if it was there. */
  show(rows: readonly TimelineRow[]): void {
    this.#rows = rows;
    this.#options.container.setAttribute('aria-rowcount', String(rows.length));
    this.#list.setCount(rows.length, true);
  }

  /** Light what is linked. `current` is the id of the event that is itself selected, or ''. */
  light(selected: Linked | undefined, hovered: Linked | undefined, current: string): void {
    this.#selected = selected;
    this.#hovered = hovered;
    this.#current = current;
    this.#list.forEachVisible((element, index) => this.#light(element, index));
  }

  /** Bring an event into view. */
  reveal(id: string): void {
    this.#list.reveal(this.#rows.findIndex((row) => row.kind === 'event' && row.id === id));
  }

  /** Bring the first of the linked events into view, unless one is in view already. */
  revealLinked(linked: Linked): void {
    let visible = false;
    const box = this.#options.container.getBoundingClientRect();
    this.#list.forEachVisible((element, index) => {
      const row = this.#rows[index];
      const { top, bottom } = element.getBoundingClientRect();
      if (row?.kind === 'event' && linked.events.has(row.id) && top >= box.top && bottom <= box.bottom) visible = true;
    });
    if (!visible) this.#list.reveal(this.#rows.findIndex((row) => row.kind === 'event' && linked.events.has(row.id)));
  }

  dispose(): void {
    const { container } = this.#options;
    container.removeEventListener('pointerover', this.#onPointerOver);
    container.removeEventListener('pointerleave', this.#onPointerLeave);
    container.removeEventListener('click', this.#onClick);
    container.removeEventListener('keydown', this.#onKeyDown);
    this.#list.dispose();
  }

  #draw(element: HTMLElement, index: number): void {
    const row = this.#rows[index];
    if (!row) return;
    element.ariaRowIndex = String(index + 1);
    element.dataset['kind'] = row.kind;
    const [since, gutter, text, site] = element.children as unknown as [HTMLElement, HTMLElement, HTMLElement, HTMLElement];
    if (row.kind === 'heading') {
      delete element.dataset['problem'];
      since.textContent = '';
      gutter.replaceChildren();
      text.replaceChildren(span('heading', t.timeline.heading(row.connection, row.exchange)));
      site.replaceChildren();
      this.#light(element, index);
      return;
    }
    const { event } = row;
    element.toggleAttribute('data-problem', row.problem);
    since.textContent = row.since < 1000 ? row.since.toFixed(2) : row.since.toFixed(0);
    drawGutter(gutter, row);
    const { title, detail } = describe(event);
    text.replaceChildren(span('event-title', title), span('event-detail', detail));
    const place = 'site' in event ? event.site : undefined;
    if (place) {
      const link = document.createElement('button');
      link.type = 'button';
      link.className = 'site';
      link.tabIndex = -1;
      link.textContent = t.common.site(place.file, place.line);
      link.title = t.common.openSite(place.file, place.line);
      link.dataset['file'] = place.file;
      link.dataset['line'] = String(place.line);
      site.replaceChildren(link);
    } else {
      site.replaceChildren();
    }
    this.#light(element, index);
  }

  #light(element: HTMLElement, index: number): void {
    const row = this.#rows[index];
    const id = row?.kind === 'event' ? row.id : '';
    element.classList.toggle('linked', id !== '' && (this.#selected?.events.has(id) ?? false));
    element.classList.toggle('hovered', id !== '' && (this.#hovered?.events.has(id) ?? false));
    const current = id !== '' && id === this.#current;
    element.classList.toggle('current', current);
    element.ariaSelected = row?.kind === 'event' ? String(current) : null;
    if (current) element.id = 'timeline-current';
    else element.removeAttribute('id');
  }

  #rowAt(target: EventTarget | null): (TimelineRow & { kind: 'event' }) | undefined {
    const row = target instanceof Element ? this.#rows[this.#list.indexOf(target)] : undefined;
    return row?.kind === 'event' ? row : undefined;
  }

  readonly #onPointerOver = (event: PointerEvent): void => {
    const row = this.#rowAt(event.target);
    this.#options.onHover(row ? { kind: 'event', id: row.id } : null);
  };

  readonly #onPointerLeave = (): void => this.#options.onHover(null);

  readonly #onClick = (event: MouseEvent): void => {
    const site = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>('.site') : null;
    if (site) this.#options.onSite(site.dataset['file'] ?? '', Number(site.dataset['line']));
    const row = this.#rowAt(event.target);
    if (row) this.#options.onSelect({ kind: 'event', id: row.id });
  };

  readonly #onKeyDown = (event: KeyboardEvent): void => {
    const rows = this.#rows;
    const at = rows.findIndex((row) => row.kind === 'event' && row.id === this.#current);
    const walk = (from: number, step: 1 | -1): number => {
      for (let i = from; i >= 0 && i < rows.length; i += step) if (rows[i]?.kind === 'event') return i;
      return -1;
    };
    let next = -1;
    switch (event.key) {
      case 'ArrowDown': next = walk(at + 1, 1); break;
      case 'ArrowUp': next = at < 0 ? walk(rows.length - 1, -1) : walk(at - 1, -1); break;
      case 'PageDown': next = walk(Math.min(Math.max(at, 0) + this.#list.pageRows, rows.length - 1), -1); break;
      case 'PageUp': next = walk(Math.max(at - this.#list.pageRows, 0), 1); break;
      case 'Home': next = walk(0, 1); break;
      case 'End': next = walk(rows.length - 1, -1); break;
      case 'Escape': this.#options.onSelect(null); return;
      default: return;
    }
    const row = rows[next];
    if (row?.kind !== 'event') return;
    event.preventDefault();
    this.#options.onSelect({ kind: 'event', id: row.id });
    this.#list.reveal(next);
  };
}

function createRow(): HTMLElement {
  const row = document.createElement('div');
  row.role = 'row';
  for (const name of ['since', 'gutter', 'what', 'where']) {
    const cell = document.createElement('span');
    cell.className = name;
    if (name === 'gutter') cell.ariaHidden = 'true';
    else cell.role = 'gridcell';
    row.append(cell);
  }
  return row;
}

function span(className: string, text: string): HTMLElement {
  const element = document.createElement('span');
  element.className = className;
  element.textContent = text;
  return element;
}

/** The lanes of one row. Positions are in lanes, so that the width is CSS's to choose. */
function drawGutter(gutter: HTMLElement, row: TimelineRow & { kind: 'event' }): void {
  const parts: HTMLElement[] = [];
  if (row.inCall) {
    const bar = document.createElement('i');
    bar.className = 'call';
    bar.style.setProperty('--at', String(lanes.indexOf('app')));
    parts.push(bar);
  }
  if (row.arrow) {
    const from = lanes.indexOf(row.arrow.from);
    const to = lanes.indexOf(row.arrow.to);
    const arrow = document.createElement('i');
    arrow.className = from < to ? 'arrow right' : 'arrow left';
    arrow.style.setProperty('--at', String(Math.min(from, to)));
    arrow.style.setProperty('--span', String(Math.abs(to - from)));
    parts.push(arrow);
  } else {
    const point = document.createElement('i');
    point.className = 'point';
    point.style.setProperty('--at', String(lanes.indexOf(row.lane)));
    parts.push(point);
  }
  gutter.dataset['lane'] = row.lane;
  gutter.replaceChildren(...parts);
}
