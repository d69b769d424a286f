import type { Linked, Selection } from '../../playground/select.ts';
import { isProblem } from '../../playground/problems.ts';
import { lanes } from '../../playground/timeline-filter.ts';
import { arrowOf, laneOf, type EventRow, type GroupRow, type TimelineRow } from '../../playground/timeline.ts';
import { eventId } from '../../playground/trace-log.ts';
import type { TraceEvent } from '../../trace/events.ts';
import { describe } from '../describe.ts';
import { traceTexts } from '../messages-trace.ts';
import { t } from '../messages.ts';
import { VirtualList } from '../parts/virtual-list.ts';

/** Height of a row in CSS pixels; `trace.css` uses the same. */
const rowHeight = 24;

export interface TimelineViewOptions {
  readonly container: HTMLElement;
  readonly onHover: (selection: Selection | null) => void;
  readonly onSelect: (selection: Selection | null) => void;
  readonly onSite: (file: string, line: number) => void;
  /** A group was folded or unfolded. */
  readonly onFold: (key: string, folded: boolean) => void;
}

/** Where one stands while stepping; what comes after it is paler. */
export interface Now { readonly connection: number; readonly step: number }

/**
 * The sequence view: five lanes on the left, in which each fact is a point or an arrow and an open application call a
 * bar, and what happened in words on the right. Virtualised. A tree for the keyboard: up and down walk over the rows, left and
 * right fold and unfold the groups.
 */
export class TimelineView {
  readonly #options: TimelineViewOptions;
  readonly #list: VirtualList;
  #rows: readonly TimelineRow[] = [];
  #selected: Linked | undefined;
  #hovered: Linked | undefined;
  #current: TraceEvent | undefined;
  #now: Now | undefined;
  /** Key of the heading that the keyboard is at; otherwise it is at the current event. */
  #heading: string | undefined;

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
  light(selected: Linked | undefined, hovered: Linked | undefined, current: TraceEvent | undefined, now: Now | undefined): void {
    this.#selected = selected;
    this.#hovered = hovered;
    if (current && current !== this.#current) this.#heading = undefined;
    this.#current = current;
    this.#now = now;
    this.#list.forEachVisible((element, index) => this.#light(element, index));
    this.#nameCurrent();
  }

  /** Begin with a connection: its heading at the top. */
  toConnection(connection: number): void {
    const index = this.#rows.findIndex((row) => row.kind === 'group' && row.connection === connection);
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
    element.toggleAttribute('data-problem', row.kind === 'group' ? row.problem !== undefined : isProblem(row.event));
    if (row.kind === 'group') drawGroup(element, row);
    else drawEvent(element, row);
    this.#light(element, index);
  }

  #light(element: HTMLElement, index: number): void {
    const row = this.#rows[index];
    const event = row?.kind === 'event' ? row.event : undefined;
    element.classList.toggle('linked', event !== undefined && (this.#selected?.events.has(event) ?? false));
    element.classList.toggle('hovered', event !== undefined && (this.#hovered?.events.has(event) ?? false));
    element.classList.toggle('future', row?.kind === 'event' && this.#now !== undefined && 'connection' in row.event && row.event.connection === this.#now.connection && row.step > this.#now.step);
    const current = row !== undefined && this.#isCurrent(row);
    element.classList.toggle('current', current && row.kind === 'event');
    element.classList.toggle('at', current && row.kind === 'group');
    element.ariaSelected = String(current);
    // A row that is revealed may be drawn a frame later.
    if (current) {
      element.id = 'timeline-current';
      this.#options.container.setAttribute('aria-activedescendant', 'timeline-current');
    } else if (element.id !== '') {
      element.removeAttribute('id');
      this.#nameCurrent();
    }
  }

  /** The row that the keyboard is at. */
  #isCurrent(row: TimelineRow): boolean {
    return row.kind === 'group' ? row.key === this.#heading : this.#heading === undefined && row.event === this.#current;
  }

  /** Tell assistive technology which row is the current one, while it is in the document. */
  #nameCurrent(): void {
    const { container } = this.#options;
    if (container.querySelector('#timeline-current')) container.setAttribute('aria-activedescendant', 'timeline-current');
    else container.removeAttribute('aria-activedescendant');
  }

  #rowAt(target: EventTarget | null): TimelineRow | undefined {
    return target instanceof Element ? this.#rows[this.#list.indexOf(target)] : undefined;
  }

  readonly #onPointerOver = (event: PointerEvent): void => {
    const row = this.#rowAt(event.target);
    this.#options.onHover(row?.kind === 'event' ? { kind: 'event', id: eventId(row.event) } : null);
  };

  readonly #onPointerLeave = (): void => this.#options.onHover(null);

  readonly #onClick = (event: MouseEvent): void => {
    const site = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>('.site') : null;
    if (site) this.#options.onSite(site.dataset['file'] ?? '', Number(site.dataset['line']));
    const row = this.#rowAt(event.target);
    if (row?.kind === 'group') {
      // The mark of a problem leads to it, wherever it is.
      if (row.problem && event.target instanceof HTMLElement && event.target.closest('.group-problem')) this.#toProblem(row, row.problem);
      else this.#fold(row, !row.folded);
    } else if (row) {
      this.#heading = undefined;
      this.#options.onSelect({ kind: 'event', id: eventId(row.event) });
    }
  };

  #toProblem(row: GroupRow, problem: TraceEvent): void {
    if (row.folded) this.#options.onFold(row.key, false);
    this.#options.onSelect({ kind: 'event', id: eventId(problem) });
  }

  #fold(row: GroupRow, folded: boolean): void {
    this.#heading = row.key;
    if (row.folded !== folded) this.#options.onFold(row.key, folded);
    else this.#relight();
  }

  #relight(): void {
    this.#list.forEachVisible((element, index) => this.#light(element, index));
    this.#nameCurrent();
  }

  readonly #onKeyDown = (event: KeyboardEvent): void => {
    const rows = this.#rows;
    const at = rows.findIndex((row) => this.#isCurrent(row));
    const here = rows[at];
    const clamp = (index: number): number => Math.max(0, Math.min(index, rows.length - 1));
    let next = -1;
    switch (event.key) {
      case 'ArrowDown': next = clamp(at + 1); break;
      case 'ArrowUp': next = at < 0 ? rows.length - 1 : clamp(at - 1); break;
      case 'PageDown': next = clamp(Math.max(at, 0) + this.#list.pageRows); break;
      case 'PageUp': next = clamp(at - this.#list.pageRows); break;
      case 'Home': next = clamp(0); break;
      case 'End': next = clamp(rows.length - 1); break;
      case 'ArrowLeft':
      case 'ArrowRight': {
        const opens = event.key === 'ArrowRight';
        if (here?.kind === 'group' && here.folded === opens) {
          event.preventDefault();
          this.#fold(here, !opens);
          return;
        }
        // Out of a group to its heading, into an open one to its first row.
        next = opens ? (here?.kind === 'group' ? clamp(at + 1) : -1) : rows.findLastIndex((row, index) => index < at && row.kind === 'group' && (here?.kind !== 'group' || row.exchange < here.exchange));
        break;
      }
      case 'Enter':
      case ' ':
        if (here?.kind !== 'group') return;
        event.preventDefault();
        if (here.problem && event.key === 'Enter') this.#toProblem(here, here.problem);
        else this.#fold(here, !here.folded);
        return;
      case 'Escape': this.#heading = undefined; this.#options.onSelect(null); return;
      default: return;
    }
    const row = rows[next];
    if (!row) return;
    event.preventDefault();
    this.#heading = row.kind === 'group' ? row.key : undefined;
    if (row.kind === 'event') this.#options.onSelect({ kind: 'event', id: eventId(row.event) });
    this.#list.reveal(next);
    this.#relight();
  };
}

/** The cells of a row: when, lanes, what, where. */
const cellsOf = (element: HTMLElement): [HTMLElement, HTMLElement, HTMLElement, HTMLElement] => element.children as unknown as [HTMLElement, HTMLElement, HTMLElement, HTMLElement];

function drawGroup(element: HTMLElement, row: GroupRow): void {
  const [since, gutter, text, where] = cellsOf(element);
  element.ariaLevel = row.exchange === 0 ? '1' : '2';
  element.ariaExpanded = String(!row.folded);
  since.textContent = '';
  gutter.replaceChildren();
  const parts = [span('group-name', traceTexts.timeline.group(row.connection, row.exchange)), span('group-title', row.title)];
  if (row.status > 0) {
    const status = span('group-status', String(row.status));
    status.dataset['class'] = String(Math.floor(row.status / 100));
    parts.push(status);
  }
  if (row.problem) parts.push(span('group-problem', describe(row.problem).title));
  text.replaceChildren(...parts);
  where.replaceChildren(span('group-size', row.folded ? traceTexts.timeline.foldedSize(row.count) : t.common.ms(row.ms)));
}

function drawEvent(element: HTMLElement, row: EventRow): void {
  const [since, gutter, text, where] = cellsOf(element);
  const { event } = row;
  element.ariaLevel = '3';
  element.ariaExpanded = null;
  since.textContent = row.since < 1000 ? row.since.toFixed(2) : row.since.toFixed(0);
  drawGutter(gutter, row);
  const { title, detail } = describe(event);
  text.replaceChildren(span('event-title', title), span('event-detail', detail));
  const place = 'site' in event ? event.site : undefined;
  if (!place) {
    where.replaceChildren();
    return;
  }
  const link = document.createElement('button');
  link.type = 'button';
  link.className = 'site';
  link.tabIndex = -1;
  link.textContent = t.common.site(place.file, place.line);
  link.title = t.common.openSite(place.file, place.line);
  link.dataset['file'] = place.file;
  link.dataset['line'] = String(place.line);
  where.replaceChildren(link);
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
function drawGutter(gutter: HTMLElement, row: EventRow): void {
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
