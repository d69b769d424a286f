/** How one editor hands over to another. */
import type { EditorPort } from './port.ts';
import type { TextSelection } from './text-history.ts';

/** Where a person is in the open file. */
export interface Place {
  readonly selection: TextSelection;
  /** Pixels. */
  readonly scrollTop: number;
  readonly scrollLeft: number;
  readonly focused: boolean;
}

/** An editor that can take over from another, or hand over. */
export interface SwappableEditor extends EditorPort {
  place(): Place;
  goTo(place: Place): void;
  /** Letters are being composed (IME): no time to change editors. */
  readonly composing: boolean;
}

/** Editors hold lines that end in LF, whatever they were given: a textarea cannot do otherwise. */
export const withLf = (text: string): string => text.replace(/\r\n?/g, '\n');
