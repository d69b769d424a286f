/** Rows kept above and below what can be seen, so that a fast scroll does not show gaps. */
const overscan = 8;

export interface VirtualListOptions {
  /** The element that scrolls; it gets the rows as descendants. */
  readonly container: HTMLElement;
  /** Height of every row in CSS pixels. */
  readonly rowHeight: number;
  /** Make an empty row. */
  readonly create: () => HTMLElement;
  /** Show row `index` in `element`, which may have shown another before. */
  readonly draw: (element: HTMLElement, index: number) => void;
}

/**
 * Shows a window of a long list: as many elements as fit, moved and redrawn while scrolling. Plain DOM, because 100,000 rows
 * must scroll within a frame; a component wraps it.
 */
export class VirtualList {
  readonly #options: VirtualListOptions;
  readonly #space: HTMLElement;
  readonly #pool = new Map<number, HTMLElement>();
  readonly #observer: ResizeObserver;
  #count = 0;
  #frame = 0;

  constructor(options: VirtualListOptions) {
    this.#options = options;
    this.#space = document.createElement('div');
    this.#space.className = 'virtual-space';
    this.#space.role = 'presentation';
    options.container.append(this.#space);
    options.container.addEventListener('scroll', this.#schedule, { passive: true });
    this.#observer = new ResizeObserver(this.#schedule);
    this.#observer.observe(options.container);
  }

  /** Rows of the list changed: how many there are now. Everything visible is redrawn; the scroll position stays. */
  setCount(count: number): void {
    this.#count = count;
    this.#space.style.height = `${count * this.#options.rowHeight}px`;
    this.#window(true);
  }

  /** Put row `index` at the top, as far as the list is long enough. */
  toTop(index: number): void {
    this.#options.container.scrollTop = index * this.#options.rowHeight;
    this.#window(false);
  }

  /** Redraw what is visible. */
  redraw(): void {
    this.#window(true);
  }

  /** Call `visit` with every element that shows a row now. */
  forEachVisible(visit: (element: HTMLElement, index: number) => void): void {
    for (const [index, element] of this.#pool) visit(element, index);
  }

  /** The element that shows `index`, if it is in the window. */
  elementAt(index: number): HTMLElement | undefined {
    return this.#pool.get(index);
  }

  /** Row that an element inside the list belongs to; -1 where it belongs to none. */
  indexOf(target: Element): number {
    for (const [index, element] of this.#pool) if (element.contains(target)) return index;
    return -1;
  }

  /** Rows that fit into the view. */
  get pageRows(): number {
    return Math.max(1, Math.floor(this.#options.container.clientHeight / this.#options.rowHeight) - 1);
  }

  /** Scroll as little as needed to have row `index` in view, with a row of air around it. */
  reveal(index: number): void {
    if (index < 0) return;
    const { container, rowHeight } = this.#options;
    const top = index * rowHeight;
    if (top < container.scrollTop + rowHeight) container.scrollTop = Math.max(0, top - rowHeight);
    else if (top + 2 * rowHeight > container.scrollTop + container.clientHeight) container.scrollTop = top + 2 * rowHeight - container.clientHeight;
    this.#window(false);
  }

  dispose(): void {
    window.cancelAnimationFrame(this.#frame);
    this.#observer.disconnect();
    this.#options.container.removeEventListener('scroll', this.#schedule);
    this.#space.remove();
    this.#pool.clear();
  }

  readonly #schedule = (): void => {
    this.#frame ||= window.requestAnimationFrame(() => {
      this.#frame = 0;
      this.#window(false);
    });
  };

  #window(all: boolean): void {
    const { container, rowHeight, create, draw } = this.#options;
    const first = Math.max(0, Math.floor(container.scrollTop / rowHeight) - overscan);
    const last = Math.min(this.#count, Math.ceil((container.scrollTop + container.clientHeight) / rowHeight) + overscan);
    const free: HTMLElement[] = [];
    for (const [index, element] of this.#pool) {
      if (index < first || index >= last) {
        this.#pool.delete(index);
        free.push(element);
      }
    }
    for (let index = first; index < last; index++) {
      let element = this.#pool.get(index);
      if (element && !all) continue;
      if (!element) {
        element = free.pop() ?? this.#append(create());
        element.style.transform = `translateY(${index * rowHeight}px)`;
        this.#pool.set(index, element);
      }
      draw(element, index);
    }
    for (const element of free) element.remove();
  }

  #append(element: HTMLElement): HTMLElement {
    element.classList.add('virtual-row');
    this.#space.append(element);
    return element;
  }
}
