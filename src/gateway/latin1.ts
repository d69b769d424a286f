/** Octets dressed as a string, one char each: what PEP 3333 calls a native string. */
export function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}

/** The octets of a latin-1 string. Chars above U+00FF lose their upper half: check before. */
export function fromLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Percent-decode into octets (RFC 3986 §2.1); a `%` without two digits stands for itself. Latin-1 in, latin-1 out. */
export const unquote = (text: string): string => (text.includes('%') ? text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))) : text);
