import { latin1Text } from '../client/latin1.ts';
import { units } from './raw-text.ts';

/** A stretch of text, or a mark that stands for octets which would not be seen. */
export interface VisiblePiece {
  readonly text: string;
  readonly mark: boolean;
}

/** Octets as text in which every line end is seen, as an escape (in every font) before the new line that it is. */
export function visibleOctets(bytes: Uint8Array): VisiblePiece[] {
  const pieces: VisiblePiece[] = [];
  let plain = '';
  const mark = (text: string): void => {
    if (plain !== '') pieces.push({ text: plain, mark: false });
    plain = '';
    pieces.push({ text, mark: true });
  };
  for (const { text } of units(latin1Text(bytes))) {
    // A backslash is itself here: there is nobody who reads this back.
    if (text === '\\\\') plain += '\\';
    else if (text === '\n') mark('\\r\\n');
    else if (text.length > 1 && text.startsWith('\\')) mark(text);
    else plain += text;
    if (text === '\n' || text === '\\n') plain += '\n';
  }
  if (plain !== '') pieces.push({ text: plain, mark: false });
  return pieces;
}
