/**
 * Which octets may stand where, as one table of bits, so that a scanner asks one question per octet.
 */

/** RFC9110-5.6.2-2 `tchar`: methods, field names, chunk extension names. */
export const TCHAR = 1;
/** `field-content` and the whitespace inside it, without obs-text: HTAB, SP, VCHAR (RFC9110-5.5-2). */
export const VALUE_ASCII = 2;
/** The same with obs-text (0x80 to 0xFF). */
export const VALUE = 4;
/**
 * What a request target may hold: VCHAR without `#`. Wider than RFC 3986, which would also refuse `"<>\^{|}` and the
 * backtick: browsers send most of them unescaped in queries (WHATWG URL, "query percent-encode set"), and none of them can
 * be read two ways. A `#` can: some recipients cut the fragment off, some do not.
 */
export const TARGET = 8;
/** SP or HTAB. */
export const BLANK = 16;
/** RFC 3986 `reg-name` without `%`: unreserved and sub-delims. */
export const REG_NAME = 32;
export const DIGIT = 64;
export const HEX = 128;

/** One entry per octet: the OR of the classes it belongs to. */
export const classOf: Uint8Array = /* @__PURE__ */ buildTable();

function buildTable(): Uint8Array {
  const table = new Uint8Array(256);
  const mark = (octets: string, bit: number): void => {
    for (let i = 0; i < octets.length; i += 1) table[octets.charCodeAt(i)]! |= bit;
  };
  const alphanumeric = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  mark(`!#$%&'*+-.^_\`|~${alphanumeric}`, TCHAR);
  mark(`-._~!$&'()*+,;=${alphanumeric}`, REG_NAME);
  mark('0123456789', DIGIT);
  mark('0123456789abcdefABCDEF', HEX);
  mark(' \t', BLANK | VALUE_ASCII | VALUE);
  for (let octet = 0x21; octet <= 0x7e; octet += 1) table[octet]! |= VALUE_ASCII | VALUE | TARGET;
  table[0x23]! &= ~TARGET; // '#'
  for (let octet = 0x80; octet <= 0xff; octet += 1) table[octet]! |= VALUE;
  return table;
}

/** Value of a hexadecimal digit; 255 for anything else. */
export const hexValue: Uint8Array = /* @__PURE__ */ Uint8Array.from({ length: 256 }, (_, octet) => {
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30;
  const lower = octet | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : 255;
});

export const HTAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SP = 0x20;
export const SLASH = 0x2f;
export const COLON = 0x3a;

/** An octet as an error message may show it: `"a"`, `SP`, `CR`, `0x07`. Never the raw octet unless it is a visible character. */
export function showOctet(octet: number): string {
  switch (octet) {
    case 0: return 'NUL';
    case HTAB: return 'HTAB';
    case LF: return 'LF';
    case CR: return 'CR';
    case SP: return 'SP';
    case 0x22: return '\'"\'';
    default: return octet > 0x20 && octet < 0x7f ? `"${String.fromCharCode(octet)}"` : `0x${octet.toString(16).toUpperCase().padStart(2, '0')}`;
  }
}

/** Index of the first code unit that is not of a class; -1: none. */
export function firstOutside(text: string, wanted: number): number {
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit > 0xff || (classOf[unit]! & wanted) === 0) return i;
  }
  return -1;
}
