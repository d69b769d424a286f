/** Octets as strings of characters up to U+00FF (latin-1), which is how a request is kept and passed on. */

/** The octets that a latin-1 string stands for; of a higher character the lower eight bits. Copied. */
export function latin1Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** Octets as a latin-1 string. In pieces: the arguments of one call live on the stack. */
export function latin1Text(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x2000) text += String.fromCharCode(...bytes.subarray(at, at + 0x2000));
  return text;
}

const encoder = new TextEncoder();

/** Unicode text as its octets in UTF-8, written as latin-1. A lone surrogate becomes U+FFFD. */
export const utf8Latin1 = (text: string): string => latin1Text(encoder.encode(text));

/** Latin-1 octets read as UTF-8; undefined where they are not. */
export function fromUtf8Latin1(text: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(latin1Bytes(text));
  } catch {
    return undefined;
  }
}
