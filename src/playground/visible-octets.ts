import { latin1Text } from '../client/latin1.ts';
import { units } from './raw-text.ts';

/** A stretch of text, or a mark that stands for octets which would not be seen. */
export interface VisiblePiece {
  readonly text: string;
  readonly mark: boolean;
}

const signs: Readonly<Record<string, string>> = { '\n': '␍␊', '\\n': '␊', '\\r': '␍', '\\t': '⇥' };

/** Octets as text in which every line end is seen: the sign of a line end stands before the new line that it is. */
export function visibleOctets(bytes: Uint8Array): VisiblePiece[] {
  const pieces: VisiblePiece[] = [];
  let plain = '';
  const mark = (text: string): void => {
    if (plain !== '') pieces.push({ text: plain, mark: false });
    plain = '';
    pieces.push({ text, mark: true });
  };
  for (const { text } of units(latin1Text(bytes))) {
    const sign = signs[text];
    // A backslash is itself here: there is nobody who reads this back.
    if (text === '\\\\') plain += '\\';
    else if (sign !== undefined) mark(sign);
    else if (text.length > 1 && text.startsWith('\\')) mark(text);
    else plain += text;
    if (text === '\n' || text === '\\n') plain += '\n';
  }
  if (plain !== '') pieces.push({ text: plain, mark: false });
  return pieces;
}
