/** Text and octets as literals of programming languages. */

/** Characters that are not seen, or that change how a line of code looks. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A JavaScript string in single quotes: what can be seen is left as it is. */
export function jsString(text: string): string {
  const escaped = text.replace(/[\\']/g, '\\$&').replace(unseen, (character) => {
    const code = character.codePointAt(0)!;
    return named[character] ?? (code < 0x100 ? `\\x${hex(code, 2)}` : code < 0x1_0000 ? `\\u${hex(code, 4)}` : `\\u{${hex(code, 1)}}`);
  });
  return `'${escaped}'`;
}

/** A Python `str` in single quotes. */
export function pythonString(text: string): string {
  const escaped = text.replace(/[\\']/g, '\\$&').replace(unseen, (character) => {
    const code = character.codePointAt(0)!;
    return named[character] ?? (code < 0x100 ? `\\x${hex(code, 2)}` : code < 0x1_0000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`);
  });
  return `'${escaped}'`;
}

/** Python `bytes`; `octets` is latin-1. */
export function pythonBytes(octets: string): string {
  const escaped = octets.replace(/[\\']/g, '\\$&').replace(/[^\x20-\x7e]/g, (octet) => named[octet] ?? `\\x${hex(octet.charCodeAt(0), 2)}`);
  return `b'${escaped}'`;
}

/** Octets (latin-1) as a JavaScript string in which each character is an octet: plain ASCII, all else `\xNN`. */
export function jsOctets(octets: string): string {
  const escaped = octets.replace(/[\\']/g, '\\$&').replace(/[^\x20-\x7e]/g, (octet) => named[octet] ?? `\\x${hex(octet.charCodeAt(0), 2)}`);
  return `'${escaped}'`;
}

/** Octets (latin-1) cut after each LF, so that a literal per piece shows the lines; long pieces are cut further. Joined they are the same. */
export function lineByLine(octets: string, most = 100): string[] {
  const lines = octets.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  return lines.flatMap((line) => line.match(new RegExp(`[^]{1,${most}}`, 'g')) ?? []);
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
