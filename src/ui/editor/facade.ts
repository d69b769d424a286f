/**
 * Paints code without an editor: at once when the page opens, in embeds, and as the picture beneath the plain editor's text box.
 * Its metrics are those that `monaco.ts` is set up with (see `metrics.ts`), so nothing moves when Monaco takes its place.
 */
import './editor.css';
import { languageOf } from './language.ts';
import { tokenize } from './tokens.ts';

/** Longer texts are painted in one colour: colouring runs at every keystroke in the plain editor. UTF-16 units. */
const maxColouredChars = 60_000;

/** A painted text: line numbers beside, code on top of a layer for lit lines. */
export class CodeFacade {
  readonly element: HTMLElement;
  /** The cell that holds the code; the plain editor puts its text box here. */
  readonly code: HTMLElement;
  readonly #gutter: HTMLElement;
  readonly #lines: HTMLElement;
  readonly #picture: HTMLElement;
  #lineCount = 0;
  #lineClasses: ReadonlyMap<number, string> = new Map();

  constructor(container: HTMLElement) {
    const { ownerDocument } = container;
    const make = (tag: string, className: string, parent: HTMLElement): HTMLElement => {
      const element = ownerDocument.createElement(tag);
      element.className = className;
      parent.append(element);
      return element;
    };
    this.element = make('div', 'code-facade', container);
    this.#gutter = make('pre', 'code-gutter', this.element);
    this.#gutter.ariaHidden = 'true';
    this.code = make('div', 'code-cell', this.element);
    this.#lines = make('div', 'code-lines', this.code);
    this.#picture = make('pre', 'code-picture', this.code);
  }

  /** Paint the text of the file `path`. */
  paint(path: string, text: string): void {
    const { ownerDocument } = this.element;
    const pieces = tokenize(text.length > maxColouredChars ? 'plaintext' : languageOf(path), text);
    this.#picture.replaceChildren(...pieces.map(([kind, piece]) => {
      if (kind === '') return ownerDocument.createTextNode(piece);
      const span = ownerDocument.createElement('span');
      span.className = `tok-${kind}`;
      span.textContent = piece;
      return span;
    }), '\n'); // a last line that is empty still takes a line

    const lineCount = text.split('\n').length;
    if (lineCount === this.#lineCount) return;
    this.#lineCount = lineCount;
    this.element.style.setProperty('--code-digits', String(lineCount).length.toString());
    this.#paintGutter();
  }

  /** Give lines (from 1) a class, and forget those given before. The class is put on the line's band and on its number. */
  setLineClasses(classes: ReadonlyMap<number, string>): void {
    this.#lineClasses = classes;
    this.#lines.replaceChildren(...[...classes].map(([line, className]) => {
      const band = this.element.ownerDocument.createElement('div');
      band.className = className;
      band.style.top = `calc(${line - 1} * var(--code-line))`;
      return band;
    }));
    this.#paintGutter();
  }

  /** Somebody clicked on the number of a line (from 1). */
  onGutterClick(listener: (line: number) => void, signal: AbortSignal): void {
    this.#gutter.addEventListener('click', (event) => {
      const { top } = this.#gutter.getBoundingClientRect();
      const style = getComputedStyle(this.#gutter);
      const line = Math.floor((event.clientY - top - Number.parseFloat(style.paddingBlockStart)) / Number.parseFloat(style.lineHeight)) + 1;
      if (line >= 1 && line <= this.#lineCount) listener(line);
    }, { signal });
  }

  /** The code is shown by something on top of the picture, to screen readers too. */
  hidePictureFromReaders(): void {
    this.#picture.ariaHidden = 'true';
  }

  #paintGutter(): void {
    const numbers: (Node | string)[] = [];
    let from = 1;
    const upTo = (end: number): void => {
      if (end > from) numbers.push(Array.from({ length: end - from }, (_, index) => `${from + index}\n`).join(''));
    };
    for (const [line, className] of [...this.#lineClasses].toSorted(([a], [b]) => a - b)) {
      if (line < from || line > this.#lineCount) continue;
      upTo(line);
      const marked = this.element.ownerDocument.createElement('span');
      marked.className = className;
      marked.textContent = `${line}`;
      numbers.push(marked, '\n');
      from = line + 1;
    }
    upTo(this.#lineCount + 1);
    this.#gutter.replaceChildren(...numbers);
  }
}

/** Paint a text once. The element can be thrown away when an editor takes its place. */
export function paintFacade(container: HTMLElement, path: string, text: string): CodeFacade {
  const facade = new CodeFacade(container);
  facade.paint(path, text);
  return facade;
}
