/**
 * Octets to text and back, one code unit per octet ("bytes as latin-1", PEP 3333 § A Note On String Types).
 * The Encoding Standard's label "latin1" means windows-1252, so it is no use here.
 */

const utf8 = new TextDecoder();

/** Node's, Bun's and Deno's own: pure functions of the octets or the text, in half the time. Browsers have none. */
const buffer = (globalThis as { Buffer?: { from?(text: string, encoding: 'latin1'): Uint8Array; prototype: { latin1Slice?(this: Uint8Array, start: number, end: number): string; latin1Write?(this: Uint8Array, text: string, start: number): number } } }).Buffer;
const native = buffer?.prototype.latin1Slice;
const nativeWrite = buffer?.prototype.latin1Write;

/**
 * `bytes[start, end)` as latin-1. `ascii`: the caller knows that no octet is above 0x7F; then UTF-8 says the same as latin-1
 * and the platform's fast decoder may be asked.
 */
export function decodeLatin1(bytes: Uint8Array, start: number, end: number, ascii = false): string {
  const length = end - start;
  // A call of the platform takes as long as it takes to put so many together.
  if (length <= (native === undefined ? 64 : 12)) return putTogether(bytes, start, end);
  if (native !== undefined) return native.call(bytes, start, end);
  if (ascii) return utf8.decode(bytes.subarray(start, end));
  // A call takes its arguments on the stack; 4096 is far below any engine's bound.
  let text = '';
  for (let i = start; i < end; i += 4096) text += String.fromCharCode.apply(null, bytes.subarray(i, Math.min(i + 4096, end)) as unknown as number[]);
  return text;
}

/** Sixteen, four, or one at a time: a call with several is hardly slower than with one. */
function putTogether(bytes: Uint8Array, start: number, end: number): string {
  const of = String.fromCharCode;
  let text = '';
  let i = start;
  for (; i + 16 <= end; i += 16) {
    text += of(
      bytes[i]!, bytes[i + 1]!, bytes[i + 2]!, bytes[i + 3]!, bytes[i + 4]!, bytes[i + 5]!, bytes[i + 6]!, bytes[i + 7]!,
      bytes[i + 8]!, bytes[i + 9]!, bytes[i + 10]!, bytes[i + 11]!, bytes[i + 12]!, bytes[i + 13]!, bytes[i + 14]!, bytes[i + 15]!,
    );
  }
  for (; i + 4 <= end; i += 4) text += of(bytes[i]!, bytes[i + 1]!, bytes[i + 2]!, bytes[i + 3]!);
  for (; i < end; i += 1) text += of(bytes[i]!);
  return text;
}

/** Write `text` (latin-1) into `into` at `at`; returns the offset behind it. The caller has checked that no code unit is above 0xFF. */
export function writeLatin1(text: string, into: Uint8Array, at: number): number {
  if (nativeWrite !== undefined && text.length > 24) return at + nativeWrite.call(into, text, at);
  for (let i = 0; i < text.length; i += 1) into[at + i] = text.charCodeAt(i);
  return at + text.length;
}

/** `text` (latin-1, checked by the caller) as octets. On Node a short one shares its memory with others: to be passed on, not kept. */
export function encodeLatin1(text: string): Uint8Array {
  if (buffer?.from !== undefined) return buffer.from(text, 'latin1');
  const bytes = new Uint8Array(text.length);
  writeLatin1(text, bytes, 0);
  return bytes;
}

/** Without SP and HTAB at its ends. (`trim` would take more: U+00A0 is an octet here.) */
export const trimBlanks = (text: string): string => text.replace(/^[ \t]+|[ \t]+$/g, '');
