/** Octets and text as one printable line, the way llhttp and curl write them. */

const named: Readonly<Record<number, string>> = { 0x09: '\\t', 0x0a: '\\n', 0x0d: '\\r', 0x22: '\\"', 0x5c: '\\\\' };

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

/** Octets between quotes: printable ASCII as it is, `\r \n \t \" \\`, all else `\xNN`. After `most` octets the rest is counted: `"abc"…+7`. */
export function quoteBytes(bytes: Uint8Array, most = Infinity): string {
  let text = '';
  const shown = Math.min(bytes.length, most);
  for (let i = 0; i < shown; i += 1) {
    const octet = bytes[i]!;
    text += named[octet] ?? (octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : `\\x${hex(octet, 2)}`);
  }
  return bytes.length > shown ? `"${text}"…+${bytes.length - shown}` : `"${text}"`;
}

/**
 * What could move the cursor, change a colour, turn the direction of writing or not be seen at all: controls, format
 * characters, separators other than the space, lone surrogates.
 */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}"\\]/gu;

const escapeChar = (char: string): string => {
  const code = char.codePointAt(0)!;
  return named[code] ?? (code < 0x100 ? `\\x${hex(code, 2)}` : `\\u{${hex(code, 4)}}`);
};

/** Unicode text between quotes, on one line, safe to print to a terminal: `\n`, `\xNN`, `\u{N}`. After `most` characters the rest is counted. */
export function quoteText(text: string, most = Infinity): string {
  const shown = text.length > most ? text.slice(0, most) : text;
  const safe = shown.replace(unseen, escapeChar);
  return text.length > shown.length ? `"${safe}"…+${text.length - shown.length}` : `"${safe}"`;
}

/** Text that is a notation of its own, such as `(1, 0)`: as it is but for what cannot be seen, and no quotes. */
export const notation = (text: string): string => text.replace(unseen, (char) => (char === '"' || char === '\\' ? char : escapeChar(char)));

/** Text as it is where it is one plain word, else quoted. */
export const plainOrQuoted = (text: string): string => (/^[\w./:@+*?&=%~,;!#$()[\]<>|-]+$/.test(text) ? text : quoteText(text));
