import type { Linked, Selection } from '../../playground/select.ts';
import { arrowOf, isProblem, laneOf, lanes, type TimelineRow } from '../../playground/timeline.ts';
import { eventId } from '../../playground/trace-log.ts';
import type { TraceEvent } from '../../trace/events.ts';
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
  #current: TraceEvent | undefined;

  constructor(options: TimelineViewOptions) {
    this.#options = options;
    const { container } = options;
    this.#list = new VirtualList({ container, rowHeight, create: createRow, draw: (element, index) => this.#draw(element, index) });
    container.addEventListener('pointerover', this.#onPointerOver);
    container.addEventListener('pointerleave', this.#onPointerLeave);
    container.addEventListener('click', this.#onClick);
    container.addEventListener('keydown', this.#onKeyDown);
  }

  /** Show these rows. */
  show(rows: readonly TimelineRow[]): void {
    this.#rows = rows;
    this.#options.container.setAttribute('aria-rowcount', String(rows.length));
    this.#list.setCount(rows.length);
    this.#nameCurrent();
  }

  /** Light what is linked. `current` is the event that is itself selected. */
  light(selected: Linked | undefined, hovered: Linked | undefined, current: TraceEvent | undefined): void {
    this.#selected = selected;
    this.#hovered = hovered;
    this.#current = current;
    this.#list.forEachVisible((element, index) => this.#light(element, index));
    this.#nameCurrent();
  }

  /** Begin with a connection: its heading at the top. */
  toConnection(connection: number): void {
    const index = this.#rows.findIndex((row) => row.kind === 'heading' && row.connection === connection);
    if (index >= 0) this.#list.toTop(index);
  }

  /** Bring an event into view. */
  reveal(event: TraceEvent): void {
    this.#list.reveal(this.#rows.findIndex((row) => row.kind === 'event' && row.event === event));
  }

  /** Bring the first of the linked events into view, unless one is in view already. */
  revealLinked(linked: Linked): void {
    let visible = false;
    const box = this.#options.container.getBoundingClientRect();
    this.#list.forEachVisible((element, index) => {
      const row = this.#rows[index];
      const { top, bottom } = element.getBoundingClientRect();
      if (row?.kind === 'event' && linked.events.has(row.event) && top >= box.top && bottom <= box.bottom) visible = true;
    });
    if (!visible) this.#list.reveal(this.#rows.findIndex((row) => row.kind === 'event' && linked.events.has(row.event)));
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
    element.toggleAttribute('data-problem', isProblem(event));
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
    const event = row?.kind === 'event' ? row.event : undefined;
    element.classList.toggle('linked', event !== undefined && (this.#selected?.events.has(event) ?? false));
    element.classList.toggle('hovered', event !== undefined && (this.#hovered?.events.has(event) ?? false));
    const current = event !== undefined && event === this.#current;
    element.classList.toggle('current', current);
    element.ariaSelected = row?.kind === 'event' ? String(current) : null;
    if (current) element.id = 'timeline-current';
    else element.removeAttribute('id');
  }

  /** Tell assistive technology which row is the current one, while it is in the document. */
  #nameCurrent(): void {
    const { container } = this.#options;
    if (container.querySelector('#timeline-current')) container.setAttribute('aria-activedescendant', 'timeline-current');
    else container.removeAttribute('aria-activedescendant');
  }

  #rowAt(target: EventTarget | null): (TimelineRow & { kind: 'event' }) | undefined {
    const row = target instanceof Element ? this.#rows[this.#list.indexOf(target)] : undefined;
    return row?.kind === 'event' ? row : undefined;
  }

  readonly #onPointerOver = (event: PointerEvent): void => {
    const row = this.#rowAt(event.target);
    this.#options.onHover(row ? { kind: 'event', id: eventId(row.event) } : null);
  };

  readonly #onPointerLeave = (): void => this.#options.onHover(null);

  readonly #onClick = (event: MouseEvent): void => {
    const site = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>('.site') : null;
    if (site) this.#options.onSite(site.dataset['file'] ?? '', Number(site.dataset['line']));
    const row = this.#rowAt(event.target);
    if (row) this.#options.onSelect({ kind: 'event', id: eventId(row.event) });
  };

  readonly #onKeyDown = (event: KeyboardEvent): void => {
    const rows = this.#rows;
    const at = rows.findIndex((row) => row.kind === 'event' && row.event === this.#current);
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
    this.#options.onSelect({ kind: 'event', id: eventId(row.event) });
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
  const move = arrowOf(row.event);
  if (move) {
    const from = lanes.indexOf(move.from);
    const to = lanes.indexOf(move.to);
    const arrow = document.createElement('i');
    arrow.className = from < to ? 'arrow right' : 'arrow left';
    arrow.style.setProperty('--at', String(Math.min(from, to)));
    arrow.style.setProperty('--span', String(Math.abs(to - from)));
    parts.push(arrow);
  } else {
    const point = document.createElement('i');
    point.className = 'point';
    point.style.setProperty('--at', String(lanes.indexOf(laneOf(row.event))));
    parts.push(point);
  }
  gutter.dataset['lane'] = laneOf(row.event);
  gutter.replaceChildren(...parts);
}
