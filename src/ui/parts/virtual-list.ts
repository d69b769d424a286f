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
  /**
   * Where the list is scrolled to and how high it is, as was last told. Asking the browser would make it work out the layout of everything that was
   * changed since, several times between two frames.
   */
  #top = 0;
  #height = 0;

  constructor(options: VirtualListOptions) {
    this.#options = options;
    this.#space = document.createElement('div');
    this.#space.className = 'virtual-space';
    this.#space.role = 'presentation';
    options.container.append(this.#space);
    options.container.addEventListener('scroll', this.#onScroll, { passive: true });
    this.#observer = new ResizeObserver(this.#measure);
    this.#observer.observe(options.container);
    this.#measure();
  }

  /** Rows of the list changed: how many there are now. Everything visible is redrawn; the scroll position stays. */
  setCount(count: number): void {
    this.#count = count;
    this.#space.style.height = `${count * this.#options.rowHeight}px`;
    // A list that has become shorter is scrolled back by the browser.
    this.#top = Math.max(0, Math.min(this.#top, count * this.#options.rowHeight - this.#height));
    this.#window(true);
  }

  /** Put row `index` at the top, as far as the list is long enough. */
  toTop(index: number): void {
    this.#scrollTo(index * this.#options.rowHeight);
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
    return Math.max(1, Math.floor(this.#height / this.#options.rowHeight) - 1);
  }

  /** Scroll as little as needed to have row `index` in view, with a row of air around it. */
  reveal(index: number): void {
    if (index < 0) return;
    const { rowHeight } = this.#options;
    const top = index * rowHeight;
    if (top < this.#top + rowHeight) this.#scrollTo(top - rowHeight);
    else if (top + 2 * rowHeight > this.#top + this.#height) this.#scrollTo(top + 2 * rowHeight - this.#height);
    else this.#window(false);
  }

  dispose(): void {
    window.cancelAnimationFrame(this.#frame);
    this.#observer.disconnect();
    this.#options.container.removeEventListener('scroll', this.#onScroll);
    this.#space.remove();
    this.#pool.clear();
  }

  #scrollTo(top: number): void {
    this.#top = Math.max(0, Math.min(top, this.#count * this.#options.rowHeight - this.#height));
    this.#options.container.scrollTop = this.#top;
    this.#window(false);
  }

  /** The browser has just worked out the layout. */
  readonly #measure = (): void => {
    const { container } = this.#options;
    this.#top = container.scrollTop;
    this.#height = container.clientHeight;
    this.#schedule();
  };

  readonly #onScroll = (): void => {
    this.#top = this.#options.container.scrollTop;
    this.#schedule();
  };

  readonly #schedule = (): void => {
    this.#frame ||= window.requestAnimationFrame(() => {
      this.#frame = 0;
      this.#window(false);
    });
  };

  #window(all: boolean): void {
    const { rowHeight, create, draw } = this.#options;
    const first = Math.max(0, Math.floor(this.#top / rowHeight) - overscan);
    const last = Math.min(this.#count, Math.ceil((this.#top + this.#height) / rowHeight) + overscan);
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
